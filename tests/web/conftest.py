"""The cases that both sides of a table must answer alike."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

CASES = Path(__file__).parent / "cases"


def cases(name: str, part: str) -> list[Any]:
    """The rows of one part of ``cases/<name>.json``: arguments, then the answer."""
    rows = json.loads((CASES / f"{name}.json").read_text("utf-8"))[part]
    assert isinstance(rows, list)
    assert rows
    return rows
