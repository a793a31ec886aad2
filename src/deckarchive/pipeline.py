"""Joins the packages: each function is one step of the command line, from paths to a result.

A step reads what the step before left on disk, calls its package, and returns a
:class:`StepResult`. Nothing here prints; progress goes to callbacks.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Generic, Protocol, TypeVar

from deckarchive import api, files, naming
from deckarchive import archive as archives
from deckarchive import bundle as bundling
from deckarchive import crawler as capturing
from deckarchive import deck as decks
from deckarchive import manifest as manifests
from deckarchive import presenter as presenting
from deckarchive import rehearsal as rehearsing
from deckarchive.crawler import CaptureEvent, CaptureOverrides, CaptureReport
from deckarchive.errors import ExitCode
from deckarchive.model import (
    DECK_CAPTURE_ID,
    CaptureRecord,
    Deck,
    Json,
    Manifest,
    OfflineDeck,
    State,
    Tier,
)
from deckarchive.rehearsal import Rehearsal, RehearsalEvent, RehearseOptions

if TYPE_CHECKING:
    from deckarchive import doctor

Print = Callable[[str], object]
"""Takes one line for a person."""

_MOST_WARNINGS: Final = 10


class Report(Protocol):
    """What a step leaves for machines: a value that JSON can hold."""

    def to_dict(self) -> Json: ...


R_co = TypeVar("R_co", bound=Report, covariant=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class StepResult(Generic[R_co]):
    """What came of a step: a value, lines for a person, and the exit code.

    ``page`` is an HTML report that it wrote.
    """

    report: R_co
    summary: str
    exit_code: ExitCode
    page: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PackReport:
    """The reports of the steps of ``pack``; an interrupted capture has no others after it."""

    capture: CaptureReport
    rewrite: OfflineDeck | None = None
    rehearse: Rehearsal | None = None
    as_files: Rehearsal | None = None
    """The slides that may lack something by a double-click, walked as files."""

    def to_dict(self) -> Json:
        if self.rewrite is None or self.rehearse is None:
            return self.capture.to_dict()
        return {
            "capture": self.capture.to_dict(),
            "rewrite": self.rewrite.to_dict(),
            "rehearse": self.rehearse.to_dict(),
            "as_files": self.as_files.to_dict() if self.as_files else None,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadOptions:
    """How a deck is read: with its ordinary links as targets; with the options of the reveal-md
    command in a file of its project, see :func:`~deckarchive.deck.read_deck`."""

    links: bool = False
    options_from: Path | None = None

    def read(self, path: Path) -> Deck:
        return decks.read_deck(path, options_from=self.options_from)


class ProgressListener(Protocol):
    """Where progress goes: one method a step, each taking its package's own events."""

    def capture(self, event: CaptureEvent, /) -> None: ...
    def rehearse(self, event: RehearsalEvent, /) -> None: ...


def make_manifest(path: Path, reading: ReadOptions = ReadOptions()) -> Manifest:
    """Read a deck and list its targets. Raises :class:`DeckError`."""
    return api.build_manifest(reading.read(path), path=path, links=reading.links)


def write_manifest(
    path: Path, output: Path | None, reading: ReadOptions = ReadOptions()
) -> tuple[Manifest, Path]:
    """Like :func:`make_manifest`; saves it too and returns where."""
    made = make_manifest(path, reading)
    output = output or Path("manifests") / f"{naming.default_name(path, Path.cwd())}.json"
    manifests.save_manifest(made, output)
    return made, output


def describe_manifest(made: Manifest) -> str:
    """The manifest as a table for a person."""
    return manifests.manifest_table(made)


def run_capture(
    source: Path,
    output: Path | None,
    overrides: CaptureOverrides,
    on_event: Callable[[CaptureEvent], object],
    say: Print = print,
    reading: ReadOptions = ReadOptions(),
) -> StepResult[CaptureReport]:
    """Capture a deck's targets, or those of a manifest file (``.json``).

    ``overrides`` are those of the command line; ``deckarchive.toml`` beside the deck adds to them.
    """
    if source.suffix.lower() == ".json":
        made = manifests.load_manifest(source)
        deck_path = _deck_of(made, source)
        deck = reading.read(deck_path) if deck_path else None
        name = naming.default_name(deck_path or Path(made.deck.path), Path.cwd())
    else:
        deck_path, deck = source, reading.read(source)
        made = api.build_manifest(deck, path=source, links=reading.links)
        name = naming.default_name(source, Path.cwd())
    options = capturing.load_options((deck_path or source).parent, overrides)
    if deck and (line := decks.outside_note(deck.files)):
        say(f"note: {line}")
    return _capture(deck, made, output or Path("archives") / name, options, on_event, say)


