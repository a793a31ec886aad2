"""Who may show a document in a frame, by its own word: ``X-Frame-Options`` (HTML, 7.6.1) and
``frame-ancestors`` (CSP 3, 6.4.2), which takes its place where there is one. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from deckarchive.heads import Head, field_name, join_head
from deckarchive.proxy.request import Origin, split_target

_POLICY: Final = b"content-security-policy"
_ANCESTORS: Final = "frame-ancestors"
_OPTIONS: Final = b"x-frame-options"
_NONE: Final = "'none'"
_SCHEME: Final = re.compile(r"([a-z][a-z0-9+.-]*):")
_SOURCE: Final = re.compile(
    r"(?:([a-z][a-z0-9+.-]*)://)?(\*|(?:\*\.)?[a-z0-9._-]+|\[[0-9a-f:.]+\])(?::([0-9]+|\*))?(?:/.*)?"
)
"""A host-source (CSP 3, 2.3.1): scheme, host, port; a path means nothing for an ancestor."""


_Change = Callable[[list[str]], list[str]]
"""From the sources of a ``frame-ancestors`` to those that take their place."""


def refuses_frame(policies: str, options: str, document: str, ancestor: str) -> bool:
    """Whether ``document`` would not be shown in a frame of a page at ``ancestor`` (URLs).

    ``policies`` are the values of its ``Content-Security-Policy`` fields, ``options`` those of
    ``X-Frame-Options``; several joined by commas or line ends.
    """
    own, above = _origin(document), _origin(ancestor)
    if own is None or above is None:
        return False
    lists = [found for policy in re.split(r"[,\n]", policies) if (found := _ancestors(policy))]
    if lists:
        return not all(any(_matches(one, own, above) for one in sources) for sources in lists)
    named = {one.strip().lower() for one in re.split(r"[,\n]", options)} - {""}
    if len(named) > 1:
        return bool(named & {"deny", "allowall", "sameorigin"})
    return named == {"deny"} or (named == {"sameorigin"} and own != above)


def head_refuses_frame(head: Head, document: str, ancestor: str) -> bool:
    """As :func:`refuses_frame`, of an answer's head."""
    policies, options = head.value(_POLICY), head.value(_OPTIONS)
    return refuses_frame(policies.decode("latin-1"), options.decode("latin-1"), document, ancestor)


def names_ancestors(head: Head) -> bool:
    """Whether the head says anything about who may frame its document."""
    return bool(head.value(_OPTIONS)) or _ANCESTORS in _policies(head).lower()


def without_ancestors(head: Head) -> Head:
    """The head without any of that; the rest of its policies holds."""
    return _with_ancestors(head, lambda _: [], keep_options=False)


def allowing_ancestor(head: Head, ancestor: str) -> Head:
    """The head as it is, but for ``ancestor``, a URL: that page may be above the document. Who else
    may is for the browser to decide; what no page may frame stays so."""
    origin = _origin(ancestor)
    if origin is None:
        return head
    scheme, port = origin.scheme, {"http": 80, "https": 443}.get(origin.scheme)
    source = f"{scheme}://{origin.host}" + ("" if origin.port == port else f":{origin.port}")
    if _ANCESTORS in _policies(head).lower():
        return _with_ancestors(
            head,
            lambda sources: sources if sources == [_NONE] else [*sources, source],
            keep_options=True,
        )
    named = {one.decode("latin-1") for one in head.tokens(_OPTIONS)}
    if named != {"sameorigin"}:
        return head
    lines = [line for line in head.lines[1:] if field_name(line) != _OPTIONS]
    allowed = f"Content-Security-Policy: {_ANCESTORS} 'self' {source}".encode("latin-1")
    return Head(join_head(head.start, [*lines, allowed]))


def _policies(head: Head) -> str:
    return head.value(_POLICY).decode("latin-1")


def _with_ancestors(head: Head, change: _Change, *, keep_options: bool) -> Head:
    """The head with the sources of every frame-ancestors changed; without it where none stay."""
    lines: list[bytes] = []
    for line in head.lines[1:]:
        name, value = field_name(line), line.partition(b":")[2].strip().decode("latin-1")
        if name == _POLICY and _ANCESTORS in value.lower():
            changed = (_changed(policy, change) for policy in value.split(","))
            kept = ", ".join(policy for policy in changed if policy)
            if kept:
                lines.append(f"Content-Security-Policy: {kept}".encode("latin-1"))
        elif name != _OPTIONS or keep_options:
            lines.append(line)
    return Head(join_head(head.start, lines))


def _changed(policy: str, change: _Change) -> str:
    directives: list[str] = []
    for directive in filter(None, (one.strip() for one in policy.split(";"))):
        name, *sources = directive.split()
        if name.lower() != _ANCESTORS:
            directives.append(directive)
        elif changed := change([one.lower() for one in sources] or [_NONE]):
            directives.append(" ".join([_ANCESTORS, *changed]))
    return "; ".join(directives)


def _ancestors(policy: str) -> list[str]:
    """The sources of a policy's first frame-ancestors; empty where it has none."""
    for directive in policy.split(";"):
        name, *sources = directive.split() or [""]
        if name.lower() == _ANCESTORS:
            return [one.lower() for one in sources] or [_NONE]
    return []


def _matches(source: str, own: Origin, above: Origin) -> bool:
    """CSP 3, 6.7.2.7: whether the page above has an origin that ``source`` names."""
    if source == "'self'":
        return own == above or (own.host == above.host and _upgraded(own, above))
    if source == "*":
        return True
    if scheme := _SCHEME.fullmatch(source):
        return _is_scheme(scheme[1], above)
    found = _SOURCE.fullmatch(source)
    if found is None:
        return False
    named, host, port = found.groups()
    if not _is_scheme(named or own.scheme, above):
        return False
    if host.startswith("*."):
        same = above.host.endswith(host[1:])
    else:
        same = host == "*" or host.strip("[]") == above.host
    return same and _is_port(port, above)


def _is_scheme(named: str, above: Origin) -> bool:
    return above.scheme == named or (named == "http" and above.scheme == "https")


def _is_port(named: str | None, above: Origin) -> bool:
    usual = {"http": 80, "https": 443}[above.scheme]
    if named == "*":
        return True
    port = int(named) if named else usual
    return port == above.port or (port == 80 and above.port == 443)


def _upgraded(own: Origin, above: Origin) -> bool:
    """The same site by TLS: 6.7.2.7, step 4."""
    return (own.scheme, own.port, above.scheme, above.port) == ("http", 80, "https", 443)


def _origin(url: str) -> Origin | None:
    split = split_target(url.encode("utf-8"))
    return split[0] if split else None
