"""Import maps of copies: ours, and the document's own with its addresses local. Pure.

After HTML, section 8.1.6.2 "Import maps". An address that was not captured stays as it is.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from deckarchive import urls
from deckarchive.rewriter.pages.css import Lookup, find
from deckarchive.rewriter.pages.paths import ROOT, host_folder, key_of, relative
from deckarchive.rewriter.pages.resources import CapturedBody, Resources
from deckarchive.rewriter.reuse import digest

_SCRIPTS: Final = "text/javascript"

FolderLookup = Callable[[str], str | None]
"""From the URL of a folder to the relative URL where its files stand, or ``None``."""


class ModuleFiles:
    """The scripts of one capture as module specifiers name them.

    An import map has one prefix a host, and one entry for each script whose file is not named as
    its URL is: with it every absolute and root-relative specifier finds its file.
    """

    def __init__(self, resources: Resources, path_of: Callable[[CapturedBody], str]) -> None:
        scripts = [body for body in resources.bodies.values() if body.mime == _SCRIPTS]
        self._hosts: dict[str, str] = {}
        self._renamed: list[tuple[str, str, str, str]] = []
        for body in scripts:
            url, file = body.exchange.url, path_of(body)
            parsed, folder = urls.parse(url), f"{ROOT}/{host_folder(url)}"
            self._hosts[f"{parsed.protocol}//{parsed.host}/"] = folder
            if file != f"{ROOT}/{key_of(url).partition('?')[0]}":
                rest = f"{parsed.pathname}{parsed.search}"
                self._renamed.append((folder, parsed.href, rest, file))
        self._fetched = any(map(_fetched_as_module, scripts))
        self.digest = digest(self._hosts, self._renamed, self._fetched)
        """Tells whether two captures give the same import maps."""

    def needed_by(self, text: str) -> bool:
        """Whether module code may run in a page: it says so, or a script was fetched as one."""
        return self._fetched or any(word in text for word in ("module", "importmap", "import("))

    def import_map(self, path: str) -> dict[str, Any]:
        """The import map for the copy at ``path``; empty when there is no script."""
        imports: dict[str, str] = {}
        scopes: dict[str, dict[str, str]] = {}
        root = _dotted(relative(ROOT, path)) + "/"
        below: dict[str, str] = {}
        for prefix, folder in self._hosts.items():
            local = below[folder] = _dotted(relative(folder, path)) + "/"
            imports[prefix] = local
            scopes.setdefault(local, {"/": local, root: root})
        for folder, url, rest, file in self._renamed:
            target, local = _dotted(relative(file, path)), below[folder]
            imports[url] = scopes[local][rest] = scopes[local][local + rest[1:]] = target
        return {"imports": imports, "scopes": scopes} if imports else {}


def _fetched_as_module(body: CapturedBody) -> bool:
    """Whether a script may have been asked for as a module: those are, with CORS."""
    sent = {k.lower(): v for k, v in body.exchange.request_headers}
    return sent.get("sec-fetch-mode", "cors") == "cors"


def element(imports: Mapping[str, Any]) -> str:
    """A script element that holds an import map."""
    return f'<script type="importmap">{_json(imports)}</script>'


@dataclass(frozen=True, slots=True)
class _Locally:
    """What the addresses of one document's import map are locally."""

    renamed: Mapping[str, str]
    base_url: str
    lookup: Lookup
    folder: FolderLookup

    def address(self, address: str) -> str:
        url = urls.resolve(address, self.base_url) if address.endswith("/") else None
        if url and (below := self.folder(url)):
            return _dotted(below)
        copy = find(address, self.base_url, self.lookup)
        return _dotted(copy) if copy else address

    def entries(self, entries: Any) -> dict[str, str]:
        """One specifier map; a specifier that is a URL is kept beside its copy."""
        result: dict[str, str] = {}
        for specifier, address in entries.items() if isinstance(entries, dict) else ():
            if not isinstance(address, str):
                continue
            local = result[specifier] = self.address(address)
            if specifier.endswith("/") and address.endswith("/"):
                result |= self._below(specifier, address)
            if specifier.startswith(("/", "./", "../")) and (
                absolute := urls.resolve(specifier, self.base_url)
            ):
                result[absolute] = local
                if copy := self.lookup(absolute):
                    result[_dotted(copy)] = local
        return result

    def _below(self, specifier: str, address: str) -> dict[str, str]:
        """What a prefix leads to whose file has another name than its URL."""
        url = urls.resolve(address, self.base_url)
        return {
            specifier + known.removeprefix(url): local
            for known, local in self.renamed.items()
            if url and known.startswith(url) and not known.endswith("/")
        }


def joined(
    text: str, extra: Mapping[str, Any], base_url: str, lookup: Lookup, folder: FolderLookup
) -> str:
    """The import map ``text`` of a document at ``base_url``, local, with what ``extra`` adds.

    ``integrity`` goes: it would hold for the bytes as they were sent. What is no import map is
    returned as it is.
    """
    try:
        given = json.loads(text)
    except ValueError:
        return text
    if not isinstance(given, dict):
        return text
    imports, scopes = extra.get("imports", {}), dict(extra.get("scopes", {}))
    locally = _Locally(imports, base_url, lookup, folder)
    result = {key: value for key, value in given.items() if key != "integrity"}
    result["imports"] = {**imports, **locally.entries(given.get("imports"))}
    given_scopes = given.get("scopes")
    for scope, entries in given_scopes.items() if isinstance(given_scopes, dict) else ():
        local = locally.address(scope)
        scopes[local] = {**scopes.get(local, {}), **locally.entries(entries)}
    if scopes:
        result["scopes"] = scopes
    return _json(result)


def _json(value: Any) -> str:
    """Compact JSON that can stand in a script element, in XHTML too."""
    text = json.dumps(value, ensure_ascii=True, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace("&", "\\u0026")


def _dotted(address: str) -> str:
    """An import map's address must start with ``./``, ``../`` or ``/``."""
    return address if address.startswith(("./", "../", "/")) else "./" + address
