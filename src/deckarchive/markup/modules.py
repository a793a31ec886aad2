"""Where a JavaScript text names other modules, and where it uses its own address.

A scanner after ECMAScript, sections 12 "Lexical Grammar" and 16.2 "Modules": it separates strings,
templates, comments and regular expressions from code, and reports positions. It builds no tree
and never fails: any string is a script, and what is no import is passed over.

A regular expression for ``import`` alone would find those in strings, comments and templates, and
rewrite what a page shows. A parser would do, but fails as a whole on what it does not know yet,
while a browser runs the script. In between, two questions have to be answered from left to right.

*Is a slash a division or the start of a regular expression?* The grammar asks for the place: where
an operand can stand, it starts one. So the scan keeps whether an operand may follow the last token
(``operand``), and each open bracket, whether one follows its closing one::

    a = b / c / d          behind a name, two divisions
    return /c/g            behind such a word (_BEFORE_OPERAND) an expression
    if (b) /c/.test(d)     behind the bracket of a condition as well, behind that of a call not:
    f(b) / c / d           two divisions
    }  /c/                 behind a block an expression, behind an object a division

*Which string is a specifier?* Between ``import`` or ``export`` and its string only a few tokens
can stand. ``clause`` holds the word while that is so, and any other token ends it::

    import a, {b as c} from "x"    clause import … until "x", behind from: STATIC
    import "x"                     the same, directly behind import
    export {a} from "x"            STATIC;  export {a}; "x"  the semicolon ended the clause
    export const from = "x"        const ended it
    import("x")  import.meta       the next sign decides: DYNAMIC, META
    a.import("x")  {import() {}}   a property and a method: none of these
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Final


class ModuleNameKind(Enum):
    """What stands at a :class:`ModuleName`'s span."""

    STATIC = auto()
    """The specifier of ``import … from`` or ``export … from``, between its quotes."""
    DYNAMIC = auto()
    """The word ``import`` of ``import(…)``; ``specifier`` is known where it is one string."""
    META = auto()
    """``import.meta``."""


See = Callable[[str, int, int], object]
"""Called with a token and its span: ``word``, ``string``, ``regex``, ``step`` (``++``, ``--``) or
``sign``. A template comes as the signs around its parts."""


@dataclass(frozen=True, slots=True)
class ModuleName:
    """One place of ``source[start:end]``; ``specifier`` has its escapes decoded.

    ``spot`` is where the specifier itself stands, between its quotes, where it is one string.
    """

    kind: ModuleNameKind
    start: int
    end: int
    specifier: str | None = None
    spot: tuple[int, int] | None = None


_HINT: Final = re.compile(r"\b(?:import|export)\b")
_TOKEN: Final = re.compile(
    r"""(?P<skip>[\s\ufeff]+ | //[^\n\r\u2028\u2029]* | /\*.*?(?:\*/|\Z))
      | (?P<word>(?:[\w$\u200c\u200d]|\\u(?:[0-9a-fA-F]{4}|\{[0-9a-fA-F]+\}))+)
      | (?P<string>"(?:[^"\\\n\r]|\\(?:\r\n|.))*"? | '(?:[^'\\\n\r]|\\(?:\r\n|.))*'?)
      | (?P<step>\+\+|--)
      | (?P<sign>=>|\?\.(?!\d)|\.\.\.|.)""",
    re.VERBOSE | re.DOTALL,
)
_REGEX: Final = re.compile(
    r"/(?:[^/\\\[\n\r]|\\[^\n\r]|\[(?:[^\]\\\n\r]|\\[^\n\r])*+\])++/[\w$]*", re.DOTALL
)
_TEMPLATE: Final = re.compile(r"(?:[^`\\$]|\\(?:.|\Z)|\$(?!\{))*(?P<end>`|\$\{|\Z)", re.DOTALL)
_ESCAPE: Final = re.compile(
    r"\\(?:u([0-9a-fA-F]{4})|u\{([0-9a-fA-F]{1,6})\}|x([0-9a-fA-F]{2})|(\r\n|.))", re.DOTALL
)
_PLAIN: Final = {"b": "\b", "t": "\t", "n": "\n", "v": "\v", "f": "\f", "r": "\r", "0": "\0"} | (
    dict.fromkeys(("\n", "\r", "\r\n", "\u2028", "\u2029"), "")
)
_BEFORE_OPERAND: Final = frozenset(
    {"return", "typeof", "instanceof", "in", "new", "delete", "void", "throw", "case", "do"}
    | {"else", "yield", "await", "default", "extends", "import", "export", "from", "of"}
)
"""Words behind which a slash starts a regular expression."""
_CONDITION: Final = frozenset({"if", "while", "for", "with"})
_BEFORE_BLOCK: Final = frozenset({"", ";", "{", "}", ")", "=>", "else", "do", "try", "finally"})
_DIVISIONS: Final = 100
"""After so many slashes that start a regular expression without an end, no further one is tried.
Each try reads to the end of its line, so a text full of slashes, which is no script or was made to
be slow to read, would take quadratic time."""
_OPEN: Final = {")": "(", "]": "[", "}": "{"}


