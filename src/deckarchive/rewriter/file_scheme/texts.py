"""Modules and workers for ``file://``, where a browser reads no script but a classic one. Pure.

Their texts stand in the group's ``.data.js`` and become blob: URLs there
(``js/page/file-modules.js``). A blob has no address of its own, so each text is prepared: a static
specifier names the file as ``deckarchive:PATH``, ``import(…)`` and ``import.meta`` get
the path of their file. On a server all this is unused: there the files themselves load.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from typing import BinaryIO, Final, Protocol

from deckarchive import urls
from deckarchive.markup import ModuleName, ModuleNameKind, Splice, apply, scan_modules, scan_places
from deckarchive.rewriter.file_scheme.modules import MODULE_SCHEME, scripts_of, type_of
from deckarchive.rewriter.pages.resources import CapturedBody, Resources, fnv1a

_EACH: Final = 8 << 20
_TOTAL: Final = 32 << 20
_SCRIPT: Final = "text/javascript"
_RUNS: Final = frozenset({"", _SCRIPT, "application/javascript", "module"})
_ATTRIBUTED: Final = frozenset({"application/json", "text/css"})
"""What else can be a module, by an import attribute."""
_OWN_SCOPE: Final = ("worker", "worklet")
"""Ends of the destinations of scripts that run in a scope of their own."""
_ADDRESS: Final = re.compile(r"\.{0,2}/|https?:", re.IGNORECASE)
_IMPORT_SCRIPTS: Final = re.compile(r"\bimportScripts\s*\(([^()]*)")
_LITERAL: Final = re.compile(r"""(["'`])((?:(?!\1)[^\\\n])*)\1""")
_MODULE_WORDS: Final = re.compile(r"\bmodule\b|\bimport\s*\(")
_CHECKS_FOR_FILE: Final = re.compile(
    r"""\bprotocol\s*[!=]==?\s*["'`]file:|["'`]file:(?://)?["'`]\s*[!=]==?\s*[\w$.]*\bprotocol"""
)
"""A script that turns something off on file:// that the file-scheme scripts make possible."""
_ROUTED: Final = re.compile(
    r"""<(?:div|main|body)\b[^>]*\sid\s*=\s*["']?
        (?:root|app|__next|___gatsby|__docusaurus|__nuxt|q-app|react-root|app-root)["'\s>]
      | <(?:app-root|ember-app)\b | \sng-version= | \bng-app\b | __sveltekit | __remixContext
      | data-sveltekit | __NEXT_DATA__ | __NUXT__""",
    re.VERBOSE | re.IGNORECASE,
)
"""What client-side routers hang on: such a page shows "not found" under a path of another name."""

SpecifierTarget = Callable[[str], str | None]
"""From a specifier as it is written to the file's path in the folder, or to an absolute URL where
it was not captured; ``None`` for a bare one, which an import map has to resolve."""


class WrittenPages(Protocol):
    """Files of the folder that are written by now: :class:`deckarchive.rewriter.output.Output`."""

    def size(self, path: str, /) -> int | None: ...

    def read_back(self, path: str, /) -> BinaryIO: ...


def file_scheme_text(
    source: str,
    path: str,
    target: SpecifierTarget,
    names: Iterable[ModuleName] | None = None,
    *,
    shim: bool = False,
) -> str:
    """The script ``source`` of the file ``path`` for file://; ``names`` when already known.

    ``shim``: what reads ``location`` asks :func:`with_location_shim` first.

    >>> file_scheme_text("import './b.js'", "sites/a.js", lambda _: "sites/b.js")
    "import 'deckarchive:sites/b.js'"
    """
    path_literal = json.dumps(path)
    splices: list[Splice] = []
    for found in scan_modules(source) if names is None else names:
        if found.kind is ModuleNameKind.STATIC:
            if end := target(found.specifier or ""):
                address = end if _ADDRESS.match(end) else MODULE_SCHEME + end
                splices.append(Splice(found.start, found.end, address))
        elif found.kind is ModuleNameKind.DYNAMIC:
            splices.append(
                Splice(found.start, found.end, f"self.__deckarchive_import({path_literal})")
            )
        else:
            call = f"self.__deckarchive_meta(import.meta,{path_literal})"
            splices.append(Splice(found.start, found.end, call))
    return apply(source, splices + (_location_splices(source) if shim else []))


def with_location_shim(source: str) -> str:
    """A script whose reads of ``location`` go through the shim (``js/page/location-shim.js``).

    >>> with_location_shim("go(location.href)")
    'go(__deckarchive_location(location).href)'
    """
    return apply(source, _location_splices(source))


def _location_splices(source: str) -> list[Splice]:
    spans = scan_places(source)
    return [Splice(a, b, f"__deckarchive_location({source[a:b]})") for a, b in spans]


def routes_by_path(text: str) -> bool:
    """Whether a page looks like an application that reads its route from ``location.pathname``."""
    return _ROUTED.search(text) is not None


def needs_location_shim(
    resources: Resources, path_of: Callable[[CapturedBody], str], written: WrittenPages
) -> bool:
    """Whether the pages of a group find their way by ``location``, or look there for file://."""
    for body in resources.all_bodies():
        text = _read(written, path_of(body)) if body.is_page or body.mime == _SCRIPT else ""
        if _CHECKS_FOR_FILE.search(text) or (body.is_page and routes_by_path(text)):
            return True
    return False


def classic(
    resources: Resources, path_of: Callable[[CapturedBody], str], written: WrittenPages
) -> Iterator[tuple[str, str]]:
    """Path and text of each classic script that reads ``location``, with its shim.

    Modules are not among them; large scripts stay as they are.
    """
    left, done = _TOTAL, set[str]()
    for body in resources.all_bodies():
        path = path_of(body)
        mode, destination = fetch_metadata(body)
        if body.mime != _SCRIPT or path in done or destination.endswith(_OWN_SCOPE):
            continue
        done.add(path)
        text = _read(written, path)
        if mode == "cors" and ("export" in text or scan_modules(text)):
            continue
        if len(text) <= left and (with_shim := with_location_shim(text)) != text:
            left -= len(with_shim)
            yield path, with_shim


def inline(
    resources: Resources, path_of: Callable[[CapturedBody], str], written: WrittenPages
) -> Iterator[tuple[str, str]]:
    """The scripts in pages that read ``location``: a hash of each (:func:`fnv1a`), and its text."""
    done = set[str]()
    for body in resources.all_bodies():
        page = _read(written, path_of(body)) if body.is_page else ""
        for tag, code in scripts_of(page) if "location" in page else ():
            text = page[code.start : code.end].replace("\r\n", "\n").replace("\r", "\n")
            key = fnv1a(text.encode("utf-8", "replace"))
            runs = type_of(tag) in _RUNS and not tag.get("src") and key not in done
            if runs and (with_shim := with_location_shim(text)) != text:
                done.add(key)
                yield key, with_shim


def file_scheme_texts(
    resources: Resources,
    path_of: Callable[[CapturedBody], str],
    written: WrittenPages,
    *,
    shim: bool = False,
) -> Iterator[tuple[str, str | list[str]]]:
    """The texts of a group: path and text, or ``[media type, text]`` where it is no script.

    The files, as ``written``, are read one at a time. What is too large stays
    out: such a module or worker is missing on file:// alone. ``shim`` as in
    :func:`file_scheme_text`.
    """
    done: set[str] = set()
    waiting = list(_starts(resources, path_of, written))
    left = _TOTAL
    while waiting:
        body = waiting.pop()
        path = path_of(body)
        size = written.size(path)
        if path in done or size is None:
            continue
        done.add(path)
        if size > min(left, _EACH):
            continue
        left -= size
        text = _read(written, path)
        if body.mime != _SCRIPT:
            yield path, [body.mime, text]
            continue
        names = scan_modules(text)
        target = _target(body, resources, path_of)
        yield path, file_scheme_text(text, path, target, names, shim=shim)
        waiting += _needed(text, names, body, resources)


def fetch_metadata(body: CapturedBody) -> tuple[str, str]:
    """How the browser asked for a script (Sec-Fetch-Mode, Sec-Fetch-Dest), where it said so."""
    sent = {k.lower(): v for k, v in body.exchange.request_headers}
    return sent.get("sec-fetch-mode", "cors"), sent.get("sec-fetch-dest", "")


def _target(
    body: CapturedBody, resources: Resources, path_of: Callable[[CapturedBody], str]
) -> SpecifierTarget:
    def target(specifier: str) -> str | None:
        url = _resolved(specifier, body)
        found = resources.find(url) if url else None
        return path_of(found) if found else url

    return target


def _resolved(specifier: str, body: CapturedBody) -> str | None:
    return urls.resolve(specifier, body.exchange.url) if _ADDRESS.match(specifier) else None


def _needed(
    text: str, names: Iterable[ModuleName], body: CapturedBody, resources: Resources
) -> Iterable[CapturedBody]:
    """The bodies that a script names: by import, or by ``importScripts`` with plain strings."""
    specifiers = [found.specifier for found in names if found.specifier]
    for call in _IMPORT_SCRIPTS.finditer(text):
        specifiers += [match[2] for match in _LITERAL.finditer(call[1])]
    for name in specifiers:
        url = _resolved(name, body) or urls.resolve(name, body.exchange.url)
        found = resources.find(url) if url else None
        if found and (found.mime == _SCRIPT or found.mime in _ATTRIBUTED):
            yield found


def _starts(
    resources: Resources, path_of: Callable[[CapturedBody], str], written: WrittenPages
) -> Iterable[CapturedBody]:
    """The workers and worklets, and the scripts that were or may have been loaded as modules.

    A module is always asked for with CORS; where the request did not say (plain http), what
    imports something is one, and in a page with modules any script may be. What loads
    scripts by ``importScripts`` may be any text, since a worker can be made of a string.
    """
    bodies = list(resources.all_bodies())
    scripts = {body.path_request: body for body in bodies if body.mime == _SCRIPT}.values()
    has_modules = all_scripts = False
    for body in bodies:
        if body.is_page or body.mime == _SCRIPT:
            text = _read(written, path_of(body))
            has_modules = has_modules or (body.is_page and bool(_MODULE_WORDS.search(text)))
            all_scripts = all_scripts or _loads_what_it_computes(text)
            yield from _needed(text, (), body, resources)
    yield from (body for body in bodies if _is_attributed(body))
    for body in scripts:
        mode, destination = fetch_metadata(body)
        if (
            all_scripts
            or destination.endswith(_OWN_SCOPE)
            or (mode == "cors" and (has_modules or scan_modules(_read(written, path_of(body)))))
        ):
            yield body


def _is_attributed(body: CapturedBody) -> bool:
    """Whether JSON or a style sheet was imported as a module."""
    mode, destination = fetch_metadata(body)
    return body.mime in _ATTRIBUTED and mode == "cors" and destination in ("json", "style")


def _loads_what_it_computes(text: str) -> bool:
    """Whether a text loads scripts into a worker by a name that it computes."""
    calls = _IMPORT_SCRIPTS.findall(text)
    return any(_LITERAL.sub("", call).strip(" \t\r\n,") for call in calls)


def _read(written: WrittenPages, path: str) -> str:
    """A text of the folder, its line ends made ``\\n``; ``""`` where it is missing or too long."""
    if (written.size(path) or _EACH + 1) > _EACH:
        return ""
    with written.read_back(path) as stream:
        text = stream.read().decode("utf-8", "replace")
    return text.replace("\r\n", "\n").replace("\r", "\n")
