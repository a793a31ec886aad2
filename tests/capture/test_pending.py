"""A page that has not happened yet is waited for, one with nothing pending is not."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from deckarchive.crawler.settle import MOST_PENDING, DocumentWork, PageTimer, PendingWork
from tests.capture.conftest import Shoot, target
from tests.capture.web import Answer, Asked, Web

browser = pytest.mark.browser
START = "<!doctype html><meta charset=utf-8><title>Page</title><p id=s>loading, please wait</p>"


@browser
def test_what_a_page_does_later_is_recorded(web: Web, shoot: Shoot) -> None:
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
    got = shoot(*(f"https://{name}.test/" for name in names), jobs=2, timeout=30)
    late, poll, show, splash = got.report.records
    assert late.text == "ready 1"
    assert poll.text == "result 42"
    assert {f"https://show.test/{n}" for n in range(3)} <= {e.url for e in got.exchanges(show)}
    assert "https://splash.test/after" in {e.url for e in got.exchanges(splash)}


@browser
def test_timers_that_are_far_off_or_cleared_are_not_waited_for(web: Web, shoot: Shoot) -> None:
    web.add(
        "a.test/",
        START + "<script>setTimeout(() => fetch('/far'), 60000);"
        "clearTimeout(setTimeout(() => fetch('/cleared'), 4000));</script>",
    )
    shoot("https://a.test/", use=False)
    assert not web.asked("https://a.test/far")
    assert not web.asked("https://a.test/cleared")


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
def test_timers_look_and_work_as_the_browser_made_them(web: Web, shoot: Shoot) -> None:
    web.add(
        "a.test/",
        START + "<script>const seen = [setTimeout.length, setTimeout.name, typeof setTimeout(1),"
        " /native code/.test(setTimeout)];"
        " setTimeout(function (a, b) { seen.push(this === window, a + b);"
        " s.textContent = JSON.stringify(seen); }, 0, 1, 2);</script>",
    )
    (record,) = shoot(target("https://a.test/")).report.records
    assert record.text == '[1,"setTimeout","number",true,true,3]'


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
def test_observers_with_a_delay_see_what_is_scrolled_to(web: Web, shoot: Shoot) -> None:
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
    got = shoot(*(f"https://{name}.test/" for name in names), timeout=30)
    for name, record in zip(names, got.report.records, strict=True):
        came = {e.url for e in got.exchanges(record)}
        assert {f"https://{name}.test/z{n}.svg" for n in range(8)} <= came, name
