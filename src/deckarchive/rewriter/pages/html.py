"""HTML and SVG documents with their URLs pointed at local copies. Pure, by splicing.

Two changes are made and no other: the spans that hold URLs (:mod:`deckarchive.web.attributes`),
and one insertion at the start of the head. A document that holds an insertion already is done: it
only gets the new one in place of the old.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from html import unescape
from typing import Any, Final

from deckarchive import urls
from deckarchive.markup import (
    Attribute,
    RawText,
    Splice,
    Tag,
    apply,
    data_document,
    encode_attribute,
    scan_html,
    scan_srcset,
)
from deckarchive.rewriter.pages import importmaps
from deckarchive.rewriter.pages.css import Lookup, find, is_outward, rewrite_css
from deckarchive.rewriter.pages.head import find_base, head_start, inserted, insertion_end
from deckarchive.web import Holds, connects, fetches, holds

_SHEET = re.compile(r"""<\?xml-stylesheet\s[^>]*?\bhref\s*=\s*(?:"([^"<>]*)"|'([^'<>]*)')""")
_REFRESH = re.compile(
    r"""\s*(?:\d[\d.]*+|\.[\d.]*+)(?:\s*+(?:\Z|[;,])|\s++)\s*+(?:url\s*+=\s*+)?+
        (?:(?P<quote>["'])(?P<quoted>.*?)(?:(?P=quote)|\Z)|(?P<bare>.*))""",
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
"""HTML, "shared declarative refresh steps": what does not match leads nowhere."""
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


@dataclass(frozen=True, slots=True)
class Rebased:
    """What counts behind a ``base``: its ``href`` as it is written, and how URLs are seen there.

    ``insertion`` is that of a document whose URLs are taken from there (``srcdoc``).
    """

    href: str
    lookup: Lookup
    insertion: str
    rebase: Rebase


Rebase = Callable[[str], Rebased]
"""From the URL that a ``base`` sets to what that changes."""


@dataclass(slots=True)
class _Page:
    """One document being rewritten: where it is, and the splices found so far.

    ``links`` is how a link is resolved, which counts when it is followed; all else is asked for
    when it is parsed, and a ``base`` that comes later does not change that.
    """

    source: str
    base_url: str
    lookup: Lookup
    insertion: str
    imports: Mapping[str, Any] | None
    xml: bool
    rebase: Rebase | None = None
    links: tuple[str, Lookup] | None = None
    templates: int = 0
    splices: list[Splice] = field(default_factory=list)

    @property
    def scripted(self) -> bool:
        """Whether the page's script sees the styles here: not in a shadow tree."""
        return bool(self.insertion) and not self.templates

    def put(self, attribute: Attribute, value: str) -> None:
        """Replace the value of ``attribute`` when it really changes."""
        if value != attribute.value:
            text = encode_attribute(value, attribute.quote)
            self.splices.append(Splice(attribute.start, attribute.end, text))

    def folder(self, url: str) -> str | None:
        """Where the files below ``url`` stand, as a relative URL."""
        return self.rebase(url).href if self.rebase else None

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
    xml: bool = False,
) -> str:
    """Rewrite a document (HTML, or XHTML or SVG: ``xml``) that was served from ``base_url``.

    ``insertion`` goes right behind ``<head>``; ``imports`` is an import map (``imports`` and
    ``scopes`` already local) that is joined with the document's own, or inserted.
    """
    at = head_start(source, xml=xml)
    if end := insertion_end(source, at):
        return source[:at] + inserted(source, insertion, xml=xml) + source[end:]
    page = _Page(source, base_url, lookup, insertion, imports, xml, rebase)
    if xml:
        _sheets(page)
    has_map = _contents(page)
    if insertion:
        import_map = "" if has_map or not imports else importmaps.element(imports)
        text = inserted(source, insertion + import_map, xml=xml)
        page.splices.append(Splice(at, at, text))
    return apply(source, page.splices) if page.splices else source


def _contents(page: _Page) -> bool:
    """Splice all tags and raw texts; returns whether the document has an import map."""
    base = find_base(page.source, xml=page.xml)
    url = urls.resolve(base.value, page.base_url) if base else None
    based = page.rebase(url) if url and page.rebase else None
    if url:
        page.links = url, based.lookup if based else page.lookup
    opener: Tag | None = None
    has_map = False
    for token in scan_html(page.source, xml=page.xml):
        if isinstance(token, Tag):
            if base and url and token.end > base.start:
                _take(page, base, url, based)
                base = None
            if token.name == "template":
                page.templates = max(0, page.templates + (-1 if token.closing else 1))
            if not token.closing:
                opener = token
                _tag(page, token)
        elif isinstance(token, RawText) and opener is not None:
            has_map |= _raw_text(page, token, opener)
    return has_map


