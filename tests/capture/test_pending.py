"""A page that has not happened yet is waited for, one with nothing pending is not."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from deckarchive import urls
from deckarchive.crawler import CaptureReport, capture_summary
from deckarchive.crawler.pending import (
    MOST_PENDING,
    DocumentWork,
    FrameLoop,
    PageTimer,
    PendingWork,
)
from deckarchive.model import CaptureRecord, State, Wait, WaitReason
from deckarchive.screenshots import varied_cells
from tests.capture.captured import manifest
from tests.capture.together import Asking, together
from tests.capture.web import Answer, Asked, Web

browser = pytest.mark.browser
START = "<!doctype html><meta charset=utf-8><title>Page</title><p id=s>loading, please wait</p>"


@browser
@together
def test_what_a_page_does_later_is_recorded(web: Web) -> Asking:
    """A timer of 5 s, a poll, a carousel, and a splash that an animation ends."""
    web.add(
        "late.test/",
        START + "<script>setTimeout(async () => { s.textContent = 'ready ' +"
        " (await (await fetch('/late.json')).json()).v; }, 5000);</script>",
    )
    web.add("late.test/late.json", '{"v": 1}', "application/json")

    def job(asked: Asked) -> Answer:
        done = len(web.asked(asked.url)) > 3
        said = {"state": "done", "result": 42} if done else {"state": "pending"}
        return Answer(json.dumps(said), "application/json")

    web.routes["poll.test/job"] = job
    web.add(
        "poll.test/",
        START + "<script>(async function poll() { const o = await (await fetch('/job')).json();"
        " s.textContent = o.state === 'done' ? 'result ' + o.result : 'pending';"
        " if (o.state !== 'done') setTimeout(poll, 1200); })();</script>",
    )
    for n in range(3):
        web.add(f"show.test/{n}", f"slide {n}", "text/plain")
    web.add(
        "show.test/",
        START + "<script>let n = 0; setInterval(async () => { const at = n++ % 3;"
        " s.textContent = await (await fetch('/' + at)).text(); }, 1500);</script>",
    )
    web.add(
        "splash.test/",
        START + "<style>@keyframes out { to { opacity: 0 } } #o { animation: out 3s forwards }"
        "</style><div id=o>Splash</div><script>o.onanimationend = () => {"
        " o.remove(); fetch('/after'); };</script>",
    )
    web.add("splash.test/after", "in", "text/plain")
    names = ("late", "poll", "show", "splash")
    got = yield tuple(f"https://{name}.test/" for name in names)
    late, poll, show, splash = got.report.records
    assert late.text == "ready 1"
    assert poll.text == "result 42"
    assert {f"https://show.test/{n}" for n in range(3)} <= {e.url for e in got.exchanges(show)}
    assert "https://splash.test/after" in {e.url for e in got.exchanges(splash)}
    assert WaitReason.TIMER in {wait.reason for wait in late.waits}


FRAME_BY_FRAME = """const began = performance.now();
(function draw() {
  const at = performance.now() - began;
  if (at > %d) return show();
  %s
  requestAnimationFrame(draw);
})();"""
WORDS = (
    "What the page is about, said in words that take a line or two, so that it is no bare page. "
)


@browser
@together
def test_what_animation_frames_and_workers_end_is_recorded(web: Web) -> Asking:
    """No timer in the page: a count, a splash on a canvas, a frame inside, workers of both kinds,
    each of which fetches at its end. Of an animation without end nothing is expected."""
    show = "<script>function show() { fetch('/end'); }"
    over = "<canvas id=c style='position:fixed;inset:0;width:100vw;height:100vh'></canvas>"
    paint = "c.getContext('2d').fillRect(at / 9 % 200, 9, 9, 9);"
    worker = "const w = new Worker('/w.js'); w.onmessage = show;"
    shared = "const w = new SharedWorker('/s.js'); w.port.onmessage = show;"
    count = "s.textContent = Math.ceil((3500 - at) / 1000);"
    pages = {
        "count": f"{START}<p>{WORDS * 3}</p>{show} {FRAME_BY_FRAME % (3500, count)}</script>",
        "cover": f"<p>{WORDS * 3}</p>{over}{show} {FRAME_BY_FRAME % (3500, paint)}</script>",
        "inner": f"{START}<iframe src=/in></iframe><p>{WORDS * 3}</p>",
        "worker": f"{START}<p>{WORDS * 3}</p>{show} {worker}</script>",
        "shared": f"{START}<p>{WORDS * 3}</p>{show} {shared}</script>",
        "forever": f"{START}<p>{WORDS * 3}</p>{over}"
        f"<script>{FRAME_BY_FRAME % (10**9, paint)}</script>",
    }
    for name, page in pages.items():
        web.add(f"{name}-frames.test/", page)
        web.add(f"{name}-frames.test/end", "end", "text/plain")
    web.add(
        "inner-frames.test/in",
        f"<p>{WORDS * 3}</p><script>setTimeout(() => fetch('/end'), 4000);</script>",
    )
    web.add("worker-frames.test/w.js", "setTimeout(() => postMessage(1), 3000);", "text/javascript")
    web.add(
        "shared-frames.test/s.js",
        "onconnect = ({ports: [p]}) => setTimeout(() => p.postMessage(1), 3000);",
        "text/javascript",
    )
    got = yield tuple(f"https://{name}-frames.test/" for name in pages)
    ended = {
        name
        for name, record in zip(pages, got.report.records, strict=True)
        if any(e.url.endswith("/end") for e in got.exchanges(record))
    }
    assert ended == set(pages) - {"forever"}
    waited = {wait.reason: wait.seconds for wait in got.report.records[-1].waits}
    assert waited.get(WaitReason.FRAME_LOOP, 0) <= 6


@browser
@together
def test_timers_that_are_far_off_or_cleared_are_not_waited_for(web: Web) -> Asking:
    web.add(
        "far.test/",
        START + "<script>setTimeout(() => fetch('/far'), 60000);"
        "clearTimeout(setTimeout(() => fetch('/cleared'), 4000));</script>",
    )
    yield "https://far.test/"
    assert not web.asked("https://far.test/far")
    assert not web.asked("https://far.test/cleared")


def _looks(pending: PendingWork, work: Callable[[float], DocumentWork], step: float) -> float:
    """Seconds that a page is waited for, which is looked at every ``step`` seconds."""
    seconds = 0.0
    while pending.waits_for(work(seconds), seconds):
        seconds += step
        assert seconds < 60
    return seconds


def _clock(delay: float) -> Callable[[float], DocumentWork]:
    """A page with one timer that is set again and again."""

    def work(seconds: float) -> DocumentWork:
        rounds, rest = divmod(seconds, delay)
        timer = PageTimer(due=delay - rest, fired=int(rounds), delay=1000 * delay)
        return DocumentWork(timers=(timer,))

    return work


@pytest.mark.parametrize(
    ("work", "seconds"),
    [
        (lambda _: DocumentWork(), 0.0),
        (lambda at: DocumentWork(timers=(PageTimer(due=60 - at, fired=0, delay=1),)), 0.0),
        (_clock(1.0), 3.0),
        (_clock(0.25), 0.75),
        (lambda at: DocumentWork(loading=True), 4.0),
        (lambda at: DocumentWork(animation=max(0.0, 2.0 - at)), 2.0),
        (lambda at: DocumentWork(animation=5.0), MOST_PENDING),
        (lambda at: DocumentWork(loop=FrameLoop(age=at + 1)), 0.0),
        (lambda at: DocumentWork(loop=FrameLoop(age=at + 1, bare="bare")), 3.0),
        (lambda at: DocumentWork(loop=FrameLoop(age=at + 3, bare="covered")), 3.0),
        (lambda at: DocumentWork(loop=FrameLoop(age=at + 9, fresh=True)), 4.0),
        (lambda at: DocumentWork(loop=FrameLoop(age=9, left=max(0.0, 5.0 - at))), 5.0),
        (lambda at: DocumentWork(worker=at + 1), 4.0),
        (lambda at: DocumentWork(worker=at + 4), 2.0),
    ],
)
def test_how_long_a_page_is_waited_for(
    work: Callable[[float], DocumentWork], seconds: float
) -> None:
    assert _looks(PendingWork(lambda: 1, lambda: 1), work, 0.25) == seconds


def test_a_timer_that_brings_something_new_is_waited_for_to_the_bound() -> None:
    came = iter(range(10_000))
    pending = PendingWork(lambda: next(came), lambda: 0)
    assert _looks(pending, _clock(1.0), 0.25) == MOST_PENDING
    assert not pending.waits_for(DocumentWork(loading=True), 100.0), "all views together"


def test_a_poll_may_get_the_same_answer_some_times() -> None:
    asked = iter(range(10_000))
    pending = PendingWork(lambda: 1, lambda: next(asked))
    assert _looks(pending, _clock(1.0), 0.25) == 8.0


@browser
@together
def test_timers_look_and_work_as_the_browser_made_them(web: Web) -> Asking:
    web.add(
        "look.test/",
        START + "<script>const seen = [setTimeout.length, setTimeout.name, typeof setTimeout(1),"
        " /native code/.test(setTimeout), requestAnimationFrame.name,"
        " Worker.name, Worker.prototype.constructor === Worker,"
        " new Worker('data:text/javascript,0') instanceof Worker];"
        " setTimeout(function (a, b) { seen.push(this === window, a + b);"
        " s.textContent = JSON.stringify(seen); }, 0, 1, 2);</script>",
    )
    got = yield "https://look.test/"
    assert json.loads(got.record.text) == [
        1, "setTimeout", "number", True, "requestAnimationFrame", "Worker", True, True, True, 3,
    ]  # fmt: skip


LAZY = """const t = new WeakMap();
const io = new IntersectionObserver(es => es.forEach(e => e.isIntersecting
  ? t.set(e.target, setTimeout(() => { e.target.src = e.target.dataset.u; }, 300))
  : clearTimeout(t.get(e.target))));"""

# Each frame takes its time, as all of them do on a busy machine: observers are told late.
SLOW = """const blur = document.body.appendChild(document.createElement('div'));
blur.style.cssText = 'position:fixed;inset:0;pointer-events:none;filter:blur(60px)';
blur.innerHTML = '<div style="height:100vh;background:conic-gradient(red,blue,red)"></div>';
let turn = 0;
(function draw() {
  blur.firstChild.style.transform = `rotate(${turn++}deg)`;
  requestAnimationFrame(draw);
})();"""
SVG = "<svg xmlns='http://www.w3.org/2000/svg'/>"


@browser
@together
def test_observers_with_a_delay_see_what_is_scrolled_to(web: Web) -> Asking:
    """In the document, in one that draws its frames slowly, and in a scroll box inside a shadow
    root."""
    names = ("lazy", "slow", "box")
    for name in names:
        for n in range(8):
            web.add(f"{name}.test/z{n}.svg", SVG, "image/svg+xml")
    image = '<div style="height:700px"><img data-u=/z${i}.svg width=160 height=100></div>'
    for name, more in (("lazy", ""), ("slow", SLOW)):
        web.add(
            f"{name}.test/",
            f"{START}<script>for (let i = 0; i < 8; i++) document.write(`{image}`);{LAZY}"
            f"document.querySelectorAll('img').forEach(i => io.observe(i));{more}</script>",
        )
    web.add(
        "box.test/",
        f"{START}<div id=host></div><script>{LAZY}"
        "const root = host.attachShadow({mode: 'open'});"
        "let inside = ''; for (let i = 0; i < 8; i++) inside += `" + image + "`;"
        "root.innerHTML = `<div style='height:300px;overflow:auto'>${inside}</div>`;"
        "root.querySelectorAll('img').forEach(i => io.observe(i));</script>",
    )
    got = yield tuple(f"https://{name}.test/" for name in names)
    for name, record in zip(names, got.report.records, strict=True):
        came = {e.url for e in got.exchanges(record)}
        assert {f"https://{name}.test/z{n}.svg" for n in range(8)} <= came, name


BOXES = "<i></i>" * 40
MOVING = f"""{START}<style>i {{ display: inline-block; width: 9px; height: 60px; margin: 9px;
background: #246 }} div {{ height: 200px }}</style><div>{BOXES}</div><div>{BOXES}</div>"""
STEPS = """<script>let n = 0; setInterval(() => {
document.querySelectorAll('div')[1].style.marginTop = (++n % 11) * 70 + 'px' }, 50)</script>"""


@browser
@together
def test_where_a_page_moves_by_itself_is_noted(web: Web) -> Asking:
    web.add("still.test/", MOVING)
    web.add("moving.test/", MOVING + STEPS)
    got = yield ("https://still.test/", "https://moving.test/")
    still, moving = (record.views[0].variation for record in got.report.records)
    assert still == ""
    assert moving is not None
    rows = {cell // 32 for cell in varied_cells(moving)}
    assert len(rows) > 1  # of 18: the second line of boxes goes to another place
    assert min(rows) > 2  # the first stays


def test_long_waits_of_a_run_are_told_and_kept(tmp_path: Path) -> None:
    waits = (
        Wait(reason=WaitReason.FRAME_LOOP, seconds=8.2),
        Wait(reason=WaitReason.NETWORK, seconds=0.7),
    )
    now, before = (
        CaptureRecord(
            id=urls.target_id(url, "iframe"),
            kind="iframe",
            url=url,
            state=State.CAPTURED,
            waits=waits,
        )
        for url in ("https://now.test/", "https://before.test/")
    )
    assert CaptureRecord.from_dict(now.to_dict()).waits == waits
    deck = manifest().deck
    report = CaptureReport(deck=deck, records=(now, before), captured_now=(now.id,))
    told = [line for line in capture_summary(report, tmp_path).splitlines() if "waited" in line]
    assert told == ["  waited 8 s (frame loop): https://now.test/"]
