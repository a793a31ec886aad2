"""A whole capture: which targets, several side by side, stopped and resumed at any moment."""

from __future__ import annotations

import asyncio
import shutil
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from deckarchive import __version__, files, urls
from deckarchive.browser import BrowserInfo, BrowserOptions, BrowserPool, find_browser
from deckarchive.crawler.blocklist import Blocking
from deckarchive.crawler.browser_capture import DeckPageCapture
from deckarchive.crawler.cookies import CookieJar, load_cookie_jar
from deckarchive.crawler.file_capture import FileCapture
from deckarchive.crawler.folder import (
    REPORT,
    Earlier,
    claimed,
    finished,
    is_target_folder,
    keep_manifest,
    read_earlier,
    sums,
)
from deckarchive.crawler.framing import shows_more
from deckarchive.crawler.options import CaptureOptions
from deckarchive.crawler.page_capture import PageCapture
from deckarchive.crawler.recapture import RANK, is_worse, kept, loads_other_things
from deckarchive.crawler.report import (
    CaptureEvent,
    CaptureReport,
    CaptureStarted,
    TargetFinished,
    TargetStarted,
    gaps,
    shown_on,
)
from deckarchive.crawler.run_context import (
    ConcurrencySlots,
    RunContext,
    TargetQueue,
    is_made,
    places_of,
)
from deckarchive.crawler.target_capture import (
    TargetCapture,
    failed_record,
    unexpected,
    write_record,
)
from deckarchive.crawler.terminal import ManualCapture, run_interruptible
from deckarchive.errors import EnvironmentMissing, OutputError
from deckarchive.model import (
    DECK_CAPTURE_ID,
    CaptureRecord,
    DeckSite,
    Kind,
    Manifest,
    State,
    Target,
    runtime_targets,
    with_records,
)
from deckarchive.proxy import Budget, ProxyOptions, RecordingProxy

OnCaptureEvent = Callable[[CaptureEvent], object]

_LEFT_FOR_LATER: Final = "not captured: the run has recorded as much as --max-total allows"


def capture(
    manifest: Manifest,
    site: DeckSite | None,
    out: Path,
    options: CaptureOptions | None = None,
    on_event: OnCaptureEvent = lambda event: None,
    say: Callable[[str], object] = print,
) -> CaptureReport:
    """Capture every shown target of ``manifest``, and the deck's own page, into ``out``.

    Targets with a finished folder are left as they are. A target that fails is a value in the
    report. Raises :class:`EnvironmentMissing` without a browser and :class:`OutputError` when
    ``out`` cannot be written or is something else. On Ctrl-C what is finished stays, the report
    is written and KeyboardInterrupt is raised. ``say`` prints the options' notices, and what to do
    when ``headed``.
    """
    options = options or CaptureOptions()
    for line in options.notices:
        say(line)
    browser = find_browser(options.browser)
    pages = [
        target.id for target in manifest.targets if target.kind.is_page or target.kind.is_media
    ]
    with claimed(out, manifest.deck, pages) as targets:
        run = _Run(_Archive(manifest, site, out, targets), options, on_event, say)
        due = run.plan()
        # A run that is killed leaves a folder that says whose it is, and no sums of what changes.
        run.write_report(interrupted=True)
        on_event(CaptureStarted(total=run.total, finished=len(run.archive.records)))
        interrupted = False
        try:
            if due:
                run_interruptible(run.capture(due, browser), run.force_stop)
        except BaseExceptionGroup as group:
            raise group.exceptions[0] from group
        except KeyboardInterrupt:
            interrupted = True
            raise
        finally:
            report = run.write_report(interrupted=interrupted)
    return report


async def capture_target(context: RunContext, target: Target, folder: Path) -> CaptureRecord:
    """Capture ``target`` into an empty ``folder``, once more when the browser breaks.

    Whatever else goes wrong is the target's failure, named in its record. Raises
    :class:`OutputError` and :class:`EnvironmentMissing`, which concern the whole run.
    """
    try:
        attempt = _attempt(context, target, folder)
        record = await attempt.run()
        if attempt.broke:
            _empty(folder)
            attempt = _attempt(context, target, folder)
            record = await attempt.run()
        if isinstance(attempt, PageCapture) and attempt.may_show_more_alone:
            record = await _alone(context, attempt, record, folder)
    except (OutputError, EnvironmentMissing):
        raise
    except Exception as error:
        _empty(folder)
        record = failed_record(target, unexpected(error))
    return await asyncio.to_thread(write_record, record, folder)


