"""How a Firefox is started: its profile, its preferences and its command line.

Playwright drives a Firefox as it is distributed over WebDriver BiDi (channel ``moz-firefox``);
``relay.py`` runs between them. The profile is fresh, sends no requests of its own, and
behaves as the user's own: in particular file:// keeps its strict rules, which the browser's
remote control would loosen.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from deckarchive import urls
from deckarchive.browser.options import BrowserOptions

Preference = bool | int | str

UNASKED: Final[Mapping[str, Preference]] = {
    # Also for a window that a person uses: it shows its page and asks nothing, and what plays
    # may play at once.
    "app.normandy.enabled": False,
    "app.update.auto": False,
    "browser.aboutwelcome.enabled": False,
    "browser.sessionstore.resume_from_crash": False,
    "browser.shell.checkDefaultBrowser": False,
    "browser.startup.homepage_override.mstone": "ignore",
    "browser.tabs.warnOnClose": False,
    "browser.warnOnQuit": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "datareporting.policy.dataSubmissionPolicyBypassNotification": True,
    "media.autoplay.default": 0,
    "signon.rememberSignons": False,
    "termsofuse.bypassNotification": True,
}

PREFERENCES: Final[Mapping[str, Preference]] = {
    **UNASKED,
    # Remote control sets dozens of preferences for tests; pages should see a browser as it is.
    "remote.prefs.recommended": False,
    "security.fileuri.strict_origin_policy": True,
    # A window that opens empty.
    "browser.newtabpage.enabled": False,
    "browser.startup.homepage": "about:blank",
    "browser.startup.page": 0,
    "dom.disable_beforeunload": True,
    "security.sandbox.warn_unprivileged_namespaces": False,
    "toolkit.cosmeticAnimations.enabled": False,
    # What plays is unheard.
    "media.volume_scale": "0.0",
    # Nothing that the browser asks by itself.
    "app.update.enabled": False,
    "browser.contentblocking.report.lockwise.enabled": False,
    "browser.discovery.enabled": False,
    "browser.ml.enable": False,
    "browser.ping-centre.telemetry": False,
    "browser.region.network.url": "",
    "browser.region.update.enabled": False,
    "browser.safebrowsing.blockedURIs.enabled": False,
    "browser.safebrowsing.downloads.enabled": False,
    "browser.safebrowsing.downloads.remote.enabled": False,
    "browser.safebrowsing.malware.enabled": False,
    "browser.safebrowsing.phishing.enabled": False,
    "browser.search.serpEventTelemetryCategorization.enabled": False,
    "browser.search.update": False,
    "browser.topsites.contile.enabled": False,
    "browser.urlbar.merino.enabled": False,
    "browser.urlbar.quicksuggest.enabled": False,
    "datareporting.healthreport.uploadEnabled": False,
    "datareporting.usage.uploadEnabled": False,
    "dom.push.connection.enabled": False,
    "extensions.blocklist.enabled": False,
    "extensions.getAddons.cache.enabled": False,
    "extensions.systemAddon.update.enabled": False,
    "extensions.update.enabled": False,
    "geo.provider.network.url": "",
    "identity.fxaccounts.enabled": False,
    "media.gmp-manager.updateEnabled": False,
    "media.gmp-manager.url": "",
    "messaging-system.rsexperimentloader.enabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "network.dns.disablePrefetch": True,
    "network.http.speculative-parallel-limit": 0,
    "network.prefetch-next": False,
    "network.trr.mode": 5,
    "nimbus.telemetry.targetingContextEnabled": False,
    "security.OCSP.enabled": 0,
    "security.remote_settings.crlite_filters.enabled": False,
    "security.remote_settings.intermediates.enabled": False,
    "services.settings.server": "data:,#remote-settings-dummy/v1",
    "toolkit.telemetry.enabled": False,
    "toolkit.telemetry.server": "data:,",
    "toolkit.telemetry.unified": False,
}


def proxied(server: str, bypass: Iterable[str] = ()) -> dict[str, Preference]:
    """Preferences that lead everything to one proxy, loopback too, but for ``bypass``.

    A ``bypass`` is ``host``, ``host:port`` or ``*.host``.
    """
    address = urls.parse(server)
    host, port = address.hostname.strip("[]"), int(address.port or 80)
    return {
        "network.proxy.type": 1,
        "network.proxy.http": host,
        "network.proxy.http_port": port,
        "network.proxy.ssl": host,
        "network.proxy.ssl_port": port,
        "network.proxy.no_proxies_on": ",".join(one.removeprefix("*") for one in bypass),
        "network.proxy.allow_hijacking_localhost": True,
        "network.proxy.failover_direct": False,
        "media.peerconnection.ice.proxy_only": True,
    }


def write_profile(folder: Path, options: BrowserOptions) -> None:
    """Fill an empty folder with a profile for ``options``. Raises OSError."""
    wanted = dict(PREFERENCES)
    if options.proxy:
        loopback = ("localhost", "127.0.0.1") if options.bypass_loopback else ()
        wanted |= proxied(options.proxy, (*loopback, *options.bypass))
    if options.user_agent:
        wanted["general.useragent.override"] = options.user_agent
    lines = [f"user_pref({json.dumps(k)}, {json.dumps(v)});\n" for k, v in wanted.items()]
    (folder / "user.js").write_text("".join(lines), "utf-8")


def launch_arguments(options: BrowserOptions, profile: Path) -> dict[str, Any]:
    """What Playwright's ``firefox.launch`` takes to start it with ``profile``."""
    relay = Path(__file__).with_name("relay.py")
    own = ["--remote-debugging-port=0", "--no-remote", "--profile", str(profile)]
    if options.headless:
        own.append("--headless")
    return {
        "channel": "moz-firefox",
        "executable_path": sys.executable,
        "ignore_default_args": True,
        # Without it, releases do not let their settings server be taken away.
        "env": {**os.environ, "MOZ_REMOTE_SETTINGS_DEVTOOLS": "1"},
        "args": ["-I", str(relay), str(pid_file(profile)), options.path, *own, *options.args],
        "timeout": options.launch_timeout * 1000,
        "handle_sigint": False,
        "handle_sigterm": False,
        "handle_sighup": False,
    }


def pid_file(profile: Path) -> Path:
    """Where the relay writes Firefox's process id."""
    return profile / "deckarchive.pid"
