"""What a Chromium that is started for a measurement, or by a test, is told."""

from __future__ import annotations

from deckarchive.browser.options import WINDOW_FEATURES, may_sandbox


def flags(*more: str) -> list[str]:
    """Command-line switches: as root no sandbox, no pages of the window's own, and ``more``."""
    own = [] if may_sandbox() else ["--no-sandbox"]
    return [*own, f"--disable-features={','.join(WINDOW_FEATURES)}", *more]
