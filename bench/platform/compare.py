"""Opens the cases of ``bench.platform`` live and in copies, and tells what each page found out."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Error, Page, sync_playwright

from bench.chromium import flags
from bench.platform.web import Case, PlatformWeb
from bench.tiers import TIERS, served
from deckarchive.browser import find_browser
from deckarchive.model import CaptureRecord, Exchange, State
from deckarchive.rewriter.output import Output
from deckarchive.rewriter.pages.site import Site
from deckarchive.rewriter.write import write_files
from deckarchive.server import DeadProxy
from examples.web.serve import LocalWeb
from tests.firefox import firefox

PATIENCE = 12_000
Found = dict[str, dict[str, Any]]
"""Case → tier → what its script found out."""


class Visitor:
    """Opens addresses one after the other in one tab, a new one where a page is stuck."""

    def __init__(self, context: BrowserContext) -> None:
        self._context = context
        self._page: Page | None = None

    def visit(self, address: str) -> Any:
        """What a page found out; a text that begins with ``?`` if it told nothing."""
        page = self._page = self._page or self._context.new_page()
        try:
            page.goto(address, wait_until="commit", timeout=PATIENCE)
            page.wait_for_function("window.out !== undefined", timeout=PATIENCE)
            return page.evaluate("window.out")
        except Error as error:
            self._page = None
            page.close()
            return f"?{str(error).splitlines()[0][:80]}"


@contextmanager
def browsing(name: str, witness: DeadProxy) -> Iterator[Browser]:
    """The browser, with no way out."""
    with sync_playwright() as playwright:
        if name == "firefox":
            with firefox(witness, playwright=playwright) as browser:
                yield browser
            return
        browser = playwright.chromium.launch(
            executable_path=find_browser(None).path, args=flags(), proxy={"server": witness.url}
        )
        yield browser
        browser.close()


def measure_live(
    cases: Sequence[Case], web: LocalWeb, hosts: PlatformWeb
) -> tuple[dict[str, Any], dict[str, list[Exchange]]]:
    """What each case found out on the web itself, and what it was answered meanwhile."""
    found: dict[str, Any] = {}
    answers: dict[str, list[Exchange]] = {}
    with DeadProxy() as witness, browsing("chromium", witness) as browser:
        context = browser.new_context(proxy={"server": web.proxy}, ignore_https_errors=True)
        visitor = Visitor(context)
        for case in cases:
            start = len(hosts.given)
            found[case.name] = visitor.visit(case.url)
            answers[case.name] = hosts.exchanges(start)
    return found, answers


def write_site(out: Path, cases: Sequence[Case], answers: dict[str, list[Exchange]]) -> None:
    """The copies of the cases, as ``rewrite`` makes them of a capture."""
    records = {
        case.name: CaptureRecord(
            id=case.name, kind="iframe", url=case.url, state=State.CAPTURED, final_url=case.url
        )
        for case in cases
    }
    site = Site(answers, records)
    write_files([*site.files(), *site.maps()], Output(out), site.addresses)
    copies = [{"url": case.url, "copy": site.document_of(case.name)} for case in cases]
    (out / "deckarchive.json").write_text(json.dumps({"targets": copies}), "utf-8")


def measure(
    offline: Path, cases: Sequence[Case], name: str, tiers: Sequence[str]
) -> tuple[Found, list[str]]:
    """What each case found out offline, and what it asked of the network."""
    targets = json.loads((offline / "deckarchive.json").read_text("utf-8"))["targets"]
    copies = {t["url"].partition("#")[0]: t["copy"] for t in targets}
    found: Found = {case.name: {} for case in cases}
    left: list[str] = []
    with DeadProxy() as witness, served(offline) as address, browsing(name, witness) as browser:
        for tier in tiers:
            options: dict[str, Any] = {"service_workers": "block"} if tier != TIERS[0] else {}
            if name == "firefox":
                options = {}
            else:
                options["proxy"] = {"server": witness.url, "bypass": "127.0.0.1"}
            root = address if tier != TIERS[2] else f"{offline.as_uri()}/"
            context = browser.new_context(**options)
            visitor = Visitor(context)
            if tier == TIERS[0]:
                _warm(context, root + copies[cases[0].url])
            for case in cases:
                before = len(witness.attempts)
                copy = copies[case.url]
                found[case.name][tier] = visitor.visit(root + copy) if copy else "?no copy"
                tried = [str(a.url) for a in witness.attempts[before:] if ".test" in str(a)]
                left += [f"{case.name} ({tier}): {one}" for one in tried]
            context.close()
    return found, left


def _warm(context: BrowserContext, address: str) -> None:
    """A first visit, which leaves the service worker in charge."""
    page = context.new_page()
    page.goto(address)
    page.wait_for_function("navigator.serviceWorker.controller !== null")
    page.close()
