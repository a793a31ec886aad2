"""What stands in a copy beside the captured files: the insertion, the maps, the policy.

A map is what ``runtime/page.js`` and ``sw.js`` look URLs up in: ``{host: {"/path?query": where}}``
with ``where`` a path below ``sites/``, ``0`` for the natural one (``host/path``), a path of the
folder when it begins with ``/`` (a file of the deck's own), or the status with which the site
itself had refused. A key that starts with a method (``"POST /api 1a2b3c4d"``)
answers that request, one with ``"DATA "`` gives what a script reads where a page is shown
otherwise. A URL that is not in the map was not captured.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from deckarchive.js import script
from deckarchive.rewrite.carried import asked_as, carried, classic, wants_place
from deckarchive.rewrite.names import ROOT, relative
from deckarchive.rewrite.output import Output, Sink
from deckarchive.rewrite.resources import Body, Resources, destination
from deckarchive.rewrite.reuse import digest

POLICY: Final = (
    "default-src 'self' 'unsafe-inline' 'unsafe-eval' 'wasm-unsafe-eval' data: blob:; "
    "form-action 'none'"
)
"""Only the copy's own files: holds on http and on file://."""

PAGE_SCRIPT: Final = "runtime/page.js"
TEXT_SCRIPT: Final = "runtime/text.js"
"""The former's own text, for workers on file://."""
_EVERYWHERE: Final = ("urls", "texts", "natives", "network", "streams", "files", "workers")
_DOCUMENTS: Final = (
    *("here", "elements", "mending", "navigation", "storage"),
    *("messages", "strangers", "report"),
)
"""The parts of the page's script below ``js/page/``, in the order in which they run."""

_DATA_EACH: Final = 1 << 20
_DATA_TOTAL: Final = 8 << 20
_READ_TYPES: Final = frozenset(
    {"application/json", "text/plain", "text/markdown", "text/csv", "text/xml", "application/wasm"}
)