def _deck_of(made: Manifest, manifest_path: Path) -> Path | None:
    """The deck file that a manifest names, looked for from here and from the manifest."""
    for base in (Path.cwd(), manifest_path.parent, manifest_path.parent.parent):
        if (found := base / made.deck.path).is_file():
            return found
    return None


def _capture(
    deck: Deck | None,
    made: Manifest,
    output: Path,
    options: capturing.CaptureOptions,
    on_event: Callable[[CaptureEvent], object],
    say: Print = print,
) -> StepResult[CaptureReport]:
    report = api.capture_manifest(made, deck, output, options, on_event, say)
    code = ExitCode.GAPS if report.gaps else ExitCode.OK
    return StepResult(
        report=report,
        summary=capturing.capture_summary(report, output),
        exit_code=ExitCode.INTERRUPTED if report.interrupted else code,
    )


def run_rewrite(
    path: Path, archive: Path | None, output: Path | None, reading: ReadOptions = ReadOptions()
) -> StepResult[OfflineDeck]:
    """Write the offline folder of a deck from its archive.

    Links are rewritten where the archive has them (``capture --links``). Raises
    :class:`ArchiveError` when the archive holds no target of this deck at all.
    """
    deck = reading.read(path)
    name = naming.default_name(path, Path.cwd())
    return _rewrite(
        deck,
        api.build_manifest(deck, path=path, links=True),
        archive or Path("archives") / name,
        output or Path("offline") / name,
    )


def _rewrite(deck: Deck, made: Manifest, archive: Path, output: Path) -> StepResult[OfflineDeck]:
    opened = archives.open_archive(archive)
    notes: list[str] = []
    offline = api.rewrite_from(deck, made, opened, output, notes.append)
    gaps = [t for t in offline.targets if t.slides and t.best in (Tier.CARD, Tier.BLANK)]
    counts = Counter(t.best.value for t in offline.targets if t.slides)
    tiers = ", ".join(f"{counts[tier]} {tier}" for tier in Tier if counts[tier])
    lines = [f"{output}: {len(offline.files)} files, {_megabytes(offline)}; embeds: {tiers or 0}"]
    lines += [f"  gap: {t.url} ({t.reason})" for t in gaps]
    lines += _unresolved(offline, deck, opened.records.get(DECK_CAPTURE_ID))
    lines += [f"  note: {note}" for note in (*notes, *opened.notes)]
    shown = {target.id: target.slides for target in offline.targets}
    lines += archives.damage_lines(opened.damage, shown, archive=str(archive), deck=made.deck.path)
    lost = any(one.gap for one in opened.damage)
    return StepResult(
        report=offline,
        summary="\n".join(lines),
        exit_code=ExitCode.GAPS if gaps or lost or offline.unresolved else ExitCode.OK,
    )


def _unresolved(offline: OfflineDeck, deck: Deck, record: CaptureRecord | None) -> list[str]:
    """Lines on what the deck itself loads, where it is newer than its archive."""
    named = offline.unresolved
    lines = [f"  gap: {url} (the deck loads it)" for url in named[:_MOST_WARNINGS]]
    if (more := len(named) - _MOST_WARNINGS) > 0:
        lines.append(f"  gap: {more} more that the deck loads, see deckarchive.json")
    edited = record is not None and record.loads and record.loads != decks.page_loads(deck)
    if named or edited:
        lines.append("  note: the deck's page was edited after its capture: run capture again")
    return lines


def _megabytes(offline: OfflineDeck) -> str:
    return f"{sum(int(f['size']) for f in offline.files.values()) / 1e6:.1f} MB"


def run_rehearse(
    folder: Path,
    options: RehearseOptions,
    on_event: Callable[[RehearsalEvent], object],
    *,
    html: Path | None = None,
) -> StepResult[Rehearsal]:
    """Walk the slides of an offline folder with the network cut; may write a contact sheet."""
    result = rehearsing.rehearse(folder, options, on_event)
    if html:
        rehearsing.write_html(result, html)
    return StepResult(
        report=result,
        summary=rehearsing.rehearsal_summary(result),
        exit_code=ExitCode.OK if result.ok else ExitCode.GAPS,
    )