def _take(page: _Page, base: Attribute, url: str, based: Rebased | None) -> None:
    """Let ``base``, which leads to ``url``, count from here on."""
    page.base_url = url
    if based:
        page.put(base, based.href)
        page.lookup, page.rebase = based.lookup, based.rebase
        page.insertion = page.insertion and based.insertion


def _sheets(page: _Page) -> None:
    """Point ``<?xml-stylesheet?>`` at copies: what it asks for, it asks before any policy."""
    for found in _SHEET.finditer(page.source):
        group = 1 if found[1] is not None else 2
        copy = find(unescape(found[group]), page.base_url, page.lookup)
        if copy or is_outward(found[group]):
            text = encode_attribute(copy or _NOTHING, "\"'"[group - 1])
            page.splices.append(Splice(*found.span(group), text))


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
    if tag.name == "iframe" and (splice := with_origin(tag)):
        page.splices.append(splice)


def with_origin(frame: Tag) -> Splice | None:
    """Give a sandboxed frame its origin, where it has none.

    What a document without an origin loads is, for a server, what a page of any other site asks
    for, and refused (``server``). Deck and copy are kept apart by names, not by this attribute.
    """
    sandbox = frame.get("sandbox")
    if sandbox is None or "allow-same-origin" in sandbox.value.lower().split():
        return None
    value = f"{sandbox.value} allow-same-origin".strip()
    if sandbox.start == sandbox.end and not sandbox.quote:
        return Splice(sandbox.end, sandbox.end, f'="{value}"')
    return Splice(sandbox.start, sandbox.end, encode_attribute(value, sandbox.quote))


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
    if kind is Holds.LINK:
        copy = find(value, *(page.links or (page.base_url, page.lookup)))
        page.put(attribute, copy or value)
        return None
    if kind is Holds.FRAME and tag.name == "iframe" and _data_document(page, tag, attribute):
        return None
    if kind in (Holds.URL, Holds.FRAME):
        copy = find(value, page.base_url, page.lookup)
        if copy:
            page.put(attribute, copy)
        elif kind is Holds.FRAME and page.insertion and (url := urls.resolve(value, page.base_url)):
            # The policy keeps the document out, but Chromium connects to its host before it asks.
            page.put(attribute, f"{_NOWHERE}{url}")
        return copy
    if kind is Holds.SRCSET:
        new, any_copy = _srcset(page, value)
        page.put(attribute, new)
        return any_copy
    if kind is Holds.CSS:
        page.put(attribute, rewrite_css(value, page.base_url, page.lookup, scripted=page.scripted))
    elif kind is Holds.PING:
        page.put(attribute, "")
    elif kind is Holds.HTML:
        inner = rewrite_html(
            value, page.base_url, page.lookup, insertion=page.insertion, rebase=page.rebase
        )
        page.put(attribute, inner)
    return None


def _data_document(page: _Page, tag: Tag, attribute: Attribute) -> bool:
    """Turn a frame of a ``data:`` URL into one of ``srcdoc``: in the former, nothing relative leads
    anywhere, and nothing of the folder is of its origin. Returns whether it is one."""
    found = data_document(attribute.value) if page.insertion and not tag.get("srcdoc") else None
    if found is None or found.xml:
        return False
    inner = rewrite_html(
        found.text, _NOTHING, page.lookup, insertion=page.insertion, rebase=page.rebase
    )
    name = attribute.name_start, attribute.name_start + len(attribute.name)
    page.splices.append(Splice(*name, "srcdoc"))
    page.put(attribute, inner)
    return True


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
    names = ("integrity",) if preload else ("crossorigin", "integrity")
    for attribute in tag.attributes:
        if attribute.name in names:  # all of that name: the next one would count
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
        group = "quoted" if match["quote"] else "bare"
        url, (start, end) = match[group].strip(), match.span(group)
        copy = find(url, page.base_url, page.lookup)
        if copy:
            page.put(content, content.value[:start] + copy + content.value[end:])
        elif page.insertion and not url.startswith("#"):
            page.put(content, "")  # it would leave the folder, and no policy stops it


def _raw_text(page: _Page, token: RawText, opener: Tag) -> bool:
    """Splice a style block or an import map; returns whether it was an import map."""
    text = page.source[token.start : token.end]
    if token.element == "style":
        new = rewrite_css(text, page.base_url, page.lookup, scripted=page.scripted)
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
