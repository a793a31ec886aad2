"""Writing one captured body as a file: documents and style sheets rewritten, other text as UTF-8.

Everything else is copied byte for byte, block by block. Of a very long document only the first
part is rewritten: it holds the policy, so that nothing in the rest reaches the network.
"""

from __future__ import annotations

import codecs
from collections.abc import Callable
from typing import Final

from deckarchive.rewriter.file_scheme.texts import routes_by_path
from deckarchive.rewriter.output import Output, body_inputs
from deckarchive.rewriter.pages.addresses import Addresses, PageGroup
from deckarchive.rewriter.pages.bodies import decode_copy, encode_copy, renamed
from deckarchive.rewriter.pages.css import Lookup, rewrite_css
from deckarchive.rewriter.pages.head import base_of, with_policy
from deckarchive.rewriter.pages.html import Rebase, Rebased, rewrite_html
from deckarchive.rewriter.pages.paths import natural_folder, relative
from deckarchive.rewriter.pages.resources import DOCUMENTS, CapturedBody, destination
from deckarchive.rewriter.plan_values import PageFile
from deckarchive.rewriter.reuse import LookupLog, digest
from deckarchive.rewriter.runtime.scripts import insertion
from deckarchive.web import Decoder, encoding_of, parameter

_MARKUP: Final = frozenset({"text/html", "application/xhtml+xml", "image/svg+xml"})
_AT_ONCE: Final = 32 << 20
"""How much of a text is in memory, in bytes."""
_BLOCK: Final = 1 << 20


