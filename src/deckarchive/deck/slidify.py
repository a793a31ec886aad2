"""Cutting Markdown into slides exactly as reveal.js' Markdown plugin does, from 2.6 to 6.

Follows the behaviour of plugin/markdown of reveal.js: the separators are one expression with the
flags ``mg``, the kind of a separator is tested without flags, notes are split ``mgi``. Decks of
2015 are still shown with the plugin beside them, so the deck's own version counts: what differs
between versions is a :class:`PluginVersion`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from deckarchive.deck.jsregex import JS_SPACE, js_regex
from deckarchive.deck.source_map import SourceText
from deckarchive.errors import DeckError

Version = tuple[int, int]
"""Major and minor version of reveal.js."""
NEWEST: Final[Version] = (99, 0)
"""What a deck counts as when its version is not known: that of the newest plugin."""
_LINE = re.compile("[^\n\r\u2028\u2029]*")
MOST_SLIDES: Final = 10_000
"""Slides that are made of Markdown: each costs some 30 kB and 2 ms, and no talk has so many."""


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
    """Whether indentation is removed once a line; else every such run of blanks is."""
    configurable: bool = True
    """Whether ``Reveal.initialize`` takes separators in its ``markdown`` option."""


def plugin_version(version: Version) -> PluginVersion:
    """The plugin of one version of reveal.js."""
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


_TODAY: Final = PluginVersion()


def too_many_slides() -> DeckError:
    """The error for a deck with more than :data:`MOST_SLIDES`."""
    return DeckError(f"the deck has more than {MOST_SLIDES:,} slides")


@dataclass(frozen=True, slots=True, kw_only=True)
class Separators:
    """The three expressions that cut a Markdown text; empty means "none" or the default."""

    horizontal: str = _TODAY.separator
    vertical: str = ""
    notes: str = _TODAY.notes

    @classmethod
    def of(
        cls,
        horizontal: str | None,
        vertical: str | None,
        notes: str | None,
        config: Mapping[str, object],
        plugin_version: PluginVersion = _TODAY,
    ) -> Separators:
        """From a section's attributes, then reveal.js' ``markdown`` option, then defaults."""
        return cls(
            horizontal=horizontal or str(config.get("separator") or plugin_version.separator),
            vertical=vertical or str(config.get("verticalSeparator") or ""),
            notes=notes or str(config.get("notesSeparator") or plugin_version.notes),
        )


def dedent_edits(
    text: str, plugin_version: PluginVersion = _TODAY
) -> list[tuple[int, int, str, bool]]:
    """The edits that take leading indentation off, as the plugin does before anything else.

    The plugin measures all white space before the first character, line ends included, and then
    breaks the line at every such run of blanks, wherever it is; a newer one's match swallows
    the rest of the line.
    """
    lead = re.match(f"\n?([{JS_SPACE}]*)", text)
    tabs = re.match("\n?(\t*)", text)
    assert lead is not None
    assert tabs is not None
    if tabs.group(1):
        find = re.compile(f"\n?\t{{{len(tabs.group(1))}}}")
    elif len(lead.group(1)) > 1:
        find = re.compile(f"\n? {{{len(lead.group(1))}}}")
    else:
        return []
    edits: list[tuple[int, int, str, bool]] = []
    position = 0
    while match := find.search(text, position):
        edits.append((match.start(), match.end(), "\n", False))
        line = _LINE.match(text, match.end()) if plugin_version.swallows_lines else match
        assert line is not None
        position = line.end()
    return edits


def slidify(text: SourceText, separators: Separators) -> list[SourceText | list[SourceText]]:
    """The slides of a text: a single slide, or a list for a vertical stack.

    Raises :class:`DeckError` for more than :data:`MOST_SLIDES`.
    """
    pattern = separators.horizontal + ("|" + separators.vertical if separators.vertical else "")
    horizontal = js_regex(separators.horizontal)
    stack: list[SourceText | list[SourceText]] = []
    last, was_horizontal = 0, True
    for number, match in enumerate(js_regex(pattern, "m").find_all(text.text), 2):
        if number > MOST_SLIDES:
            raise too_many_slides()
        is_horizontal = horizontal.search(text.text[match.start : match.end]) is not None
        if not is_horizontal and was_horizontal:
            stack.append([])
        _push(stack, text.cut(last, match.start), single=is_horizontal and was_horizontal)
        last, was_horizontal = match.end, is_horizontal
    _push(stack, text.cut(last), single=was_horizontal)
    return stack


def _push(stack: list[SourceText | list[SourceText]], slide: SourceText, *, single: bool) -> None:
    top = stack[-1] if stack else None
    if not single and isinstance(top, list):
        top.append(slide)
    else:
        stack.append(slide)


def split_notes(slide: SourceText, separators: Separators) -> tuple[SourceText, SourceText | None]:
    """A slide's content and its notes; there are notes when exactly one separator is found."""
    matches = list(js_regex(separators.notes, "im").find_all(slide.text))
    if len(matches) != 1 or matches[0].groups:
        return slide, None
    notes = slide.cut(matches[0].end).stripped("\t\n\v\f\r \u00a0\u2028\u2029\ufeff")
    return slide.cut(0, matches[0].start), notes
