"""A page whose script has come and is still being made ready is not still."""

from __future__ import annotations

import pytest

from deckarchive.js import script
from tests.browsers import SharedBrowser

pytestmark = pytest.mark.browser

# A script that came already and, set by innerHTML, never runs; then a second passes by the clock.
WAITS = """async (settle) => {
  const still = eval(settle), now = performance.now.bind(performance);
  performance.getEntriesByName = () => [{}];
  still();
  document.head.innerHTML = "<script src='https://a.test/big.js'></" + "script>";
  await null;
  performance.now = () => now() + 1000;
  const waiting = still();
  document.querySelector("script").dispatchEvent(new Event("load"));
  performance.now = () => now() + 2000;
  return [waiting, still() >= 900];
}"""


def test_a_script_that_came_is_waited_for_until_it_has_run(shared_browser: SharedBrowser) -> None:
    page = shared_browser.browser.new_page()
    assert page.evaluate(WAITS, f"({script('settle')})") == [0, True]
    page.close()
