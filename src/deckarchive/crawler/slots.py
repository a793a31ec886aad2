"""Who may keep the machine busy: so many targets at a time, and one that only waits lets go.

Loading and painting cost processor time; waiting for a page to become still costs none. While
one target waits another begins, so that the quiet seconds of many pages pass together.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class ConcurrencySlots:
    """``jobs`` places; a :class:`Turn` holds one of them."""

    def __init__(self, jobs: int) -> None:
        self._places = asyncio.Semaphore(jobs)

    @asynccontextmanager
    async def acquire(self) -> AsyncIterator[ConcurrencySlot]:
        """Wait for a place and hold it."""
        turn = ConcurrencySlot(self._places)
        await turn.take()
        try:
            yield turn
        finally:
            turn.leave()


class ConcurrencySlot:
    """A place that was given; safe to leave twice."""

    def __init__(self, places: asyncio.Semaphore) -> None:
        self._places = places
        self._held = False

    async def take(self) -> None:
        """Wait for a place."""
        await self._places.acquire()
        self._held = True

    def leave(self) -> None:
        """Let another target have the place."""
        if self._held:
            self._held = False
            self._places.release()

    @property
    def held(self) -> bool:
        """Whether it is held now."""
        return self._held

    @asynccontextmanager
    async def resting(self) -> AsyncIterator[None]:
        """Let go while the body only waits; go on when there is a place again."""
        self.leave()
        yield
        if not self._held:
            await self.take()