@dataclass(slots=True)
class _Bracket:
    """An open bracket: ``operand`` says whether an operand follows its closing one."""

    sign: str
    operand: bool = False
    call: int | None = None
    """Where the word ``import`` of this call stands in ``found``."""


@dataclass(slots=True)
class _Scan:
    source: str
    found: list[ModuleName] = field(default_factory=list)
    open: list[_Bracket] = field(default_factory=list)
    last: str = ""
    before: str = ""
    operand: bool = True
    """Whether an operand may follow: a slash starts a regular expression then."""
    clause: str = ""
    """``import`` or ``export`` while its clause lasts."""
    clause_at: int = 0
    divisions: int = 0
    """Slashes that look like the start of a regular expression which has no end."""


def scan_modules(source: str) -> list[ModuleName]:
    """What ``source`` says of modules, in source order; ``[]`` for a script that has no part in it.

    >>> [m.specifier for m in scan_modules("import a from './a.js'; export * from 'b'")]
    ['./a.js', 'b']
    """
    return read_tokens(source) if _HINT.search(source) else []


def read_tokens(source: str, see: See | None = None) -> list[ModuleName]:
    """As :func:`scan_modules`; ``see`` is called with each token but white space and comments."""
    scan, position, size = _Scan(source), 0, len(source)
    while position < size:
        if _may_be_regex(scan, position):
            match = _REGEX.match(source, position) if scan.divisions < _DIVISIONS else None
            if match:
                if see:
                    see("regex", position, match.end())
                position = match.end()
                _see(scan, "regex", operand=False)
                continue
            scan.divisions += 1
        match = _TOKEN.match(source, position)
        assert match is not None
        start, position = position, match.end()
        kind = match.lastgroup or ""
        if see and kind != "skip":
            see(kind, start, position)
        if kind == "word":
            _word(scan, match.group(), start)
        elif kind == "string":
            _string(scan, start, position)
        elif kind == "sign":
            position = _sign(scan, match.group(), position)
    return scan.found


def _may_be_regex(scan: _Scan, position: int) -> bool:
    if not scan.operand or scan.source[position] != "/":
        return False
    return scan.source[position + 1 : position + 2] not in ("/", "*")


def _see(scan: _Scan, token: str, *, operand: bool) -> None:
    scan.before, scan.last, scan.operand = scan.last, token, operand


def _word(scan: _Scan, word: str, start: int) -> None:
    is_property = scan.last in (".", "?.", "#")
    # "import" within the braces of a clause is a name: export {import as default} from "x".
    ended = not scan.clause or (scan.last == "}" and not scan.open)
    if not is_property and word in ("import", "export") and ended:
        scan.clause, scan.clause_at = word, start
        _see(scan, word, operand=True)
        return
    if scan.clause:
        _clause_word(scan, word, start)
    _see(scan, word, operand=word in _BEFORE_OPERAND and not is_property)


def _clause_word(scan: _Scan, word: str, start: int) -> None:
    """A word behind ``import`` or ``export``: a name, ``from``, ``meta``, or another statement."""
    if scan.clause == "import" and (scan.before, scan.last) == ("import", "."):
        if word == "meta":
            at = scan.clause_at
            scan.found.append(ModuleName(ModuleNameKind.META, at, start + len(word)))
        scan.clause = ""
    elif scan.clause == "export" and scan.last == "export":
        scan.clause = ""


