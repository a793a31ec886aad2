"""What scripts read, for ``file://``, where a page may neither fetch nor load its own files.

``runtime/maps/<group>.data.js`` gives small bodies as data: URLs, beside the texts of modules,
workers and scripts (:mod:`file_scheme_texts`). A larger one stands in a script of its own, which
the page loads when it first asks for that file: so a page does not wait for what it may never
read.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final
from urllib.parse import quote

from deckarchive.rewriter.file_scheme.texts import (
    classic,
    fetch_metadata,
    file_scheme_texts,
    inline,
    needs_location_shim,
)
from deckarchive.rewriter.output import ByteSink, Output
from deckarchive.rewriter.pages.resources import CapturedBody, destination
from deckarchive.rewriter.plan_values import FileSchemeFile
from deckarchive.rewriter.reuse import digest

_AT_ONCE_EACH: Final = 1 << 20
_AT_ONCE: Final = 8 << 20
_LATER_EACH: Final = 64 << 20
_LATER: Final = 128 << 20
_BLOCK: Final = 3 << 18
"""A multiple of three, so that the parts of a file in base64 are that of the whole."""
_READ_TYPES: Final = frozenset(
    {"application/json", "application/xml", "application/wasm"}
    | {"text/plain", "text/markdown", "text/csv"}
)


def write_data(
    output: Output, file: FileSchemeFile, path_of: Callable[[CapturedBody], str]
) -> None:
    """Write what scripts read as a classic script of data: URLs, for file:// alone.

    Of the files, all written by now, the smallest come first, until the share is full; the others
    go to scripts of their own, ``<group>.<number>.data.js``.
    """
    resources, deck_files, path = file.group.resources, file.deck_files, file.path
    start, every = path.removesuffix(".data.js"), list(resources.all_bodies())
    inputs = digest(
        output.sha256(file.group.map_path),
        sorted((path_of(b), output.sha256(path_of(b)), b.mime, fetch_metadata(b)) for b in every),
        deck_files and sorted((f, output.sha256(f), mime) for f, mime in deck_files.read.items()),
    )
    readable = {path_of(body): body.mime for body in every if _is_read(body)}
    at_once, later = _shares(output, readable)
    scripts_of = {f: f"{start}.{n}.data.js" for n, f in enumerate(later, 1)}
    for name, place in scripts_of.items():
        _write_later(output, place, name, readable[name])
    if output.keep(path, inputs):
        return
    with output.open(path, inputs) as sink:
        data = ((f, _data_url(output, f, readable[f])) for f in at_once)
        _write_object(sink, "self.__deckarchive_data={", data, "};\n")
        _write_object(sink, "self.__deckarchive_later={", scripts_of.items(), "};\n", empty=False)
        shim = needs_location_shim(resources, path_of, output)
        scripts = file_scheme_texts(resources, path_of, output, shim=shim)
        _write_object(sink, "self.__deckarchive_scripts={", scripts, "};\n", empty=False)
        if shim:
            scripts = classic(resources, path_of, output)
            _write_object(sink, "self.__deckarchive_classics={", scripts, "};\n")
            scripts = inline(resources, path_of, output)
            _write_object(sink, "self.__deckarchive_inlines={", scripts, "};\n")
        if deck_files is not None:
            files, _ = _shares(output, deck_files.read)
            found = ((quote(f), _data_url(output, f, deck_files.read[f])) for f in files)
            _write_object(sink, "Object.assign(self.__deckarchive_data,{", found, "});\n")


def _write_object(
    sink: ByteSink, start: str, entries: Iterable[tuple[str, Any]], end: str, *, empty: bool = True
) -> None:
    """Write entries as members of a JavaScript object, one at a time; ``empty``: if none, too."""
    mark = start
    for name, value in entries:
        sink.write(f"{mark}{json.dumps(name)}:{json.dumps(value)}".encode("ascii"))
        mark = ","
    if mark == "," or empty:
        sink.write(f"{'' if mark == ',' else start}{end}".encode("ascii"))


def _shares(output: Output, readable: Mapping[str, str]) -> tuple[list[str], list[str]]:
    """The files that are given at once, and those that are loaded later, each list sorted."""
    at_once: list[str] = []
    later: list[str] = []
    left, rest = _AT_ONCE, _LATER
    for size, file in sorted((output.size(p) or 0, p) for p in readable):
        if output.size(file) is None:
            continue
        if size <= min(left, _AT_ONCE_EACH):
            left -= size
            at_once.append(file)
        elif size <= min(rest, _LATER_EACH):
            rest -= size
            later.append(file)
    return sorted(at_once), sorted(later)


def _write_later(output: Output, place: str, file: str, mime: str) -> None:
    """Write one file as a script that gives it as a data: URL."""
    inputs = digest(file, output.sha256(file), mime)
    if output.keep(place, inputs):
        return
    with output.open(place, inputs) as sink, output.read_back(file) as stream:
        sink.write(
            f"self.__deckarchive_data[{json.dumps(file)}]={json.dumps(_head(mime))}+`".encode()
        )
        while block := stream.read(_BLOCK):
            sink.write(base64.b64encode(block))
        sink.write(b"`;\n")


def _data_url(output: Output, file: str, mime: str) -> str:
    with output.read_back(file) as stream:
        return _head(mime) + base64.b64encode(stream.read()).decode("ascii")


def _head(mime: str) -> str:
    mime = mime or "application/octet-stream"
    return f"data:{mime}{';charset=utf-8' if mime.startswith('text/') else ''};base64,"


def _is_read(body: CapturedBody) -> bool:
    """Whether a script read it: it said so when asking, or it is of a type that only they read.

    An image that was asked for with CORS is one whose pixels are read, or drawn as a texture. The
    cues of a track are read by the browser itself, which allows that as little.
    """
    requested_by = destination(body.exchange)
    if requested_by == "image":
        return any(
            k.lower() == "sec-fetch-mode" and v == "cors" for k, v in body.exchange.request_headers
        )
    if requested_by:
        return requested_by in ("empty", "track") or body.exchange.method != "GET"
    return body.mime in _READ_TYPES or body.mime.endswith("+json")
