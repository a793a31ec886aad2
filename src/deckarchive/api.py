"""The steps of the command line as functions: paths in, typed values out.

Nothing here prints, guesses a name or chooses an exit code: :mod:`deckarchive.pipeline` does that
for the command line, with the same functions. They can be imported from ``deckarchive`` itself;
docs/python.md has an example. What drives a browser runs an event loop of its own: where one runs
already, call it in a thread (``await asyncio.to_thread(capture, …)``).
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from deckarchive import archive as archives
from deckarchive import crawler as crawling
from deckarchive import deck as decks
from deckarchive import manifest as manifests
from deckarchive.crawler import CaptureEvent, CaptureOptions, CaptureReport
from deckarchive.model import Deck, Manifest, OfflineDeck, manifest_in_force

Notice = Callable[[str], object]
"""Takes one line for a person."""


def _ignore(_: object) -> None:
    """The default of ``on_event`` and ``say``."""


def build_manifest(deck: Deck, *, links: bool = False, path: Path | str | None = None) -> Manifest:
    """List every target that ``deck`` embeds: one for each URL (without fragment) and kind.

    ``manifest.targets`` are in the order of their first appearance on the slides; each has an
    ``id``, a ``kind``, a ``url`` and its ``references``, which say slide (``(h, v)``, from 0),
    file, line and column (from 1). ``manifest.local`` are files of the deck itself,
    ``manifest.warnings`` a line for each that is missing. With ``links`` ordinary links are
    targets, too. ``manifest.to_dict()`` is its JSON.

    ``path`` is how the manifest, and later the archive, names the deck: by default relative to the
    working directory if the deck is below it, else absolute. Writes nothing.
    """
    made = manifests.build_manifest(deck, decks.find_references(deck), links=links)
    return manifests.with_path(made, str(path) if path is not None else _short_path(made.deck.path))


def _short_path(path: str) -> str:
    here = Path.cwd()
    return str(Path(path).relative_to(here)) if Path(path).is_relative_to(here) else path


def capture(
    source: Deck | Manifest,
    out: Path | str,
    options: CaptureOptions | None = None,
    *,
    on_event: Callable[[CaptureEvent], object] = _ignore,
    say: Notice = _ignore,
) -> CaptureReport:
    """Record every target in a headless Chromium into the archive folder ``out``.

    ``source`` is a deck, or a manifest of one (for a selection of its targets, or with its links);
    the deck's own page is recorded where the deck file that a manifest names is there. Targets that
    ``out`` has already are kept, so a second call goes on where an interrupted one stopped.

    ``report.records`` has a :class:`~deckarchive.model.CaptureRecord` for each target: its
    ``state`` (captured, partial, failed), ``reason``, ``requests`` and ``bytes``. A target that
    fails is such a value, no exception; ``report.gaps`` are the ids of those that the audience
    would miss.

    ``options`` are all that counts: a ``deckarchive.toml`` beside the deck is read by
    :func:`deckarchive.crawler.load_options`. ``on_event`` is called with each target's beginning
    and end, ``say`` with lines for a person.

    Raises :class:`EnvironmentMissing` without a browser, :class:`OutputError` when ``out`` cannot
    be written or holds something else, :class:`UsageError` for a cookie jar or a block list that
    cannot be read. After Ctrl-C the report says ``interrupted``.
    """
    if isinstance(source, Deck):
        return capture_manifest(build_manifest(source), source, out, options, on_event, say)
    path = Path(source.deck.path)
    deck = decks.read_deck(path) if path.is_file() else None
    return capture_manifest(source, deck, out, options, on_event, say)


def capture_manifest(
    manifest: Manifest,
    deck: Deck | None,
    out: Path | str,
    options: CaptureOptions | None = None,
    on_event: Callable[[CaptureEvent], object] = _ignore,
    say: Notice = _ignore,
) -> CaptureReport:
    """:func:`capture` where deck and manifest are both at hand; no page of the deck without it."""
    site = decks.deck_site(deck) if deck else None
    return crawling.capture(manifest, site, Path(out), options, on_event, say)


def rewrite(
    deck: Deck, archive: Path | str, out: Path | str, *, say: Notice = _ignore
) -> OfflineDeck:
    """Write the offline folder ``out``: the deck, and local copies of what ``archive`` holds.

    The folder is written beside ``out`` and takes its place when it is whole. The result is what
    its ``deckarchive.json`` says: ``targets`` with the best form that each has (``best``: live,
    picture, card) and the slides that show it, ``files`` with size (bytes) and SHA-256 by path,
    ``unresolved`` with the URLs that the deck itself loads and no capture was tried of.
    ``say`` gets a line for everything that could not be used. The author's files are never changed.

    Raises :class:`ArchiveError` when ``archive`` cannot be read or holds no target of this deck,
    and :class:`OutputError` when ``out`` cannot be written or holds anything but an older offline
    deck.
    """
    opened = archives.open_archive(Path(archive))
    offline = rewrite_from(deck, build_manifest(deck, links=True), opened, out, say)
    for note in opened.notes:
        say(note)
    for damage in opened.damage:
        say(f"{damage.target}: {damage.reason}")
    return offline


def rewrite_from(
    deck: Deck, manifest: Manifest, archive: archives.Archive, out: Path | str, say: Notice
) -> OfflineDeck:
    """:func:`rewrite` from an open archive, whose own notes and damage are left to the caller."""
    from deckarchive import rewriter as rewriting

    rewriting.require_common(manifest, archive)
    manifest = manifest_in_force(manifest, archive.manifest, archive.records)
    placements = rewriting.place(deck, manifest, archive)
    plan = rewriting.plan(placements, decks.finish_deck(deck, placements.sources))
    for note in plan.notes:
        say(note)
    return rewriting.write(plan, Path(out), say)