def _string(scan: _Scan, start: int, end: int) -> None:
    source, top = scan.source, not scan.open
    whole = end - start >= 2 and source[end - 1] == source[start]
    text = _decoded(source[start + 1 : end - 1]) if whole else ""
    if scan.clause and top and whole:
        if scan.last == "from" or (scan.last == "import" and scan.clause == "import"):
            spot = start + 1, end - 1
            scan.found.append(ModuleName(ModuleNameKind.STATIC, *spot, text, spot))
        scan.clause = ""
    elif scan.last == "(" and scan.open and (at := scan.open[-1].call) is not None and whole:
        # import("a" + b) has no known specifier: the string is not all of the argument.
        following = _next_sign(source, end)
        if following in (")", ","):
            call = scan.found[at]
            scan.found[at] = ModuleName(call.kind, call.start, call.end, text, (start + 1, end - 1))
    _see(scan, "string", operand=False)


def _sign(scan: _Scan, sign: str, position: int) -> int:
    """Look at one punctuator; returns where to go on (behind a template's text)."""
    if scan.clause:
        _clause_sign(scan, sign)
    if sign == "`":
        return _template(scan, position)
    if sign in "([{":
        if sign == "(" and scan.last == "import()":
            scan.open.append(_Bracket(sign, call=len(scan.found) - 1))
        elif sign == "(":
            scan.open.append(_Bracket(sign, scan.last in _CONDITION and scan.before != "."))
        else:
            # Behind a block stands a statement, which may start with a regular expression; behind
            # an object literal, an operator. A brace where no operand can stand is a block too.
            block = sign == "{" and (scan.last in _BEFORE_BLOCK or not scan.operand)
            scan.open.append(_Bracket(sign, block))
        _see(scan, sign, operand=True)
    elif sign in _OPEN:
        return _close(scan, sign, position)
    else:
        _see(scan, sign, operand=True)
    return position


def _clause_sign(scan: _Scan, sign: str) -> None:
    """A punctuator behind ``import`` or ``export``: part of its clause, a call, or its end."""
    directly = scan.last == scan.clause
    if scan.clause == "import" and directly and sign == "(":
        at = scan.clause_at
        scan.found.append(ModuleName(ModuleNameKind.DYNAMIC, at, at + len("import")))
        scan.clause, scan.last = "", "import()"
    elif scan.clause == "import" and directly and sign == ".":
        pass
    elif sign in "{*" or (sign in ",}" and not directly):
        # A clause stands at the top level; its braces are the only ones that may be open.
        if len(scan.open) > (1 if sign in ",}" else 0):
            scan.clause = ""
    else:
        scan.clause = ""


def _template(scan: _Scan, position: int) -> int:
    """Pass the text of a template from ``position`` up to its end or its next ``${``."""
    match = _TEMPLATE.match(scan.source, position)
    assert match is not None
    if match["end"] == "${":
        scan.open.append(_Bracket("${"))
        _see(scan, "${", operand=True)
    else:
        _see(scan, "template", operand=False)
    return match.end()


def _close(scan: _Scan, sign: str, position: int) -> int:
    """Close the innermost bracket of the kind, and what was left open within it by mistake."""
    while scan.open:
        bracket = scan.open.pop()
        if bracket.sign == "${" and sign == "}":
            return _template(scan, position)
        if bracket.sign == _OPEN[sign]:
            if bracket.call is not None and _next_sign(scan.source, position) == "{":
                del scan.found[bracket.call]  # a method of that name
            _see(scan, sign, operand=bracket.operand)
            return position
    _see(scan, sign, operand=sign == "}")
    return position


def _next_sign(source: str, position: int) -> str:
    """The next character that is neither space nor comment."""
    while (match := _TOKEN.match(source, position)) and match.lastgroup == "skip":
        position = match.end()
    return source[position : position + 1]


def _decoded(raw: str) -> str:
    """A string literal's value (ECMAScript, 12.9.4)."""

    def decode(match: re.Match[str]) -> str:
        code = match[1] or match[2] or match[3]
        if code:
            number = int(code, 16)
            return chr(number) if number <= 0x10FFFF else ""
        return _PLAIN.get(match[4], match[4])

    return _ESCAPE.sub(decode, raw) if "\\" in raw else raw
