"""The contact sheet in a browser: what is searched and filtered, and what is printed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright
from test_values import REHEARSAL

from deckarchive.browser import BrowserOptions, find_browser
from deckarchive.rehearse import write_html

pytestmark = pytest.mark.browser


def test_the_sheet_can_be_searched_filtered_and_printed(tmp_path: Path) -> None:
    write_html(replace(REHEARSAL, folder=str(tmp_path)), tmp_path / "sheet.html")
    options = BrowserOptions(path=find_browser().path)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=options.path, chromium_sandbox=options.sandbox
        )
        page = browser.new_page()
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
        browser.close()
