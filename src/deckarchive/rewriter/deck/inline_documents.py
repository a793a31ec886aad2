"""Documents that stand in attributes of the deck: ``srcdoc``, and frames of ``data:`` URLs.

Their text is rewritten as that of a copy is, whatever it is coded in. ``srcdoc`` stays where it is.
In a ``data:`` URL nothing relative leads anywhere: it becomes ``srcdoc`` too, or a file of the
folder where there is no such attribute or reveal.js loads it when its slide comes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from deckarchive.markup import (
    Attribute,
    RawText,
    Splice,
    Tag,
    data_document,
    decode_references,
    encode_attribute,
    scan_html,
)
from deckarchive.model import Reference, Source
from deckarchive.rewriter.pages.css import Lookup
from deckarchive.rewriter.pages.html import Rebased, rewrite_html
from deckarchive.rewriter.runtime.scripts import insertion
from deckarchive.web import framed, policy

INLINE: Final = "inline-document"
"""The ``syntax`` of a reference inside such a document."""
FOLDER: Final = "inline/"
"""Where the documents of ``data:`` URLs stand."""
_PAGE: Final = "index.html"
_SCRIPT: Final = re.compile("<script", re.IGNORECASE)
_MARKUP_IN: Final = frozenset({"textarea", "script"})
"""Whose text may be Markdown, and so may have frames that a reference stands in."""


@dataclass(frozen=True, slots=True)
class InlineDocuments:
    """Rewrites the inline documents of one deck.

    ``address_of`` gives the place of a URL as seen from the root. ``url`` is that of the deck's
    page, ``map_path`` its URL map, if it has one; ``write`` plans a page of that name (it says
    where) and takes what gives its text there.
    """

    address_of: Lookup
    url: str
    map_path: str | None
    write: Callable[[str, Callable[[str], str]], str]

    def splices(
        self, source: Source, references: Sequence[Reference], *, markdown: bool, encoded: bool
    ) -> Iterator[Splice]:
        """The splices of one source of the deck.

        In ``markdown``, which a frame may stand in as an example, only those count in which one of
        ``references`` is; ``encoded``: its character references are decoded once more.
        """
        inside = [r.span[0] for r in references]
        opener = ""
        for token in scan_html(source.text):
            if isinstance(token, Tag) and not token.closing:
                opener = token.name
                yield from self._tag(token, inside, 0, every=not markdown, encoded=encoded)
            elif isinstance(token, RawText) and opener in _MARKUP_IN:
                yield from self._text(source.text, token, inside, decoded=opener == "textarea")

    def _text(
        self, source: str, text: RawText, inside: Sequence[int], *, decoded: bool
    ) -> Iterator[Splice]:
        if not any(text.start <= at < text.end for at in inside):
            return
        for tag in scan_html(source[text.start : text.end]):
            if isinstance(tag, Tag) and not tag.closing:
                yield from self._tag(tag, inside, text.start, every=False, encoded=decoded)

    def _tag(
        self, tag: Tag, inside: Sequence[int], at: int, *, every: bool, encoded: bool
    ) -> Iterator[Splice]:
        for name in framed(tag.name):
            attribute = tag.get(name)
            if attribute is None:
                continue
            start, end = at + attribute.start, at + attribute.end
            referred = any(start <= place < end for place in inside)
            value = decode_references(attribute.value) if encoded else attribute.value
            if not referred and not (every and self._may_load(name, value)):
                continue
            now = tag.name == "iframe" and name == "src" and not tag.get("data-src")
            new = self._value(name, value, here=now)
            if new is not None and new != value:
                if now:
                    named = at + attribute.name_start
                    yield Splice(named, named + len(attribute.name), "srcdoc")
                yield Splice(start, end, _encoded(new, attribute, encoded=encoded))
            if name == "srcdoc":
                return  # it comes before src

    def _may_load(self, name: str, value: str) -> bool:
        """Whether the document may load something that no reference tells of."""
        if name == "srcdoc":
            return _SCRIPT.search(value) is not None
        document = data_document(value)
        return document is not None and _SCRIPT.search(document.text) is not None

    def _value(self, name: str, value: str, *, here: bool) -> str | None:
        """What an attribute is to hold, so that it shows what ``name`` of that value did; ``here``:
        it is to be ``srcdoc``."""
        if name == "srcdoc":
            return self._rewritten(value, self.url, _PAGE)
        document = data_document(value)
        if document is None:
            return None
        if here:
            return self._rewritten(document.text, "data:,", _PAGE)
        suffix = "xhtml" if document.xml else "html"
        digest = sha256(document.text.encode("utf-8", "surrogatepass")).hexdigest()[:16]
        fragment = value.partition("#")[2]
        path = self.write(
            f"{FOLDER}{digest}.{suffix}",
            lambda path: self._rewritten(document.text, "data:,", path, xml=document.xml),
        )
        return f"{path}#{fragment}" if fragment else path

    def _rewritten(self, text: str, base: str, path: str, *, xml: bool = False) -> str:
        up = "../" * path.count("/")

        def lookup(url: str) -> str | None:
            address = self.address_of(url)
            return address if address is None or address.startswith("data:") else up + address

        inserted = (
            insertion(path, self.url, self.map_path)
            if self.map_path
            else f'<meta http-equiv="Content-Security-Policy" content="{policy("copy")}"/>'
        )

        def rebase(_: str) -> Rebased:
            return Rebased("./", lookup, inserted, rebase)

        return rewrite_html(text, base, lookup, insertion=inserted, rebase=rebase, xml=xml)


def _encoded(value: str, attribute: Attribute, *, encoded: bool) -> str:
    text = encode_attribute(value, attribute.quote)
    return text.replace("&", "&amp;") if encoded else text
