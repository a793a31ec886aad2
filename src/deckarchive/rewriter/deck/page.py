"""The deck's own page: the one insertion in its head, and the few tags that must not stay.

Pure. The author's text is spliced, never serialised again.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from deckarchive.markup import Splice, Tag, apply, encode_attribute, scan_html
from deckarchive.rewriter.pages.head import head_start
from deckarchive.rewriter.pages.html import with_origin
from deckarchive.web import policy

_REMOTE = re.compile(r"\s*(?:[A-Za-z][A-Za-z0-9+.-]*:|[\\/]{2})")
_CHECKED = frozenset({"script", "link", "img", "video", "audio", "source", "track"})
_NOBODY = "'none'"
_HINTS = frozenset({"preconnect", "dns-prefetch"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """One script of the runtime to insert; ``data`` are its ``data-`` attributes."""

    src: str
    defer: bool = False
    data: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        data = "".join(f' data-{k}="{encode_attribute(v, chr(34))}"' for k, v in self.data.items())
        return f'<script src="{self.src}"{data}{" defer" if self.defer else ""}></script>'


def is_remote(url: str) -> bool:
    """Whether a URL names a scheme or a host, so that it is none of the folder's paths."""
    return _REMOTE.match(url) is not None


def finish_page(
    text: str,
    encoding: str,
    scripts: Sequence[Script],
    imports: Mapping[str, Any] | None = None,
) -> str:
    """``text`` with the policy and the runtime's scripts first in its head, made fit for file://.

    ``imports`` is an import map to come behind them.
    Removed: other policies of the page (they would forbid the runtime), hints to connect to a
    host (no policy holds those), and ``integrity``/``crossorigin`` of files that are now local
    (browsers refuse them on file://). A ``base`` that leads elsewhere leads here.
    """
    splices = [s for tag in _tags(text) if not tag.closing for s in _tag_splices(text, tag)]
    at = head_start(text)
    inserted = (
        f'<meta charset="{encode_attribute(encoding, chr(34))}">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy("deck")}">'
        '<meta http-equiv="x-dns-prefetch-control" content="off">'
        + ("" if _has_icon(text) else '<link rel="icon" href="data:,">')
        + "".join(map(str, scripts))
        + (f'<script type="importmap">{_json(imports)}</script>' if imports else "")
    )
    return apply(text, [Splice(at, at, inserted), *splices])


def _json(value: Mapping[str, Any]) -> str:
    return json.dumps(value, separators=(",", ":")).replace("<", "\\u003c")


def _tags(text: str) -> Iterator[Tag]:
    return (token for token in scan_html(text) if isinstance(token, Tag))


def _tag_splices(text: str, tag: Tag) -> Iterator[Splice]:
    if tag.name == "meta":
        named = tag.get("http-equiv")
        if named and named.value.strip().lower() == "content-security-policy":
            yield Splice(tag.start, tag.end, "")
    elif tag.name == "base":
        href = tag.get("href")
        if href and href.end > href.start:
            yield Splice(href.start, href.end, encode_attribute("./", href.quote))
    elif tag.name == "iframe":
        if splice := with_origin(tag):
            yield splice
        if splice := _allowing(tag):
            yield splice
    elif tag.name == "link" and _is_hint(tag):
        yield Splice(tag.start, tag.end, "")
    elif tag.name in ("object", "embed"):
        source, typed = tag.get("data") or tag.get("src"), tag.get("type")
        if source and typed and source.value.startswith("frames/"):
            yield _removal(text, typed.name_start, typed.end, typed.quote)
    elif tag.name in _CHECKED:
        source = tag.get("href" if tag.name == "link" else "src") or tag.get("data-src")
        if source and not is_remote(source.value):
            for attribute in tag.attributes:
                if attribute.name in ("integrity", "crossorigin"):
                    yield _removal(text, attribute.name_start, attribute.end, attribute.quote)


def _allowing(tag: Tag) -> Splice | None:
    """Let a frame page have what its element allows, whatever origin was named there.

    An allowlist may name the live origin, and files have none to name (even the default, the
    frame's own). The frame page is the deck's own, and gives the copy what the author gave.
    """
    source, allow = tag.get("src") or tag.get("data-src"), tag.get("allow")
    if allow is None or source is None or not source.value.startswith("frames/"):
        return None
    words = [directive.split() for directive in allow.value.split(";")]
    value = "; ".join(
        f"{directive[0]} {directive[1] if directive[1:] == [_NOBODY] else '*'}"
        for directive in words
        if directive
    )
    value = encode_attribute(value, allow.quote or '"')
    if not value or allow.start == allow.end:
        return None
    return Splice(allow.start, allow.end, value if allow.quote else f'"{value}"')


def _has_icon(text: str) -> bool:
    """Whether the page names an icon; else browsers ask for /favicon.ico, in vain."""
    rels = (tag.get("rel") for tag in _tags(text) if tag.name == "link")
    return any(rel is not None and "icon" in rel.value.lower() for rel in rels)


def _is_hint(tag: Tag) -> bool:
    rel, href = tag.get("rel"), tag.get("href")
    words = set(rel.value.lower().split()) if rel else set()
    return bool(words & _HINTS) and bool(href) and is_remote(href.value if href else "")


def _removal(text: str, start: int, end: int, quote: str) -> Splice:
    """Take an attribute out, with its closing quote and the white space before it."""
    while text[start - 1].isspace():
        start -= 1
    return Splice(start, end + len(quote), "")
