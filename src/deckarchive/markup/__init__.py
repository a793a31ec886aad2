"""Locating URLs in HTML, CSS and srcset text, and replacing them in place.

Pure functions over strings: every finding carries its code-point span in the source, and
:func:`apply` replaces spans only, so that all other characters stay as the author wrote them.
"""

from deckarchive.markup.css import CssUrl, css_escape_url, scan_css
from deckarchive.markup.data_urls import DataDocument, data_document
from deckarchive.markup.html import (
    Attribute,
    Comment,
    RawText,
    Tag,
    scan_html,
)
from deckarchive.markup.modules import ModuleName, ModuleNameKind, scan_modules
from deckarchive.markup.places import scan_places
from deckarchive.markup.values import (
    Candidate,
    Splice,
    apply,
    decode_references,
    encode_attribute,
    scan_srcset,
)

__all__ = [
    "Attribute",
    "Candidate",
    "Comment",
    "CssUrl",
    "DataDocument",
    "ModuleName",
    "ModuleNameKind",
    "RawText",
    "Splice",
    "Tag",
    "apply",
    "css_escape_url",
    "data_document",
    "decode_references",
    "encode_attribute",
    "scan_css",
    "scan_html",
    "scan_modules",
    "scan_places",
    "scan_srcset",
]
