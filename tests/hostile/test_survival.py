"""Killed, interrupted, out of disk, out of browser: what was whole stays whole, and it goes on."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from bench.hostile.kit import ONE, page, picture
from bench.hostile.server import Asked, HostileWeb, Reply, hostile_web
from bench.kill import MARK, batter, damage, running
from bench.memory import LIMIT, measure
from bench.shoot import command, shoot, target, write_manifest

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]


@pytest.fixture
def web() -> Iterator[HostileWeb]:
    with hostile_web() as running_web:
        yield running_web


def records(archive: Path) -> dict[str, dict[str, Any]]:
    """The finished targets by URL; each folder is whole."""
    found = {}
    for folder in (archive / "targets").glob("[!.]*"):
        assert damage(folder) == ""
        record = json.loads((folder / "capture.json").read_text("utf-8"))
        found[record["url"]] = record
    return found


def gone(mark: str) -> bool:
    """Whether every process of a run ends within a while."""
    until = time.monotonic() + 30
    while running(mark) and time.monotonic() < until:
        time.sleep(0.1)
    return not running(mark)


def test_killed_at_random_moments_it_loses_nothing_and_leaves_nothing(tmp_path: Path) -> None:
    toll = batter(tmp_path, 4, targets=6, seed=7, latest=6)
    assert toll.faults == []
    assert (toll.rounds, toll.orphans) == (4, 0)
    assert toll.whole[-1] == 6


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_run_with_its_report(
    web: HostileWeb, tmp_path: Path, number: signal.Signals
) -> None:
    reached = threading.Event()
    web.routes["/first/"] = page("First")
    web.routes["/second/"] = page("Second", script="get('/second/never')")
    web.routes["/second/never"] = Reply(pause=3600)
    web.on_request = lambda asked: reached.set() if asked.url.endswith("never") else None
    pages = [f"{ONE}/first/", f"{ONE}/second/"]
    made = write_manifest([target(url) for url in pages], tmp_path / "manifest.json")
    mark, archive = f"signal-{os.getpid()}-{number}", tmp_path / "archive"
    run = subprocess.Popen(command(made, archive, web.proxy, 1, 60), env={**os.environ, MARK: mark})
    assert reached.wait(60)
    until = time.monotonic() + 30
    while len(list((archive / "targets").glob("[!.]*"))) < 1 and time.monotonic() < until:
        time.sleep(0.05)
    run.send_signal(number)
    assert run.wait(60) == 130
    assert gone(mark)
    report = json.loads((archive / "report.json").read_text("utf-8"))
    assert report["interrupted"]
    assert [one["url"] for one in report["targets"]] == pages[:1]
    assert sorted(p.name for p in archive.iterdir()) == ["manifest.json", "report.json", "targets"]
    assert records(archive).keys() == {pages[0]}


@pytest.mark.parametrize("pause", [0.0, 0.4])
def test_ctrl_c_twice_is_quiet(web: HostileWeb, tmp_path: Path, pause: float) -> None:
    """As a terminal sends it: to the browser's driver too."""
    reached = threading.Event()
    for name in "abcd":
        web.routes[f"/{name}/"] = page(name, script=f"get('/{name}/never')")
        web.routes[f"/{name}/never"] = Reply(pause=3600)
    web.on_request = lambda asked: reached.set() if asked.url.endswith("never") else None
    targets = [target(f"{ONE}/{name}/") for name in "abcd"]
    made = write_manifest(targets, tmp_path / "manifest.json")
    mark, archive = f"twice-{os.getpid()}-{pause}", tmp_path / "archive"
    given = ["capture", made, "-o", archive, "--proxy", web.proxy, "--jobs", "2"]
    run = subprocess.Popen(
        [sys.executable, "-m", "deckarchive", *map(str, given)],
        env={**os.environ, MARK: mark},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert reached.wait(60)
    os.killpg(run.pid, signal.SIGINT)
    time.sleep(pause)
    with suppress(ProcessLookupError):  # it may be gone by then
        os.killpg(run.pid, signal.SIGINT)
    said, complained = run.communicate(timeout=60)
    assert run.returncode == 130, complained
    assert (said, complained.strip()) == ("", "interrupted; the same command goes on from here")
    assert gone(mark)
    assert json.loads((archive / "report.json").read_text("utf-8"))["interrupted"]
    assert records(archive) == {}


def test_a_full_disk_is_one_clear_line_and_what_was_whole_stays(
    web: HostileWeb, tmp_path: Path
) -> None:
    web.routes["/small/"] = page("Small " * 50)
    web.routes["/large/"] = page("Large", script="get('/large/noise')")
    web.routes["/large/noise"] = Reply(body=os.urandom(12_000_000), type="application/x-noise")
    pages = [f"{ONE}/small/", f"{ONE}/large/"]
    made = write_manifest([target(url) for url in pages], tmp_path / "manifest.json")
    archive = tmp_path / "archive"
    mark = f"disk-{os.getpid()}"

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (8_000_000, resource.RLIM_INFINITY))

    done = subprocess.run(
        command(made, archive, web.proxy, 1, 30),
        env={**os.environ, MARK: mark},
        preexec_fn=limit,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 4, done.stderr
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1
    assert lines[0].startswith("deckarchive: cannot ")
    assert "File too large" in lines[0]
    assert gone(mark)
    assert records(archive).keys() == {pages[0]}
    assert not list((archive / "targets").glob(".*"))
    assert shoot(made, archive, web.proxy, jobs=1).ids == (target(pages[1]).id,)
    assert records(archive).keys() == set(pages)


@pytest.mark.parametrize("victim", ["--remote-debugging-pipe", "run-driver"])
def test_a_dying_browser_costs_one_more_try_and_no_target(
    web: HostileWeb, tmp_path: Path, victim: str
) -> None:
    """The browser itself, or what drives it: an event that comes too late ends the driver."""
    mark, archive = f"browser-{os.getpid()}", tmp_path / "archive"
    killed: list[int] = []

    def kill(asked: Asked) -> None:
        """Kill the browser, not its children, the first time that the fatal picture is asked."""
        if not asked.url.endswith("/fatal") or killed:
            return
        for pid, words in running(mark):
            if victim in words and "--type=" not in words:
                killed.append(pid)
                os.kill(pid, signal.SIGKILL)

    web.on_request = kill
    for name in "abcd":
        images = "<img src=/b/fatal>" if name == "b" else f"<img src=/{name}/i.png>"
        web.routes[f"/{name}/"] = page(name, images)
        web.routes[f"/{name}/i.png"] = picture(ord(name))
    web.routes["/b/fatal"] = Reply(body=picture(1).body, type="image/png", pause=0.5)
    pages = [f"{ONE}/{name}/" for name in "abcd"]
    made = write_manifest([target(url) for url in pages], tmp_path / "manifest.json")
    done = subprocess.run(
        command(made, archive, web.proxy, 2, 30),
        env={**os.environ, MARK: mark},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert len(killed) == 1
    found = records(archive)
    print(
        {url: (found[url]["state"], found[url]["reason"], found[url]["seconds"]) for url in pages},
        done.stderr[-2000:],
    )
    assert {url: found[url]["state"] for url in pages} == dict.fromkeys(pages, "captured")
    assert sum(e.url == pages[1] for e in web.log) == 2
    assert gone(mark)


def test_a_long_film_takes_little_memory(tmp_path: Path) -> None:
    done = measure(tmp_path, 200_000_000)
    assert done.stored == done.size
    assert done.requests == 1
    assert done.shot.peak < LIMIT
    assert done.shot.peak < 150 * 2**20
