"""Pages that answer, with success, that there is no page: told by what they call themselves. Pure.

The words are in the table of :mod:`deckarchive.web.page_faults`, which the rehearsal reads too.
"""

from __future__ import annotations

from collections.abc import Iterable

from deckarchive.web import SHORT_PAGE, fault_of_page, fault_of_sign_in

SHORT = SHORT_PAGE


def error_page(titles: Iterable[str], text: str, length: int) -> str:
    """What a page with these titles (its own, its first heading) says instead, or ``""``.

    ``text`` is the beginning of what can be read, ``length`` how much there is, in characters.
    """
    titles = tuple(titles)
    fault = fault_of_page(titles, "", length, ("missing", "server-error"))
    fault = fault or fault_of_page(titles, text, length, ("for-sale",))
    return fault.reason if fault else ""


def asks_to_sign_in(titles: Iterable[str], fields: int, length: int) -> bool:
    """Whether a page with ``fields`` for a user's name, and little else, is a sign-in."""
    return fault_of_sign_in(titles, fields, length) is not None
