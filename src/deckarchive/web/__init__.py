"""Facts of the web that Python and the scripts share: one table each, in ``tables/*.json``.

Each table names the standard that it follows (``source``). Scripts get theirs when they are put
together (:func:`deckarchive.js.script`); ``tests/web/cases`` holds what both must answer.
"""

from __future__ import annotations

from deckarchive.web._tables import WITHOUT_POLICY, is_static, literal, policy, stable, web_table
from deckarchive.web.attributes import (
    REVEAL,
    Holds,
    connects,
    fetched_as,
    fetches,
    framed,
    holds,
    loaded,
)
from deckarchive.web.encodings import (
    Decoder,
    encoding_of,
    label,
    marked,
    parameter,
    to_bytes,
    to_text,
)
from deckarchive.web.media_types import (
    CODINGS,
    ENDINGS,
    SNIFFED,
    UNKNOWN,
    VAGUE,
    by_ending,
    content_coding,
    content_type,
    content_type_of,
    essence,
    sniff,
)
from deckarchive.web.page_faults import (
    SHORT_PAGE,
    PageFault,
    fault_of_layer,
    fault_of_page,
    fault_of_sign_in,
    is_unseen,
    new_fault,
    says,
)

__all__ = [
    "CODINGS",
    "ENDINGS",
    "REVEAL",
    "SHORT_PAGE",
    "SNIFFED",
    "UNKNOWN",
    "VAGUE",
    "WITHOUT_POLICY",
    "Decoder",
    "Holds",
    "PageFault",
    "by_ending",
    "connects",
    "content_coding",
    "content_type",
    "content_type_of",
    "encoding_of",
    "essence",
    "fault_of_layer",
    "fault_of_page",
    "fault_of_sign_in",
    "fetched_as",
    "fetches",
    "framed",
    "holds",
    "is_static",
    "is_unseen",
    "label",
    "literal",
    "loaded",
    "marked",
    "new_fault",
    "parameter",
    "policy",
    "says",
    "sniff",
    "stable",
    "to_bytes",
    "to_text",
    "web_table",
]
