"""SVG documents that could reach the network: a policy of their own. Pure.

SVG has no element for a policy. Chromium (and what is built on it) obeys one in an HTML ``head``
that stands in an SVG document; Firefox does not. There the header that ``present`` sends holds
the document, and no policy does on a plain server; a picture in an ``img`` never loads anything.
"""

from __future__ import annotations

import re
from html import escape
from typing import Final

from deckarchive.markup import Splice, Tag, apply, scan_html
from deckarchive.web import policy

_REACHES_OUT: Final = re.compile(
    r"""<(?:\w+:)?(?:script|foreignObject|iframe|link|img)\b | \son[a-z]+\s*= | @import
      | (?:href|src)\s*=\s*["']\s*(?!data:|\#) | url\(\s*["']?\s*(?!data:|\#|["'])""",
    re.VERBOSE | re.IGNORECASE,
)
_HEAD: Final = (
    '<head xmlns="http://www.w3.org/1999/xhtml">'
    f'<meta http-equiv="Content-Security-Policy" content="{escape(policy("copy"))}"/></head>'
)


def with_policy(source: str) -> str:
    """An SVG document that runs scripts or names files, with the copies' policy in it.

    >>> with_policy("<svg xmlns='http://www.w3.org/2000/svg'><path d='M0 0'/></svg>")
    "<svg xmlns='http://www.w3.org/2000/svg'><path d='M0 0'/></svg>"
    """
    if _HEAD in source or not _REACHES_OUT.search(source):
        return source
    tags = (t for t in scan_html(source) if isinstance(t, Tag))
    root = next((t for t in tags if t.name.rpartition(":")[2] == "svg"), None)
    if root is None or root.closing or root.self_closing:
        return source
    prefix, colon, _ = root.name.rpartition(":")
    holder = f"{prefix}{colon}metadata"
    return apply(source, [Splice(root.end, root.end, f"<{holder}>{_HEAD}</{holder}>")])
