"""The whole hostile web, captured once: every answer exact, every judgement fair, nothing hung."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.completeness import Result, measure, table
from bench.hostile.cases import names
from tests import sampling
from tests.sampling import sample

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]


BROKEN = ("challenge", "login", "blank", "soft-404", "forbidden")
NAMES = sample(names(), 5, keep=BROKEN)


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> Result:
    return measure(tmp_path_factory.mktemp("hostile"), NAMES, jobs=2)


def test_every_answer_is_in_the_archive_as_it_was_sent(result: Result) -> None:
    matched = result.matched
    assert matched.faults == [], table(result)
    assert matched.exact == matched.answers
    assert matched.answers.total() > (400 if sampling.ALL else 4 * len(NAMES))
    assert set(matched.answers) >= {case.name for case in result.cases}


def test_pages_came_to_what_they_load_late(result: Result) -> None:
    assert result.unasked == ()


def test_the_files_are_clean(result: Result) -> None:
    assert result.checked


def test_nothing_hung(result: Result) -> None:
    assert result.shot.seconds < result.ceiling


def test_each_page_is_judged_fairly(result: Result) -> None:
    unfair = [
        f"{case.name}: {record.state.value} ({record.reason})"
        for case in result.cases
        for record in [result.records[case.name]]
        if record.state.value not in case.states or case.reason not in record.reason
    ]
    assert unfair == []


def test_what_is_not_worth_presenting_is_recorded_all_the_same(result: Result) -> None:
    for name in BROKEN:
        record = result.records[name]
        assert record.requests >= 1
        assert record.views, name
        assert record.views[0].screenshot, name


def test_a_log_that_differs_is_noticed(tmp_path: Path) -> None:
    """The measure itself: a lost answer and a changed byte are faults."""
    from bench.hostile.match import match
    from bench.hostile.server import Logged

    url, head = "https://one.test/x/", b"HTTP/1.1 200 OK\r\nX-Log-Id: 1\r\n\r\n"
    entry = Logged(1, url, 200, head, b"GET /x/ HTTP/1.1\r\n\r\n", b"", bytearray(b"body"), True)
    assert match([entry], []).faults == [f"x #1 200 {url}: lost"]
