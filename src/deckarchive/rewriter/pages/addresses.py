"""Which file answers a URL, and how that file is named from another. Pure.

A :class:`PageGroup` holds what several targets that share a page have loaded; :class:`Addresses`
knows the path of every body and looks URLs up, in a group first and then in all of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from deckarchive import urls
from deckarchive.rewriter.pages.css import Lookup
from deckarchive.rewriter.pages.importmaps import ModuleFiles
from deckarchive.rewriter.pages.paths import PathNames, key_of, relative
from deckarchive.rewriter.pages.resources import CapturedBody, Resources

_KEEPS_QUERY: Final = frozenset({"text/html", "application/xhtml+xml", "text/javascript"})


class PageGroup:
    """Targets that share a page: one set of resources, one map."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.resources = Resources()
        self.charsets: dict[str, str] = {}
        """The encoding that the browser read a document in, by URL."""

    @property
    def map_path(self) -> str:
        """Where the group's map stands in the folder."""
        return f"runtime/maps/{self.name}.js"


def grouped(captures: Mapping[str, Resources]) -> dict[str, PageGroup]:
    """Each target's group; groups are joined while two of them hold the same page."""
    leader: dict[str, str] = {target: target for target in captures}

    def find(target: str) -> str:
        while leader[target] != target:
            leader[target] = target = leader[leader[target]]
        return target

    pages: dict[object, str] = {}
    for target, resources in captures.items():
        for body in resources.bodies.values():
            if body.is_page:
                first = find(pages.setdefault(body.path_request, target))
                leader[find(target)] = first
    groups: dict[str, PageGroup] = {}
    result: dict[str, PageGroup] = {}
    for target, resources in captures.items():
        name = find(target)
        result[target] = group = groups.setdefault(name, PageGroup(name))
        group.resources.merge(resources)
    return result


class Addresses:
    """The paths of all bodies of ``groups``, and the way from a URL to them."""

    def __init__(self, groups: Iterable[PageGroup]) -> None:
        self.groups = list(groups)
        self._all = Resources()
        for group in self.groups:
            self._all.merge(group.resources)
        every = [body for group in self.groups for body in group.resources.all_bodies()]
        every.sort(key=lambda body: not body.is_page)
        self._names = PathNames(body.path_request for body in every)
        self._modules: dict[str, ModuleFiles] = {}

    def path(self, body: CapturedBody) -> str:
        """Where ``body`` stands, relative to the folder's root."""
        return self._names[body.path_request]

    def find(self, url: str, group: PageGroup | None) -> CapturedBody | None:
        """What ``url`` leads to for ``group``; another group's capture is better than none."""
        found = group.resources.find(url) if group else None
        return found or self._all.find(url)

    def lookup(self, group: PageGroup | None, start: str) -> Lookup:
        """From URLs to addresses as seen from the file ``start``; query and fragment kept."""

        def address(url: str) -> str | None:
            body = self.find(url, group)
            if body is None:
                return None
            resources = group.resources if group and key_of(url) in group.resources else self._all
            end = resources.follow(url)
            document, fragment = urls.split_fragment(end)
            query = document.partition("?")[2] if body.mime in _KEEPS_QUERY else ""
            if not body.is_page and body.mime in _KEEPS_QUERY:
                query = urls.split_fragment(url)[0].partition("?")[2] or query
            text = relative(self.path(body), start)
            return text + (f"?{query}" if query else "") + (f"#{fragment}" if fragment else "")

        return address

    def modules(self, group: PageGroup) -> ModuleFiles:
        """The scripts of ``group``, as import maps name them."""
        if group.name not in self._modules:
            self._modules[group.name] = ModuleFiles(group.resources, self.path)
        return self._modules[group.name]
