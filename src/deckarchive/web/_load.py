"""Reading the tables, and writing them into scripts."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def web_table(name: str) -> dict[str, Any]:
    """The table ``tables/<name>.json`` without its ``source``. Not to be changed: it is shared."""
    text = (files("deckarchive.web") / "tables" / f"{name}.json").read_text("utf-8")
    return {key: value for key, value in json.loads(text).items() if key != "source"}


def literal(name: str) -> str:
    """A table as an expression of JavaScript, fit for any place in a script element."""
    text = json.dumps(web_table(name), separators=(",", ":"), ensure_ascii=True)
    return text.replace("</", "<\\/").replace("<!", "<\\u0021")
