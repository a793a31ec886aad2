"""Joins the rooms: each function is one step of the command line, from paths to an outcome.

A step reads what the step before left on disk, calls its room, and says in an
:class:`Outcome` what came of it. Nothing here prints; progress goes to callbacks.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol

from deckarchive import archive as archives
from deckarchive import bundle as bundling
from deckarchive import capture as capturing
from deckarchive import deck as decks
from deckarchive import doctor, exact, files, naming
from deckarchive import manifest as manifests
from deckarchive import present as presenting
from deckarchive import rehearse as rehearsing
from deckarchive import rewrite as rewriting
from deckarchive.errors import ExitCode
from deckarchive.model import Deck, Manifest, OfflineDeck, State, Tier, with_records

Say = Callable[[str], object]
_MOST_WARNINGS: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a step has to say: JSON for machines, lines for a person, an exit code.

    ``page`` is an HTML report that it wrote.
    """

    report: Any
    summary: str
    exit_code: ExitCode
    page: Path | None = None


class Listener(Protocol):
    """Where progress goes: one method a step, each taking the room's own events."""

    def capture(self, event: Any) -> None: ...
    def rehearse(self, event: Any) -> None: ...


def make_manifest(path: Path, *, links: bool = False) -> Manifest:
    """Read a deck and list its targets. Raises :class:`DeckError`."""
    return _manifest_of(decks.read_deck(path), path, links=links)


def write_manifest(
    path: Path, output: Path | None, *, links: bool = False
) -> tuple[Manifest, Path]:
    """Like :func:`make_manifest`; saves it too and returns where."""
    made = make_manifest(path, links=links)
    output = output or Path("manifests") / f"{naming.default_name(path, Path.cwd())}.json"
    manifests.save_manifest(made, output)
    return made, output


def manifest_table(made: Manifest) -> str:
    """The manifest as a table for a person."""
    return manifests.table(made)


write_text = files.write_text


def run_capture(
    source: Path,
    output: Path | None,
    options: Mapping[str, Any],
    on_event: Callable[[Any], None],
    say: Say = print,
) -> Outcome:
    """Capture a deck's targets, or those of a manifest file (``.json``).

    ``options`` are those of the command line; ``deckarchive.toml`` beside the deck adds to them.
    """
    options = dict(options)
    links = bool(options.pop("links", False))
    if source.suffix.lower() == ".json":
        made = manifests.load_manifest(source)
        deck_path = _deck_of(made, source)
        deck = decks.read_deck(deck_path) if deck_path else None
        name = naming.default_name(deck_path or Path(made.deck.path), Path.cwd())
    else:
        deck_path, deck = source, decks.read_deck(source)
        made = _manifest_of(deck, source, links=links)
        name = naming.default_name(source, Path.cwd())
    settings = capturing.load_options((deck_path or source).parent, options)
    return _capture(deck, made, output or Path("archives") / name, settings, on_event, say)


def _deck_of(made: Manifest, manifest_path: Path) -> Path | None:
    """The deck file that a manifest names, looked for from here and from the manifest."""
    for base in (Path.cwd(), manifest_path.parent, manifest_path.parent.parent):
        if (found := base / made.deck.path).is_file():
            return found
    return None


def _manifest_of(deck: Deck, path: Path, *, links: bool) -> Manifest:
    made = manifests.build_manifest(deck, decks.find_references(deck), links=links)
    return manifests.with_path(made, str(path))


def _capture(
    deck: Deck | None,
    made: Manifest,
    output: Path,
    options: capturing.CaptureOptions,
    on_event: Callable[[Any], None],
    say: Say = print,
) -> Outcome:
    site = decks.deck_site(deck) if deck else None
    report = capturing.capture(made, site, output, options, on_event, say)
    code = ExitCode.GAPS if report.gaps else ExitCode.OK
    return Outcome(
        report=report.to_dict(),
        summary=capturing.summary(report, output),
        exit_code=ExitCode.INTERRUPTED if report.interrupted else code,
    )


def run_rewrite(path: Path, archive: Path | None, output: Path | None) -> Outcome:
    """Write the offline folder of a deck from its archive.

    Links are rewritten where the archive has them (``capture --links``). Raises
    :class:`ArchiveError` when the archive holds no target of this deck at all.
    """
    deck = decks.read_deck(path)
    name = naming.default_name(path, Path.cwd())
    return _rewrite(
        deck,
        _manifest_of(deck, path, links=True),
        archive or Path("archives") / name,
        output or Path("offline") / name,
    )


def _rewrite(deck: Deck, made: Manifest, archive: Path, output: Path) -> Outcome:
    opened = archives.open_archive(archive)
    rewriting.require_common(made, opened)
    made = with_records(made, opened.records)
    notes: list[str] = []
    offline = rewriting.rewrite(
        deck,
        made,
        opened,
        output,
        decks.render_page,
        decks.inline_markdown,
        settle=decks.without_command,
        warn=notes.append,
    )
    gaps = [t for t in offline.targets if t.slides and t.best in (Tier.CARD, Tier.BLANK)]
    counts = Counter(t.best.value for t in offline.targets if t.slides)
    tiers = ", ".join(f"{counts[tier]} {tier}" for tier in Tier if counts[tier])
    lines = [f"{output}: {len(offline.files)} files, {_megabytes(offline)}; embeds: {tiers or 0}"]
    lines += [f"  gap: {t.url} ({t.reason})" for t in gaps]
    lines += [f"  note: {note}" for note in notes]
    return Outcome(
        report=offline.to_dict(),
        summary="\n".join(lines),
        exit_code=ExitCode.GAPS if gaps else ExitCode.OK,
    )


