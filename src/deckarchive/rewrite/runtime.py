"""What stands in a copy beside the captured files: the insertion, the maps, the policy.

A map is what ``runtime/page.js`` and ``sw.js`` look URLs up in: ``{host: {"/path?query": where}}``
with ``where`` a path below ``sites/``, ``0`` for the natural one (``host/path``), a path of the
folder when it begins with ``/`` (a file of the deck's own), or the status with which the site
itself had refused. A key that starts with a method (``"POST /api 1a2b3c4d"``)
answers that request, one with ``"DATA "`` gives what a script reads where a page is shown
otherwise, with ``"REFUSED "`` what it read beside such a status, and with ``"HEADERS "`` what else
the site told. A URL that is not in the map was not captured.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from html import escape
from typing import Any, Final
from urllib.parse import quote

from deckarchive.js import program, script, service_worker
from deckarchive.rewrite.data import OwnEntries
from deckarchive.rewrite.names import ROOT, key_of, relative
from deckarchive.rewrite.output import Output
from deckarchive.rewrite.resources import Body, Resources
from deckarchive.rewrite.told import told_headers
from deckarchive.web import policy

PAGE_SCRIPT: Final = "runtime/page.js"
TEXT_SCRIPT: Final = "runtime/text.js"
"""The former's own text, for workers on file://."""
_EVERYWHERE: Final = (
    *("urls", "markup", "overrides", "responses", "network", "streams", "file-modules", "workers"),
)
_DOCUMENTS: Final = (
    *("location-shim", "importmaps", "elements", "late-elements", "destinations", "navigation"),
    *("storage", "messages", "file-messages", "report"),
)
"""The parts of the page's script below ``js/page/``, in the order in which they run."""

UrlMap = dict[str, dict[str, str | int]]


def insertion(path: str, url: str, map_path: str, routed: str = "") -> str:
    """What is inserted into the copy at ``path`` of the document at ``url``.

    ``routed`` is the copy's base as a relative URL where the page must find its original path
    in ``location``; the script then puts it there, on a server.

    The script is named before the policy, since Chromium looks ahead in a page no further than to
    a policy: else the two scripts would come one after the other, on two connections.

    Well formed as XML too, so that it fits XHTML. The page's own words about DNS prefetching
    are overruled: it asks the network without a request that a policy could refuse.
    """
    runtime, data = relative(PAGE_SCRIPT, path), relative(map_path, path)
    base = f' data-routed="{escape(routed)}"' if routed else ""
    return (
        '<meta charset="utf-8"/>'
        f'<link rel="preload" as="script" href="{runtime}"/>'
        f'<meta http-equiv="Content-Security-Policy" content="{policy("copy")}"/>'
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
    for key, body in (resources.posts | resources.ranges).items():
        put(*_by_method(key, _where("", path_of(body))))
    for key, target in resources.redirects.items():
        if found := resources.find(target):
            put(key, _where("", path_of(found)))
    for key, status in resources.statuses.items():
        put(*_by_method(key, status))
    for key, body in resources.refused.items():
        rest, where, method = _by_method(key, _where("", path_of(body)))
        put(rest, where, f"REFUSED {method}".rstrip())
    for key, body in resources.read_as_data():
        if told := told_headers(body):
            rest, _, method = _by_method(key, 0)
            put(rest, told, f"HEADERS {method}".rstrip())
    return result


def _by_method(key: str, value: str | int) -> tuple[str, str | int, str]:
    """``"POST host/path 1a2b3c4d"`` as address, value and method; a GET names none."""
    method, space, rest = key.partition(" ")
    return (rest, value, method) if space else (key, value, "")


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


def write_worker_map(output: Output, found: UrlMap) -> None:
    """Write ``map.json``, all targets' maps in one, for the service worker."""
    output.write("map.json", _compact(found) + "\n")


def write_pages(output: Output, pages: Mapping[str, str]) -> None:
    """Write ``runtime/pages.js``: every target's own document (URL → path), for links between."""
    found: UrlMap = {}
    for url, path in pages.items():
        host, _, rest = key_of(url).partition("/")
        found.setdefault(host, {})[f"/{rest}"] = f"/{path}"
    output.write("runtime/pages.js", f"self.__deckarchive_pages={_compact(found)};\n")


def write_scripts(output: Output) -> None:
    """Write ``runtime/page.js`` and ``sw.js`` from the package's parts."""
    page = page_script()
    output.write(PAGE_SCRIPT, page)
    output.write(TEXT_SCRIPT, f"self.__deckarchive_text={json.dumps(page)};\n")
    output.write("sw.js", service_worker())


def page_script() -> str:
    """The text of ``runtime/page.js``: lookup, content counts, the parts of the page script."""
    counts = f"self.__deckarchive_counts = ({script('content-counts')});\n"
    everywhere, documents = (
        ",\n".join(script(f"page/{name}") for name in names) for names in (_EVERYWHERE, _DOCUMENTS)
    )
    page = f"({script('page')})([{everywhere}], [{documents}]);\n"
    return program("lookup") + counts + page


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
