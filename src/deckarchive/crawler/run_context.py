"""What all targets of a run share: options, proxy, browsers, the user's cookies, the budget."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from deckarchive import __version__, urls
from deckarchive.browser import BrowserPool
from deckarchive.crawler.blocklist import Blocking
from deckarchive.crawler.cookies import CookieJar
from deckarchive.crawler.credentials import Credentials
from deckarchive.crawler.manual import ManualCapture
from deckarchive.crawler.options import CaptureOptions
from deckarchive.crawler.slots import ConcurrencySlots
from deckarchive.heads import Head
from deckarchive.model import DeckSite, Target
from deckarchive.proxy import Budget, RecordingProxy, Rules
from deckarchive.warc import Gauge

_LEAST, _MOST = 64, 4096
"""Pixels that a window has at least and at most, whatever box a deck gives it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunContext:
    """What all targets of a run share; :meth:`for_target` is what one of them works with."""

    options: CaptureOptions
    proxy: RecordingProxy
    pool: BrowserPool
    user_agent: str | None
    slots: ConcurrencySlots
    allowed: frozenset[str]
    """``host:port`` of all that the author wrote as targets: they may be on this machine."""
    jars: Mapping[Path, CookieJar] = field(default_factory=dict)
    manual: ManualCapture | None = None
    projector: tuple[int, int] = (1920, 1080)
    """Pixels of the screen that everything is shown on in the end."""
    budget: Budget = field(default_factory=Budget)
    """What the run may still record."""
    deck: DeckSite | None = None
    """The deck's own folder, for the deck's own pages."""

    @property
    def software(self) -> str:
        return f"deckarchive {__version__} (Chromium {self.pool.version})"

    @property
    def jar(self) -> CookieJar:
        """The cookies that the user gave."""
        path = self.options.cookie_jar
        return self.jars[path] if path else CookieJar()

    def for_target(self, target: Target) -> RunContext:
        """With the options that count for this target: a frame inside a slide is as large as its
        box there, unless a rule says otherwise."""
        options = self.options.for_target(target)
        if target.frame_size and options.viewport == self.options.viewport:
            width, height = (max(_LEAST, min(_MOST, size)) for size in target.frame_size)
            options = replace(options, viewport=(width, height))
        return replace(self, options=options, user_agent=options.user_agent or self.user_agent)

    def _gauge(self, head: Head) -> Callable[[bytes], int]:
        """Measures a body as it comes by what it unpacks to."""
        codings = [c.decode("latin-1") for c in head.tokens(b"content-encoding")]
        return Gauge(codings, self.options.max_size).fits if codings else len

    def deck_for(self, target: Target) -> DeckSite | None:
        """The deck's folder, where the target is a page or file of it; no other may read there."""
        return self.deck if target.url.startswith(urls.DECK_ORIGIN) else None

    def secrets(self, target: Target) -> Credentials:
        """What of this target's traffic is the user's own."""
        options = self.options
        password = urls.password(options.proxy) if options.proxy else ""
        return Credentials(
            options.headers,
            self.jar.pairs,
            keep=options.keep_secrets,
            everything=self.manual is not None,
            further=(password,) if password else (),
            public=target.url,
            spool=self.proxy.options.spool,
        )

    def rules(self, target: Target, secrets: Credentials) -> Rules:
        """How the proxy treats this target's traffic."""
        return Rules(
            headers=tuple(self.options.headers.items()),
            hosts=frozenset((urls.host(target.url),)),
            block=Blocking(self.options.block, urls.hostname(target.url)),
            max_body=self.options.max_size,
            budget=self.budget,
            answered=secrets.answered,
            patience=self.options.timeout,
            gauge=self._gauge,
        )
