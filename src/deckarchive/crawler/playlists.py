"""Streaming playlists: which files an HLS (RFC 8216) or DASH (ISO/IEC 23009-1) one names. Pure.

Only the files of a recording are listed: a live stream gives what its playlist holds now.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final
from xml.etree import ElementTree

from deckarchive import urls

MAX_FILES: Final = 20_000
"""Segments of one rendition that are listed at most."""
_MAX_TOGETHER: Final = 100_000
"""Segments of all renditions of a playlist together."""
_MAX_RENDITIONS: Final = 1000
_MAX_WIDTH: Final = 20
"""Digits that a number in a template is padded to."""

_ATTRIBUTE = re.compile(r'([A-Z0-9-]+)=("[^"]*"|[^",]*)')
_DURATION = re.compile(r"P(?:(\d+)D)?T?(?:(\d+)H)?(?:(\d+)M)?(?:([\d.]+)S)?$")
_NUMBER = re.compile(r"\$(RepresentationID|Number|Bandwidth|Time)?(?:%0(\d{1,9})d)?\$")
_URI_TAGS = ("#EXT-X-MAP", "#EXT-X-KEY", "#EXT-X-SESSION-KEY", "#EXT-X-PART")
_Node = ElementTree.Element


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendition:
    """One quality of a video, or a part of it (its sound, one language of subtitles).

    ``group`` names alternatives, of which a player chooses one: ``""`` when there are none.
    ``bandwidth`` in bits a second, ``height`` in pixels, ``seconds`` long; 0 when unknown.
    ``files`` are absolute URLs in playing order; ``playlists`` those to be read next.
    """

    group: str = ""
    bandwidth: int = 0
    height: int = 0
    seconds: float = 0.0
    files: tuple[str, ...] = ()
    playlists: tuple[str, ...] = ()

    @property
    def size(self) -> float:
        """Its bytes, estimated."""
        return self.bandwidth / 8 * self.seconds


def is_playlist(mime: str, url: str) -> bool:
    """Whether an answer may be a playlist, by its type or, for a vague type, its name."""
    if "mpegurl" in mime or mime == "application/dash+xml":
        return True
    vague = mime in ("", "text/plain", "application/octet-stream", "text/xml", "application/xml")
    name = url.partition("?")[0].lower()
    return vague and name.endswith((".m3u8", ".mpd"))


def renditions(text: str, base: str) -> list[Rendition]:
    """What the playlist ``text`` at ``base`` offers; nothing when it is no playlist."""
    text = text.lstrip("\ufeff \r\n")
    if text.startswith("#EXTM3U"):
        return _hls(text, base)
    if "<MPD" in text:
        try:
            return _bounded(_dash(ElementTree.fromstring(text), base))
        except (ElementTree.ParseError, ValueError, ArithmeticError):
            return []
    return []


def _bounded(offered: Iterator[Rendition]) -> list[Rendition]:
    """A playlist of a few kilobytes can make up any number of files."""
    kept: list[Rendition] = []
    together = 0
    for one in islice(offered, _MAX_RENDITIONS):
        together += len(one.files)
        if together > _MAX_TOGETHER:
            break
        kept.append(one)
    return kept


def choose(offered: list[Rendition], *, budget: float, height: int) -> list[Rendition]:
    """All renditions when they are small together, else of each group the best to present.

    That is the largest that the screen can show (``height`` in pixels), or the smallest there is.
    """
    if all(r.size or not r.group for r in offered) and sum(r.size for r in offered) <= budget:
        return offered
    groups: dict[str, list[Rendition]] = {}
    for one in offered:
        if one.group:
            groups.setdefault(one.group, []).append(one)
    chosen = [r for r in offered if not r.group]
    for group in groups.values():
        fitting = [r for r in group if r.height <= height]
        best = max(fitting, key=lambda r: (r.height, r.bandwidth), default=None)
        chosen.append(best or min(group, key=lambda r: (r.height, r.bandwidth)))
    return chosen


def _hls(text: str, base: str) -> list[Rendition]:
    offered: list[Rendition] = []
    files: dict[str, None] = {}
    seconds, variant = 0.0, None
    for line in map(str.strip, text.splitlines()):
        tag, _, rest = line.partition(":")
        attributes = {k: v.strip('"') for k, v in _ATTRIBUTE.findall(rest)}
        if tag == "#EXT-X-STREAM-INF":
            variant = attributes
        elif len(offered) >= _MAX_RENDITIONS:
            break
        elif tag in ("#EXT-X-MEDIA", "#EXT-X-I-FRAME-STREAM-INF") and "URI" in attributes:
            offered += _playlist(attributes["URI"], base, "")
        elif tag in _URI_TAGS and "URI" in attributes:
            _add(files, attributes["URI"], base)
        elif tag == "#EXTINF":
            seconds += _float(rest.partition(",")[0])
        elif line and not line.startswith("#"):
            if variant is None:
                _add(files, line, base)
                continue
            size = variant.get("RESOLUTION", "").lower().partition("x")[2]
            offered += _playlist(line, base, "variants", _int(variant.get("BANDWIDTH")), _int(size))
            variant = None
    if files:
        offered.append(Rendition(seconds=seconds, files=tuple(files)))
    return offered


def _playlist(
    uri: str, base: str, group: str, bandwidth: int = 0, height: int = 0
) -> Iterator[Rendition]:
    url = urls.resolve(uri, base)
    if url:
        yield Rendition(group=group, bandwidth=bandwidth, height=height, playlists=(url,))


def _add(files: dict[str, None], uri: str, base: str) -> None:
    url = urls.resolve(uri, base)
    if url and url.startswith(("http:", "https:")) and len(files) < MAX_FILES:
        files.setdefault(urls.split_fragment(url)[0])


def _dash(root: _Node, base: str) -> Iterator[Rendition]:
    base = _based(root, base)
    whole = _seconds(root.get("mediaPresentationDuration"))
    for n, period in enumerate(_all(root, "Period")):
        seconds = _seconds(period.get("duration")) or whole
        at = _based(period, base)
        for m, adaptation in enumerate(_all(period, "AdaptationSet")):
            there = _based(adaptation, at)
            for representation in _all(adaptation, "Representation"):
                nodes = [period, adaptation, representation]
                files: dict[str, None] = {}
                _segments(nodes, _based(representation, there), seconds, files)
                yield Rendition(
                    group=f"{n}.{m}",
                    bandwidth=_int(representation.get("bandwidth")),
                    height=_int(representation.get("height") or adaptation.get("height")),
                    seconds=seconds,
                    files=tuple(files),
                )


def _segments(nodes: list[_Node], base: str, seconds: float, files: dict[str, None]) -> None:
    """The files of one representation: templates and lists are inherited from outer nodes."""
    named: dict[str, str] = {}
    timeline = None
    for node in nodes:
        for template in _all(node, "SegmentTemplate"):
            named.update(template.attrib)
            timeline = next(_all(template, "SegmentTimeline"), timeline)
    fill = _filler(nodes[-1])
    if "media" in named or "initialization" in named:
        if "initialization" in named:
            _add(files, fill(named["initialization"], 0, 0), base)
        for number, time in _moments(named, timeline, seconds):
            if "media" not in named or len(files) >= MAX_FILES:
                return
            _add(files, fill(named["media"], number, time), base)
        return
    lists = [one for node in nodes for one in _all(node, "SegmentList")]
    for one in lists[-1:]:
        for start in _all(one, "Initialization"):
            _add(files, start.get("sourceURL") or base, base)
        for segment in _all(one, "SegmentURL"):
            _add(files, segment.get("media") or base, base)
    if not lists and next(_all(nodes[-1], "BaseURL"), None) is not None:
        _add(files, base, base)


def _moments(
    named: dict[str, str], timeline: _Node | None, seconds: float
) -> Iterator[tuple[int, int]]:
    """``(number, time)`` of each segment, from the timeline or a fixed duration."""
    number = _int(named.get("startNumber"), 1)
    scale = _int(named.get("timescale"), 1) or 1
    end = seconds * scale
    if timeline is None:
        step = _int(named.get("duration"))
        count = -(-int(end) // step) if step > 0 else 0
        for n in range(min(count, MAX_FILES)):
            yield number + n, n * step
        return
    time, listed = 0, 0
    for span in _all(timeline, "S"):
        time, step = _int(span.get("t"), time), _int(span.get("d"))
        repeats = _int(span.get("r"))
        if repeats < 0:
            repeats = max(0, -(-int(end - time) // step) - 1) if step > 0 else 0
        for _ in range(min(repeats + 1, MAX_FILES - listed)):
            yield number, time
            number, time, listed = number + 1, time + step, listed + 1


def _filler(representation: _Node) -> Callable[[str, int, int], str]:
    """Fills ``$Number%05d$`` and its like in a template."""
    name = representation.get("id", "")
    bandwidth = _int(representation.get("bandwidth"))

    def fill(template: str, number: int, time: int) -> str:
        values = {"Number": number, "Time": time, "Bandwidth": bandwidth}

        def value(match: re.Match[str]) -> str:
            if match[1] is None:
                return "$"
            if match[1] == "RepresentationID":
                return name
            return str(values[match[1]]).zfill(min(int(match[2] or 0), _MAX_WIDTH))

        return _NUMBER.sub(value, template)

    return fill


def _all(node: _Node, name: str) -> Iterator[_Node]:
    return (child for child in node if child.tag.rpartition("}")[2] == name)


def _based(node: _Node, base: str) -> str:
    own = next(_all(node, "BaseURL"), None)
    return (urls.resolve((own.text or "").strip(), base) if own is not None else None) or base


def _seconds(duration: str | None) -> float:
    found = _DURATION.match(duration or "")
    if not found:
        return 0.0
    units = zip(found.groups(), (86400, 3600, 60, 1), strict=True)
    return sum(float(value or 0) * unit for value, unit in units)


def _int(text: str | None, otherwise: int = 0) -> int:
    return int(_float(text)) if text else otherwise


def _float(text: str | None) -> float:
    try:
        return min(max(float(text or 0), -1e15), 1e15)
    except ValueError:
        return 0.0
