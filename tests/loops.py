"""Event loops for tests, each in a thread of its own: another test's browser may keep one running
in the main thread."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, TypeVar

T = TypeVar("T")
Work = Coroutine[Any, Any, T]


def run(work: Work[T]) -> T:
    """Run a coroutine to its end and give what it returns, or raise what it raises."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


@contextmanager
def loop() -> Iterator[Callable[[Work[Any]], Any]]:
    """One loop for several calls of what it yields, each like :func:`run`."""
    with ThreadPoolExecutor(1) as thread:
        runner = asyncio.Runner()
        try:
            yield lambda work: thread.submit(runner.run, work).result()
        finally:
            thread.submit(runner.close).result()
