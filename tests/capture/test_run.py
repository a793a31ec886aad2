"""A whole capture: side by side, resumed, interrupted, into folders good and bad."""

import json
import signal
import socket
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path

import pytest

from deckarchive.archive import open_archive
from deckarchive.crawler import (
    CaptureOptions,
    CaptureStarted,
    TargetFinished,
    TargetStarted,
    capture,
    capture_summary,
)
from deckarchive.errors import EnvironmentMissing, ExitCode, OutputError, UsageError
from deckarchive.model import CaptureRecord, State
from tests.capture.conftest import Shoot, manifest, target
from tests.capture.web import Answer, Asked, Web

browser = pytest.mark.browser
HELLO = (
    "<!doctype html><title>Hello</title><h1>Hello there</h1>" + "<p>Some text to be seen.</p>" * 12
)


@browser
def test_targets_side_by_side_and_a_second_run_that_has_nothing_to_do(
    web: Web, shoot: Shoot
) -> None:
    names = [f"{name}.test" for name in "abcd"]
    for name in names:
        web.add(f"{name}/", HELLO + f"<img src=/{name}.png>")
    events: list[object] = []
    pages = [f"https://{name}/" for name in names]
    got = shoot(*pages, jobs=2, on_event=events.append)
    assert [r.url for r in got.report.records] == pages
    for name, record in zip(names, got.report.records, strict=True):
        page, picture = f"https://{name}/", f"https://{name}/{name}.png"
        asked = {e.url for e in got.exchanges(record)}
        assert {page, picture} <= asked <= {page, picture, f"https://{name}/favicon.ico"}
    assert events[0] == CaptureStarted(total=4, finished=0)
    assert sum(isinstance(e, TargetStarted) for e in events) == 4
    assert [e.done for e in events if isinstance(e, TargetFinished)] == [1, 2, 3, 4]
    saved = json.loads((got.out / "report.json").read_text())
    assert saved == got.report.to_dict()
    assert saved["counts"] == {"captured": 0, "partial": 4, "failed": 0}
    assert "0 captured, 4 partial" in capture_summary(got.report, got.out)
    before = len(web.log)
    again = shoot(*pages)
    assert again.report.captured_now == ()
    assert [r.state for r in again.report.records] == [State.PARTIAL] * 4
    assert len(web.log) == before


@browser
def test_what_failed_is_tried_again_only_when_asked(web: Web, shoot: Shoot) -> None:
    web.add("a.test/", HELLO, status=500)
    assert shoot("https://a.test/").record.state is State.FAILED
    web.add("a.test/", HELLO)
    assert shoot("https://a.test/").record.state is State.FAILED
    assert shoot("https://a.test/", retry_failed=True).record.state is State.CAPTURED


@browser
def test_a_refresh_that_fails_keeps_the_good_capture(web: Web, shoot: Shoot) -> None:
    web.add("a.test/", HELLO)
    shoot("https://a.test/")
    web.add("a.test/", HELLO, status=500)
    got = shoot("https://a.test/", refresh=True)
    assert got.record.state is State.CAPTURED
    assert "earlier capture is kept" in got.record.reason
    assert got.exchanges()[0].status == 200


@browser
def test_include_and_exclude_choose_by_url_or_id(web: Web, shoot: Shoot) -> None:
    for name in "ab":
        web.add(f"{name}.test/", HELLO)
    got = shoot("https://a.test/", "https://b.test/", include=("https://*",), exclude=("a-test*",))
    assert [r.url for r in got.report.records] == ["https://b.test/"]


@browser
def test_a_half_filled_folder_of_a_killed_run_is_cleaned(
    web: Web, shoot: Shoot, tmp_path: Path
) -> None:
    web.add("a.test/", HELLO)
    stale = tmp_path / "archive" / "targets" / ".a-test.x1"
    stale.mkdir(parents=True)
    (stale / "data.warc.gz").write_bytes(b"half")
    (stale / ".deckarchive").touch()
    got = shoot("https://a.test/")
    assert [p.name for p in (got.out / "targets").iterdir()] == [got.record.id]


_INTERRUPTED = """
    import os, signal, sys
    from pathlib import Path
    from deckarchive.crawler import CaptureOptions, TargetFinished, capture
    from deckarchive.model import Manifest
    import json

    def on_event(event):
        print(type(event).__name__, flush=True)

    made = Manifest.from_dict(json.loads(sys.argv[1]))
    options = CaptureOptions(proxy=sys.argv[2], insecure=True, jobs=1, timeout=60)
    try:
        capture(made, None, Path(sys.argv[3]), options, on_event)
    except KeyboardInterrupt:
        sys.exit(130)
"""


