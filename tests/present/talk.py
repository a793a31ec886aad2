"""A small talk, what of it is on disk and on the web, and a browser to show it in."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Playwright

from deckarchive.browser import find_browser

SITE = "https://demo.example/"
TALK = f"""# A talk

Note: Words for the speaker alone.

---

<!-- .slide: data-background-iframe="{SITE}#there" data-background-interactive -->

---

<iframe src="{SITE}inside" width="800" height="500"></iframe>

---

# The end

- one <!-- .element: class="fragment" -->
- two <!-- .element: class="fragment" -->
"""


@dataclass
class Web:
    """The site's server; ``word`` is what its page says, so that old and new can be told apart."""

    proxy: str
    log: list[str]
    word: str = "captured"


@dataclass(frozen=True)
class Talk:
    folder: Path
    archive: Path
    source: Path
    web: Web


def launch(playwright: Playwright, proxy: str, *more: str) -> Browser:
    """A Chromium whose way out is ``proxy``; loopback goes past it unless ``more`` says else."""
    own = ["--no-sandbox"] if os.geteuid() == 0 else []
    return playwright.chromium.launch(
        executable_path=find_browser(None).path,
        args=[
            *own,
            f"--proxy-server={proxy}",
            "--proxy-bypass-list=127.0.0.1;localhost;*.localhost",
            *more,
        ],
    )
