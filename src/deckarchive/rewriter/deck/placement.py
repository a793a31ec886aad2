"""Where each target of the deck goes in the offline folder, and the files that belong to it.

Pages get a frame, media a file; what was never captured gets a card. The result of each is an
:class:`OfflineTarget` for the provenance and a :class:`Placement` for the splices.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final, Protocol
from urllib.parse import quote

from deckarchive import urls
from deckarchive.errors import ArchiveError
from deckarchive.model import (
    DECK_CAPTURE_ID,
    CaptureRecord,
    Exchange,
    Kind,
    Manifest,
    OfflineTarget,
    State,
    Target,
    Tier,
    View,
)
from deckarchive.rewriter.deck.frames import FramePage, frame_page, picture_card
from deckarchive.rewriter.deck.rights import rights_of
from deckarchive.rewriter.deck.splices import Placement
from deckarchive.rewriter.pages.bodies import ExchangesByUrl, answers_of, extension, find_body
from deckarchive.rewriter.plan_values import PlannedFolder, PosterFile, RecordedFile

_SILENT = (Kind.AUDIO, Kind.TRACK)
_DECK_PARTS = (Kind.STYLESHEET, Kind.SCRIPT, Kind.FONT)
_PICTURES = (Kind.IMAGE, Kind.BACKGROUND_IMAGE)
_MISSING: Final = 200  # how many of a page's missing URLs are passed to the rehearsal
_NOT_CAPTURED: Final = "It was not captured."


class CaptureSource(Protocol):
    """What the rewriter needs of an archive folder; ``deckarchive.archive`` has it."""

    @property
    def records(self) -> Mapping[str, CaptureRecord]: ...

    def exchanges(self, target_id: str, /) -> Sequence[Exchange]: ...

    def screenshot(self, target_id: str, view: View, /) -> bytes | Path | None: ...


class SitePaths(Protocol):
    """The addresses of copies: :class:`deckarchive.rewriter.pages.site.Site`."""

    def address_of(self, url: str, target: str) -> str | None: ...

    def document_of(self, target: str) -> str | None: ...


class Placer:
    """Places targets one by one: their files in ``frames/``, ``media/`` and ``posters/``."""

    def __init__(
        self,
        folder: PlannedFolder,
        archive: CaptureSource,
        site: SitePaths,
        copy_page: Callable[[str], str | None],
    ) -> None:
        """``copy_page`` copies a page of the deck's own folder, by its path, and says where to."""
        self._folder, self._archive, self._site = folder, archive, site
        self._copy_page = copy_page
        self._deck_answers: ExchangesByUrl | None = None

    def place(self, target: Target) -> tuple[Placement, OfflineTarget] | None:
        """Plan what belongs to ``target``. ``None``: its references stay as they are.

        That is so for a link that nobody asked to capture, and for a part of the deck (a style
        sheet, a script) that the archive lacks: the policy keeps it from reaching out.
        """
        record = self._archive.records.get(target.id)
        if target.kind is Kind.LINK and record is None:
            return None
        if target.kind in _DECK_PARTS:
            return self._deck_part(target, record)
        if target.kind.is_page:
            return self._page(target, record)
        return self._medium(target, record)

    def _deck_part(
        self, target: Target, record: CaptureRecord | None
    ) -> tuple[Placement, OfflineTarget] | None:
        for owner in (DECK_CAPTURE_ID, target.id):
            if address := self._site.address_of(target.url, owner):
                entry = _entry(target, record, Tier.LIVE, copy=address.partition("?")[0])
                return Placement(address=address, page=True), entry
        return Placement(address=""), _entry(target, record, Tier.BLANK, reason=_NOT_CAPTURED)

    def _page(
        self, target: Target, record: CaptureRecord | None
    ) -> tuple[Placement, OfflineTarget]:
        usable = record is not None and record.state is not State.FAILED
        copy = (self._site.document_of(target.id) or "") if usable else ""
        posters = self._posters(target.id, record) if record and usable else {}
        is_deck_page = not copy and urls.is_deck_url(target.url)
        if is_deck_page:  # the author's own page is at hand, however its capture went
            copy = self._copy_page(urls.deck_path(target.url)) or ""
        kind = _document_kind(copy)
        frame = FramePage(
            id=target.id,
            url=target.url,
            title=record.title if record and usable else "",
            kind=kind,
            copy=copy,
            signals=kind == "page" and not is_deck_page,
            sandbox=kind != "pdf",
            rights=rights_of(target),
            posters=posters,
            counts={v.fragment: v.counts.to_dict() for v in record.views} if record else {},
            reason=_reason(record) if not copy else "",
            captured=record.started if record else "",
        )
        best = Tier.LIVE if copy else Tier.PICTURE if posters else Tier.CARD
        direct = target.kind is Kind.OBJECT and copy and kind != "page"
        if not direct:
            self._folder.generate(frame.path, frame_page(frame))
        elif film := self._film(target, record):
            copy = film
        entry = _entry(
            target,
            record,
            best,
            frame="" if direct else frame.path,
            copy=copy,
            posters=posters,
            reason=frame.reason or (record.reason if record else ""),
        )
        return Placement(address=quote(copy) if direct else frame.path, page=True), entry

    def _film(self, target: Target, record: CaptureRecord | None) -> str:
        """The path of a medium in an ``object`` or ``embed``, or ``""``.

        Its document asks for the file again: below ``sites/`` it would, under the deck's name, have
        no origin, and be refused what it asks for.
        """
        body = self._body(target, record)
        if body is None or not body.mime.startswith(("video/", "audio/")):
            return ""
        path = f"media/{target.id}.{extension(body.mime, body.url)}"
        self._folder.add(RecordedFile(path, body))
        return path

    def _posters(self, target_id: str, record: CaptureRecord) -> dict[str, str]:
        """Plan one picture a view; fragment → path."""
        posters: dict[str, str] = {}
        for number, view in enumerate(record.views, 1):
            taken = self._archive.screenshot(target_id, view) if view.screenshot else None
            if taken is None:
                continue
            suffix = "" if number == 1 else f"-{number}"
            path = f"posters/{target_id}{suffix}.png"
            self._folder.add(PosterFile(path, taken))
            posters[view.fragment] = path
        return posters

    def _medium(
        self, target: Target, record: CaptureRecord | None
    ) -> tuple[Placement, OfflineTarget]:
        body = self._body(target, record)
        if body is not None:
            path = f"media/{target.id}.{extension(body.mime, body.url)}"
            self._folder.add(RecordedFile(path, body))
            posters = self._posters(target.id, record) if record else {}
            entry = _entry(
                target, record, Tier.LIVE, copy=path, posters=posters, captured=body.timestamp
            )
            return Placement(address=path, page=True), entry
        reason = _reason(record)
        if target.kind in _SILENT:
            return Placement(address="", card="-"), _entry(
                target, record, Tier.BLANK, reason=reason
            )
        card = f"posters/{target.id}.svg"
        when = record.started if record else ""
        self._folder.generate(card, picture_card(target.url, target.kind.value, reason, when))
        if target.kind in _PICTURES:
            entry = _entry(target, record, Tier.CARD, copy=card, reason=reason)
            return Placement(address=card), entry
        frame = FramePage(
            id=target.id, url=target.url, kind=target.kind.value, reason=reason, captured=when
        )
        self._folder.generate(frame.path, frame_page(frame))
        entry = _entry(target, record, Tier.CARD, frame=frame.path, copy=card, reason=reason)
        return Placement(address="", card=card, card_page=frame.path), entry

    def _body(self, target: Target, record: CaptureRecord | None) -> Exchange | None:
        """The medium's body: from its own capture, else from what the deck's page loaded."""
        addresses = [target.url]
        if record is not None:
            if record.final_url:
                addresses.append(record.final_url.partition("#")[0])
            answers = answers_of(self._archive.exchanges(target.id))
            if found := find_body(answers, addresses, target.kind):
                return found
        if self._deck_answers is None:
            known = DECK_CAPTURE_ID in self._archive.records
            self._deck_answers = answers_of(
                self._archive.exchanges(DECK_CAPTURE_ID) if known else ()
            )
        return find_body(self._deck_answers, addresses, target.kind)


