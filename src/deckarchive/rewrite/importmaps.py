"""Import maps of copies: the document's own, its addresses local, joined with ours. Pure.

After HTML, section 8.1.6.2 "Import maps". An address that was not captured stays as it is.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from deckarchive import urls
from deckarchive.rewrite.css import Lookup, find

Folder = Callable[[str], str | None]
"""From the URL of a folder to the relative URL where its files stand, or ``None``."""


def element(imports: Mapping[str, Any]) -> str:
    """A script element that holds an import map."""
    return f'<script type="importmap">{_json(imports)}</script>'


def joined(
    text: str, extra: Mapping[str, Any], base_url: str, lookup: Lookup, folder: Folder
) -> str:
    """The import map ``text`` of a document at ``base_url``, local, with what ``extra`` adds.

    ``integrity`` goes: it would hold for the bytes as they were sent. What is no import map is
    returned as it is.
    """

    def target(address: str) -> str:
        url = urls.resolve(address, base_url) if address.endswith("/") else None
        if url and (below := folder(url)):
            return _dotted(below)
        copy = find(address, base_url, lookup)
        return _dotted(copy) if copy else address

    def addresses(entries: Any) -> dict[str, str]:
        """One specifier map; a specifier that is a URL is kept beside its copy."""
        result: dict[str, str] = {}
        for specifier, address in (entries or {}).items() if isinstance(entries, dict) else ():
            if not isinstance(address, str):
                continue
            local = result[specifier] = target(address)
            if specifier.startswith(("/", "./", "../")) and (
                absolute := urls.resolve(specifier, base_url)
            ):
                result[absolute] = local
                if copy := lookup(absolute):
                    result[_dotted(copy)] = local
        return result

    try:
        own = json.loads(text)
    except ValueError:
        return text
    if not isinstance(own, dict):
        return text
    result = {key: value for key, value in own.items() if key != "integrity"}
    result["imports"] = {**extra.get("imports", {}), **addresses(own.get("imports"))}
    scopes = dict(extra.get("scopes", {}))
    for scope, entries in (own.get("scopes") or {}).items():
        local = target(scope)
        scopes[local] = {**scopes.get(local, {}), **addresses(entries)}
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
