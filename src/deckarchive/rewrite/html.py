"""HTML and SVG documents with their URLs pointed at local copies. Pure, by splicing.

Two changes are made and no other: the spans that hold URLs (:mod:`table`), and one insertion at
the start of the head. A document that holds an insertion already is done: it only gets the new
one in place of the old.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from deckarchive import urls
from deckarchive.markup import (
    Attribute,
    Comment,
    RawText,
    Splice,
    Tag,
    apply,
    encode_attribute,
    scan_html,
    scan_srcset,
)
from deckarchive.rewrite import importmaps
from deckarchive.rewrite.css import Lookup, find, rewrite_css
from deckarchive.rewrite.table import Holds, connects, fetches, holds

OPEN: Final = "<!--deckarchive-->"
CLOSE: Final = "<!--/deckarchive-->"
_INSERTION = re.compile(re.escape(OPEN) + ".*?" + re.escape(CLOSE), re.DOTALL)
_PROLOGUE = re.compile(r"\ufeff?(?:\s|<!--(?:(?!-->).)*-->|<\?[^>]*>)*<!doctype[^>]*>", re.I | re.S)
_BASE = re.compile(r"<base\b", re.IGNORECASE)
_XML_START = re.compile(r"\ufeff?\s*(?:<\?xml[^>]*>)?", re.IGNORECASE)
_COMMENTS = re.compile(r"<!--.*?-->|<![^>]*>|<\?[^>]*>", re.DOTALL)
_REFRESH = re.compile(r"\s*[\d.]*\s*[;,]?\s*(?:url\s*=\s*)?(['\"]?)(?P<url>[^'\"]+)", re.IGNORECASE)
_POLICIES: Final = frozenset(
    {
        "content-security-policy",
        "content-security-policy-report-only",
        "x-content-security-policy",
        "x-webkit-csp",
    }
)
_NOWHERE: Final = "about:blank#"
"""Before the URL of a framed document that was never captured."""
_NOTHING: Final = "data:,"

Rebase = Callable[[str], tuple[str, Lookup]]
"""From a document's base URL to what its ``base href`` becomes, and the lookup from there on."""


@dataclass(slots=True)
class _Page:
    """One document being rewritten: where it is, and the splices found so far."""

    source: str
    base_url: str
    lookup: Lookup
    insertion: str
    imports: Mapping[str, Any] | None
    rebase: Rebase | None = None
    splices: list[Splice] = field(default_factory=list)

    def put(self, attribute: Attribute, value: str) -> None:
        """Replace the value of ``attribute`` when it really changes."""
        if value != attribute.value:
            text = encode_attribute(value, attribute.quote)
            self.splices.append(Splice(attribute.start, attribute.end, text))

    def folder(self, url: str) -> str | None:
        """Where the files below ``url`` stand, as a relative URL."""
        return self.rebase(url)[0] if self.rebase else None

    def drop(self, attribute: Attribute) -> None:
        """Remove ``attribute`` with its value and quotes."""
        end = attribute.end + len(attribute.quote)
        self.splices.append(Splice(attribute.name_start, end, ""))


def rewrite_html(
    source: str,
    base_url: str,
    lookup: Lookup,
    *,
    insertion: str = "",
    rebase: Rebase | None = None,
    imports: Mapping[str, Any] | None = None,
) -> str:
    """Rewrite a document (HTML, XHTML or SVG) that was served from ``base_url``.

    ``insertion`` goes right behind ``<head>``; ``imports`` is an import map (``imports`` and
    ``scopes`` already local) that is joined with the document's own, or inserted.
    """
    if old := _INSERTION.search(source):
        return source[: old.start()] + _wrapped(insertion) + source[old.end() :]
    page = _Page(source, base_url, lookup, insertion, imports, rebase)
    base = _base(source)
    if base is not None and (url := urls.resolve(base.value, base_url)):
        page.base_url = url
        if rebase:
            address, page.lookup = rebase(url)
            page.put(base, address)
    opener: Tag | None = None
    has_map = False
    for token in scan_html(source):
        if isinstance(token, Tag) and not token.closing:
            opener = token
            _tag(page, token)
        elif isinstance(token, RawText) and opener is not None:
            has_map |= _raw_text(page, token, opener)
    if insertion:
        own = "" if has_map or not imports else importmaps.element(imports)
        at = head_start(source)
        page.splices.append(Splice(at, at, _wrapped(insertion + own)))
    return apply(source, page.splices) if page.splices else source


def base_of(source: str, base_url: str) -> str | None:
    """The URL that a ``base`` element of the document sets, or ``None``."""
    base = _base(source)
    return urls.resolve(base.value, base_url) if base else None


def head_start(source: str) -> int:
    """Where an insertion is the first thing in the head, as a browser would build it.

    Behind ``<head>``, else behind ``<html>``, else behind the doctype: never before that one,
    which would put the page into quirks mode.
    """
    match = _PROLOGUE.match(source) or _XML_START.match(source)
    at = match.end() if match else 0
    for token in scan_html(source):
        if isinstance(token, Comment):
            continue
        if not isinstance(token, Tag) or token.closing or token.name not in ("html", "head"):
            break
        if _COMMENTS.sub("", source[at : token.start]).strip(" \t\r\n\f\ufeff"):
            break
        at = token.end
        if token.name == "head":
            break
    return at


