"""What a document says of its own encoding, by HTML's algorithms, byte by byte. Pure.

The names that come out are labels as they are written: the caller looks them up.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import chain
from typing import Final

from deckarchive.markup import Tag, scan_html
from deckarchive.web._load import web_table

_TABLE: Final = web_table("encodings")
_FIRST: Final = int(_TABLE["prescan"])
_HEAD: Final = frozenset(_TABLE["head"])
_LONGEST_HEAD: Final = 1 << 20
_SPACE: Final = b"\t\n\f\r "
_META: Final = re.compile(rb"<meta[\t\n\f\r /]", re.IGNORECASE)
_TAG: Final = re.compile(rb"</?[a-z][^\t\n\f\r >]*", re.IGNORECASE)
_NAME: Final = re.compile(rb"[^\t\n\f\r />][^\t\n\f\r />=]*")
_VALUE: Final = re.compile(rb"[\t\n\f\r ]*=[\t\n\f\r ]*(?:\"([^\"]*)\"|'([^']*)'|([^\t\n\f\r >]*))")
_OPENED: Final = re.compile(rb"[\t\n\f\r ]*=[\t\n\f\r ]*[\"']")
"""A quote that nothing closes, where :data:`_VALUE` finds no quoted value."""
_CONTENT: Final = re.compile(
    r"charset[\t\n\f\r ]*=[\t\n\f\r ]*(?:\"([^\"]*)\"|'([^']*)'|([^\t\n\f\r ;\"'][^\t\n\f\r ;]*))",
    re.IGNORECASE,
)
_XML: Final = re.compile(
    rb"<\?xml[^>]*?encoding[\x00-\x20]*=[\x00-\x20]*"
    rb"(?:\"([^\x00-\x20\">]+)\"|'([^\x00-\x20'>]+)')"
)

TagAttributes = dict[str, str]


def declared_in_html(body: bytes, known: Callable[[str], str]) -> str:
    """The encoding in the first ``meta`` of a page that names one, else in an XML declaration.

    ``known`` gives the encoding of a label, or ``""``: what nobody knows is passed over.
    """
    for attributes in chain(_metas(body[:_FIRST]), _later_metas(body)):
        if found := known(_label(attributes)):
            return found
    return known(declared_in_xml(body))


def declared_in_xml(body: bytes) -> str:
    """The label in an XML declaration ("get an XML encoding"), or ``""``."""
    found = _XML.match(body[:_FIRST])
    return (found[1] or found[2]).decode("latin-1") if found else ""


def _metas(data: bytes) -> Iterator[TagAttributes]:
    """The ``meta`` elements that "prescan a byte stream to determine its encoding" sees."""
    at = 0
    while at < len(data):
        at = data.find(b"<", at)
        if at < 0:
            return
        if data.startswith(b"<!--", at):
            end = data.find(b"-->", at + 2)
            if end < 0:
                return
            at = end + 3
        elif meta := _META.match(data, at):
            attributes, at = _attributes(data, meta.end())
            yield attributes
        elif tag := _TAG.match(data, at):
            _, at = _attributes(data, tag.end())
        elif data[at + 1 : at + 2] in (b"!", b"/", b"?"):
            end = data.find(b">", at)
            if end < 0:
                return
            at = end + 1
        else:
            at += 1


def _attributes(data: bytes, at: int) -> tuple[TagAttributes, int]:
    """The attributes from ``at`` on, the first of each name, and where they end.

    One that the bytes end in is none: the prescan would go on with more of them.
    """
    found: TagAttributes = {}
    while name := _NAME.search(data, at):
        if data[at : name.start()].strip(_SPACE + b"/"):
            break  # a ">": the tag has ended
        at = name.end()
        value = b""
        if given := _VALUE.match(data, at):
            if given[3] is not None and _OPENED.match(data, at):
                return found, len(data)
            value, at = given[1] or given[2] or given[3] or b"", given.end()
        found.setdefault(name[0].decode("latin-1").lower(), value.decode("latin-1").lower())
    return found, at


def _later_metas(body: bytes) -> Iterator[TagAttributes]:
    """Those behind the first bytes, as long as only what belongs into a head comes."""
    if len(body) <= _FIRST:
        return
    for token in scan_html(body[:_LONGEST_HEAD].decode("latin-1")):
        if not isinstance(token, Tag) or token.end <= _FIRST:
            continue
        if token.name not in _HEAD:
            return
        if token.name == "meta" and not token.closing:
            yield {a.name: a.value.lower() for a in reversed(token.attributes)}


def _label(attributes: TagAttributes) -> str:
    """The label that a ``meta`` with these attributes names, or ``""``."""
    found = attributes.get("charset", "").strip("\t\n\f\r ")
    if not found and attributes.get("http-equiv") == "content-type":
        match = _CONTENT.search(attributes.get("content", ""))
        found = (match[1] or match[2] or match[3] or "") if match else ""
    # Nobody declares this one in a page (HTML, 13.2.3.2).
    return "windows-1252" if found == "x-user-defined" else found