async def _alone(
    context: RunContext, framed: PageCapture, record: CaptureRecord, folder: Path
) -> CaptureRecord:
    """The record of the page in a window of its own, where it shows more; the folder then holds
    that capture."""
    with TemporaryDirectory(prefix=".alone.", dir=folder.parent) as place:
        alone = PageCapture(context, framed.target, Path(place), framed=False)
        other = await alone.run()
        better = RANK[other.state] < RANK[record.state]
        worse = RANK[other.state] > RANK[record.state] or alone.broke
        if worse or not (better or shows_more(alone.counted, framed.counted)):
            return record
        _empty(folder)
        for path in Path(place).iterdir():
            path.rename(folder / path.name)
    note = "it shows more in a window of its own than in a frame, and was captured so"
    return replace(other, reason="; ".join(r for r in (other.reason, note) if r))


def _attempt(context: RunContext, target: Target, folder: Path) -> TargetCapture:
    if target.id == DECK_CAPTURE_ID:
        return DeckPageCapture(context, target, folder)
    if target.kind.is_page:
        return PageCapture(context, target, folder)
    return FileCapture(context, target, folder)


def _empty(folder: Path) -> None:
    for leftover in folder.iterdir():
        leftover.unlink()


class _Archive:
    """What the archive folder holds, and what the manifest in force asks for."""

    def __init__(self, manifest: Manifest, site: DeckSite | None, out: Path, targets: Path) -> None:
        self.listed, self.site, self.out, self.targets = manifest, site, out, targets
        self.records: dict[str, CaptureRecord] = {}
        self.earlier = read_earlier(out)

    @property
    def manifest(self) -> Manifest:
        """The manifest in force: with what the deck's scripts made, as far as that is known."""
        deck = self.records.get(DECK_CAPTURE_ID) or finished(self.targets, DECK_CAPTURE_ID)
        return with_records(self.listed, {DECK_CAPTURE_ID: deck} if deck else {})

    def everything(self) -> list[Target]:
        """All that can be captured: the deck's own page, and what the deck shows."""
        shown = [target for target in self.manifest.targets if target.shown]
        if self.site is None:
            return shown
        url = urls.resolve(self.site.page) or urls.DECK_ORIGIN
        return [Target(id=DECK_CAPTURE_ID, kind=Kind.LINK, url=url, references=()), *shown]

    def finished(self, target: Target) -> CaptureRecord | None:
        """The record of its finished folder; a damaged one is restored where that is possible."""
        return finished(self.targets, target.id, self.earlier)

    def outdated(self, target: Target, old: CaptureRecord | None) -> bool:
        """Whether it is the deck's own page, and may load other things than when captured."""
        if old is None or target.id != DECK_CAPTURE_ID:
            return False
        named = [one for one in self.listed.targets if one.shown and not is_made(one)]
        return loads_other_things(old, self.targets / target.id, self.site, named)

    def forget(self, targets: list[Target]) -> None:
        """These are captured again: what the report of the run before knows of them is past."""
        again = {target.id for target in targets}
        kept = {name: one for name, one in self.earlier.sums.items() if name not in again}
        self.earlier = Earlier(self.earlier.records, kept)

    def complete(self) -> None:
        """Take over records of folders that were renamed just when the run was interrupted."""
        for target in self.everything():
            if target.id not in self.records and (done := finished(self.targets, target.id)):
                self.records[target.id] = done


