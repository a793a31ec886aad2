"""How each version of reveal.js' Markdown plugin reads Markdown, from 2.6 to 6.

Only what differs is here: separators, attributes, indentation. Decks of 2015 are still shown with
the plugin that lies beside them, so it is the deck's own version that counts.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

Version = tuple[int, int]
"""Major and minor version of reveal.js."""

NEWEST: Final[Version] = (99, 0)
"""What a deck counts as when nothing says its version: today's plugin reads it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PluginVersion:
    """One plugin's defaults and habits."""

    separator: str = "\r?\n---\r?\n"
    notes: str = "^s*notes?:"
    """reveal.js' own: its backslash is lost in a JavaScript string, so it means the letter."""
    vertical_attribute: str = "data-separator-vertical"
    notes_attribute: str = "data-separator-notes"
    flags: bool = True
    """Whether an attribute in a ``.slide:`` comment may have no value, and a value ``=`` in it."""
    cuts_bare: bool = True
    """Whether Markdown inside a section that names no separator is cut as well."""
    swallows_lines: bool = True
    """Whether indentation goes once a line; else every such run of blanks goes."""
    configurable: bool = True
    """Whether separators can stand in ``Reveal.initialize``'s ``markdown`` option."""


def plugin_version(version: Version) -> PluginVersion:
    """The dialect of one version of reveal.js."""
    made = PluginVersion()
    if version < (4, 6):
        made = replace(made, notes="notes?:", configurable=False)
    if version < (4, 5):
        made = replace(made, swallows_lines=False)
    if version < (4, 2):
        made = replace(made, separator="^\r?\n---\r?\n$", cuts_bare=False)
    if version < (4, 0):
        made = replace(made, flags=False)
    if version < (3, 6):
        made = replace(made, notes="note:")
    if version < (3, 1):
        made = replace(made, separator="^\n---\n$")
    if version < (3, 0):
        made = replace(made, vertical_attribute="data-vertical", notes_attribute="data-notes")
    return made
