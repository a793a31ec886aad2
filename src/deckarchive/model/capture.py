"""How the capture of a target went: the contents of ``capture.json``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from deckarchive import urls
from deckarchive.model._json_reader import (
    Json,
    JsonReader,
    array,
    bitmap,
    file_name,
    file_sum,
    flag,
    mapping,
    member,
    number,
    optional,
    pair,
    read_target_id,
    text,
    web_url,
    whole,
)
from deckarchive.model.manifest import FRAME_ATTRIBUTES, RESERVED_ID, Kind

DECK_CAPTURE_ID: Final = RESERVED_ID
"""The reserved target id under which the deck's own page is captured (fonts, plugins)."""
_LONGEST_NAME, _LONGEST_VALUE = 40, 2000


class State(StrEnum):
    """How a capture ended. Only ``failed`` leaves the audience without the embed."""

    CAPTURED = "captured"
    PARTIAL = "partial"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentCounts:
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

    def least(self, other: ContentCounts) -> ContentCounts:
        """What both show, of each the smaller number; one that shows nothing does not count."""
        if not any((other.text, other.images, other.canvases, other.videos, other.frames)):
            return self
        return ContentCounts(
            **{n: min(getattr(self, n), getattr(other, n)) for n in self.__slots__}
        )

    def to_dict(self) -> Json:
        return {name: getattr(self, name) for name in self.__slots__}

    @classmethod
    def from_dict(cls, data: Any, where: str = "counts") -> ContentCounts:
        get = JsonReader(data, where)
        return cls(**{n: get(n, optional(whole()), None) or 0 for n in cls.__slots__})


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """One fragment of a captured page: its screenshot (a file name) and its content counts.

    ``variation`` is where the page moved by itself: the cells of the screenshot that differed from
    another one a moment later, see :func:`~deckarchive.screenshots.varied_cells`; ``""`` where it
    stood still, ``None`` where that is not known.
    """

    fragment: str
    screenshot: str | None
    counts: ContentCounts = ContentCounts()
    variation: str | None = None

    def to_dict(self) -> Json:
        return {
            "fragment": self.fragment,
            "screenshot": self.screenshot,
            "counts": self.counts.to_dict(),
            **({} if self.variation is None else {"variation": self.variation}),
        }

    @classmethod
    def from_dict(cls, data: Any, where: str = "view") -> View:
        get = JsonReader(data, where)
        return cls(
            fragment=get("fragment", text),
            screenshot=get("screenshot", optional(file_name), None),
            counts=get("counts", ContentCounts.from_dict, ContentCounts(), formerly="vitals"),
            variation=get("variation", optional(bitmap), None),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Interaction:
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
    def from_dict(cls, data: Any, where: str = "interaction") -> Interaction:
        get = JsonReader(data, where)
        return cls(
            kind=get("kind", text),
            where=get("where", text, ""),
            label=get("label", text, ""),
            changed=get("changed", optional(flag), None),
            at_once=get("at_once", flag, False),
            view=get("view", text, ""),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Embed:
    """A page or medium that stood on a slide (horizontal, vertical from 0) of the running deck.

    ``kind`` is that of a :class:`~deckarchive.model.Kind`, ``url`` absolute, ``size`` its box in
    CSS pixels, where its attributes tell it; ``attribute`` the name of the one that holds the URL,
    and ``frame`` those that decide how a frame's page is opened (:data:`FRAME_ATTRIBUTES`).
    """

    kind: str
    url: str
    slide: tuple[int, int]
    size: tuple[int, int] | None = None
    attribute: str = ""
    frame: tuple[tuple[str, str], ...] = ()

    def to_dict(self) -> Json:
        return {
            "kind": self.kind,
            "url": self.url,
            "slide": list(self.slide),
            "size": list(self.size) if self.size else None,
            **({"attribute": self.attribute} if self.attribute else {}),
            **({"frame": dict(self.frame)} if self.frame else {}),
        }

    @classmethod
    def from_dict(cls, data: Any, where: str = "embed") -> Embed:
        get = JsonReader(data, where)
        size = get("size", optional(pair(number, "[width, height]")), None)
        return cls(
            kind=get("kind", text),
            url=get("url", text),
            slide=get("slide", pair(whole(), "[h, v]")),
            size=(int(size[0]), int(size[1])) if size else None,
            attribute=get("attribute", text, "")[:_LONGEST_NAME],
            frame=tuple(
                (name, value[:_LONGEST_VALUE])
                for name, value in get("frame", mapping(text, text), {}).items()
                if name in FRAME_ATTRIBUTES
            ),
        )


class WaitReason(StrEnum):
    """What a capture waits for."""

    OPENING = "opening"
    """Until the document has loaded."""
    NETWORK = "network"
    """Requests, and a moment without any."""
    DOCUMENT = "document"
    """Elements, images, fonts and scripts on their way."""
    NO_ANSWER = "no-answer"
    """A page that is busy with its scripts."""
    SELECTOR = "selector"
    """What ``--wait-for`` names."""
    TIMER = "timer"
    TIMER_INSIDE = "timer-inside"
    """A timer of a frame inside."""
    ANIMATION = "animation"
    """An animation that ends, or a value that rises or falls to its end."""
    FRAME_LOOP = "frame-loop"
    """What scripts draw frame by frame."""
    WORKER = "worker"
    """A worker that has not answered yet."""
    LOADING = "loading"
    """What says in view that it is loading."""
    SCROLLING = "scrolling"
    FILES = "files"
    """Files that are fetched beside the page."""
    PLAYING = "playing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """Seconds that a capture waited for one thing, all its steps together."""

    reason: WaitReason
    seconds: float

    def to_dict(self) -> Json:
        return {"reason": self.reason.value, "seconds": self.seconds}

    @classmethod
    def from_dict(cls, data: Any, where: str = "wait") -> Wait:
        get = JsonReader(data, where)
        return cls(reason=get("reason", member(WaitReason)), seconds=get("seconds", number))


class MissingCause(StrEnum):
    """Why a request of a captured page brought no whole, good answer."""

    NO_ANSWER = "no-answer"
    HTTP_ERROR = "http-error"
    CUT_OFF = "cut-off"
    OVERSIZED = "oversized"
    """Cut off, since it unpacks to far more than its size, or than ``--max-size``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingResource:
    """What a page asked for and did not get. ``reason`` is for a person, ``type`` the browser's
    resource type (``image``, ``xhr``; ``""`` for what the browser did not ask for)."""

    url: str
    reason: str
    type: str = ""
    cause: MissingCause = MissingCause.NO_ANSWER

    def to_dict(self) -> Json:
        return {
            "url": self.url,
            "reason": self.reason,
            "type": self.type,
            "cause": self.cause.value,
        }

    @classmethod
    def from_dict(cls, data: Any, where: str = "missing") -> MissingResource:
        get = JsonReader(data, where)
        cause = get("cause", text, "")  # older archives have none, newer ones may know more
        known = cause in MissingCause._value2member_map_
        return cls(
            url=get("url", text),
            reason=get("reason", text, ""),
            type=get("type", text, ""),
            cause=MissingCause(cause) if known else MissingCause.NO_ANSWER,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptureRecord:
    """How the capture of one target went: the contents of ``capture.json``.

    ``text`` is the beginning of what could be read on the page (8,000 characters);
    ``missing`` lists what the page asked for and did not get;
    ``console`` the error messages it logged; ``bytes`` counts body bytes as sent. ``redacted``
    counts header lines of the user's own login that were not recorded, by name;
    ``blocked`` the URLs that the page was not let ask for, by the list or pattern naming them.
    ``charsets`` names the encodings other than UTF-8 in which the browser read documents, by URL:
    where nothing declares one it guesses from the text.
    ``interactions`` says what changed when the page was used, ``duration`` how long a video is,
    in seconds (0: not known). ``embeds`` is what stood on the slides when the deck's own page was
    captured. ``framed`` says that it was captured in a frame, as its slide shows it. ``waits`` is
    what was waited for, the longest first. ``loads`` is, of the deck's own page,
    :attr:`DeckSite.loads` as it was captured. ``files`` gives size and SHA-256 of the other files
    in the folder, by name.
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
    text: str = ""
    bytes: int = 0
    requests: int = 0
    seconds: float = 0.0
    started: str = ""
    viewport: tuple[int, int] = (1920, 1080)
    views: tuple[View, ...] = ()
    interactions: tuple[Interaction, ...] = ()
    missing: tuple[MissingResource, ...] = ()
    console: tuple[str, ...] = ()
    software: str = ""
    redacted: Mapping[str, int] = field(default_factory=dict)
    blocked: Mapping[str, int] = field(default_factory=dict)
    duration: float = 0.0
    charsets: Mapping[str, str] = field(default_factory=dict)
    embeds: tuple[Embed, ...] = ()
    framed: bool = False
    waits: tuple[Wait, ...] = ()
    loads: str = ""
    files: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def to_dict(self) -> Json:
        data = {name: getattr(self, name) for name in self.__slots__}
        data["state"] = self.state.value
        data["viewport"] = list(self.viewport)
        data["views"] = [v.to_dict() for v in self.views]
        data["interactions"] = [u.to_dict() for u in self.interactions]
        data["missing"] = [m.to_dict() for m in self.missing]
        data["console"] = list(self.console)
        data["redacted"] = dict(self.redacted)
        data["blocked"] = dict(self.blocked)
        data["charsets"] = dict(self.charsets)
        data["embeds"] = [e.to_dict() for e in self.embeds]
        data["waits"] = [w.to_dict() for w in self.waits]
        data["files"] = {name: dict(one) for name, one in self.files.items()}
        return data

    @classmethod
    def from_dict(cls, data: Any, where: str = "") -> CaptureRecord:
        get = JsonReader(data, where)
        final_url = get("final_url", optional(text), None)
        return cls(
            id=get("id", read_target_id),
            kind=get("kind", member(Kind)).value,
            url=get("url", web_url),
            state=get("state", member(State)),
            reason=get("reason", text, ""),
            final_url=final_url if final_url and _is_web(final_url) else None,
            status=get("status", optional(whole(0, 999)), None),
            content_type=get("content_type", text, ""),
            title=get("title", text, ""),
            text=get("text", text, ""),
            bytes=get("bytes", whole(), 0),
            requests=get("requests", whole(), 0),
            seconds=get("seconds", number, 0.0),
            started=get("started", text, ""),
            viewport=get("viewport", pair(whole(1), "[width, height]"), (1920, 1080)),
            views=get("views", array(View.from_dict), ()),
            interactions=get("interactions", array(Interaction.from_dict), (), formerly="uses"),
            missing=get("missing", array(MissingResource.from_dict), ()),
            console=get("console", array(text), ()),
            software=get("software", text, ""),
            redacted=get("redacted", mapping(whole()), {}, formerly="left_out"),
            blocked=get("blocked", mapping(whole()), {}),
            duration=get("duration", number, 0.0),
            charsets=get("charsets", mapping(text), {}),
            embeds=get("embeds", array(Embed.from_dict), ()),
            framed=get("framed", flag, False),
            waits=get("waits", array(Wait.from_dict), ()),
            loads=get("loads", text, ""),
            files=get("files", mapping(file_sum, file_name), {}),
        )


def _is_web(url: str) -> bool:
    """Whether it is an http(s) URL: a page can end at ``about:blank`` or an error's address."""
    return urls.resolve(url, base=url) is not None