class _Run:
    """One call of :func:`capture`."""

    _context: RunContext

    def __init__(
        self,
        archive: _Archive,
        options: CaptureOptions,
        on_event: OnCaptureEvent,
        say: Callable[[str], object],
    ) -> None:
        self.archive, self.options = archive, options
        self.total = 0
        self._on_event, self._say = on_event, say
        self._jars: dict[Path, CookieJar] = {}
        self._planned: set[str] = set()
        self._captured: list[str] = []
        self._done = 0
        self._queue = TargetQueue()
        self._pool: BrowserPool | None = None
        self._began, self._started = time.monotonic(), datetime.now(UTC)

    # -- What is due ---------------------------------------------------------------------------

    def plan(self) -> list[Target]:
        """The targets that are due; takes over the records of the others."""
        due = self._due(self.archive.everything())
        self.archive.forget(due)
        return due

    def _due(self, targets: list[Target]) -> list[Target]:
        due = [target for target in targets if self._is_due(target)]
        for options in map(self.options.for_target, due):  # a bad file is named before any work
            if options.cookie_jar is not None and options.cookie_jar not in self._jars:
                self._jars[options.cookie_jar] = load_cookie_jar(options.cookie_jar)
            Blocking(options.block)
        self._planned |= {target.id for target in due}
        self.total += len(due)
        return due

    def _is_due(self, target: Target) -> bool:
        old, options = self.archive.finished(target), self.options
        if options.selects(target):
            failed = old is None or (options.retry_failed and old.state is State.FAILED)
            if failed or options.refresh or options.headed or self.archive.outdated(target, old):
                return True
        if old is not None:
            self.archive.records[target.id] = old
        return False

    # -- Capturing -----------------------------------------------------------------------------

    async def capture(self, due: list[Target], browser: BrowserInfo) -> None:
        """Capture the targets that are due, and those that the deck's scripts made."""
        options = self.options
        proxy_options = ProxyOptions(
            upstream_proxy=options.proxy,
            insecure=options.insecure,
            spool=self.archive.targets,
            max_connections_per_host=options.per_host,
            pause_per_host=options.pause,
            allow=frozenset(options.allow),
        )
        async with RecordingProxy(proxy_options) as proxy:
            browser_options = BrowserOptions(
                path=browser.path,
                proxy=proxy.blackhole.server,
                spki=proxy.spki,
                user_agent=options.user_agent or browser.user_agent,
                headless=not options.headed,
            )
            async with BrowserPool(browser_options) as pool:
                self._pool = pool
                self._context = self._shared(proxy, pool, browser_options.user_agent)
                self._queue.add(due)
                await self._queue.work(
                    self._capture_next, jobs=options.jobs, one_page=options.headed
                )

    def _shared(
        self, proxy: RecordingProxy, pool: BrowserPool, user_agent: str | None
    ) -> RunContext:
        options, listed = self.options, self.archive.listed
        written = [target for target in listed.targets if not is_made(target)]
        return RunContext(
            options=options,
            proxy=proxy,
            pool=pool,
            deck=self.archive.site,
            user_agent=user_agent,
            slots=ConcurrencySlots(options.jobs),
            allowed=frozenset(place for target in written for place in places_of(target)),
            jars=self._jars,
            budget=Budget(options.max_total),
            manual=ManualCapture(self._say) if options.headed else None,
        )

    def force_stop(self) -> None:
        """Do not wait for a browser any more."""
        if self._pool is not None:
            self._pool.kill()

    async def _capture_next(self, target: Target) -> None:
        """Capture one target of the queue; what the deck's page turns out to show is added."""
        self._on_event(TargetStarted(id=target.id, url=target.url))
        old = finished(self.archive.targets, target.id)
        if self._context.budget.spent:
            record = old or failed_record(target, _LEFT_FOR_LATER)
        else:
            record = await self._capture_into_archive(target, old)
        self.archive.records[target.id] = record
        self._done += 1
        if (self.archive.targets / target.id).is_dir():
            self._captured.append(target.id)
        if target.id == DECK_CAPTURE_ID:
            made = runtime_targets(self.archive.manifest)
            self._queue.add(self._due([t for t in made if t.id not in self._planned]))
        self._on_event(TargetFinished(record=record, done=self._done, total=self.total))

    async def _capture_into_archive(
        self, target: Target, old: CaptureRecord | None
    ) -> CaptureRecord:
        """Capture into the target's folder. What is worse than the earlier capture does not replace
        it, and what failed for --max-total alone leaves no folder: the next run captures it."""
        place = self.archive.targets / target.id
        with files.new_folder(place, is_ours=is_target_folder) as work:
            record = await capture_target(self._context, target, work)
            too_much = record.state is State.FAILED and self._context.budget.spent
            if old and (too_much or await asyncio.to_thread(is_worse, record, old, place)):
                return await asyncio.to_thread(kept, old, place, record, work)
            if too_much:
                await asyncio.to_thread(shutil.rmtree, work)
        return record

    # -- The report ----------------------------------------------------------------------------

    def write_report(self, *, interrupted: bool) -> CaptureReport:
        """Write the manifest in force and ``report.json``, which has its sum."""
        archive = self.archive
        archive.complete()
        manifest = archive.manifest
        order = [t.id for t in archive.everything() if t.id in archive.records]
        records = tuple(archive.records[target_id] for target_id in order)
        report = CaptureReport(
            deck=manifest.deck,
            records=records,
            sums=sums(archive.targets, order, archive.earlier.sums),
            manifest=keep_manifest(archive.out, manifest),
            slides=shown_on(manifest),
            made=len(runtime_targets(manifest)),
            gaps=gaps(manifest, records),
            captured_now=tuple(self._captured),
            started=self._started.isoformat(timespec="seconds").replace("+00:00", "Z"),
            seconds=time.monotonic() - self._began,
            interrupted=interrupted,
            software=f"deckarchive {__version__}",
        )
        files.write_json(archive.out / REPORT, report.to_dict())
        return report
