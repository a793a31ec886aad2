"""A whole capture: which targets, several side by side, stopped and resumed at any moment."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from deckarchive import __version__, files, urls
from deckarchive.browser import BrowserInfo, BrowserOptions, BrowserPool, find_browser
from deckarchive.crawler import interrupt
from deckarchive.crawler.blocklist import Blocking
from deckarchive.crawler.cookies import CookieJar, load_cookie_jar
from deckarchive.crawler.events import CaptureEvent, CaptureStarted, TargetFinished, TargetStarted
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
from deckarchive.crawler.manual import ManualCapture
from deckarchive.crawler.options import CaptureOptions
from deckarchive.crawler.report import CaptureReport, gaps, shown_on
from deckarchive.crawler.run_context import RunContext
from deckarchive.crawler.slots import ConcurrencySlots
from deckarchive.crawler.target import capture_target, is_made, is_page, places_of
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
    with_runtime_embeds,
)
from deckarchive.proxy import Budget, ProxyOptions, RecordingProxy

OnCaptureEvent = Callable[[CaptureEvent], object]

_OPEN: Final = 2
"""Pages that are open for each job: one at work, the others waiting until they are still."""


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
    is written and KeyboardInterrupt is raised. ``say`` tells the options' notices, and what to do
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
        run = _Run(manifest, site, out, targets, options, on_event, say, earlier=read_earlier(out))
        todo = run.plan()
        run.prepare(todo)
        run.total = len(todo)
        # A run that is killed leaves a folder that says whose it is, and no sums of what changes.
        files.write_json(out / REPORT, replace(run.report(), interrupted=True).to_dict())
        on_event(CaptureStarted(total=run.total, finished=len(run.records)))
        try:
            if todo:
                interrupt.run_interruptible(run.all(todo, browser), run.force_stop)
        except BaseExceptionGroup as group:
            raise group.exceptions[0] from group
        except KeyboardInterrupt:
            run.interrupted = True
            raise
        finally:
            report = run.report()
            files.write_json(out / REPORT, report.to_dict())
    return report


@dataclass
class _WorkQueue:
    """Who works at one queue."""

    queue: deque[Target]
    most: int
    at_work: int = 0

    def missing(self) -> int:
        return min(self.most - self.at_work, len(self.queue))


@dataclass
class _Run:
    manifest: Manifest
    site: DeckSite | None
    out: Path
    targets: Path
    options: CaptureOptions
    on_event: OnCaptureEvent
    say: Callable[[str], object]
    jars: dict[Path, CookieJar] = field(default_factory=dict)
    records: dict[str, CaptureRecord] = field(default_factory=dict)
    now: list[str] = field(default_factory=list)
    done: int = 0
    total: int = 0
    planned: set[str] = field(default_factory=set)
    interrupted: bool = False
    pool: BrowserPool | None = None
    earlier: Earlier = field(default_factory=Earlier)
    began: float = field(default_factory=time.monotonic)
    started: str = field(default_factory=lambda: datetime.now(UTC).isoformat(timespec="seconds"))

    def plan(self) -> list[Target]:
        """What is to be captured now; takes over the records of what is not."""
        todo = [target for target in self._everything() if self._is_due(target)]
        self.planned = {target.id for target in todo}
        kept = {n: s for n, s in self.earlier.sums.items() if n not in self.planned}
        self.earlier = Earlier(self.earlier.records, kept)
        return todo

    def _is_due(self, target: Target) -> bool:
        old = finished(self.targets, target.id, self.earlier)
        wanted = self.options.selects(target)
        if wanted and (old is None or self._again(old)):
            return True
        if old is not None:
            self.records[target.id] = old
        return False

    def prepare(self, todo: list[Target]) -> None:
        """Read what the options name, so that a bad file is told before anything else."""
        for options in map(self.options.for_target, todo):
            if options.cookie_jar is not None and options.cookie_jar not in self.jars:
                self.jars[options.cookie_jar] = load_cookie_jar(options.cookie_jar)
            Blocking(options.block)

    def _again(self, old: CaptureRecord) -> bool:
        failed = old.state is State.FAILED
        if self.options.refresh or self.options.headed:
            return True
        return self.options.retry_failed and failed

    def _everything(self) -> list[Target]:
        deck_record = self.records.get(DECK_CAPTURE_ID) or finished(self.targets, DECK_CAPTURE_ID)
        manifest = with_runtime_embeds(self.manifest, deck_record.embeds if deck_record else ())
        shown = [target for target in manifest.targets if target.shown]
        if self.site is None:
            return shown
        page = urls.resolve(self.site.page)
        deck = Target(
            id=DECK_CAPTURE_ID, kind=Kind.LINK, url=page or urls.DECK_ORIGIN, references=()
        )
        return [deck, *shown]

    async def all(self, todo: list[Target], browser: BrowserInfo) -> None:
        """Capture ``todo``: pages with a turn for each job, files fetched beside them."""
        options = self.options
        proxy_options = ProxyOptions(
            upstream_proxy=options.proxy,
            insecure=options.insecure,
            spool=self.targets,
            max_connections_per_host=options.per_host,
            pause_per_host=options.pause,
            allow=frozenset(options.allow),
        )
        user_agent = options.user_agent or browser.user_agent
        async with RecordingProxy(proxy_options) as proxy:
            browser_options = BrowserOptions(
                path=browser.path,
                proxy=proxy.blackhole.server,
                spki=proxy.spki,
                user_agent=user_agent,
                headless=not options.headed,
            )
            async with BrowserPool(browser_options) as pool:
                self.pool = pool
                written = [t for t in self.manifest.targets if not is_made(t)]
                context = RunContext(
                    options=options,
                    proxy=proxy,
                    pool=pool,
                    deck=self.site,
                    user_agent=user_agent,
                    slots=ConcurrencySlots(options.jobs),
                    allowed=frozenset(p for t in written for p in places_of(t)),
                    jars=self.jars,
                    projector=options.viewport,
                    budget=Budget(options.max_total),
                    manual=ManualCapture(self.say) if options.headed else None,
                )
                pages = deque(target for target in todo if is_page(target))
                fetched = deque(target for target in todo if not is_page(target))
                open_pages = 1 if options.headed else _OPEN * options.jobs
                async with asyncio.TaskGroup() as group:
                    queues = [_WorkQueue(pages, open_pages), _WorkQueue(fetched, options.jobs)]

                    def start(more: Iterable[Target] = ()) -> None:
                        for target in more:
                            (pages if is_page(target) else fetched).append(target)
                        for work in queues:
                            for _ in range(work.missing()):
                                group.create_task(self._work(context, work, start))

                    start()

    def force_stop(self) -> None:
        """Wait for no browser any more."""
        if self.pool is not None:
            self.pool.kill()

    def _made(self, deck: CaptureRecord) -> list[Target]:
        """What the deck's scripts made, and is due: known once its page has been captured."""
        manifest = with_runtime_embeds(self.manifest, deck.embeds)
        more = [t for t in runtime_targets(manifest) if t.id not in self.planned]
        due = [target for target in more if self._is_due(target)]
        self.prepare(due)
        self.total += len(due)
        return due

    async def _work(
        self,
        context: RunContext,
        work: _WorkQueue,
        start: Callable[[Iterable[Target]], object],
    ) -> None:
        work.at_work += 1
        while work.queue:
            target = work.queue.popleft()
            self.on_event(TargetStarted(id=target.id, url=target.url))
            old = finished(self.targets, target.id)
            if context.budget.spent:
                record = old or _left_for_later(target)
            else:
                record = await self._one(context, target, old)
            self.records[target.id] = record
            self.done += 1
            if (self.targets / target.id).is_dir():
                self.now.append(target.id)
            if target.id == DECK_CAPTURE_ID:
                start(self._made(record))
            self.on_event(TargetFinished(record=record, done=self.done, total=self.total))
        work.at_work -= 1

    async def _one(
        self, context: RunContext, target: Target, old: CaptureRecord | None
    ) -> CaptureRecord:
        """Capture into the target's folder. A failure does not replace what was captured, and
        what failed for --max-total alone leaves no folder: the next run goes on with it."""
        place = self.targets / target.id
        try:
            with files.new_folder(place, is_ours=is_target_folder) as work:
                record = await capture_target(context, target, work)
                worse = old is not None and old.state is not State.FAILED
                if record.state is State.FAILED and (worse or context.budget.spent):
                    raise _Worse(record)
        except _Worse as worse:
            if old is None:
                return worse.record
            reason = f"the earlier capture is kept: this time {worse.record.reason}"
            return replace(old, reason="; ".join(r for r in (old.reason, reason) if r))
        return record

    def report(self) -> CaptureReport:
        for target in self._everything():  # interrupted between a folder's rename and its note
            if target.id not in self.records and (done := finished(self.targets, target.id)):
                self.records[target.id] = done
        order = [target.id for target in self._everything() if target.id in self.records]
        records = tuple(self.records[target_id] for target_id in order)
        manifest = with_records(self.manifest, self.records)
        return CaptureReport(
            deck=self.manifest.deck,
            records=records,
            sums=sums(self.targets, order, self.earlier.sums),
            manifest=keep_manifest(self.out, manifest),
            slides=shown_on(manifest),
            made=len(runtime_targets(manifest)),
            gaps=gaps(manifest, records),
            captured_now=tuple(self.now),
            started=self.started.replace("+00:00", "Z"),
            seconds=time.monotonic() - self.began,
            interrupted=self.interrupted,
            software=f"deckarchive {__version__}",
        )


def _left_for_later(target: Target) -> CaptureRecord:
    reason = "not captured: the run has recorded as much as --max-total allows"
    return CaptureRecord(
        id=target.id, kind=target.kind.value, url=target.url, state=State.FAILED, reason=reason
    )


class _Worse(Exception):
    """A new capture failed where an older one had not: its folder is not to be replaced."""

    def __init__(self, record: CaptureRecord) -> None:
        super().__init__(record.id)
        self.record = record
