#!/bin/sh
# Makes sure that there is a browser: the one found, else Playwright's own, else Debian's package
# where that can be installed without asking. Firefox, for tests and for whoever rehearses with it,
# comes the same way, and nobody is told where it can't be had. Usage: sh tools/browser.sh .venv/bin
set -u
bin=$1

# Also asks it for its version: without the system's libraries a download does not start.
have_browser() {
    "$bin/python" - <<'PYTHON'
import subprocess
import sys

from deckarchive.browser import find_browser
from deckarchive.errors import EnvironmentMissing

try:
    found = find_browser(None)
    subprocess.run([found.path, "--version"], check=True, capture_output=True, timeout=60)
except (EnvironmentMissing, OSError, subprocess.SubprocessError):
    sys.exit(1)
print(f"browser: {found.path}")
PYTHON
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    else
        sudo -n "$@"
    fi
}

can_be_root() {
    [ "$(id -u)" -eq 0 ] || sudo -n true 2>/dev/null
}

apt_install() {
    command -v apt-get >/dev/null 2>&1 && can_be_root || return 1
    as_root apt-get update -q >/dev/null &&
        as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "$@" >/dev/null
}

if [ "${2:-}" = display ]; then
    [ "$(uname)" = Linux ] || exit 0
    command -v Xvfb >/dev/null 2>&1 && command -v xdotool >/dev/null 2>&1 &&
        command -v matchbox-window-manager >/dev/null 2>&1 && exit 0
    echo "no virtual display with windows found: asking Debian for one"
    apt_install xvfb xdotool matchbox-window-manager ||
        echo "No Xvfb, xdotool or window manager: the tests of windows are skipped." >&2
    exit 0
fi

have_fonts() {
    [ "$(uname)" != Linux ] && return 0
    for folder in /usr/share/fonts /usr/local/share/fonts "$HOME/.fonts" "$HOME/.local/share/fonts"; do
        [ -d "$folder" ] && find "$folder" -type f \( -name '*.ttf' -o -name '*.otf' -o -name '*.ttc' \) |
            grep -q . && return 0
    done
    return 1
}

if ! have_browser; then
    echo "no browser found: asking Playwright for its Chromium"
    if ! { timeout 600 "$bin/python" -m playwright install chromium >/dev/null 2>&1 && have_browser; }; then
        echo "that did not work: asking Debian for its chromium"
        apt_install chromium fonts-liberation || true
    fi
    if ! have_browser; then
        echo "No browser, and none could be installed. Install Chromium or Chrome" \
            "(Debian: sudo apt-get install chromium fonts-liberation; elsewhere:" \
            "$bin/playwright install --with-deps chromium), or set DECKARCHIVE_BROWSER." >&2
        exit 1
    fi
fi

have_fonts || {
    echo "no fonts found: asking Debian for some"
    apt_install fonts-liberation || true
}
have_fonts || echo "No fonts on this machine: screenshots will lack text. Install some" \
    "(Debian: sudo apt-get install fonts-liberation)." >&2
command -v firefox-esr >/dev/null 2>&1 || command -v firefox >/dev/null 2>&1 ||
    apt_install firefox-esr 2>/dev/null || true
exit 0
