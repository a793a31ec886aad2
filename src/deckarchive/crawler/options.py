"""What a user may choose about a capture. Times in seconds, sizes in pixels and bytes."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Final, TypedDict

from deckarchive import urls
from deckarchive.errors import UsageError
from deckarchive.model import Target

_TOKEN: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_PLACE: Final = re.compile(r"(?:\[[0-9a-f:.]+\]|[^\s/:@*\[\]]+)(?::\d{1,5})?", re.I)
_SELECTOR_MAX: Final = 2000


def default_jobs() -> int:
    """As many targets at work as there are processors, from 2 to 6."""
    return max(2, min(6, os.cpu_count() or 2))


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetRule:
    """Values for the targets whose URL or id matches the glob ``match``: fields of
    :class:`CaptureOptions` by name."""

    match: str
    values: CaptureOverrides


class CaptureOverrides(TypedDict, total=False):
    """Fields of :class:`CaptureOptions` that were given, on a command line or in a file."""

    jobs: int
    timeout: float
    viewport: tuple[int, int]
    proxy: str | None
    insecure: bool
    include: tuple[str, ...]
    exclude: tuple[str, ...]
    only: tuple[str, ...]
    retry_failed: bool
    refresh: bool
    headed: bool
    browser: str | os.PathLike[str] | None
    user_agent: str | None
    headers: Mapping[str, str]
    cookie_jar: Path | None
    keep_secrets: bool
    use: bool
    wait_for: str | None
    max_size: int | None
    max_total: int | None
    block: tuple[str, ...]
    allow: tuple[str, ...]
    per_host: int
    pause: float
    deck_url: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptureOptions:
    """How to capture. Raises :class:`UsageError` for values that make no sense.

    ``timeout`` bounds loading and, again, settling of one target. ``include`` and ``exclude``
    are globs on a target's URL or id; ``only`` are ids. ``refresh`` captures everything again,
    ``retry_failed`` what failed in an earlier run. ``insecure`` accepts any certificate.
    ``wait_for`` is a CSS selector that must appear before a page counts as settled. ``headers``
    go to a target's own host. ``cookie_jar`` is a file, see ``load_cookie_jar``; what it and
    ``headers`` bring is recorded only with ``keep_secrets``. ``use`` lets pages be used a little,
    as evidence of what their copies must do. ``max_size`` cuts longer bodies,
    ``max_total`` bounds what a run records of the web: a file that goes past it is cut, and
    targets after that are left to the next run. ``block`` are hosts (their subdomains too), globs
    on whole URLs, or words for lists, see ``Blocking``. ``allow`` are hosts (``name`` or
    ``name:port``) that every page may reach although they are on this machine or a private
    network. ``per_host`` connections and at least
    ``pause`` seconds between requests to one host. ``headed`` opens each target in a window for
    the user. ``deck_url`` is the address of the deck when presented, which pages in its frames see.
    Of ``targets`` every rule that matches a target counts, the last most. ``notices``
    are printed before anything else: what a file beside the deck chose that the user should know.
    """

    jobs: int = field(default_factory=default_jobs)
    timeout: float = 60.0
    viewport: tuple[int, int] = (1920, 1080)
    proxy: str | None = None
    insecure: bool = False
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    retry_failed: bool = False
    refresh: bool = False
    headed: bool = False
    browser: str | os.PathLike[str] | None = None
    user_agent: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    cookie_jar: Path | None = None
    keep_secrets: bool = False
    use: bool = True
    wait_for: str | None = None
    max_size: int | None = None
    max_total: int | None = None
    block: tuple[str, ...] = ()
    allow: tuple[str, ...] = ()
    per_host: int = 12
    pause: float = 0.0
    deck_url: str | None = None
    targets: tuple[TargetRule, ...] = ()
    notices: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _between("--jobs", self.jobs, 1, 64)
        _between("--timeout", self.timeout, 0.1, 24 * 3600)
        _between("--per-host", self.per_host, 1, 256)
        _between("--pause", self.pause, 0, 600)
        if len(self.viewport) != 2 or not all(64 <= n <= 16384 for n in self.viewport):
            raise UsageError(f"--viewport {self.viewport}: expected two sizes from 64 to 16384")
        if self.proxy is not None:
            address = urls.resolve(self.proxy, "http://localhost/")
            if address is None or "://" not in self.proxy:  # its password is not to be printed
                raise UsageError("--proxy: not a URL; expected http://user:password@host:port")
            if urls.path(address) != "/" or any(c in address for c in "?#"):
                raise UsageError(
                    "--proxy: nothing may follow its port",
                    hint="in a password write / as %2F, ? as %3F and # as %23",
                )
        for name, size in (("--max-size", self.max_size), ("--max-total", self.max_total)):
            if size is not None and size <= 0:
                raise UsageError(f"{name} {size}: expected bytes above 0")
        for header, value in self.headers.items():
            if not _TOKEN.fullmatch(header):  # what is no name may be a part of the value
                raise UsageError("--header: expected 'Name: value'")
            if "\n" in value or "\r" in value:
                raise UsageError(f"--header {header}: expected a value of one line")
        for place in self.allow:
            if not _PLACE.fullmatch(place):
                raise UsageError(f"--allow {place}: expected HOST or HOST:PORT")
        if self.deck_url is not None:
            address = urls.resolve(self.deck_url, "about:blank")
            if address is None or urls.is_deck_url(address):
                raise UsageError(
                    f"--deck-url {self.deck_url[:200]}: expected an http(s) URL of the deck"
                )
            object.__setattr__(self, "deck_url", address)
        if self.wait_for is not None and not 0 < len(self.wait_for) < _SELECTOR_MAX:
            raise UsageError("--wait-for: expected a CSS selector")

    def selects(self, target: Target) -> bool:
        """Whether ``only``, ``include`` and ``exclude`` let a target through."""

        def matches(globs: tuple[str, ...]) -> bool:
            return any(_matches(target, glob) for glob in globs)

        if self.only and not matches(self.only):
            return False
        return (not self.include or matches(self.include)) and not matches(self.exclude)

    def for_target(self, target: Target) -> CaptureOptions:
        """The options with what the rules say for this target."""
        made = replace(self, targets=())
        for rule in self.targets:
            if _matches(target, rule.match):
                values = rule.values.copy()
                if "headers" in values:
                    values["headers"] = {**made.headers, **values["headers"]}
                if "block" in values:
                    values["block"] = (*made.block, *values["block"])
                made = replace(made, **values)
        return made


def _between(name: str, value: float, low: float, high: float) -> None:
    if not low <= value <= high:
        raise UsageError(f"{name} {str(value)[:30]}: expected {low:g} to {high:g}")


def _matches(target: Target, glob: str) -> bool:
    return any(fnmatchcase(name, glob) for name in (target.url, target.id))
