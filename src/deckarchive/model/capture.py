"""How the capture of a target went: the contents of ``capture.json``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from deckarchive.model._reader import Json, Reader

DECK_CAPTURE_ID: Final = "deck"
"""The reserved target id under which the deck's own page is captured (fonts, plugins)."""


class State(StrEnum):
    """How a capture ended. Only ``failed`` leaves the audience without the embed."""

    CAPTURED = "captured"
    PARTIAL = "partial"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Vitals:
    """How much a page shows: counted alike when captured, replayed and rehearsed.

    ``text`` is the number of visible characters; ``images``, ``canvases``, ``videos`` and
    ``frames`` count what is visible and has loaded; ``broken`` counts images that failed.
    """

    text: int = 0
    elements: int = 0
    images: int = 0
    broken: int = 0
    canvases: int = 0
    videos: int = 0
    frames: int = 0

    def least(self, other: Vitals) -> Vitals:
        """What both show, of each the smaller number; one that shows nothing does not count."""
        if not any((other.text, other.images, other.canvases, other.videos, other.frames)):
            return self
        return Vitals(**{n: min(getattr(self, n), getattr(other, n)) for n in self.__slots__})

    def to_dict(self) -> Json:
        return {name: getattr(self, name) for name in self.__slots__}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Vitals:
        return cls(**{n: int(data.get(n) or 0) for n in cls.__slots__})


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """One fragment of a captured page: its screenshot (a file name) and its vitals."""

    fragment: str
    screenshot: str | None
    vitals: Vitals = Vitals()

    def to_dict(self) -> Json:
        return {
            "fragment": self.fragment,
            "screenshot": self.screenshot,
            "vitals": self.vitals.to_dict(),
        }

    @classmethod
    def from_dict(cls, data: Any) -> View:
        get = Reader(data, "view")
        return cls(
            fragment=get.required("fragment", str),
            screenshot=get.optional("screenshot", str),
            vitals=Vitals.from_dict(get.default("vitals", {})),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """One act on a page: ``scroll``, ``click``, ``adjust``, ``key``, ``play`` or ``seek``.

    ``where`` is a CSS selector and ``label`` what the element says; both are empty for the page
    itself. ``changed`` is ``None`` where it could not be done; ``at_once`` says that the change
    came before any timer could run. ``view`` is the fragment that was showing.
    """

    kind: str
    where: str = ""
    label: str = ""
    changed: bool | None = None
    at_once: bool = False
    view: str = ""

    def to_dict(self) -> Json:
        return {name: getattr(self, name) for name in self.__slots__}

    @classmethod
    def from_dict(cls, data: Any) -> Use:
        get = Reader(data, "use")
        get.required("kind", str)
        return cls(**{n: data[n] for n in cls.__slots__ if n in data})


@dataclass(frozen=True, slots=True, kw_only=True)
class Embed:
    """A page or medium that stood on a slide (horizontal, vertical from 0) of the running deck.

    ``kind`` is that of a :class:`~deckarchive.model.Kind`, ``url`` absolute, ``size`` its box in
    CSS pixels, where its attributes tell it.
    """

    kind: str
    url: str
    slide: tuple[int, int]
    size: tuple[int, int] | None = None

    def to_dict(self) -> Json:
        return {
            "kind": self.kind,
            "url": self.url,
            "slide": list(self.slide),
            "size": list(self.size) if self.size else None,
        }

    @classmethod
    def from_dict(cls, data: Any) -> Embed:
        get = Reader(data, "embed")
        h, v = get.required("slide", list)
        size = get.optional("size", list)
        return cls(
            kind=get.required("kind", str),
            url=get.required("url", str),
            slide=(int(h), int(v)),
            size=(int(size[0]), int(size[1])) if size else None,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptureRecord:
    """How the capture of one target went: the contents of ``capture.json``.

    ``missing`` lists ``{"url", "reason"}`` of what the page asked for and did not get;
    ``console`` the error messages it logged; ``bytes`` counts body bytes as sent. ``left_out``
    counts header lines of the user's own login that were not recorded, by name;
    ``blocked`` the URLs that the page was not let ask for, by the list or pattern naming them.
    ``charsets`` names the encodings other than UTF-8 in which the browser read documents, by URL:
    where nothing declares one it guesses from the text.
    ``uses`` says what changed when the page was used, ``duration`` how long a film is, in seconds
    (0: not known). ``embeds`` is what stood on the slides when the deck's own page was captured.
    """

    id: str
    kind: str
    url: str
    state: State
    reason: str = ""
    final_url: str | None = None
    status: int | None = None
    content_type: str = ""
    title: str = ""
    bytes: int = 0
    requests: int = 0
    seconds: float = 0.0
    started: str = ""
    viewport: tuple[int, int] = (1920, 1080)
    views: tuple[View, ...] = ()
    uses: tuple[Use, ...] = ()
    missing: tuple[Mapping[str, str], ...] = ()
    console: tuple[str, ...] = ()
    software: str = ""
    left_out: Mapping[str, int] = field(default_factory=dict)
    blocked: Mapping[str, int] = field(default_factory=dict)
    duration: float = 0.0
    charsets: Mapping[str, str] = field(default_factory=dict)
    embeds: tuple[Embed, ...] = ()

    def to_dict(self) -> Json:
        data = {name: getattr(self, name) for name in self.__slots__}
        data["state"] = self.state.value
        data["viewport"] = list(self.viewport)
        data["views"] = [v.to_dict() for v in self.views]
        data["uses"] = [u.to_dict() for u in self.uses]
        data["missing"] = [dict(m) for m in self.missing]
        data["console"] = list(self.console)
        data["left_out"] = dict(self.left_out)
        data["blocked"] = dict(self.blocked)
        data["charsets"] = dict(self.charsets)
        data["embeds"] = [e.to_dict() for e in self.embeds]
        return data

    @classmethod
    def from_dict(cls, data: Any) -> CaptureRecord:
        get = Reader(data, "capture")
        known = {n: data[n] for n in cls.__slots__ if n in data}
        known["state"] = State(get.required("state", str))
        known["viewport"] = tuple(get.default("viewport", [1920, 1080]))
        known["views"] = tuple(View.from_dict(v) for v in get.default("views", []))
        known["uses"] = tuple(Use.from_dict(u) for u in get.default("uses", []))
        known["missing"] = tuple(get.default("missing", []))
        known["left_out"] = dict(get.default("left_out", {}))
        known["blocked"] = dict(get.default("blocked", {}))
        known["charsets"] = dict(get.default("charsets", {}))
        known["embeds"] = tuple(Embed.from_dict(e) for e in get.default("embeds", []))
        known["console"] = tuple(get.default("console", []))
        return cls(**known)
