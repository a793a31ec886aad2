"""What an offline folder holds: the contents of its ``deckarchive.json``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from deckarchive.model._reader import Json, Reader
from deckarchive.model.capture import Use
from deckarchive.model.manifest import DeckInfo, Slide


class Tier(StrEnum):
    """In which form an embed is shown offline, from best to worst."""

    LIVE = "live"
    STATIC = "static"
    PICTURE = "picture"
    CARD = "card"
    BLANK = "blank"


@dataclass(frozen=True, slots=True, kw_only=True)
class OfflineTarget:
    """One target in the offline folder; paths are relative to it (posix).

    ``best`` is the best tier the folder holds: ``live`` (a copy of a page, or a medium),
    ``picture`` (a poster only) or ``card`` (never captured). ``frame`` is what the deck points
    at, ``copy`` the document behind it, ``posters`` maps a fragment to its picture. ``uses`` is
    what changed in the page when it was used as it was captured, ``title`` what it was called,
    ``duration`` how long a medium was, in seconds (0: not known).
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
    vitals: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    uses: tuple[Use, ...] = ()
    slides: tuple[Slide, ...] = ()
    captured: str = ""
    bytes: int = 0
    title: str = ""
    duration: float = 0.0

    def to_dict(self) -> Json:
        data = {name: getattr(self, name) for name in self.__slots__}
        data["best"] = self.best.value
        data["posters"] = dict(self.posters)
        data["vitals"] = {k: dict(v) for k, v in self.vitals.items()}
        data["uses"] = [u.to_dict() for u in self.uses]
        data["slides"] = [list(s) for s in self.slides]
        return data

    @classmethod
    def from_dict(cls, data: Any) -> OfflineTarget:
        get = Reader(data, "offline target")
        known = {n: data[n] for n in cls.__slots__ if n in data}
        known["best"] = Tier(get.required("best", str))
        known["uses"] = tuple(Use.from_dict(u) for u in get.default("uses", []))
        known["slides"] = tuple((s[0], s[1]) for s in get.default("slides", []))
        return cls(**known)


@dataclass(frozen=True, slots=True, kw_only=True)
class OfflineDeck:
    """The contents of ``deckarchive.json`` in an offline folder: what it is, from where."""

    title: str
    page: str
    slides: int
    created: str
    software: str
    deck: DeckInfo
    targets: tuple[OfflineTarget, ...]
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
            "files": {k: dict(v) for k, v in self.files.items()},
        }

    @classmethod
    def from_dict(cls, data: Any) -> OfflineDeck:
        get = Reader(data, "deckarchive.json")
        return cls(
            title=get.required("title", str),
            page=get.required("page", str),
            slides=get.required("slides", int),
            created=get.default("created", ""),
            software=get.default("software", ""),
            deck=DeckInfo.from_dict(get.required("deck", dict)),
            targets=tuple(OfflineTarget.from_dict(t) for t in get.required("targets", list)),
            files=get.default("files", {}),
        )