@browser
def test_interrupted_in_the_middle_it_goes_on_where_it_stopped(
    web: Web, shoot: Shoot, tmp_path: Path
) -> None:
    web.add("a.test/", HELLO)
    stopped = threading.Event()

    def silent(_: Asked) -> Answer:
        stopped.wait()
        return Answer(HELLO)

    web.routes["slow.test/"] = silent
    targets = [target("https://a.test/"), target("https://slow.test/")]
    made = json.dumps(manifest(*targets).to_dict())
    code = textwrap.dedent(_INTERRUPTED)
    command = [sys.executable, "-c", code, made, web.proxy, str(tmp_path / "archive")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        for line in process.stdout:
            if line.strip() == "TargetFinished":
                break
        while not web.asked("https://slow.test/"):
            assert process.poll() is None
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == ExitCode.INTERRUPTED
    folders = [p.name for p in (tmp_path / "archive" / "targets").iterdir()]
    assert folders == [targets[0].id]
    assert json.loads((tmp_path / "archive" / "report.json").read_text())["interrupted"] is True
    assert not _children_of(process.pid)
    stopped.set()
    got = shoot(*targets)
    assert got.report.captured_now == (targets[1].id,)
    assert [r.state for r in got.report.records] == [State.CAPTURED] * 2


def _children_of(pid: int) -> list[str]:
    """Processes that the ended process left behind: their session is its own or its parent's."""
    done = subprocess.run(["ps", "-eo", "ppid,args"], capture_output=True, text=True, check=True)
    return [line for line in done.stdout.splitlines() if line.split()[:1] == [str(pid)]]


@pytest.mark.browser
def test_folders_that_are_something_else_are_refused(tmp_path: Path) -> None:
    (tmp_path / "talk.md").write_text("# mine")
    with pytest.raises(OutputError, match=r"not an archive: it holds talk\.md"):
        capture(manifest(), None, tmp_path)
    with pytest.raises(OutputError, match="cannot write"):
        capture(manifest(), None, tmp_path / "talk.md" / "archive")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["talk.md"]


@pytest.mark.browser
def test_two_runs_on_one_folder_are_refused(tmp_path: Path) -> None:
    pytest.importorskip("fcntl")
    code = (
        "import sys; from pathlib import Path; from deckarchive.crawler.folder import claimed\n"
        "from tests.capture.conftest import manifest\n"
        "with claimed(Path(sys.argv[1]), manifest().deck, ()):\n"
        "    print('held', flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", code, str(tmp_path)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == "held\n"
        with pytest.raises(OutputError, match="another capture"):
            capture(manifest(), None, tmp_path)
        process.communicate("")


@pytest.mark.browser
def test_a_deck_without_embeds_is_an_empty_report(tmp_path: Path) -> None:
    report = capture(manifest(), None, tmp_path / "a")
    assert report.records == ()
    assert (tmp_path / "a" / "report.json").is_file()


def test_no_browser_is_said_before_anything_is_written(tmp_path: Path) -> None:
    options = CaptureOptions(browser="/no/browser")
    with pytest.raises(EnvironmentMissing, match="/no/browser"):
        capture(manifest(target("https://a.test/")), None, tmp_path / "a", options)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "bad",
    [{"jobs": 0}, {"timeout": 0}, {"viewport": (10, 10)}, {"proxy": "nonsense"}, {"max_size": 0}],
)
def test_options_that_make_no_sense_are_refused(bad: dict[str, object]) -> None:
    with pytest.raises(UsageError):
        CaptureOptions(**bad)  # type: ignore[arg-type]


def test_a_record_that_cannot_be_read_is_not_finished(tmp_path: Path) -> None:
    from deckarchive.crawler.folder import finished

    folder = tmp_path / "x"
    folder.mkdir()
    assert finished(tmp_path, "x") is None
    (folder / "capture.json").write_text("{")
    assert finished(tmp_path, "x") is None
    record = CaptureRecord(id="x", kind="iframe", url="https://a.test/", state=State.PARTIAL)
    (folder / "capture.json").write_text(json.dumps(record.to_dict()))
    assert finished(tmp_path, "x") == record


@browser
def test_without_a_further_proxy_a_loopback_target_and_a_dead_port(
    web: Web, tmp_path: Path
) -> None:
    web.routes["127.0.0.1/page"] = Answer(HELLO)
    base = f"http://127.0.0.1:{web.port}"
    with socket.socket() as closed:  # bound and never listening: connections are refused
        closed.bind(("127.0.0.1", 0))
        dead_url = f"http://127.0.0.1:{closed.getsockname()[1]}/gone"
        targets = [target(f"{base}/page"), target(dead_url)]
        report = capture(manifest(*targets), None, tmp_path / "a", CaptureOptions(timeout=15))
    alive, dead = report.records
    assert (alive.state, alive.reason) == (State.CAPTURED, "")
    assert dead.state is State.FAILED
    assert "refused" in dead.reason


@browser
def test_a_damaged_target_is_captured_again_by_the_command_that_is_offered(
    web: Web, shoot: Shoot
) -> None:
    web.add("a.test/", HELLO)
    web.add("b.test/", HELLO)
    got = shoot("https://a.test/", "https://b.test/")
    first = got.folder(got.report.records[0])

    def damaged() -> set[str]:
        archive = open_archive(got.out)
        archive.examine()
        assert archive.notes == []
        return {one.target for one in archive.damage}

    assert damaged() == set()
    data = bytearray((first / "data.warc.gz").read_bytes())
    data[len(data) // 2] ^= 1
    (first / "data.warc.gz").write_bytes(data)
    (first / "capture.json").write_text("{")
    assert damaged() == {first.name}
    again = shoot("https://a.test/", "https://b.test/", refresh=True, only=(first.name,))
    assert again.report.captured_now == (first.name,)
    assert damaged() == set()


@browser
def test_a_record_that_was_damaged_is_written_again_from_the_report(web: Web, shoot: Shoot) -> None:
    web.add("a.test/", HELLO)
    got = shoot("https://a.test/")
    path = got.folder() / "capture.json"
    whole = path.read_bytes()
    path.write_bytes(whole[:100])
    assert shoot("https://a.test/").report.captured_now == ()
    assert path.read_bytes() == whole
