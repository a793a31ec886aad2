"""What a user may choose about a capture. Times in seconds, sizes in pixels and bytes."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from deckarchive import urls
from deckarchive.errors import UsageError
from deckarchive.model import Target


def default_jobs() -> int:
    """As many targets at work as there are processors, from 2 to 6."""
    return max(2, min(6, os.cpu_count() or 2))


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptureOptions:
    """How to capture. Raises :class:`UsageError` for values that make no sense.

    ``timeout`` bounds loading and, again, settling of one target. ``include`` and ``exclude``
    are globs on a target's URL or id. ``refresh`` captures everything anew, ``retry_failed``
    what failed in an earlier run. ``insecure`` accepts any certificate of a site.
    ``wait_for`` is a CSS selector that must appear before a page counts as settled. ``headers``
    are sent with every request of every page. ``max_size`` cuts longer bodies.
    """

    jobs: int = field(default_factory=default_jobs)
    timeout: float = 60.0
    viewport: tuple[int, int] = (1920, 1080)
    proxy: str | None = None
    insecure: bool = False
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    retry_failed: bool = False
    refresh: bool = False
    browser: str | os.PathLike[str] | None = None
    user_agent: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    wait_for: str | None = None
    max_size: int | None = None

    def __post_init__(self) -> None:
        if not 1 <= self.jobs <= 64:
            raise UsageError(f"--jobs {self.jobs}: expected 1 to 64")
        if not 0 < self.timeout <= 24 * 3600:
            raise UsageError(f"--timeout {self.timeout:g}: expected seconds above 0")
        if len(self.viewport) != 2 or not all(64 <= n <= 16384 for n in self.viewport):
            raise UsageError(f"--viewport {self.viewport}: expected two sizes from 64 to 16384")
        if self.proxy is not None:
            address = urls.resolve(self.proxy, "http://localhost/")
            if address is None or "://" not in self.proxy:
                raise UsageError(f"--proxy {self.proxy}: expected http://host:port")
        if self.max_size is not None and self.max_size <= 0:
            raise UsageError(f"--max-size {self.max_size}: expected bytes above 0")

    def selects(self, target: Target) -> bool:
        """Whether ``include`` and ``exclude`` let a target through."""

        def matches(globs: tuple[str, ...]) -> bool:
            names = (target.url, target.id)
            return any(fnmatchcase(name, glob) for name in names for glob in globs)

        return (not self.include or matches(self.include)) and not matches(self.exclude)
