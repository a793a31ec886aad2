"""The Content-Security-Policies that hold the offline deck together: each is written once."""

from __future__ import annotations

from typing import Final

from deckarchive.web._load import web_table

WITHOUT_POLICY: Final = "application/pdf"
"""The one media type that goes without a policy, which would break the browser's viewer. Which
others may run a script is the browser's choice."""


def policy(name: str, **values: str) -> str:
    """The policy of that name in ``tables/policies.json``; ``values`` are filled in.

    ``copy``: only the files of its own folder; holds on http and on file://.
    ``copy-under-deck``: a copy that leads itself to the deck's name must not become a part of it.
    ``copy-connections``: the value of ``Connection-Allowlist``. Chromium opens no other connection
    for a copy, not even in advance, as the policy alone lets it when a script leads an empty frame
    elsewhere.
    ``deck``: the folder's own files and nothing else, on file:// too.
    ``frame``: its picture, its script, and the copy on this origin or its own (``id``). Evaluation
    is allowed for the rehearsal: browser drivers wait for conditions by it.
    ``live``: the only one that lets anything out, for the frame that opens the live site.
    ``report``: a page that needs nothing but itself.
    """
    text = web_table("policies")[name]
    assert isinstance(text, str)
    return text.format(**values) if values else text
