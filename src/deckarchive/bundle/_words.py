"""The texts beside the deck in a bundle: how to start it on each system. Pure.

A folder may come from anybody: what its ``deckarchive.json`` says reaches a script only where it
means nothing to a shell, and a text without its control characters.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from typing import Final

from deckarchive.model import OfflineDeck, Tier

_WINDOWS: Final = """\
@echo off
rem Presents the deck: with Python if there is one, else in the browser alone.
cd /d "%~dp0"
where py >nul 2>nul && (py -3 present.py & exit /b)
where python >nul 2>nul && (python present.py & exit /b)
start "" "{opened}"
"""
_UNIX: Final = """\
#!/bin/sh
# Presents the deck: with Python if there is one, else in the browser alone.
cd "$(dirname "$0")" || exit
for python in python3 python; do
  if "$python" -c 'import sys; sys.exit(sys.version_info < (3, 8))' 2>/dev/null; then
    exec "$python" present.py "$@"
  fi
done
open "{opened}" 2>/dev/null || xdg-open "{opened}"
"""
_README: Final = """\
{title}
{line}

This is a slide deck with everything that it shows, made by deckarchive for presenting without a
network. Unpack it first: a double-click inside the zip file is not enough.

To present it, best first:

1. With Python 3.8 or newer, and nothing else:

     Windows   double-click present.cmd
     macOS     double-click present.command (the first time by a right click, Open)
     Linux     sh present.command, or python3 present.py

   Every copied page works, in an origin of its own, on this machine only:
   {tiers}.

2. With a browser alone: open deck/{page}

   The same slides. Browsers forbid some things to pages that are opened from a file: a page that
   needs them shows its picture, and the pages are less isolated from the deck.

3. With deckarchive: deckarchive present deck

   As 1, and it remembers the slide, opens full-screen and can rehearse the deck.

Keys: S opens the speaker view where the deck has one, F fills the screen; F2 or E changes a page
on a slide between offline copy, live site and picture.
"""


_PLAIN: Final = re.compile(r"[\w.][\w. +,@=-]*(?:/[\w.][\w. +,@=-]*)*")
"""Paths in which no shell expands anything, quoted as above; cmd.exe expands ``%`` even there."""


def windows_script(page: str) -> str:
    """``present.cmd``; without Python it opens the page, or the folder where its name is odd."""
    return _WINDOWS.format(opened=_opened(page).replace("/", "\\")).replace("\n", "\r\n")


def unix_script(page: str) -> str:
    """``present.command``, as :func:`windows_script`."""
    return _UNIX.format(opened=_opened(page))


def _opened(page: str) -> str:
    return f"deck/{page}" if _PLAIN.fullmatch(page) else "deck"


def escaped_line(text: str) -> str:
    """``text`` for a file or a terminal that reads lines: what controls either becomes a space."""
    kept = (" " if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp") else c for c in text)
    return " ".join("".join(kept).split())


def bundle_readme(offline: OfflineDeck) -> str:
    """The bundle's README.txt: what each way of presenting shows."""
    title = escaped_line(offline.title) or "An offline deck"
    shown = [target for target in offline.targets if target.slides]
    counts = Counter(target.best for target in shown)
    words = {Tier.LIVE: "alive", Tier.STATIC: "still", Tier.PICTURE: "as a picture"}
    parts = [f"{counts[tier]} {words.get(tier, 'missing')}" for tier in Tier if counts[tier]]
    tiers = ", ".join(parts) or "this deck embeds none"
    return _README.format(
        title=title, line="=" * min(72, len(title)), tiers=tiers, page=escaped_line(offline.page)
    )
