"""What ``block`` keeps from being asked for: hosts, globs on URLs, and words for lists of domains.

The lists are those of third-party-web, which Lighthouse uses too. It sorts companies, so that a
company that also advertises is listed with all that it has: what is a site, a player or a CDN in
its own right is taken off here.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from functools import cache
from typing import Final

from deckarchive import urls, vendor

WORDS: Final[Mapping[str, tuple[str, ...]]] = {
    "ads": ("ad",),
    "trackers": ("analytics", "tag-manager"),
    "consent": ("consent-provider",),
}
"""What a user may write, and the categories of the list that it stands for."""

_KEPT: Final = frozenset({
    "01net.com", "answcdn.com", "answers.com", "answerscloud.com", "aol.co.uk", "aol.com",
    "aol.net", "aolcdn.com", "apester.com", "api.ceros.com", "apple.com", "bbb.org", "bing.com",
    "buto.tv", "cdngc.net", "cloudfront.ne", "confirmit.com", "de.com", "delvenetworks.com",
    "easypolls.net", "ebay.com", "ebayimg.com", "force.com", "guardian.co.uk", "hootsuite.com",
    "hostingprod.com", "hotukdeals.com", "ibmcloud.com", "ipv6test.net", "jsonip.com",
    "jwpcdn.com", "jwplatform.com", "jwplayer.com", "jwpsrv.com", "keen.io", "licdn.com",
    "limelight.com", "line-scdn.net", "line.me", "llnwd.net", "longtailvideo.com",
    "microsoft.com", "msecnd.net", "msn.com", "net.net", "net.pl", "o2.pl", "okta.com", "onet.pl",
    "ooyala.com", "poll.fm", "polldaddy.com", "qmerce.com", "qualtrics.com", "questionpro.com",
    "quora.com", "qzzr.com", "rakuten-static.com", "rebelmouse.com", "revolvermaps.com",
    "s-msft.com", "s-msn.com", "s.yimg.jp", "s81c.com", "salesforce.com", "sas.com",
    "scribblelive.com", "snapchat.com", "spiceworks.com", "static.polldaddy.com",
    "surveygizmo.eu", "surveymonkey.com", "theguardian.com", "trustpilot.com", "wayfair.com",
    "wowcher.co.uk", "wp.pl", "www.linkedin.com", "yahoo.com", "yahoo.net", "yahooapis.com",
    "yimg.com", "zenfs.com", "zoover.co.uk", "zoover.nl",
})  # fmt: skip


class Blocking:
    """Says of each URL why it is not asked for: the word or pattern, ``""`` when it is.

    ``patterns`` are :data:`WORDS`, hosts (their subdomains too) or globs on whole URLs. The lists
    never keep a target from its ``own`` host, nor from what is listed together with it.
    Raises :class:`EnvironmentMissing` when a list is asked for and was not installed.
    """

    def __init__(self, patterns: Iterable[str], own: str = "") -> None:
        named = tuple(dict.fromkeys(patterns))
        self._patterns = tuple(p for p in named if p not in WORDS)
        words = {category: w for w in named for category in WORDS.get(w, ())}
        listed = _listed() if words else {}
        self._words = {domain: words.get(listed[domain], "") for domain in listed}
        self._own = {own, *(d for d in _domains(own) if d in listed)} if own else set()

    def __call__(self, url: str, top: bool = False) -> str:
        """``top`` for a page in a window of its own: no list knows what the author wants to see."""
        for pattern in self._patterns:
            if _matches(pattern, url):
                return pattern
        if top or not self._words:
            return ""
        host = urls.hostname(url)
        found = next((domain for domain in _domains(host) if domain in self._words), "")
        return "" if host in self._own or found in self._own else self._words.get(found, "")


def _matches(pattern: str, url: str) -> bool:
    if any(sign in pattern for sign in "/*?["):
        return fnmatchcase(url, pattern)
    host = urls.hostname(url)
    return host == pattern.lower() or host.endswith("." + pattern.lower())


def _domains(host: str) -> Iterable[str]:
    """How the list may name ``host``, the closest first: itself, then what it lies in."""
    yield host
    labels = host.split(".")
    for n in range(len(labels) - 1):
        yield "*." + ".".join(labels[n:])


@cache
def _listed() -> Mapping[str, str]:
    """Domain → category: ``*.a.com`` for ``a.com`` and all below it, ``b.com`` for that host."""
    text = (vendor.folder("third-party-web") / "domains.json").read_text("utf-8")
    found: dict[str, str] = {}
    for category, domains in json.loads(text).items():
        for domain in map(str.lower, domains):
            found[domain] = "" if domain.removeprefix("*.") in _KEPT else category
    return found
