"""What an offline folder holds: the contents of its ``deckarchive.json``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from deckarchive.model._json_reader import (
    Json,
    JsonReader,
    array,
    bitmap,
    file_sum,
    inner_path,
    mapping,
    maybe_inner_path,
    member,
    number,
    pair,
    read_target_id,
    text,
    web_url,
    whole,
)
from deckarchive.model.capture import Interaction
from deckarchive.model.manifest import DeckInfo, Kind, Slide


class Tier(StrEnum):
    """In which form an embed is shown offline, from best to worst.

    ``broken`` is a copy or a picture of a page that was broken when it was recorded.
    """

    LIVE = "live"
    STATIC = "static"
    PICTURE = "picture"
    BROKEN = "broken"
    CARD = "card"
    BLANK = "blank"


@dataclass(frozen=True, slots=True, kw_only=True)
class OfflineTarget:
    """One target in the offline folder; paths are relative to it (posix).

    ``best`` is the best tier the folder holds: ``live`` (a copy of a page, or a medium),
    ``picture`` (a poster only) or ``card`` (never captured). ``frame`` is what the deck points
    at, ``copy`` the document behind it, ``posters`` maps a fragment to its picture.
    ``interactions`` is what changed in the page when it was used as it was captured, ``title``
    what it was called and ``text`` the beginning of what it said, ``missing`` the URLs that it
    asked for in vain even then, ``variation`` maps a fragment to where its page moved by itself
    (:class:`~deckarchive.model.View`; only pages that did), ``duration`` how long a medium was, in
    seconds (0: not known).
    """

    id: str
    kind: str
    url: str
    best: Tier
    state: str
    reason: str = ""
    frame: str = ""
    copy: str = ""
    posters: Mapping[str, str] = field(default_factory=dict)
    counts: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    interactions: tuple[Interaction, ...] = ()
    slides: tuple[Slide, ...] = ()
    captured: str = ""
    bytes: int = 0
    title: str = ""
    text: str = ""
    missing: tuple[str, ...] = ()
    duration: float = 0.0
    variation: Mapping[str, str] = field(default_factory=dict)

    def to_dict(self) -> Json:
        data = {name: getattr(self, name) for name in self.__slots__}
        data["best"] = self.best.value
        data["posters"] = dict(self.posters)
        data["counts"] = {k: dict(v) for k, v in self.counts.items()}
        data["interactions"] = [u.to_dict() for u in self.interactions]
        data["slides"] = [list(s) for s in self.slides]
        data["missing"] = list(self.missing)
        data["variation"] = dict(self.variation)
        return data

    @classmethod
    def from_dict(cls, data: Any, where: str = "offline target") -> OfflineTarget:
        get = JsonReader(data, where)
        return cls(
            id=get("id", read_target_id),
            kind=get("kind", member(Kind)).value,
            url=get("url", web_url),
            best=get("best", member(Tier)),
            state=get("state", text),
            reason=get("reason", text, ""),
            frame=get("frame", maybe_inner_path, ""),
            copy=get("copy", maybe_inner_path, ""),
            posters=get("posters", mapping(inner_path), {}),
            counts=get("counts", mapping(mapping(whole())), {}, formerly="vitals"),
            interactions=get("interactions", array(Interaction.from_dict), (), formerly="uses"),
            slides=get("slides", array(pair(whole(), "[h, v]")), ()),
            captured=get("captured", text, ""),
            bytes=get("bytes", whole(), 0),
            title=get("title", text, ""),
            text=get("text", text, ""),
            missing=get("missing", array(text), ()),
            duration=get("duration", number, 0.0),
            variation=get("variation", mapping(bitmap), {}),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class OfflineDeck:
    """The contents of ``deckarchive.json`` in an offline folder: what it is, from where.

    ``unresolved`` are URLs that the deck's own page or style sheets name and load, and of which no
    capture was ever tried: the deck is newer than its archive.
    """

    title: str
    page: str
    slides: int
    created: str
    software: str
    deck: DeckInfo
    targets: tuple[OfflineTarget, ...]
    unresolved: tuple[str, ...] = ()
    files: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def to_dict(self) -> Json:
        return {
            "version": 1,
            "title": self.title,
            "page": self.page,
            "slides": self.slides,
            "created": self.created,
            "software": self.software,
            "deck": self.deck.to_dict(),
            "targets": [t.to_dict() for t in self.targets],
            "unresolved": list(self.unresolved),
            "files": {k: dict(v) for k, v in self.files.items()},
        }

    @classmethod
    def from_dict(cls, data: Any) -> OfflineDeck:
        get = JsonReader(data, "")
        return cls(
            title=get("title", text),
            page=get("page", inner_path),
            slides=get("slides", whole()),
            created=get("created", text, ""),
            software=get("software", text, ""),
            deck=get("deck", DeckInfo.from_dict),
            targets=get("targets", array(OfflineTarget.from_dict)),
            unresolved=get("unresolved", array(text), ()),
            files=get("files", mapping(file_sum, inner_path), {}),
        )