def _document_kind(copy: str) -> str:
    """What a copy is, by its file's name: page, pdf, or any other document without a script."""
    suffix = copy.rpartition(".")[2].lower()
    if suffix in ("html", "htm", "xhtml", "xht"):
        return "page"
    return "pdf" if suffix == "pdf" else "document"


def _reason(record: CaptureRecord | None) -> str:
    if record is None:
        return _NOT_CAPTURED
    return record.reason or (f"HTTP status {record.status}" if record.status else _NOT_CAPTURED)


def _entry(
    target: Target,
    record: CaptureRecord | None,
    best: Tier,
    *,
    frame: str = "",
    copy: str = "",
    posters: Mapping[str, str] | None = None,
    reason: str | None = None,
    captured: str = "",
) -> OfflineTarget:
    shown = {r.slide for r in target.references if r.state == "shown" and r.slide is not None}
    return OfflineTarget(
        id=target.id,
        kind=target.kind.value,
        url=target.url,
        best=best,
        state=record.state.value if record else "missing",
        reason=reason if reason is not None else record.reason if record else "",
        frame=frame,
        copy=copy,
        posters=posters or {},
        counts={v.fragment: v.counts.to_dict() for v in record.views} if record else {},
        interactions=record.interactions if record else (),
        slides=tuple(sorted(shown)),
        captured=(record.started if record else "") or captured,
        bytes=record.bytes if record else 0,
        title=record.title if record else "",
        text=record.text if record else "",
        missing=tuple(m.url for m in record.missing[:_MISSING]) if record else (),
        duration=record.duration if record else 0.0,
        variation={v.fragment: v.variation for v in record.views if v.variation} if record else {},
    )


def require_common(manifest: Manifest, archive: CaptureSource) -> None:
    """Raise :class:`ArchiveError` when an archive holds no target of the manifest at all."""
    known = {t.id for t in manifest.targets if t.kind.value != "link"}
    if known and not known & set(archive.records):
        raise ArchiveError(
            f"the archive holds no target of {manifest.deck.path}",
            hint="name the deck's own archive, or capture it first",
        )
