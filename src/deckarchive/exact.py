"""What an exact replay needs, found from an offline folder: its archive, and the deck itself.

Part of the commands layer: reads paths, calls ``deck`` and ``archive``, and reports what it chose.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from deckarchive import archive as archives
from deckarchive import deck as decks
from deckarchive import files, urls
from deckarchive.errors import ArchiveError, DeckError, ManifestError
from deckarchive.model import DECK_CAPTURE_ID, Deck, DeckInfo, DeckSite
from deckarchive.server import open_offline


@dataclass(frozen=True, slots=True, kw_only=True)
class Exact:
    """What to present: the deck's URL, what answers for the web, and the deck as it is now.

    ``site`` is ``None`` where the deck's files are gone: its page as captured is shown.
    """

    address: str
    source: archives.Replay
    site: DeckSite | None


def find_exact(folder: Path, archive: Path | None, say: Callable[[str], object]) -> Exact:
    """Find archive and deck of ``folder``, an offline folder or an archive itself.

    The archive is ``archive``, else ``archives/NAME`` beside ``offline/`` or below the working
    directory. Raises :class:`ArchiveError` when there is none of this deck.
    """
    if archive is None and (folder / "targets").is_dir():
        archive = folder
    if archive == folder:
        opened, info = archives.open_archive(folder), _deck_info(folder)
    else:
        offline = open_offline(folder)
        opened, info = archives.open_archive(archive or _archive_of(folder)), offline.deck
        wanted = {target.id for target in offline.targets}
        if wanted and wanted.isdisjoint(opened.records):
            raise ArchiveError(f"{opened.path} has no target in common with {folder}")
    deck = _deck_of(info, folder, say) if info else None
    if deck is not None:
        site = decks.deck_site(deck)
        return Exact(
            address=urls.DECK_ORIGIN + quote(site.page),
            source=_replay(opened, info, say),
            site=site,
        )
    captured = opened.records.get(DECK_CAPTURE_ID)
    if captured is None or not captured.status:
        gone = (
            f"the original deck {info.path} is not there any more, and"
            if info
            else (f"{opened.path}/report.json does not say which deck it is of, and")
        )
        raise ArchiveError(
            f"{gone} {opened.path} holds no page of it",
            hint="present without --exact shows the offline deck",
        )
    say("The original deck is not there any more: its page is shown as it was captured.")
    return Exact(address=captured.url, source=_replay(opened, info, say), site=None)


def _replay(
    opened: archives.Archive, info: DeckInfo | None, say: Callable[[str], object]
) -> archives.Replay:
    """The archive as a source of answers; damaged records are reported, and not among them."""
    source = archives.Replay(opened)
    slides = archives.slides_of(opened.report)
    deck = info.path if info else ""
    for line in archives.damage_lines(opened.damage, slides, archive=str(opened.path), deck=deck):
        say(line)
    return source


def _archive_of(folder: Path) -> Path:
    name = folder.resolve().name
    places = [folder.resolve().parent.parent / "archives" / name, Path("archives") / name]
    for place in places:
        if (place / "targets").is_dir():
            return place
    raise ArchiveError(
        f"the archive of {folder} was not found in {' or '.join(map(str, places))}",
        hint="name it with --archive",
    )


def _deck_info(archive: Path) -> DeckInfo | None:
    """The deck that an archive was captured for; ``None`` when its report does not say."""
    try:
        return DeckInfo.from_dict(files.read_json(archive / "report.json")["deck"])
    except (OSError, ValueError, LookupError, TypeError, ManifestError):
        return None


def _deck_of(info: DeckInfo, folder: Path, say: Callable[[str], object]) -> Deck | None:
    """The deck by the path that its user gave: the unchanged one first."""
    found = []
    for base in (Path.cwd(), folder.resolve().parent.parent):
        path = base / info.path
        try:
            found.append(decks.read_deck(path))
        except DeckError:
            continue
    for deck in found:
        if deck.sha256 == info.sha256:
            return deck
    if found:
        say(f"{info.path} has changed since its capture: what is new in it will be missing.")
    return found[0] if found else None