def _wrapped(insertion: str) -> str:
    return f"{OPEN}{insertion}{CLOSE}" if insertion else ""


def _base(source: str) -> Attribute | None:
    """The ``href`` of the first ``base`` that has one: the only one that counts."""
    if _BASE.search(source) is None:
        return None
    tokens = scan_html(source)
    tags = (t for t in tokens if isinstance(t, Tag) and t.name == "base" and not t.foreign)
    return next((href for tag in tags if (href := tag.get("href"))), None)


def _tag(page: _Page, tag: Tag) -> None:
    """Splice what one start tag holds."""
    if tag.name == "meta":
        _meta(page, tag)
        return
    fetched: str | None = None
    seen: set[str] = set()
    for attribute in tag.attributes:
        kind = holds(tag.name, attribute.name, foreign=tag.foreign)
        if kind is None or attribute.name in seen or not attribute.value:
            continue
        seen.add(attribute.name)
        fetched = _attribute(page, tag, attribute, kind) or fetched
    if fetched and not tag.foreign:
        _local_request(page, tag)


def _attribute(page: _Page, tag: Tag, attribute: Attribute, kind: Holds) -> str | None:
    """Splice one attribute; returns the copy when the browser will fetch it."""
    value = attribute.value
    if kind is Holds.REL:
        rel = tag.get("rel")
        if rel is None or not fetches(rel.value):
            if rel is not None and connects(rel.value):
                page.put(attribute, _NOTHING)
            return None
        kind = Holds.URL
    if kind in (Holds.URL, Holds.FRAME, Holds.LINK):
        copy = find(value, page.base_url, page.lookup)
        if copy:
            page.put(attribute, copy)
        elif kind is Holds.FRAME and page.insertion and (url := urls.resolve(value, page.base_url)):
            # The policy keeps the document out, but Chromium connects to its host before it asks.
            page.put(attribute, f"{_NOWHERE}{url}")
        return None if kind is Holds.LINK else copy
    if kind is Holds.SRCSET:
        new, any_copy = _srcset(page, value)
        page.put(attribute, new)
        return any_copy
    if kind is Holds.CSS:
        page.put(attribute, rewrite_css(value, page.base_url, page.lookup))
    elif kind is Holds.PING:
        page.put(attribute, "")
    elif kind is Holds.HTML:
        page.put(
            attribute,
            rewrite_html(value, page.base_url, page.lookup, insertion=page.insertion),
        )
    return None


def _srcset(page: _Page, value: str) -> tuple[str, str | None]:
    """A srcset with the candidates that exist; those never captured go when others remain.

    A screen of another pixel ratio would pick a candidate that is not there.
    """
    found = [(c, find(c.url, page.base_url, page.lookup)) for c in scan_srcset(value)]
    kept = [(c, copy) for c, copy in found if copy]
    if not kept:
        return value, None
    if len(kept) == len(found):
        spans = [Splice(c.start, c.end, copy) for c, copy in kept]
        return apply(value, spans), kept[0][1]
    text = ", ".join(f"{copy} {c.descriptor}".strip() for c, copy in kept)
    return text, kept[0][1]


def _local_request(page: _Page, tag: Tag) -> None:
    """Drop what would make a browser refuse a local file.

    ``crossorigin`` asks for CORS, which file:// never grants and a same-origin copy does not
    need; ``integrity`` needs CORS there, and fails everywhere once bytes have changed. What is
    always used with CORS keeps the former in its preload: otherwise it would be fetched twice.
    """
    use = tag.get("as") if tag.name == "link" else None
    preload = use is not None and use.value.strip().lower() in ("font", "fetch")
    for name in ("integrity",) if preload else ("crossorigin", "integrity"):
        if attribute := tag.get(name):
            page.drop(attribute)


def _meta(page: _Page, tag: Tag) -> None:
    """A policy of the page goes (ours stands in its place); a refresh leads to the copy."""
    equiv, content = tag.get("http-equiv"), tag.get("content")
    if equiv is None or content is None:
        return
    name = equiv.value.strip().lower()
    if name in _POLICIES:
        page.put(content, "")
    elif name == "refresh" and (match := _REFRESH.match(content.value)):
        url, (start, end) = match["url"].strip(), match.span("url")
        copy = find(url, page.base_url, page.lookup)
        if copy:
            page.put(content, content.value[:start] + copy + content.value[end:])
        elif page.insertion and not url.startswith("#"):
            page.put(content, "")  # it would leave the folder, and no policy stops it


def _raw_text(page: _Page, token: RawText, opener: Tag) -> bool:
    """Splice a style block or an import map; returns whether it was an import map."""
    text = page.source[token.start : token.end]
    if token.element == "style":
        new = rewrite_css(text, page.base_url, page.lookup)
    elif token.element == "script" and (kind := opener.get("type")):
        name = kind.value.strip().lower()
        if name == "speculationrules":
            new = "{}"
        elif name == "importmap":
            new = importmaps.joined(
                text, page.imports or {}, page.base_url, page.lookup, page.folder
            )
        else:
            return False
    else:
        return False
    if new != text:
        page.splices.append(Splice(token.start, token.end, new))
    return token.element == "script" and new != "{}"
