"""The cases that both sides of a table must answer alike."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

CASES = Path(__file__).parent / "cases"


def cases(name: str, part: str) -> list[Any]:
    """The rows of one part of ``cases/<name>.json``: arguments, then the answer."""
    rows = json.loads((CASES / f"{name}.json").read_text("utf-8"))[part]
    assert isinstance(rows, list)
    assert rows
    return rows


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    found = os.environ.get("DECKARCHIVE_BROWSER") or shutil.which("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=found, chromium_sandbox=os.geteuid() != 0
        )
        yield browser
        browser.close()
