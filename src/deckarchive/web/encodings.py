"""Which encoding a browser reads a text in, and the text that it makes of the bytes. Pure.

Names are those of the Encoding Standard, in lower case. What a document says of its own encoding is
read by HTML's algorithms, byte by byte.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import chain
from typing import Final

import webencodings

from deckarchive.markup import Tag, scan_html
from deckarchive.web._tables import web_table

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


_MARKS: Final = {bytes.fromhex(mark): str(name) for mark, name in _TABLE["marks"].items()}
_GUESS: Final = str(_TABLE["guess"])
_PARAMETER: Final = re.compile(r";\s*charset\s*=\s*\"?([^\s\";,]+)", re.IGNORECASE)
_CSS: Final = re.compile(rb'@charset "([^"]*)";')

_CODECS: Final[dict[str, str]] = _TABLE["codecs"]
"""Which of Python's codecs reads an encoding as the standard does."""
_JIS: Final = {int(ours, 16): int(theirs, 16) for ours, theirs in _TABLE["jis"].items()}
"""Where Python's table of JIS X 0208 differs from the standard's."""
_CONTROLS: Final = "deckarchive-controls"
_ERRORS: Final = {"euc-jp": "deckarchive-euc-jp", "gb18030": "deckarchive-gb18030"}


def encoding_of(body: bytes, content_type: str, mime: str, *, fallback: str = "") -> str:
    """The encoding a browser would use: a byte order mark, the header, the text's own declaration.

    ``mime`` says in which form a text may declare its encoding. ``fallback`` is that of the
    document that asked, for text that declares none and is not UTF-8; without one it is
    windows-1252 (Encoding Standard; HTML, 13.2.3.2).
    """
    if found := marked(body) or label(parameter(content_type)) or declared(body, mime):
        return found
    try:
        body.decode("utf-8")
    except UnicodeDecodeError as error:
        cut = error.reason == "unexpected end of data" and not body[: error.start].isascii()
        if not cut:
            return label(fallback) or _GUESS
    return "utf-8"


def marked(body: bytes) -> str:
    """The encoding that a byte order mark names, or ``""``."""
    return next((name for mark, name in _MARKS.items() if body.startswith(mark)), "")


def declared(body: bytes, mime: str) -> str:
    """The encoding that a text itself names, or ``""``.

    A text in which that could be read as ASCII is not UTF-16, whatever it says.
    """
    found = ""
    if mime == "text/html":
        found = declared_in_html(body, label)
    elif mime == "text/css":
        match = _CSS.match(body[: _TABLE["prescan"]])
        found = match[1].decode("latin-1") if match else ""
    elif mime.endswith("xml"):
        found = declared_in_xml(body)
    name = label(found)
    return "utf-8" if name.startswith("utf-16") else name


def parameter(content_type: str) -> str:
    """The ``charset`` of a Content-Type header, or ``""``."""
    match = _PARAMETER.search(content_type)
    return match[1].strip("'") if match else ""


def label(name: str) -> str:
    """The standard name behind an encoding label, or ``""`` for an unknown one."""
    found = webencodings.lookup(name) if name else None
    return str(found.name) if found else ""


class Decoder:
    """Decodes a text that comes in blocks, as the Encoding Standard has it.

    A byte order mark at the start is taken off; what is not valid becomes U+FFFD.
    """

    def __init__(self, encoding: str) -> None:
        known = webencodings.lookup(_CODECS.get(encoding, encoding))
        assert known is not None, f"{encoding} is no encoding of the standard"
        errors = _ERRORS.get(known.name, _CONTROLS)
        self._decoder = known.codec_info.incrementaldecoder(errors)
        self._name = str(known.name)
        self._started = False

    def decode(self, data: bytes, *, final: bool = False) -> str:
        """The text of the next block; ``final`` says that none follows."""
        text: str = self._decoder.decode(data, final)
        if not self._started and text:
            self._started = True
            return self._fitted(text.removeprefix("\ufeff"))
        return "" if self._name == "replacement" else self._fitted(text)

    def _fitted(self, text: str) -> str:
        """What the codec's text is in the standard; "replacement" stands for the text whole."""
        if self._name == "replacement":
            return text[:1]
        return text.translate(_JIS) if self._name == "euc-jp" else text


def to_text(data: bytes, encoding: str) -> str:
    """The whole text of ``data``; see :class:`Decoder`."""
    return Decoder(encoding).decode(data, final=True)


def to_bytes(text: str, encoding: str, *, mark: bool = False) -> bytes:
    """``text`` for a file that is read as ``encoding``, with its byte order mark if asked.

    What the encoding lacks becomes a numeric character reference, as browsers write forms.
    """
    known = webencodings.lookup(encoding)
    assert known is not None, f"{encoding} is no encoding of the standard"
    data: bytes = known.codec_info.encode(text, "xmlcharrefreplace")[0]
    start = next((m for m, name in _MARKS.items() if name == known.name), b"") if mark else b""
    return start + data


def _fault(error: UnicodeError) -> UnicodeDecodeError:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error


def _control(error: UnicodeError) -> tuple[str, int]:
    """A byte that Python's windows-125x lack is the control character of its number."""
    fault = _fault(error)
    byte = fault.object[fault.start]
    known = fault.encoding.startswith("charmap") and 0x80 <= byte <= 0x9F
    return (chr(byte) if known else "\ufffd"), fault.start + 1 if known else fault.end


def _euro(error: UnicodeError) -> tuple[str, int]:
    """The one byte of GBK that GB 18030 lacks."""
    fault = _fault(error)
    euro = fault.object[fault.start] == 0x80
    return ("\u20ac", fault.start + 1) if euro else ("\ufffd", fault.end)


def _extended(error: UnicodeError) -> tuple[str, int]:
    """A character of the rows that NEC and IBM added to EUC-JP, read as in Shift_JIS."""
    fault = _fault(error)
    pair = fault.object[fault.start : fault.start + 2]
    if len(pair) == 2 and min(pair) > 0xA0 and max(pair) < 0xFF:
        row, cell = pair[0] - 0xA0, pair[1] - 0xA0
        lead = (row + 1) // 2 + (0x80 if row <= 62 else 0xC0)
        trail = cell + 0x9E if row % 2 == 0 else cell + 0x3F + (cell >= 64)
        with suppress(UnicodeDecodeError):
            return bytes((lead, trail)).decode("cp932"), fault.start + 2
    return "\ufffd", fault.end


codecs.register_error(_CONTROLS, _control)
codecs.register_error(_ERRORS["euc-jp"], _extended)
codecs.register_error(_ERRORS["gb18030"], _euro)
