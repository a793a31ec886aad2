"""The URLs of a style sheet, with their spans.

A scanner for the few tokens of CSS Syntax Level 3 that matter here: comments, strings,
url() tokens, functions and at-rules. It never fails: what is not CSS yields nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_TOKEN = re.compile(
    r"""
      (?P<comment> /\*.*?(?:\*/|\Z) )
    | (?P<string> "(?:[^"\\\n\r\f]|\\(?:\r\n|.))*(?:"|(?=[\n\r\f])|\Z)
               | '(?:[^'\\\n\r\f]|\\(?:\r\n|.))*(?:'|(?=[\n\r\f])|\Z) )
    | (?P<url> (?<![-\w\\])
               (?:\\?u|\\0{0,4}[57]5[ \t\n\r\f]?)(?:\\?r|\\0{0,4}[57]2[ \t\n\r\f]?)
               (?:\\?l|\\0{0,4}[46]c[ \t\n\r\f]?)\([ \t\n\r\f]*
             | (?<![-\w\\])src\([ \t\n\r\f]* )
    | (?P<function> (?<![-\w\\])-?[-\w]+\( )
    | (?P<custom> (?<![-\w\\!])--(?:[-\w\u0080-\U0010ffff]|\\[^\n\r\f])*+[ \t\n\r\f]*+: )
    | (?P<at> @[-\w]+ )
    | (?P<punct> [;{}()] )
    """,
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)
_STRING = re.compile(
    r"\"((?:[^\"\\\n\r\f]|\\(?:\r\n|.))*)\"|'((?:[^'\\\n\r\f]|\\(?:\r\n|.))*)'", re.DOTALL
)
_BARE = re.compile(
    r"""((?:[^ \t\n\r\f"'()\\]
          |\\(?:[0-9a-fA-F]{1,6}(?:\r\n|[ \t\n\r\f])?|[^\n\r\f0-9a-fA-F]))*)
        [ \t\n\r\f]*(?:\)|\Z)""",
    re.VERBOSE,
)
_BAD_END = re.compile(r"(?:[^)\\]|\\.)*(?:\)|\\?\Z)", re.DOTALL)
"""The rest of a url() that is none: quotes in it open no string."""
_ESCAPE = re.compile(
    r"\\(?:([0-9a-fA-F]{1,6})(?:\r\n|[ \t\n\r\f])?|(\r\n|[\n\r\f])|(.))", re.DOTALL
)
_IMAGE_SET = ("image-set(", "-webkit-image-set(")


@dataclass(frozen=True, slots=True)
class CssUrl:
    """One URL: ``source[start:end]`` is its raw text without quotes or parentheses.

    ``quote`` is the quote around it or ``""``; ``rule`` is the lower-case at-rule that it
    stands directly in the prelude of (``"@import"``, ``"@namespace"``), or ``""``.
    ``custom``: it is a custom property's, which browsers resolve where ``var()`` uses it.
    """

    url: str
    start: int
    end: int
    quote: str
    rule: str
    custom: bool = False


def scan_css(source: str) -> Iterator[CssUrl]:
    """Yield every URL of a style sheet or of a declaration list (a ``style`` attribute)."""
    position, rule, custom = 0, "", False
    functions: list[str] = []
    while match := _TOKEN.search(source, position):
        position = match.end()
        text = match.group()
        if match.lastgroup == "custom":
            custom = not functions
        elif match.lastgroup == "at":
            rule = text.lower()
        elif match.lastgroup == "function":
            functions.append(text.lower())
        elif match.lastgroup == "url":
            found, position = _url_token(source, position, rule, custom)
            if found:
                yield found
        elif match.lastgroup == "string":
            bare_url = rule in ("@import", "@namespace") and not functions
            in_set = bool(functions) and functions[-1] in _IMAGE_SET
            if (bare_url or in_set) and len(text) >= 2 and text[-1] == text[0]:
                start, end = match.start() + 1, match.end() - 1
                yield CssUrl(_unescape(source[start:end]), start, end, text[0], rule, custom)
        elif text == "(":
            functions.append("(")
        elif text == ")":
            if functions:
                functions.pop()
        elif text in ";{}":
            rule, functions, custom = "", [], False


def css_escape_url(url: str, quote: str) -> str:
    """Escape ``url`` to stand inside ``quote`` (or bare in ``url()`` when it is ``""``)."""
    special = "\\\n\r\f" + (quote or "\"'() \x7f")
    return "".join(f"\\{ord(c):x} " if c in special or (not quote and c < " ") else c for c in url)


def _url_token(source: str, position: int, rule: str, custom: bool) -> tuple[CssUrl | None, int]:
    """Read what follows ``url(``; returns the finding and where scanning goes on."""
    if match := _STRING.match(source, position):
        start, end = match.start() + 1, match.end() - 1
        after = source.find(")", match.end())
        stop = after + 1 if after >= 0 and not source[match.end() : after].strip() else match.end()
        quote = source[match.start()]
        return CssUrl(_unescape(source[start:end]), start, end, quote, rule, custom), stop
    if source[position : position + 1] in ("'", '"'):
        return None, position
    if match := _BARE.match(source, position):
        if not match.group(1):
            return None, match.end()
        text = _unescape(match.group(1))
        return CssUrl(text, match.start(1), match.end(1), "", rule, custom), match.end()
    bad = _BAD_END.match(source, position)
    return None, bad.end() if bad else position


def _unescape(text: str) -> str:
    """Resolve CSS escapes (CSS Syntax Level 3, "consume an escaped code point")."""

    def replace(match: re.Match[str]) -> str:
        digits, newline, char = match.groups()
        if digits:
            code = int(digits, 16)
            return chr(code) if 0 < code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF else "\ufffd"
        return "" if newline else char

    return _ESCAPE.sub(replace, text)
