"""The deck's own texts as they stand in the offline folder: paths, encodings, splices.

A reveal-md deck stays a project there, its page and its configuration at the root.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final
from urllib.parse import unquote

from deckarchive.errors import DeckError
from deckarchive.files import read_regular
from deckarchive.markup import apply
from deckarchive.model import Deck, Reference, Source
from deckarchive.rewrite.splices import Place, splices_for
from deckarchive.web import marked, to_bytes

CONFIGS: Final = ("reveal-md.json", "reveal-md.json5", "reveal.json", "reveal.json5")

Placed = list[tuple[Reference, Place]]
"""References of the deck, each with where it leads offline."""


def spliced(deck: Deck, placed: Iterable[tuple[Reference, Place]]) -> dict[str, str]:
    """Path → new text, of the deck's sources and of the other files that references name.

    Style sheets are not among them: they are rewritten as they are copied.
    """
    by_file: dict[str, Placed] = {source.path: [] for source in deck.sources}
    for reference, place in placed:
        by_file.setdefault(reference.file, []).append((reference, place))
    known = {source.path: source for source in deck.sources}
    texts: dict[str, str] = {}
    for path, references in by_file.items():
        if not path.lower().endswith(".css"):
            source = known.get(path) or _read_source(Path(deck.root), path)
            texts[path] = apply(source.text, splices_for(source, references))
    return texts


def at_root(deck: Deck, texts: Mapping[str, str]) -> tuple[Deck, dict[str, str]]:
    """A reveal-md deck as it stands in the offline folder: page and configuration at the root.

    Its references are spliced to be true there, so no folder stands before them any more.
    """
    config = str(deck.options.get("configDir") or "")
    paths: dict[str, str] = {}
    for source in deck.sources:
        name = posixpath.basename(source.path)
        inside = source.path.removeprefix(config)
        main = source is deck.sources[0] or name in CONFIGS
        paths[source.path] = name if main else inside
    flat = replace(
        deck,
        path=paths[deck.sources[0].path],
        sources=tuple(replace(s, path=paths[s.path]) for s in deck.sources),
        options={**deck.options, "configDir": ""},
    )
    return flat, {paths.get(path, path): text for path, text in texts.items()}


def encoded(text: str, like: Source) -> bytes:
    """Text in the encoding, and with the byte-order mark, of the source it is from."""
    return to_bytes(text, like.encoding, mark=like.bom)


def plain_path(raw: str) -> str:
    """The path that a relative URL names from the folder's root, on file:// too.

    Over HTTP a leading ``/`` or ``../`` happens to lead there as well; on file:// it does not.
    """
    return posixpath.normpath(unquote(re.split(r"[?#]", raw, maxsplit=1)[0]))


def _read_source(root: Path, path: str) -> Source:
    """A file beside the deck that holds references, such as reveal-md.json."""
    try:
        data = read_regular(root / path)
        bom = marked(data) == "utf-8"
        return Source(path=path, text=data.decode("utf-8-sig"), bom=bom)
    except (OSError, ValueError) as error:
        raise DeckError(f"{root / path}: cannot be read: {error}") from error
