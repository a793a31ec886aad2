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
import re
from collections.abc import Callable, Mapping
from html import escape
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import ada_url

from deckarchive.files import write_text
from deckarchive.js import script
from deckarchive.rewrite.carried import carried
from deckarchive.rewrite.names import ROOT, host_folder, key_of, relative
from deckarchive.rewrite.resources import Body, Resources, destination

POLICY: Final = (
    "default-src 'self' 'unsafe-inline' 'unsafe-eval' 'wasm-unsafe-eval' data: blob:; "
    "form-action 'none'"
)
"""Only the copy's own files: holds on http and on file://."""

PAGE_SCRIPT: Final = "runtime/page.js"
TEXT_SCRIPT: Final = "runtime/text.js"
"""The former's own text, for workers on file://."""
_SCRIPTS: Final = "text/javascript"
_EVERYWHERE: Final = ("urls", "texts", "natives", "network", "streams", "files", "workers")
_DOCUMENTS: Final = ("elements", "mending", "navigation", "storage", "report")
"""The parts of the page's script below ``js/page/``, in the order in which they run."""

_ROUTED: Final = re.compile(
    r"""<(?:div|main|body)\b[^>]*\sid\s*=\s*["']?
        (?:root|app|__next|___gatsby|__docusaurus|__nuxt|q-app|react-root|app-root)["'\s>]
      | <(?:app-root|ember-app)\b | \sng-version= | \bng-app\b | __sveltekit | __remixContext
      | data-sveltekit | __NEXT_DATA__ | __NUXT__""",
    re.VERBOSE | re.IGNORECASE,
)
"""What client-side routers hang on: such a page shows "not found" under a path of another name."""

_DATA_EACH: Final = 1 << 20
_DATA_TOTAL: Final = 8 << 20
_READ_TYPES: Final = frozenset(
    {"application/json", "text/plain", "text/markdown", "text/csv", "text/xml", "application/wasm"}
)

UrlMap = dict[str, dict[str, str | int]]


def routes_by_path(text: str) -> bool:
    """Whether a page looks like an application that reads its route from ``location.pathname``."""
    return _ROUTED.search(text) is not None


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


def write_map(out: Path, path: str, found: UrlMap) -> None:
    """Write a map as a classic script: it loads from file:// too."""
    write_text(out / path, f"self.__deckarchive_map={_compact(found)};\n")


def write_data(out: Path, path: str, resources: Resources, path_of: Callable[[Body], str]) -> None:
    """Write what scripts read as a classic script of data: URLs, for file:// alone.

    There a page may neither fetch nor XMLHttpRequest its own files. Small bodies only: the
    files, just written, are read back, smallest first, until the share is full.
    """
    readable = {path_of(body): body for body in resources.all_bodies() if _is_read(body)}
    sizes = sorted((f.stat().st_size, p) for p in readable if (f := out / p).is_file())
    found: dict[str, str] = {}
    left = _DATA_TOTAL
    for size, file in sizes:
        if size > min(left, _DATA_EACH):
            break
        left -= size
        found[file] = _data_url(out / file, readable[file].mime)
    name = path.removesuffix(".js") + ".data.js"
    scripts = carried(resources, path_of, out)
    write_text(
        out / name,
        f"self.__deckarchive_data={_compact(found)};\n"
        + (f"self.__deckarchive_scripts={_compact(scripts)};\n" if scripts else ""),
    )


def add_own_files(
    out: Path, path: str, host: str, places: Mapping[str, str], read: Mapping[str, str]
) -> None:
    """Enter the deck's own files into its map: ``places`` maps URL path → path of the folder.

    What a script of the deck read (``read``: such a path → media type) is added to the data for
    file:// as :func:`write_data` does for copies.
    """
    entries = {where: f"/{quote(file)}" for where, file in places.items()}
    with (out / path).open("a", encoding="ascii") as stream:
        stream.write(f"self.__deckarchive_map[{json.dumps(host)}]={_compact(entries)};\n")
    sizes = sorted(((out / file).stat().st_size, file) for file in read if (out / file).is_file())
    found: dict[str, str] = {}
    left = _DATA_TOTAL
    for size, file in sizes:
        if size > min(left, _DATA_EACH):
            break
        left -= size
        found[quote(file)] = _data_url(out / file, read[file])
    name = path.removesuffix(".js") + ".data.js"
    with (out / name).open("a", encoding="ascii") as stream:
        stream.write(f"Object.assign(self.__deckarchive_data,{_compact(found)});\n")


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
        sent = {k.lower(): v for k, v in body.exchange.request_headers}
        return sent.get("sec-fetch-mode") == "cors"
    if asked:
        return asked == "empty" or body.exchange.method != "GET"
    return body.mime in _READ_TYPES or body.mime.endswith("+json")


