"""What a deck embeds: references grouped into targets, the contents of a manifest file."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from deckarchive.errors import ManifestError
from deckarchive.model._json_reader import (
    Json,
    JsonReader,
    array,
    file_path,
    inner_path,
    mapping,
    member,
    one_of,
    optional,
    pair,
    read_target_id,
    text,
    web_url,
    whole,
)

MANIFEST_VERSION: Final = 1
RESERVED_ID: Final = "deck"
"""The id under which the deck's own page is captured: no target of a manifest has it."""

FRAME_ATTRIBUTES: Final = (
    "allow",
    "allowfullscreen",
    "credentialless",
    "loading",
    "name",
    "referrerpolicy",
    "sandbox",
    "type",
)
"""HTML, 4.8.5 to 4.8.7: what an author grants to the page in a frame, or keeps from it; and what an
object or embed is said to show."""

Slide = tuple[int, int]
"""Horizontal and vertical index, from 0, as ``Reveal.getIndices()`` counts them."""


class Kind(StrEnum):
    """What an embed is to the deck; the values of ``kind`` in a manifest."""

    BACKGROUND_IFRAME = "background-iframe"
    BACKGROUND_VIDEO = "background-video"
    BACKGROUND_IMAGE = "background-image"
    IFRAME = "iframe"
    VIDEO = "video"
    AUDIO = "audio"
    TRACK = "track"
    IMAGE = "image"
    OBJECT = "object"
    LINK = "link"
    STYLESHEET = "stylesheet"
    SCRIPT = "script"
    FONT = "font"

    @property
    def is_page(self) -> bool:
        """Shown in a browsing context of its own, so captured in a page and framed offline."""
        return self in (Kind.BACKGROUND_IFRAME, Kind.IFRAME, Kind.OBJECT, Kind.LINK)

    @property
    def is_media(self) -> bool:
        """Timed media: fetched whole, once, beside the page."""
        return self in (Kind.BACKGROUND_VIDEO, Kind.VIDEO, Kind.AUDIO)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """One place in the deck's source that names a URL.

    ``file`` is relative to the deck's folder (posix); ``line`` and ``column`` count from 1;
    ``span`` is ``[start, end)`` in code points of the decoded file and covers ``raw`` exactly.
    ``shadowed`` means that reveal.js never shows it, since a later attribute wins.
    ``syntax`` is what the span is part of (``attribute``, ``css``, ``markdown``, ``json``,
    ``plain``; ``inline-document`` for all of a document in ``srcdoc`` or a ``data:`` URL) and
    ``quote`` the quote around it: what a replacement must be encoded for. ``attribute`` is the
    attribute's name, where there is one. ``size`` is that of a frame on its slide in CSS pixels,
    where the source has it. ``source_group`` numbers a medium that can have several sources, of
    which this is one (0: no such medium). ``frame`` holds the attributes
    of a frame that decide how its page is opened (:data:`FRAME_ATTRIBUTES`), as the author wrote
    them.
    """

    slide: Slide | None
    file: str
    line: int
    column: int
    span: tuple[int, int]
    raw: str
    fragment: str = ""
    state: str = "shown"
    syntax: str = "attribute"
    quote: str = '"'
    attribute: str = ""
    size: tuple[int, int] | None = None
    source_group: int = 0
    frame: tuple[tuple[str, str], ...] = ()

    def to_dict(self) -> Json:
        return {
            "slide": list(self.slide) if self.slide else None,
            "file": self.file,
            "line": self.line,
            "column": self.column,
            "span": list(self.span),
            "raw": self.raw,
            "fragment": self.fragment,
            "state": self.state,
            "syntax": self.syntax,
            "quote": self.quote,
            "attribute": self.attribute,
            "size": list(self.size) if self.size else None,
            "choice": self.source_group,
            **({"frame": dict(self.frame)} if self.frame else {}),
        }

    @classmethod
    def from_dict(cls, data: Any, where: str = "reference") -> Reference:
        get = JsonReader(data, where)
        span = get("span", pair(whole(), "[start, end]"))
        if span[0] > span[1]:
            raise ManifestError(f"{where}.span: it ends before it starts")
        return cls(
            slide=get("slide", optional(pair(whole(), "[h, v] or null")), None),
            file=get("file", inner_path),
            line=get("line", whole()),
            column=get("column", whole()),
            span=span,
            raw=get("raw", text),
            fragment=get("fragment", text, ""),
            state=get("state", one_of("shown", "shadowed"), "shown"),
            syntax=get("syntax", text, "attribute"),
            quote=get("quote", text, '"'),
            attribute=get("attribute", text, ""),
            size=get("size", optional(pair(whole(), "[width, height] or null")), None),
            source_group=get("choice", whole(), 0),
            frame=tuple(get("frame", mapping(text, one_of(*FRAME_ATTRIBUTES)), {}).items()),
        )