def run_present(folder: Path, options: presenting.PresentOptions, say: Print) -> None:
    """Serve an offline folder on loopback until interrupted."""
    presenting.present(folder, options, say=say)


def run_bundle(folder: Path, output: Path | None) -> StepResult[bundling.Bundle]:
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
    lines += [
        f"  note: left out {path}: {reason}" for path, reason in made.skipped[:_MOST_WARNINGS]
    ]
    if (more := len(made.skipped) - _MOST_WARNINGS) > 0:
        lines.append(f"  note: left out {more} more")
    return StepResult(
        report=made,
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
    say: Print,
) -> None:
    """Show the deck itself, the web replayed from its archive, until its window is closed."""
    from deckarchive import exact

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
    path: Path,
    output: Path | None,
    overrides: CaptureOverrides,
    progress: ProgressListener,
    say: Print,
    reading: ReadOptions = ReadOptions(),
) -> StepResult[PackReport]:
    """Manifest, capture, rewrite and rehearsal of one deck; the archive keeps the reports.

    Each step's summary goes to ``say`` as soon as it is there; the result has the last one.
    """
    name = naming.default_name(path, Path.cwd())
    archive, output = Path("archives") / name, output or Path("offline") / name
    deck = reading.read(path)
    made = api.build_manifest(deck, path=path, links=reading.links)
    listed = Path("manifests") / f"{name}.json"
    manifests.save_manifest(made, listed)
    say(f"{listed}: {made.deck.slides} slides, {len(made.targets)} targets")
    for warning in made.warnings[:_MOST_WARNINGS]:
        say(f"  note: {warning}")
    if (more := len(made.warnings) - _MOST_WARNINGS) > 0:
        say(f"  note: {more} more in {listed}")
    options = capturing.load_options(path.parent, overrides)
    captured = _capture(deck, made, archive, options, progress.capture, say)
    say(captured.summary)
    if captured.exit_code is ExitCode.INTERRUPTED:
        return StepResult(
            report=PackReport(capture=captured.report),
            summary=captured.summary,
            exit_code=captured.exit_code,
        )
    written = _rewrite(deck, api.build_manifest(deck, path=path, links=True), archive, output)
    say(written.summary)
    browser = Path(options.browser) if options.browser else None
    sheet = archive / "rehearsal.html"
    rehearsed = run_rehearse(
        output, RehearseOptions(browser=browser), progress.rehearse, html=sheet
    )
    files.write_json(archive / "rehearsal.json", rehearsed.report.to_dict())
    codes = (captured.exit_code, written.exit_code, rehearsed.exit_code)
    as_files = rehearsing.rehearse_as_files(output, rehearsed.report, browser, progress.rehearse)
    lacks = f"  a double-click on {output / 'index.html'} "
    if as_files:
        lacks += f"{rehearsing.double_click_line(rehearsed.report, as_files)}\n"
    else:
        lacks += f"was not tried: deckarchive rehearse {output} --tier file\n"
    return StepResult(
        report=PackReport(
            capture=captured.report,
            rewrite=written.report,
            rehearse=rehearsed.report,
            as_files=as_files,
        ),
        summary=f"{rehearsed.summary}\n"
        f"  captured beside offline, slide by slide: {sheet}\n"
        f"{lacks}"
        f"  to present: deckarchive present {output}",
        exit_code=max(codes),
        page=sheet,
    )


def run_status(folder: Path) -> StepResult[archives.StatusReport]:
    """What an archive folder holds. Exit code 3 when something in it failed or is damaged."""
    opened = archives.open_archive(folder)
    report = archives.archive_status(opened, opened.manifest)
    failed = any(r.state is State.FAILED for r in opened.records.values()) or not report.whole
    return StepResult(
        report=report,
        summary=report.table(),
        exit_code=ExitCode.GAPS if failed else ExitCode.OK,
    )


def run_doctor(browser: Path | None) -> StepResult[doctor.Examination]:
    """What this machine lacks. Exit code 5 when the job cannot be done on it."""
    from deckarchive import doctor

    found = doctor.examine(browser, Path.cwd())
    return StepResult(
        report=found,
        summary="\n".join(map(str, found.checks)),
        exit_code=ExitCode.OK if found.ok else ExitCode.ENVIRONMENT,
    )
