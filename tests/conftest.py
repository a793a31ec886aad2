"""What holds for every test: which need what, in which order they run, one browser a process."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

from deckarchive.browser.find import ENVIRONMENT_VARIABLE
from tests import npm, sampling
from tests.browsers import SharedBrowser

pytest_plugins = ["tests.flaky"]

# A shell that starts pytest in the background has it ignore Ctrl-C, which every command that a test
# starts would inherit: the tests that stop one by Ctrl-C would wait for ever.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# -- How much ---------------------------------------------------------------------------------


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--all", action="store_true", help="every row of long tables, not some (tests/sampling.py)"
    )


def pytest_configure(config: pytest.Config) -> None:
    sampling.ALL = bool(config.getoption("--all"))


# -- What a test needs ------------------------------------------------------------------------
#
# `make test-fast` leaves out what is marked ``browser``, ``network``, ``build`` or ``large``. The
# fixtures ``shared_browser`` and ``network`` mark the tests that use them; a test that runs a
# command which drives a browser says so itself. Without the mark no browser is found, and nothing
# is fetched.

_UNMARKED = "no-browser-for-a-test-that-is-not-marked"


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    npm.ALLOWED = item.get_closest_marker("network") is not None
    if item.get_closest_marker("browser") is None:
        _hide_browsers()


_given: list[str | None] = []  # what the variable was before it was hidden


def _hide_browsers() -> None:
    _given.append(os.environ.get(ENVIRONMENT_VARIABLE))
    os.environ[ENVIRONMENT_VARIABLE] = _UNMARKED


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown() -> None:
    while _given:
        before = _given.pop()
        if before is None:
            os.environ.pop(ENVIRONMENT_VARIABLE, None)
        else:
            os.environ[ENVIRONMENT_VARIABLE] = before


@pytest.fixture(scope="session")
def network() -> None:
    """For tests that fetch packages from npm or PyPI, once into a cache."""


# -- One browser a process --------------------------------------------------------------------


@pytest.fixture(scope="session")
def shared_browser() -> Iterator[SharedBrowser]:
    """The one Chromium of this process: for every test that looks at pages."""
    with SharedBrowser() as shared:
        yield shared


# -- In which order, and where ----------------------------------------------------------------

TOGETHER = ("tests/decks", "tests/e2e", "tests/present")
"""Folders whose tests share what a session captures: one process runs all of one."""
FIRST = ("tests/rehearse/test_labelled.py", "tests/isolation/test_hostile_page.py",
         "tests/hostile/test_completeness.py", "tests/e2e", "tests/decks",
         "tests/hostile/test_large_decks.py", "tests/rewrite/test_platform.py", "tests/hostile",
         "tests/rehearse", "tests/present", "tests/isolation", "tests/capture",
         "tests/deck/test_truth.py", "tests/packaging")  # fmt: skip
"""What takes longest: begun first, so that no process is left alone with it at the end."""


class Scheduling(LoadScopeScheduling):
    """Gives a process the tests of a module, or of a folder where they share more."""

    def _split_scope(self, nodeid: str) -> str:
        module = nodeid.partition("::")[0]
        return next((folder for folder in TOGETHER if module.startswith(folder)), module)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Scheduling:
    config.option.loadscopereorder = False  # it would begin with what has most tests
    return Scheduling(config, log)


@pytest.hookimpl(tryfirst=True)  # before -m chooses
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for item in items:
        for fixture, mark in (("shared_browser", "browser"), ("network", "network")):
            if fixture in getattr(item, "fixturenames", ()):
                item.add_marker(mark)

    if not sampling.ALL:
        left = [item for item in items if item.get_closest_marker("exhaustive")]
        config.hook.pytest_deselected(items=left)
        items[:] = [item for item in items if item not in left]

    def place(item: pytest.Item) -> int:
        return next((n for n, at in enumerate(FIRST) if item.nodeid.startswith(at)), len(FIRST))

    items.sort(key=place)
