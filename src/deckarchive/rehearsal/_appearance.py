"""What a copy shows of itself, as ``appearance.js`` saw it, and what is wrong with that. Pure.

The answer comes from a page that may be hostile: it is read into bounded values, and what does not
fit is left out. The words that tell an error page or a wall are in the table of
:mod:`deckarchive.web.page_faults`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from deckarchive.web import (
    SHORT_PAGE,
    PageFault,
    fault_of_layer,
    fault_of_page,
    fault_of_sign_in,
    new_fault,
)

_TEXT: Final = 8000  # as much as hints.js gives of a captured page
_KNOWN: Final = 7900  # characters from which a captured text is cut off
_DEPTH: Final = 4
_FRAMES: Final = 10
_COVERS: Final = 0.5
"""The share of the view from which a layer hides the page."""
_SPEAKS: Final = {"consent": 0.15, "offline": 0.04}
"""The share of the view from which a smaller layer counts by its words, by kind of fault."""
_ALL: Final = 0.6
"""The share of a page's text from which a layer is the page itself."""
_LAYERS: Final = 4
_MAIN: Final = 0.25
"""The share of a copy from which a frame inside is what the audience looks at."""
_WAITS: Final = 0.3
"""The share of the view from which what stands for content to come counts."""
_FRAME_OF_AN_APP: Final = 250  # characters that a head and a foot have
_LITTLE: Final = 120  # characters beside which a spinner is all there is


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """A box that lies over the page: its ``share`` of the view, and the share of itself that has
    content ``under`` it, from 0 to 1; ``modal`` is a dialog."""

    share: float
    under: float
    text: str = ""
    modal: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Appearance:
    """What a document shows: its names and words, fields of a login, how many places of an app are
    ``unfilled``, the layers on top, the largest first, how many ``spinners`` turn and which share
    of the view is ``waiting``, and its frames with theirs.
    """

    title: str = ""
    heading: str = ""
    text: str = ""
    length: int = 0
    passwords: int = 0
    names: int = 0
    unfilled: int = 0
    layers: tuple[Layer, ...] = ()
    spinners: int = 0
    waiting: float = 0.0
    inner: tuple[tuple[float, Appearance], ...] = ()

    @property
    def words(self) -> str:
        """All that can be read in it and its frames."""
        return "\n".join([self.text, *(one.words for _, one in self.inner)])


def appearance_of(data: object, depth: int = _DEPTH) -> Appearance | None:
    """What a page answered, as a value; ``None`` for anything else."""
    if not isinstance(data, Mapping) or depth < 1:
        return None
    inner = data.get("inner")
    frames = [
        (_share(one.get("share")), found)
        for one in (inner[:_FRAMES] if isinstance(inner, list) else [])
        if isinstance(one, Mapping) and (found := appearance_of(one, depth - 1))
    ]
    waiting = data.get("waiting")
    waits: Mapping[str, Any] = waiting if isinstance(waiting, Mapping) else {}
    return Appearance(
        title=_text(data.get("title"), 200),
        heading=_text(data.get("heading"), 200),
        text=_text(data.get("text"), _TEXT),
        length=_number(data.get("length")),
        passwords=_number(data.get("passwords")),
        names=_number(data.get("names")),
        unfilled=_number(data.get("unfilled")),
        layers=_layers(data.get("layers")),
        spinners=_number(waits.get("spinners")),
        waiting=_share(waits.get("share")),
        inner=tuple(frames),
    )


def fault_in(page: Appearance, pictures: int) -> PageFault | None:
    """What is wrong with a page by its own text, whatever the cause.

    ``pictures`` is how many images, drawings and videos it shows.
    """
    titles = (page.title, page.heading)
    login = page.passwords and page.length < SHORT_PAGE
    if login or fault_of_sign_in(titles, page.names, page.length):
        return PageFault("sign-in", "the page asks for a login")
    found = fault_of_page(titles, page.text, page.length)
    # A few words beside pictures are a caption.
    if found and not (pictures and found.kind in ("waiting", "failed")):
        return found
    if found := _in_the_way(page):
        return found
    if page.unfilled and page.length < _FRAME_OF_AN_APP and not pictures and not page.inner:
        return PageFault("empty", "the page is mostly empty: its scripts drew nothing")
    if _only_waits(page, pictures):
        return PageFault("waiting", "a spinner or a skeleton is all there is, and does not end")
    for share, inner in page.inner:
        if share >= _MAIN and (found := fault_in(inner, pictures=0)):
            return found
    return None


def fault_since(page: Appearance, before: str) -> PageFault | None:
    """What the page tells of that it did not when it was captured, with the text ``before``."""
    if not before.strip():
        return None
    # Of a long page only the beginning is known, and of the frames inside nothing.
    return new_fault(page.text[: len(before)] if len(before) >= _KNOWN else page.text, before)


def covering(page: Appearance) -> Layer | None:
    """The layer that hides or greys most of the page, if there is one."""
    return next((one for one in page.layers if one.share >= _COVERS and one.under >= 0.1), None)


def _in_the_way(page: Appearance) -> PageFault | None:
    """What a layer says that hides the page, stands on one that does, or counts by its words."""
    hidden = covering(page) is not None
    for layer in page.layers:
        if not layer.modal and len(layer.text) > _ALL * page.length:
            continue  # it is the page itself, in a box of its own
        fault = fault_of_layer(layer.text)
        if fault and (hidden or layer.share >= _SPEAKS.get(fault.kind, 1)):
            return fault
    return None


def _only_waits(page: Appearance, pictures: int) -> bool:
    if page.waiting >= _WAITS and page.length < SHORT_PAGE:
        return True
    return bool(page.spinners) and page.length < _LITTLE and not pictures and not page.inner


def _layers(data: object) -> tuple[Layer, ...]:
    if not isinstance(data, list):
        return ()
    return tuple(
        Layer(
            share=_share(one.get("share")),
            under=_share(one.get("under")),
            text=_text(one.get("text"), _TEXT),
            modal=one.get("modal") is True,
        )
        for one in data[:_LAYERS]
        if isinstance(one, Mapping)
    )


def _text(value: object, most: int) -> str:
    return value[:most] if isinstance(value, str) else ""


def _number(value: object) -> int:
    return int(value) if isinstance(value, int | float) and 0 <= value < 1e9 else 0


def _share(value: object) -> float:
    return min(1.0, max(0.0, float(value))) if isinstance(value, int | float) else 0.0
