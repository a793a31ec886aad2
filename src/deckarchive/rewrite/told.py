"""What scripts could read of an answer beside its body: the headers that say something. Pure.

A static server sends its own. Of the site's, a map keeps those with which programs work (pages of
a list, counts, names, dates); how an answer travelled, was cached or protected is left out.
"""

from __future__ import annotations

import re
from typing import Final

from deckarchive import urls
from deckarchive.rewrite.resources import Body, destination

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


def told_headers(body: Body) -> str:
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
