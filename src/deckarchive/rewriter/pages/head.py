"""A document's head: the base that counts, where the one insertion stands and how. Pure.

An SVG document has no head: it gets one that holds its policy.
"""

from __future__ import annotations

import re
from html import escape
from typing import Final

from deckarchive import urls
from deckarchive.markup import Attribute, Comment, Splice, Tag, apply, scan_html
from deckarchive.web import policy

OPEN: Final = "<!--deckarchive-->"
CLOSE: Final = "<!--/deckarchive-->"
_INSERTION = re.compile(re.escape(OPEN) + ".*?" + re.escape(CLOSE), re.DOTALL)
_PROLOGUE = re.compile(
    r"\ufeff?(?:\s|<!--(?:-?>|(?:(?!--!?>).)*--!?>)|<\?[^>]*>|<!(?!--|doctype)[^>]*>"
    r"|</(?![a-z])[^>]*>)*+"
    r"<!doctype[^>]*>",
    re.IGNORECASE | re.DOTALL,
)
_XML_START = re.compile(r"\ufeff?\s*(?:<\?xml[^>]*>)?", re.IGNORECASE)
_COMMENTS = re.compile(r"<!--.*?-->|<![^>]*>|<\?[^>]*>", re.DOTALL)
_BASE = re.compile(r"<(?:\w+:)?base\b", re.IGNORECASE)
_XHTML: Final = "http://www.w3.org/1999/xhtml"
_REACHES_OUT: Final = re.compile(
    r"""<(?:\w+:)?(?:script|foreignObject|iframe|link|img)\b | \son[a-z]+\s*= | @import
      | (?:href|src)\s*=\s*["']\s*(?!data:|\#) | url\(\s*["']?\s*(?!data:|\#|["'])""",
    re.VERBOSE | re.IGNORECASE,
)
_HEAD: Final = (
    '<head xmlns="http://www.w3.org/1999/xhtml">'
    f'<meta http-equiv="Content-Security-Policy" content="{escape(policy("copy"))}"/></head>'
)


def inserted(source: str, insertion: str, *, xml: bool = False) -> str:
    """``insertion`` between its marks, as it is to stand in ``source``."""
    if not insertion:
        return ""
    return f"{OPEN}{_in_xml(source, insertion) if xml else insertion}{CLOSE}"


def insertion_end(source: str, at: int) -> int | None:
    """The end of an insertion that stands at ``at``, where one belongs, and nowhere else.

    Elsewhere its marks are the author's own text, and what stood there would not hold the page.
    """
    old = _INSERTION.match(source, at)
    return old.end() if old else None


def head_start(source: str, *, xml: bool = False) -> int:
    """Where an insertion is the first thing in the head, as a browser would build it.

    Behind ``<head>``, else behind ``<html>``, else behind the doctype: never before that one,
    which would put the page into quirks mode. In XML never outside the root.
    """
    if xml:
        return _first_in_root(source)
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


def _first_in_root(source: str) -> int:
    root, head = _root_and_head(source)
    return head.end if head else root.end if root else 0


def _root_and_head(source: str) -> tuple[Tag | None, Tag | None]:
    """The root of an XML document, and the head of XHTML where it comes first in that."""
    tags = (t for t in scan_html(source, xml=True) if isinstance(t, Tag))
    root, head = next(tags, None), next(tags, None)
    if root is None or root.closing or root.self_closing:
        return None, None
    space = root.get("xmlns")
    if space is None or space.value != _XHTML:
        return root, None
    opens = head and head.name == "head" and not head.closing and not head.self_closing
    return root, head if opens else None


def _in_xml(source: str, insertion: str) -> str:
    """The insertion in a head: a policy counts nowhere else, and XML implies none."""
    _, head = _root_and_head(source)
    return insertion if head else f'<head xmlns="{_XHTML}">{insertion}</head>'


def base_of(source: str, base_url: str, *, xml: bool = False) -> str | None:
    """The URL that a ``base`` element of the document sets, or ``None``."""
    base = find_base(source, xml=xml)
    return urls.resolve(base.value, base_url) if base else None


def find_base(source: str, *, xml: bool = False) -> Attribute | None:
    """The ``href`` of the first ``base`` that has one: the only one that counts."""
    if _BASE.search(source) is None:
        return None
    inert = 0
    for tag in scan_html(source, xml=xml):
        if not isinstance(tag, Tag):
            continue
        if tag.name in ("noscript", "template"):
            inert = max(0, inert + (-1 if tag.closing else 1))
        elif (
            tag.name == "base"
            and not (inert or tag.foreign or tag.closing)
            and (href := tag.get("href"))
        ):
            return href
    return None


def with_policy(source: str) -> str:
    """An SVG document that runs scripts or names files, with the copies' policy in it.

    SVG has no element for a policy. Chromium (and what is built on it) obeys one in an HTML
    ``head`` that stands in an SVG document; Firefox does not. There the header that ``present``
    sends holds the document, and no policy does on a plain server; a picture in an ``img`` never
    loads anything.

    >>> with_policy("<svg xmlns='http://www.w3.org/2000/svg'><path d='M0 0'/></svg>")
    "<svg xmlns='http://www.w3.org/2000/svg'><path d='M0 0'/></svg>"
    """
    if _HEAD in source or not _REACHES_OUT.search(source):
        return source
    tags = (t for t in scan_html(source) if isinstance(t, Tag))
    root = next((t for t in tags if t.name.rpartition(":")[2] == "svg"), None)
    if root is None or root.closing or root.self_closing:
        return source
    prefix, colon, _ = root.name.rpartition(":")
    holder = f"{prefix}{colon}metadata"
    return apply(source, [Splice(root.end, root.end, f"<{holder}>{_HEAD}</{holder}>")])