def _megabytes(offline: OfflineDeck) -> str:
    return f"{sum(int(f['size']) for f in offline.files.values()) / 1e6:.1f} MB"


def run_rehearse(
    folder: Path,
    options: Mapping[str, Any],
    on_event: Callable[[Any], None],
    *,
    html: Path | None = None,
) -> Outcome:
    """Walk the slides of an offline folder with the network cut; may write a contact sheet.

    ``options`` are fields of :class:`~deckarchive.rehearse.RehearseOptions`.
    """
    result = rehearsing.rehearse(folder, rehearsing.RehearseOptions(**options), on_event)
    if html:
        rehearsing.write_html(result, html)
    return Outcome(
        report=result.to_dict(),
        summary=rehearsing.summary(result),
        exit_code=ExitCode.OK if result.ok else ExitCode.GAPS,
    )


def run_present(folder: Path, options: Mapping[str, Any], say: Say) -> None:
    """Serve an offline folder on loopback until interrupted; ``options`` are PresentOptions'."""
    presenting.present(folder, presenting.PresentOptions(**options), say=say)


def run_bundle(folder: Path, output: Path | None) -> Outcome:
    """One zip of an offline folder, with what starts it on a machine without deckarchive."""
    made = bundling.bundle(folder, output)
    shown = [t for t in made.offline.targets if t.slides]
    live = sum(t.best is Tier.LIVE for t in shown)
    lines = [
        f"{made.path}: {made.files} files, {made.size / 1e6:.1f} MB",
        f"  with Python (present.cmd, present.command): {live} of {len(shown)} embeds live",
        "  with a browser alone (deck/index.html): what cannot live in a file shows its picture",
    ]
    lines += [f"  note: Windows cannot unpack {path}" for path in made.unportable]
    return Outcome(
        report={"path": str(made.path), "bytes": made.size, "files": made.files},
        summary="\n".join(lines),
        exit_code=ExitCode.OK,
    )


def run_present_exact(
    folder: Path,
    archive: Path | None,
    browser: Path | None,
    *,
    port: int,
    open_browser: bool,
    full_screen: bool,
    say: Say,
) -> None:
    """Show the deck itself, the web replayed from its archive, until its window is closed."""
    found = exact.find_exact(folder, archive, say)
    presenting.present_exact(
        found.address,
        found.source,
        found.site,
        port=port,
        open_browser=open_browser,
        full_screen=full_screen,
        browser=browser,
        say=say,
    )


def run_pack(
    path: Path, output: Path | None, options: Mapping[str, Any], on: Listener, say: Say
) -> Outcome:
    """Manifest, capture, rewrite and rehearsal of one deck; the archive keeps the reports.

    Each step's summary goes to ``say`` as soon as it is there; the outcome's is the last word.
    """
    options = dict(options)
    links = bool(options.pop("links", False))
    name = naming.default_name(path, Path.cwd())
    archive, output = Path("archives") / name, output or Path("offline") / name
    deck = decks.read_deck(path)
    made = _manifest_of(deck, path, links=links)
    listed = Path("manifests") / f"{name}.json"
    manifests.save_manifest(made, listed)
    say(f"{listed}: {made.deck.slides} slides, {len(made.targets)} targets")
    for warning in made.warnings[:_MOST_WARNINGS]:
        say(f"  note: {warning}")
    if (more := len(made.warnings) - _MOST_WARNINGS) > 0:
        say(f"  note: {more} more in {listed}")
    settings = capturing.load_options(path.parent, options)
    captured = _capture(deck, made, archive, settings, on.capture)
    say(captured.summary)
    if captured.exit_code is ExitCode.INTERRUPTED:
        return captured
    written = _rewrite(deck, _manifest_of(deck, path, links=True), archive, output)
    say(written.summary)
    browser = Path(settings.browser) if settings.browser else None
    sheet = archive / "rehearsal.html"
    rehearsed = run_rehearse(output, {"browser": browser}, on.rehearse, html=sheet)
    files.write_json(archive / "rehearsal.json", rehearsed.report)
    steps = {"capture": captured, "rewrite": written, "rehearse": rehearsed}
    return Outcome(
        report={name: step.report for name, step in steps.items()},
        summary=f"{rehearsed.summary}\n"
        f"  captured beside offline, slide by slide: {sheet}\n"
        f"  to present: deckarchive present {output}",
        exit_code=max(step.exit_code for step in steps.values()),
        page=sheet,
    )


def run_status(folder: Path) -> Outcome:
    """What an archive folder holds. Exit code 3 when something in it failed."""
    opened = archives.open_archive(folder)
    failed = any(r.state is State.FAILED for r in opened.records.values())
    return Outcome(
        report=archives.status_json(opened),
        summary=archives.status_table(opened),
        exit_code=ExitCode.GAPS if failed else ExitCode.OK,
    )


def run_doctor(browser: Path | None) -> Outcome:
    """What this machine lacks. Exit code 5 when the job cannot be done on it."""
    checks = doctor.examine(browser, Path.cwd())
    missing = any(check.ok is False for check in checks)
    return Outcome(
        report=[{"name": c.name, "ok": c.ok, "detail": c.detail} for c in checks],
        summary="\n".join(map(str, checks)),
        exit_code=ExitCode.ENVIRONMENT if missing else ExitCode.OK,
    )