def write_worker_map(out: Path, found: UrlMap) -> None:
    """Write ``map.json``, all targets' maps in one, for the service worker."""
    write_text(out / "map.json", _compact(found) + "\n")


def write_scripts(out: Path) -> None:
    """Write ``runtime/page.js`` and ``sw.js`` from the package's parts."""
    page = page_script()
    write_text(out / PAGE_SCRIPT, page)
    write_text(out / TEXT_SCRIPT, f"self.__deckarchive_text={json.dumps(page)};\n")
    write_text(out / "sw.js", "\n".join((script("lookup"), script("sw"), "")))


def page_script() -> str:
    """The text of ``runtime/page.js``: lookup, vitals, and the parts of the page's script."""
    vitals = f"self.__deckarchive_vitals = ({script('vitals')});"
    everywhere, documents = (
        ",\n".join(script(f"page/{name}") for name in names) for names in (_EVERYWHERE, _DOCUMENTS)
    )
    page = f"({script('page')})([{everywhere}], [{documents}]);"
    return "\n".join((script("lookup"), vitals, page, ""))


def import_map(resources: Resources, path_of: Callable[[Body], str], path: str) -> dict[str, Any]:
    """The import map for the copy at ``path``: absolute and root-relative module specifiers.

    One prefix a host, and one entry for each module whose file is not named as its URL is.
    """
    imports: dict[str, str] = {}
    scopes: dict[str, dict[str, str]] = {}
    for body in resources.bodies.values():
        if body.mime != _SCRIPTS:
            continue
        url, file = body.exchange.url, path_of(body)
        parsed = ada_url.URL(url)
        folder = f"{ROOT}/{host_folder(url)}"
        local = _dotted(relative(folder, path)) + "/"
        imports[f"{parsed.protocol}//{parsed.host}/"] = local
        scope = scopes.setdefault(local, {"/": local})
        scope[_dotted(relative(ROOT, path)) + "/"] = _dotted(relative(ROOT, path)) + "/"
        if file != f"{ROOT}/{key_of(url).partition('?')[0]}":
            target = _dotted(relative(file, path))
            imports[str(parsed.href)] = target
            rest = f"{parsed.pathname}{parsed.search}"
            scope[rest] = target
            scope[local + rest[1:]] = target
    return {"imports": imports, "scopes": scopes} if imports else {}


def wants_import_map(resources: Resources, text: str) -> bool:
    """Whether module code may run in a page: it says so, or a script was fetched as a module."""
    if any(word in text for word in ("module", "importmap", "import(")):
        return True
    for body in resources.bodies.values():
        if body.mime == _SCRIPTS:
            sent = {k.lower(): v for k, v in body.exchange.request_headers}
            if sent.get("sec-fetch-mode", "cors") == "cors":
                return True
    return False


def merged(maps: list[UrlMap]) -> UrlMap:
    """Several maps as one; the first that knows a URL decides."""
    result: UrlMap = {}
    for found in maps:
        for host, entries in found.items():
            known = result.setdefault(host, {})
            for key, value in entries.items():
                known.setdefault(key, value)
    return result


def _dotted(address: str) -> str:
    return address if address.startswith(".") else "./" + address


def _compact(value: Mapping[str, Any]) -> str:
    # Escaped, so that the file is right whatever charset a server declares for it.
    return json.dumps(value, ensure_ascii=True, separators=(",", ":"), sort_keys=True)
