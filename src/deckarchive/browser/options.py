"""What a caller may choose about a browser and its contexts. Sizes in CSS pixels."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

# Chromium's own chatter: reporting, translation, hints, media routing, hardware security keys.
# Private network access checks and upgrades to https would make pages differ from a normal visit.
_QUIET_FEATURES = (
    "OptimizationHints",
    "MediaRouter",
    "Translate",
    "InterestFeedContentSuggestions",
    "CertificateTransparencyComponentUpdater",
    "AutofillServerCommunication",
    "HttpsUpgrades",
    "HttpsFirstBalancedModeAutoEnable",
    "LocalNetworkAccessChecks",
    "WebAuthenticationUI",
)

# What the address bar of a window unfolds is a page of its own, loaded ahead with each new tab,
# headless ones too: more than half of the processor time that opening a page takes.
WINDOW_FEATURES: Final = ("WebUIOmniboxPopup", "WebUIOmniboxAimPopup")
"""Features of Chromium's window that no page sees and every new page would pay for."""


NO_WARNING: Final = "--test-type"
"""Without it a window that has no sandbox shows a bar about that above the slides."""


def may_sandbox() -> bool:
    """Chromium's sandbox stays on but for root, as whom it refuses to start with one."""
    return not (hasattr(os, "geteuid") and os.geteuid() == 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class BrowserOptions:
    """How to start a browser.

    ``path`` is the program (see ``find_browser``), ``engine`` its kind, ``chromium`` or
    ``firefox``; a Firefox knows no ``spki``, and its contexts have no ``proxy`` of their own.
    ``proxy`` is a server (``http://host:port``) for everything that no context has a proxy of its
    own for; ``bypass_loopback`` lets loopback past it, ``bypass`` what it names (as in
    :class:`ContextOptions`). ``spki`` is the base64 SHA-256 of a public key whose certificates
    are accepted. ``launch_timeout`` is in seconds.
    ``user_agent`` replaces what every request, those of workers included, says the browser is.
    """

    path: str
    engine: str = "chromium"
    headless: bool = True
    proxy: str | None = None
    bypass_loopback: bool = False
    bypass: tuple[str, ...] = ()
    spki: str | None = None
    user_agent: str | None = None
    args: tuple[str, ...] = ()
    launch_timeout: float = 60.0

    def arguments(self) -> list[str]:
        """The command line beyond what the driver gives by itself."""
        args = [
            "--autoplay-policy=no-user-gesture-required",
            "--disable-domain-reliability",
            "--disable-client-side-phishing-detection",
            "--disable-features=" + ",".join(_QUIET_FEATURES + WINDOW_FEATURES),
        ]
        if self.spki:
            args.append(f"--ignore-certificate-errors-spki-list={self.spki}")
        if self.proxy:
            # QUIC would go past an HTTP proxy only by mistake; WebRTC by design.
            args += ["--disable-quic", "--force-webrtc-ip-handling-policy=disable_non_proxied_udp"]
        if self.user_agent:
            args.append(f"--user-agent={self.user_agent}")
        return [*args, *self.args]

    @property
    def sandbox(self) -> bool:
        """Whether Chromium's sandbox is on."""
        return may_sandbox()


@dataclass(frozen=True, slots=True, kw_only=True)
class ContextOptions:
    """A browser context: storage, cache and network way of its own.

    ``proxy`` as in :class:`BrowserOptions`; without one the browser's own counts. ``bypass``
    lists what bypasses it (``host``, ``host:port``, ``*.host``), loopback or not.
    ``viewport`` ``None`` lets the page fill its window. ``storage_state`` is cookies and
    local storage in Playwright's format, or the path of a file with them.
    """

    viewport: tuple[int, int] | None = (1920, 1080)
    proxy: str | None = None
    bypass_loopback: bool = False
    bypass: tuple[str, ...] = ()
    user_agent: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    storage_state: str | Mapping[str, Any] | None = None
    locale: str | None = None
    insecure: bool = False