class Copies:
    """What the bodies of captured pages become; URLs lead where ``addresses`` says."""

    def __init__(self, addresses: Addresses) -> None:
        self._addresses = addresses
        self._encodings: dict[str, str] = {}
        """That of a group's first page: what names no encoding of its own has it."""

    def write(self, file: PageFile, output: Output) -> None:
        """Write one file, or take over what is there. The pages of a group come first."""
        group, body, path = file.group, file.body, file.path
        inputs = self._inputs(group, body)
        if file.rewritten:
            log = output.keep_document(path, inputs, self._answer(group, path))
            if log is None:
                self._rewrite(output, group, body, path, inputs)
            elif body.is_page:
                self._encodings.setdefault(group.name, log.encoding)
        elif not (
            output.keep(path, inputs)
            or (_may_need_utf8(body) and self._as_utf8(output, group, body, path, inputs))
        ):
            output.copy(path, body.open_body, inputs)

    def read(self, file: PageFile, limit: int) -> bytes:
        """What :meth:`write` writes, to look at beforehand: its first ``limit`` bytes."""
        group, body = file.group, file.body
        with body.open_body() as stream:
            data = stream.read(limit)
        if file.rewritten:
            text = decode_copy(data, self._encoding(group, body, data))
            return encode_copy(self._rewritten(group, body, file.path, text, LookupLog()))
        if _may_need_utf8(body):
            return self._utf8(group, body, data) or data
        return data

    def _page_encoding(self, group: PageGroup) -> str:
        """The encoding of a group's first page; that page is read where it was not written yet."""
        if group.name not in self._encodings:
            self._encodings[group.name] = ""
            page = next((b for b in group.resources.all_bodies() if b.is_page), None)
            if page is not None:
                with page.open_body() as stream:
                    self._encodings[group.name] = self._encoding(group, page, stream.read(_AT_ONCE))
        return self._encodings[group.name]

    def _inputs(self, group: PageGroup, body: CapturedBody) -> str:
        """A digest of what the file is made from, but for the addresses of the URLs in it.

        The rule for all three: whatever changes a byte of the file must be in here, or an outdated
        file is taken over; what is in here without need only costs a rewrite. A page holds its
        map's path and the import map; other text only changes with its encoding, which the page
        that loads it decides where nothing else does; what is copied is the record's bytes.
        """
        exchange = body.exchange
        coded = [v for k, v in exchange.headers if "encoding" in k.lower()]
        parts = (exchange.digest, exchange.size, exchange.url, body.mime, body.is_page, coded)
        if body.is_page:
            modules = self._addresses.modules(group).digest
            guessed = group.charsets.get(exchange.url, "")
            header = exchange.header("content-type")
            return digest("page", parts, header, guessed, group.map_path, modules)
        if is_rewritten(body) or _may_need_utf8(body):
            encoding = self._page_encoding(group)
            return digest("text", parts, exchange.header("content-type"), encoding)
        return body_inputs(exchange)

    def _answer(self, group: PageGroup, path: str) -> Callable[[str, str], str | None]:
        def answer(url: str, start: str) -> str | None:
            return self._addresses.lookup(group, start or path)(url)

        return answer

    def _rewrite(
        self, output: Output, group: PageGroup, body: CapturedBody, path: str, inputs: str
    ) -> None:
        """Write a page, a style sheet or an SVG image with its URLs pointed at copies."""
        log = LookupLog()
        with body.open_body() as stream, output.open(path, inputs) as sink:
            data = stream.read(_AT_ONCE)
            encoding = self._encoding(group, body, data)
            log.encoding = encoding
            text, decoder = _decoded(data, encoding)
            new = self._rewritten(group, body, path, text, log)
            sink.write(data if new == text and encoding == "utf-8" else encode_copy(new))
            while block := stream.read(_BLOCK):
                sink.write(encode_copy(decoder.decode(block)) if decoder else block)
            output.note(path, stream)
            if decoder:
                sink.write(encode_copy(decoder.decode(b"", final=True)))
        answers = log.answers(self._answer(group, path))
        output.build_inputs.add_document(path, log, answers)

    def _as_utf8(
        self, output: Output, group: PageGroup, body: CapturedBody, path: str, inputs: str
    ) -> bool:
        """Write a text of another encoding; ``False`` when it is to be copied as it is."""
        with body.open_body() as stream:
            data = stream.read(_AT_ONCE + 1)
        new = self._utf8(group, body, data)
        if new is None:
            return False
        with output.open(path, inputs) as sink:
            sink.write(new)
        return True

    def _utf8(self, group: PageGroup, body: CapturedBody, data: bytes) -> bytes | None:
        """A text as UTF-8; ``None`` where it stays as it is."""
        encoding = self._encoding(group, body, data)
        marked = _is_shown_text(body) and not (data.isascii() or data.startswith(codecs.BOM_UTF8))
        if (encoding == "utf-8" and not marked) or len(data) > _AT_ONCE:
            return None
        return (codecs.BOM_UTF8 if marked else b"") + encode_copy(decode_copy(data, encoding))

    def _encoding(self, group: PageGroup, body: CapturedBody, data: bytes) -> str:
        header = body.exchange.header("content-type")
        guessed = group.charsets.get(body.exchange.url, "")
        fallback = guessed if body.is_page else self._page_encoding(group)
        encoding = encoding_of(data, header, body.mime, fallback=fallback)
        if body.is_page and not self._encodings.get(group.name):
            self._encodings[group.name] = encoding
        return encoding

    def _rewritten(
        self, group: PageGroup, body: CapturedBody, path: str, text: str, log: LookupLog
    ) -> str:
        lookup = self._noting(group, path, log)
        if body.mime == "text/css":
            return rewrite_css(text, body.exchange.url, lookup)
        url, xml = body.exchange.url, body.mime != "text/html"
        inserted, imports = "", None
        if body.is_page:
            base = base_of(text, url, xml=xml)
            routed = self._rebase(group, body, path, log, "")(base).href if base else "./"
            if not routes_by_path(text):
                routed = ""
            inserted = insertion(path, url, group.map_path, routed)
            modules = self._addresses.modules(group)
            imports = modules.import_map(path) if modules.needed_by(text) else None
        rebase = self._rebase(group, body, path, log, inserted)
        new = rewrite_html(
            text, url, lookup, insertion=inserted, rebase=rebase, imports=imports, xml=xml
        )
        return with_policy(new) if body.mime == "image/svg+xml" else new

    def _rebase(
        self,
        group: PageGroup,
        body: CapturedBody,
        path: str,
        log: LookupLog,
        inserted: str,
        start: str = "",
    ) -> Rebase:
        """What a ``base`` changes in a document whose URLs are taken from ``start``.

        A base is itself a URL to rewrite, and from there on the other URLs are relative to it, so
        it needs a place in the folder, though often no file of that URL was captured. Of the copy
        ``sites/a.test/docs/page.html`` of ``https://a.test/docs/page``:

        - ``<base href="https://a.test/app/">`` becomes ``<base href="../app/">``, the natural
          folder of ``/app/``; ``<img src="x.png">`` behind it is found as ``a.test/app/x.png`` and
          written as seen from ``sites/a.test/app/x``: the last part of a path does not count.
        - ``<base href="/docs/page">``, the document itself, becomes ``page.html``, its own file:
          ``#top`` would lead away from it otherwise.

        ``own_insertion`` is that of a document in ``srcdoc`` behind the base, whose URLs
        count from there too. Such a document may hold a base of its own, relative to this one:
        hence a ``Rebase`` within the result. Each base is noted as a question, since the document
        depends on its answer (see :meth:`_noting`).
        """
        start = start or path

        def rebase(base: str) -> Rebased:
            self._noting(group, path, log)(base)
            url = body.exchange.url
            if self._addresses.find(base, group) is body:
                below, href = path, relative(path, start)
            else:
                folder = natural_folder(base)
                below, href = folder + "x", relative(folder, start) + "/"
            own_insertion = inserted and insertion(below, url, group.map_path)
            lookup = self._noting(group, below, log, path if below != path else "")
            return Rebased(
                href, lookup, own_insertion, self._rebase(group, body, path, log, inserted, below)
            )

        return rebase

    def _noting(self, group: PageGroup, start: str, log: LookupLog, path: str = "") -> Lookup:
        """The lookup of a file that enters every question in ``log``.

        Which files a document names depends on the whole archive: a later capture may bring one.
        So a document is taken over from an earlier run only if each URL that it asked for has the
        answer that it had; its own bytes are not enough (:mod:`reuse`). The place counts with the
        URL, since behind a base the same URL is written in another way.
        """
        lookup = self._addresses.lookup(group, start)

        def note(url: str) -> str | None:
            log.note(url, start if path else "")
            return lookup(url)

        return note


def _decoded(data: bytes, encoding: str) -> tuple[str, Decoder | None]:
    """The text of a file's first bytes, and a decoder for the rest where it is not UTF-8."""
    if encoding == "utf-8" or len(data) < _AT_ONCE:
        return decode_copy(data, encoding), None
    decoder = Decoder(encoding)
    return renamed(decoder.decode(data)), decoder


def is_rewritten(body: CapturedBody) -> bool:
    """Whether the URLs in a body are pointed at copies: not where a script reads a page."""
    if body.mime in ("text/css", "image/svg+xml"):
        return True
    return body.is_page and body.mime in _MARKUP


def _is_shown_text(body: CapturedBody) -> bool:
    """Whether a text is itself the document: it can say its encoding by a byte order mark alone."""
    return body.mime == "text/plain" and destination(body.exchange) in DOCUMENTS


def _may_need_utf8(body: CapturedBody) -> bool:
    """Whether a text may be in another encoding: one that names none is left as it is."""
    text = body.mime.startswith("text/") or body.mime.endswith(("+xml", "json"))
    named = parameter(body.exchange.header("content-type")) or body.mime == "text/javascript"
    return bool(text and named)
