"""A small talk, what of it is on disk and on the web, and a browser to show it in."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

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
