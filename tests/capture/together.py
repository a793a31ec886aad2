"""The pages of a module's tests, captured in one run: a browser for all of them.

A test under :func:`together` adds its pages to the web, on hosts that no other test of the module
has, yields what is to be captured, and is given what was captured of it::

    @together
    def test_a_page(web: Web) -> Asking:
        web.add("one.test/", "<h1>Words</h1>")
        got = yield "https://one.test/"
        assert got.record.state is State.CAPTURED

A test that needs options of its own, or whose page disturbs others, captures by ``shoot``.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from deckarchive.crawler import CaptureOptions, capture
from deckarchive.model import Target
from tests.capture.captured import Captured, manifest, target
from tests.capture.web import Web, local_web

Wanted = str | Target | tuple[str | Target, ...]
Asking = Generator[Wanted, Captured, None]

TIMEOUT = 60.0
"""Seconds for a page; those that never rest capture alone."""


def together(test: Callable[..., Asking]) -> Callable[..., None]:
    """Make a test of a generator whose pages are captured with those of the whole module."""

    @functools.wraps(test)
    def run(request: pytest.FixtureRequest, batch: Batch, **_: object) -> None:
        batch.finish(request.node)

    del run.__wrapped__  # type: ignore[attr-defined]
    names = ["request", "batch", *(name for name in inspect.signature(test).parameters)]
    names.remove("web")
    run.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY) for name in names]
    )
    run.asking = test  # type: ignore[attr-defined]
    return run


class Batch:
    """The tests that were begun, by their node, until each is finished with its records."""

    def __init__(self, stack: ExitStack, folder: Callable[[], Path]) -> None:
        self._stack = stack
        self._folder = folder
        self._begun: dict[str, tuple[Asking, Captured]] = {}

    def begin(self, items: Sequence[pytest.Item]) -> None:
        """Let each test add its pages, and capture what they ask for."""
        web = self._stack.enter_context(local_web())
        waiting: list[tuple[str, Asking, list[Target]]] = []
        taken: set[str] = set()
        for item in items:
            before = dict(web.routes)
            asking = _asking(item, web)
            wanted = next(asking)
            hosts = {at.partition("/")[0] for at in web.routes if web.routes[at] != before.get(at)}
            assert not hosts & taken, f"{item.nodeid}: {hosts & taken} are another test's"
            taken |= hosts
            several = wanted if isinstance(wanted, tuple) else (wanted,)
            targets = [one if isinstance(one, Target) else target(one) for one in several]
            waiting.append((item.nodeid, asking, targets))
        out = self._folder()
        options = CaptureOptions(timeout=TIMEOUT, proxy=web.proxy, insecure=True)
        every = [one for _, _, targets in waiting for one in targets]
        report = capture(manifest(*every), None, out, options)
        records = {record.id: record for record in report.records}
        for nodeid, asking, targets in waiting:
            own = tuple(records[one.id] for one in targets)
            self._begun[nodeid] = asking, Captured(replace(report, records=own), out)

    def finish(self, item: pytest.Item) -> None:
        """Hand a test its records; one that is tried a second time captures anew, alone."""
        if item.nodeid not in self._begun:
            self.begin([item])
        asking, got = self._begun.pop(item.nodeid)
        with pytest.raises(StopIteration):
            asking.send(got)


def _asking(item: pytest.Item, web: Web) -> Asking:
    chosen: dict[str, Any] = item.callspec.params if hasattr(item, "callspec") else {}
    asking: Asking = item.function.asking(web=web, **chosen)  # type: ignore[attr-defined]
    return asking


@pytest.fixture(scope="module")
def batch(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Batch]:
    module = request.node.nodeid
    with ExitStack() as stack:
        made = Batch(stack, lambda: tmp_path_factory.mktemp("together") / "archive")
        made.begin(
            [
                item
                for item in request.session.items
                if item.nodeid.partition("::")[0] == module and hasattr(item.function, "asking")  # type: ignore[attr-defined]
            ]
        )
        yield made
