"""Pages that answer, with success, that there is no page: told by what they call themselves. Pure.

Only short pages are judged by their words: a lecture on status codes may be called "404".
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

SHORT: Final = 1200
"""Characters: a page with less text than this may be nothing but a wall."""

_MISSING = re.compile(
    r"^\W*(?:http |error |fehler |erreur )*(?:404|410)\b|"
    r"\b(?:page|file|document|site|content|resource|repository) (?:was |is |has |could |can )?"
    r"(?:not |cannot |n.t )(?:be |been )?found|\bnot found\W*$|^not found\b|"
    r"\b(?:page|site) (?:does not|doesn.t|no longer) exists?|page (?:is )?(?:gone|missing)\W*$|"
    r"(?:seite|datei) (?:wurde )?nicht gefunden|page (?:introuvable|non trouvée)|"
    r"página no encontrada|pagina non trovata|pagina niet gevonden|страница не найдена|"
    r"ページが見つかりません|页面不存在|找不到页面",
    re.IGNORECASE,
)
_BROKEN = re.compile(
    r"^\W*(?:http |error |fehler |erreur )*5\d\d\b|internal server error|bad gateway|"
    r"gateway time-?out|service (?:temporarily )?unavailable|something went wrong|"
    r"error establishing a database connection|application error|"
    r"(?:site|server) is (?:down|under maintenance)|temporarily unavailable",
    re.IGNORECASE,
)
_FOR_SALE = re.compile(
    r"(?:domain|website)(?: name)? (?:is|may be) (?:available )?for sale|buy this domain|"
    r"domain (?:has )?expired|this domain is parked|parked free",
    re.IGNORECASE,
)
_SIGN_IN = re.compile(
    r"\b(?:sign|log)[ -]?(?:in|on)\b|\bauthenticat|single sign|\banmeld|\beinloggen|"
    r"\bse connecter|\bconnexion\b|\biniciar sesión|\baccedi\b|\binloggen\b|войти|ログイン|登录",
    re.IGNORECASE,
)


def error_page(titles: Iterable[str], text: str, length: int) -> str:
    """What a page with these titles (its own, its first heading) says instead, or ``""``.

    ``text`` is the beginning of what can be read, ``length`` how much there is, in characters.
    """
    if length >= SHORT:
        return ""
    titles = [title for title in titles if title]
    if any(_MISSING.search(title) for title in titles):
        return "the page says that it was not found"
    if any(_BROKEN.search(title) for title in titles):
        return "an error page answered instead of the site"
    if _FOR_SALE.search(" ".join((*titles, text))):
        return "the domain is for sale"
    return ""


def asks_to_sign_in(titles: Iterable[str], fields: int, length: int) -> bool:
    """Whether a page with ``fields`` for a user's name, and little else, is a sign-in."""
    return bool(fields) and length < SHORT and any(_SIGN_IN.search(title) for title in titles)