@dataclass(frozen=True, slots=True)
class Found:
    """One URL that a deck names: what it is to the deck, resolved, and where it is written.

    ``url`` is absolute; a file of the deck itself is under ``urls.DECK_ORIGIN``. ``overlay`` is a
    link that its author made to open in a frame over the slide.
    """

    kind: Kind
    url: str
    reference: Reference
    overlay: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One distinct document (URL without fragment) and kind, with all its references."""

    id: str
    kind: Kind
    url: str
    references: tuple[Reference, ...]

    @property
    def fragments(self) -> tuple[str, ...]:
        """The distinct fragments of its shown references, in order; at least one."""
        shown = [r.fragment for r in self.references if r.state == "shown"]
        return tuple(dict.fromkeys(shown or [r.fragment for r in self.references] or [""]))

    @property
    def frame_size(self) -> tuple[int, int] | None:
        """The largest frame that it has on a slide; ``None`` where it fills the window."""
        sizes = [r.size for r in self.references if r.state == "shown" and r.size]
        return max(sizes, key=lambda size: size[0] * size[1], default=None)

    @property
    def frame_attributes(self) -> dict[str, str]:
        """The attributes of its frame, as the first reference that is shown has them."""
        first = next((r for r in self.references if r.state == "shown"), None)
        return dict(first.frame) if first else {}

    @property
    def frame_element(self) -> str:
        """The element that shows it on the slide: ``iframe``, ``object`` or ``embed``."""
        if self.kind is not Kind.OBJECT:
            return "iframe"
        first = next((r for r in self.references if r.state == "shown"), None)
        return "embed" if first and first.attribute == "src" else "object"

    @property
    def shown(self) -> bool:
        """Whether reveal.js shows it anywhere, or it belongs to the deck as a whole."""
        return any(r.state == "shown" for r in self.references)

    def to_dict(self) -> Json:
        return {
            "id": self.id,
            "kind": self.kind.value,
            "url": self.url,
            "references": [r.to_dict() for r in self.references],
        }

    @classmethod
    def from_dict(cls, data: Any, where: str = "target") -> Target:
        get = JsonReader(data, where)
        return cls(
            id=get("id", read_target_id),
            kind=get("kind", member(Kind)),
            url=get("url", web_url),
            references=get("references", array(Reference.from_dict)),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class DeckInfo:
    """The deck a manifest was made from; ``path`` as given, ``sha256`` of the file's bytes."""

    path: str
    format: str
    title: str
    sha256: str
    slides: int = 0

    def to_dict(self) -> Json:
        return {
            "path": self.path,
            "format": self.format,
            "title": self.title,
            "sha256": self.sha256,
            "slides": self.slides,
        }

    @classmethod
    def from_dict(cls, data: Any, where: str = "deck") -> DeckInfo:
        get = JsonReader(data, where)
        return cls(
            path=get("path", file_path),
            format=get("format", text),
            title=get("title", text),
            sha256=get("sha256", text),
            slides=get("slides", whole(), 0),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalFile:
    """A file of the deck's own folder that the deck refers to; ``path`` is relative, posix."""

    path: str
    kind: Kind
    references: tuple[Reference, ...]

    def to_dict(self) -> Json:
        return {
            "path": self.path,
            "kind": self.kind.value,
            "references": [r.to_dict() for r in self.references],
        }

    @classmethod
    def from_dict(cls, data: Any, where: str = "local") -> LocalFile:
        get = JsonReader(data, where)
        return cls(
            path=get("path", inner_path),
            kind=get("kind", member(Kind)),
            references=get("references", array(Reference.from_dict)),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """Every embedded target of a deck: the artefact of the first step."""

    deck: DeckInfo
    targets: tuple[Target, ...]
    local: tuple[LocalFile, ...] = ()
    warnings: tuple[str, ...] = ()

    def replaced_by_another_source(self, lost: Collection[str]) -> Iterator[Reference]:
        """The references of ``lost`` targets (ids) that another source of their medium replaces."""
        kept = [r for t in self.targets if t.id not in lost for r in t.references]
        kept += [r for file in self.local for r in file.references]
        played = {r.source_group for r in kept if r.state == "shown"} - {0}
        for target in self.targets:
            if target.id in lost:
                yield from (r for r in target.references if r.source_group in played)

    def to_dict(self) -> Json:
        return {
            "version": MANIFEST_VERSION,
            "deck": self.deck.to_dict(),
            "targets": [t.to_dict() for t in self.targets],
            "local": [f.to_dict() for f in self.local],
            "warnings": list(self.warnings),
        }

    @classmethod
    def from_dict(cls, data: Any) -> Manifest:
        get = JsonReader(data, "")
        version = get("version", whole(1))
        if version > MANIFEST_VERSION:
            raise ManifestError(
                f"version: {version} is newer than {MANIFEST_VERSION}",
                hint="upgrade deckarchive",
            )
        return cls(
            deck=get("deck", DeckInfo.from_dict),
            targets=_distinct(get("targets", array(Target.from_dict))),
            local=get("local", array(LocalFile.from_dict), ()),
            warnings=get("warnings", array(text), ()),
        )


def _distinct(targets: Iterable[Target]) -> tuple[Target, ...]:
    """The same targets. Each has a folder, named by its id, and the deck's own page another."""
    known: dict[str, Target] = {}
    for number, target in enumerate(targets):
        if target.id in known or target.id == RESERVED_ID:
            what = "the deck's own page" if target.id == RESERVED_ID else "another target"
            raise ManifestError(f"targets[{number}].id: {target.id!r} is the id of {what}")
        known[target.id] = target
    return tuple(known.values())
