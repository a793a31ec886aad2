"""The contact sheet in a browser: what is searched and filtered, and what is printed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from test_values import REHEARSAL

from deckarchive.rehearsal import write_html
from tests.browsers import SharedBrowser

pytestmark = pytest.mark.browser


def test_the_sheet_can_be_searched_filtered_and_printed(
    tmp_path: Path, shared_browser: SharedBrowser
) -> None:
    write_html(replace(REHEARSAL, folder=str(tmp_path)), tmp_path / "sheet.html")
    page = shared_browser.browser.new_page()
    page.goto((tmp_path / "sheet.html").as_uri())
    shown = page.locator("article:visible")
    assert shown.count() == 3
    page.fill("#search", "nothing <can>")
    assert shown.count() == 1
    assert page.inner_text("#count") == "1 of 3"
    page.fill("#search", "")
    page.select_option("#tier", "live")
    assert [a.get_attribute("data-tier") for a in shown.all()] == ["live"]
    page.select_option("#tier", "")
    page.check("#bad")
    assert [a.get_attribute("data-ok") for a in shown.all()] == ["0", "0"]
    page.uncheck("#bad")
    (first, second, _) = (a.bounding_box() for a in shown.all())
    page.check("#overview")
    (left, right, _) = (a.bounding_box() for a in shown.all())
    assert all((first, second, left, right))
    assert (first["x"], left["y"]) == (second["x"], right["y"])  # below, then beside, the other
    page.emulate_media(media="print")
    assert shown.count() == 3
    assert not page.locator("nav").is_visible()
    page.close()
