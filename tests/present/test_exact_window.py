"""Exact replay as a speaker uses it: from a plain archive folder."""

from __future__ import annotations

import re

import pytest
from test_forms import eventually

from tests.browsers import SharedBrowser, launch
from tests.present.talk import Talk
from tests.running import running

pytestmark = [pytest.mark.browser, pytest.mark.timeout(200)]


def test_a_plain_archive_is_replayed(talk: Talk, shared_browser: SharedBrowser) -> None:
    talk.web.word = "live"
    asked = len(talk.web.log)
    try:
        with running(talk.archive, "--exact", "--no-open") as replaying:
            flags = re.findall(r"--ignore-certificate-errors-spki-list=\S+", replaying.said)
            proxy = re.findall(r"--proxy-server=(\S+)", replaying.said)[0]
            address = re.findall(r"http://deck\.localhost/\S+", replaying.said)[0]
            browser = launch(shared_browser.playwright, proxy, *flags, bypass="<-loopback>")
            page = browser.new_page()
            page.goto(f"{address}#/1")
            found = lambda: [  # noqa: E731
                f for f in page.frames if f.url == "https://demo.example/#there"
            ]
            eventually(page, found, "the original URL")
            assert "These words are captured" in found()[0].inner_text("body")
            browser.close()
        assert [line for line in talk.web.log[asked:] if "demo" in line] == []
    finally:
        talk.web.word = "captured"