UrlMap = dict[str, dict[str, str | int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnEntries:
    """The deck's own files for its map: ``places`` maps a URL's path to the file's.

    ``read`` maps such a file, when a script of the deck read it, to its media type.
    """

    host: str
    places: Mapping[str, str]
    read: Mapping[str, str]


def insertion(path: str, url: str, map_path: str, routed: str = "") -> str:
    """What is inserted into the copy at ``path`` of the document at ``url``.

    ``routed`` is the copy's base as a relative URL where the page must find its original path
    in ``location``; the script then puts it there, on a server.

    Well formed as XML too, so that it fits XHTML. The page's own words about DNS prefetching
    are overruled: it asks the network without a request that a policy could refuse.
    """
    runtime, data = relative(PAGE_SCRIPT, path), relative(map_path, path)
    base = f' data-routed="{escape(routed)}"' if routed else ""
    return (
        '<meta charset="utf-8"/>'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}"/>'
        '<meta http-equiv="x-dns-prefetch-control" content="off"/>'
        f'<script src="{data}"></script>'
        f'<script src="{runtime}" data-url="{escape(url)}"{base}></script>'
    )


def url_map(resources: Resources, path_of: Callable[[Body], str]) -> UrlMap:
    """The map of ``resources``: redirects are answered by their end."""
    result: UrlMap = {}

    def put(key: str, value: str | int, method: str = "") -> None:
        host, slash, rest = key.partition("/")
        entry = f"{method} {slash}{rest}" if method else slash + rest
        result.setdefault(host, {}).setdefault(entry, value)

    for key, body in resources.bodies.items():
        put(key, _where(key, path_of(body)))
    for key, body in resources.data.items():
        put(key, _where(key, path_of(body)), "DATA")
    for key, body in resources.posts.items():
        method, _, rest = key.partition(" ")
        put(rest, _where("", path_of(body)), method)
    for key, target in resources.redirects.items():
        if found := resources.find(target):
            put(key, _where("", path_of(found)))
    for key, status in resources.statuses.items():
        put(key, status)
    return result


def _where(key: str, path: str) -> str | int:
    below = path.removeprefix(ROOT + "/")
    return 0 if below == key.partition("?")[0] else below


def write_map(output: Output, path: str, found: UrlMap, own: OwnEntries | None = None) -> None:
    """Write a map as a classic script: it loads from file:// too."""
    text = f"self.__deckarchive_map={_compact(found)};\n"
    if own is not None:
        entries = {where: f"/{quote(file)}" for where, file in own.places.items()}
        text += f"self.__deckarchive_map[{json.dumps(own.host)}]={_compact(entries)};\n"
    output.write(path, text)


def write_data(
    output: Output,
    map_path: str,
    resources: Resources,
    path_of: Callable[[Body], str],
    own: OwnEntries | None = None,
) -> None:
    """Write what scripts read as a classic script of data: URLs, for file:// alone.

    There a page may neither fetch nor XMLHttpRequest its own files. Small bodies only: the
    files, just written, are read back, smallest first, until the share is full.
    """
    path, every = map_path.removesuffix(".js") + ".data.js", list(resources.all_bodies())
    inputs = digest(
        output.sha256(map_path),
        sorted((path_of(b), output.sha256(path_of(b)), b.mime, asked_as(b)) for b in every),
        own and sorted((f, output.sha256(f), mime) for f, mime in own.read.items()),
    )
    if output.keep(path, inputs):
        return
    with output.open(path, inputs) as sink:
        readable = {path_of(body): body.mime for body in every if _is_read(body)}
        _write_object(sink, "self.__deckarchive_data={", _data(output, readable), "};\n")
        places = wants_place(resources, path_of, output.folder)
        scripts = carried(resources, path_of, output.folder, places=places)
        _write_object(sink, "self.__deckarchive_scripts={", scripts, "};\n", empty=False)
        if places:
            told = classic(resources, path_of, output.folder)
            _write_object(sink, "self.__deckarchive_classics={", told, "};\n")
        if own is not None:
            found = ((quote(file), data) for file, data in _data(output, own.read))
            _write_object(sink, "Object.assign(self.__deckarchive_data,{", found, "});\n")


def _write_object(
    sink: Sink, start: str, entries: Iterable[tuple[str, Any]], end: str, *, empty: bool = True
) -> None:
    """Write entries as members of a JavaScript object, one at a time; ``empty``: if none, too."""
    mark = start
    for name, value in entries:
        sink.write(f"{mark}{json.dumps(name)}:{json.dumps(value)}".encode("ascii"))
        mark = ","
    if mark == "," or empty:
        sink.write(f"{'' if mark == ',' else start}{end}".encode("ascii"))


def _data(output: Output, readable: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """The smallest of the files ``readable`` (path → media type) as data: URLs, path by path."""
    left, chosen = _DATA_TOTAL, []
    for size, file in sorted((output.size(p) or 0, p) for p in readable):
        if size > min(left, _DATA_EACH):
            break
        left -= size
        chosen.append(file)
    for file in sorted(chosen):
        if (output.folder / file).is_file():
            yield file, _data_url(output.folder / file, readable[file])


def _data_url(file: Path, mime: str) -> str:
    mime = mime or "application/octet-stream"
    text = ";charset=utf-8" if mime.startswith("text/") else ""
    return f"data:{mime}{text};base64,{base64.b64encode(file.read_bytes()).decode('ascii')}"


def _is_read(body: Body) -> bool:
    """Whether a script read it: it said so when asking, or it is of a type that only they read.

    An image that was asked for with CORS is one whose pixels are read, or drawn as a texture.
    """
    asked = destination(body.exchange)
    if asked == "image":
        return any(
            k.lower() == "sec-fetch-mode" and v == "cors" for k, v in body.exchange.request_headers
        )
    if asked:
        return asked == "empty" or body.exchange.method != "GET"
    return body.mime in _READ_TYPES or body.mime.endswith("+json")


def write_worker_map(output: Output, found: UrlMap) -> None:
    """Write ``map.json``, all targets' maps in one, for the service worker."""
    output.write("map.json", _compact(found) + "\n")


def write_scripts(output: Output) -> None:
    """Write ``runtime/page.js`` and ``sw.js`` from the package's parts."""
    page = page_script()
    output.write(PAGE_SCRIPT, page)
    output.write(TEXT_SCRIPT, f"self.__deckarchive_text={json.dumps(page)};\n")
    output.write("sw.js", "\n".join((script("lookup"), script("sw"), "")))


def page_script() -> str:
    """The text of ``runtime/page.js``: lookup, vitals, and the parts of the page's script."""
    vitals = f"self.__deckarchive_vitals = ({script('vitals')});"
    everywhere, documents = (
        ",\n".join(script(f"page/{name}") for name in names) for names in (_EVERYWHERE, _DOCUMENTS)
    )
    page = f"({script('page')})([{everywhere}], [{documents}]);"
    return "\n".join((script("lookup"), vitals, page, ""))


def merged(maps: list[UrlMap]) -> UrlMap:
    """Several maps as one; the first that knows a URL decides."""
    result: UrlMap = {}
    for found in maps:
        for host, entries in found.items():
            known = result.setdefault(host, {})
            for key, value in entries.items():
                known.setdefault(key, value)
    return result


def _compact(value: Mapping[str, Any]) -> str:
    # Escaped, so that the file is right whatever charset a server declares for it.
    return json.dumps(value, ensure_ascii=True, separators=(",", ":"), sort_keys=True)
