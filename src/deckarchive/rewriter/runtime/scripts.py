"""The scripts that run in copies, frames and the deck's page, and the URL maps they use. Pure.

A map is what ``runtime/page.js`` and ``sw.js`` look URLs up in: ``{host: {"/path?query": where}}``
with ``where`` a path below ``sites/``, ``0`` for the natural one (``host/path``), a path of the
folder when it begins with ``/`` (a file of the deck's own), or the status with which the site
itself had refused. A key that starts with a method (``"POST /api 1a2b3c4d"``)
answers that request, one with ``"DATA "`` gives what a script reads where a page is shown
otherwise, with ``"REFUSED "`` what it read beside such a status, and with ``"HEADERS "`` which
fields the site sent. A URL that is not in the map was not captured.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from html import escape
from typing import Any, Final
from urllib.parse import quote

from deckarchive import js, urls
from deckarchive.js import program, script
from deckarchive.rewriter.pages.paths import ROOT, key_of, relative
from deckarchive.rewriter.pages.resources import CapturedBody, Resources, destination
from deckarchive.rewriter.plan_values import DeckEntries
from deckarchive.web import policy

PAGE_SCRIPT: Final = "runtime/page.js"
TEXT_SCRIPT: Final = "runtime/text.js"
"""The former's own text, for workers on file://."""
_EVERYWHERE: Final = (
    *("urls", "markup", "overrides", "connection", "responses", "network", "streams"),
    *("file-modules", "workers"),
)
_DOCUMENTS: Final = (
    *("location-shim", "importmaps", "elements", "late-elements", "destinations", "navigation"),
    *("storage", "messages", "file-messages", "dialogs", "report"),
)
"""The parts of the page's script below ``js/page/``, in the order in which they run."""

_OF_FRAMES: Final = ("frame", "forms", "live", "deck", "stage")
"""The scripts of frame pages and of the deck's own page."""


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


def site_scripts() -> Iterator[tuple[str, str]]:
    """Path and text of the scripts that copies need: the page script and the service worker."""
    page = page_script()
    yield PAGE_SCRIPT, page
    yield TEXT_SCRIPT, f"self.__deckarchive_text={json.dumps(page)};\n"
    yield "sw.js", js.service_worker()


def deck_scripts() -> Iterator[tuple[str, str]]:
    """Path and text of what frame pages and the deck's own page need."""
    for name in _OF_FRAMES:
        yield f"runtime/{name}.js", program(name)
    yield "runtime/frame.css", js.style("frame")


def page_script() -> str:
    """The text of ``runtime/page.js``: built-ins, lookup, content counts, the script's parts."""
    everywhere, documents = (
        ",\n".join(script(f"page/{name}") for name in names) for names in (_EVERYWHERE, _DOCUMENTS)
    )
    return (
        "((natives) => {\n"
        f"const lookup = ({script('lookup')})(natives);\n"
        f"const counts = ({script('content-counts')})(natives);\n"
        f"({script('page')})({{ natives, lookup, counts }},\n[{everywhere}],\n[{documents}]);\n"
        f"}})(({script('natives')})(self));\n"
    )


UrlMap = dict[str, dict[str, str | int]]

_TRAVEL: Final = re.compile(
    r"""accept-.*|access-control-.*|age|alt-svc|cache-control|cdn-.*|cf-.*|connection|date|expect-ct
      | content-(?:encoding|length|range|type|security-policy.*)|cross-origin-.*|expires|keep-alive
      | feature-policy|nel|origin-agent-cluster|p3p|permissions-policy|pragma|priority|proxy-.*
      | referrer-policy|report-to|reporting-endpoints|server|server-timing|set-cookie2?|sourcemap
      | strict-transport-security|timing-allow-origin|trailer|transfer-encoding|upgrade|vary|via
      | x-(?:amz|aspnet|azure|cache|cdn|content-type|dns|download|fastly|frame|github-request
            |goog|permitted|powered|runtime|served|timer|ua|varnish|xss).*""",
    re.VERBOSE,
)
_CORS_SAFE: Final = frozenset({"content-language", "last-modified"})
_MOST: Final = 1000


def url_map(resources: Resources, path_of: Callable[[CapturedBody], str]) -> UrlMap:
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
        if headers := response_headers(body):
            rest, _, method = _by_method(key, 0)
            put(rest, headers, f"HEADERS {method}".rstrip())
    return result


def _by_method(key: str, value: str | int) -> tuple[str, str | int, str]:
    """``"POST host/path 1a2b3c4d"`` as address, value and method; a GET names none."""
    method, space, rest = key.partition(" ")
    return (rest, value, method) if space else (key, value, "")


def _where(key: str, path: str) -> str | int:
    below = path.removeprefix(ROOT + "/")
    return 0 if below == key.partition("?")[0] else below


def map_script(found: UrlMap, deck_files: DeckEntries | None = None) -> str:
    """A map as a classic script: it loads from file:// too."""
    text = f"self.__deckarchive_map={_compact(found)};\n"
    if deck_files is not None:
        entries = {where: f"/{quote(file)}" for where, file in deck_files.places.items()}
        text += f"self.__deckarchive_map[{json.dumps(deck_files.host)}]={_compact(entries)};\n"
    return text


def worker_map(found: UrlMap) -> str:
    """The text of ``map.json``, all targets' maps in one, for the service worker."""
    return _compact(found) + "\n"


def pages_script(pages: Mapping[str, str]) -> str:
    """The text of ``runtime/pages.js``: every target's own document (URL → path), for links."""
    return f"self.__deckarchive_pages={_compact(map_of_paths(pages))};\n"


def map_of_paths(found: Mapping[str, str]) -> UrlMap:
    """A map whose values are paths, or addresses, from the folder's root; keyed by URL."""
    result: UrlMap = {}
    for url, path in found.items():
        host, _, rest = key_of(url).partition("/")
        result.setdefault(host, {})[f"/{rest}"] = f"/{path}"
    return result


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


def response_headers(body: CapturedBody) -> str:
    """The headers that a script may have read, as ``name: value`` lines; ``""`` when none."""
    exchange = body.exchange
    if destination(exchange) != "empty" and exchange.method == "GET":
        return ""
    sent = {k.lower(): v for k, v in exchange.request_headers}
    origin, url = sent.get("origin", ""), urls.parse(exchange.url)
    exposed: frozenset[str] | None = None
    if origin and origin != url.origin:
        named = exchange.header("access-control-expose-headers").lower()
        exposed = _CORS_SAFE | {name.strip() for name in named.split(",")}
    lines = []
    for name, value in exchange.headers:
        name = name.lower()
        hidden = exposed is not None and name not in exposed and "*" not in exposed
        if not hidden and not _TRAVEL.fullmatch(name) and value.isprintable():
            lines.append(f"{name}: {value}")
    text = "\n".join(lines)
    return text if len(text) <= _MOST else ""
