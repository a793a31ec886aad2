"""Pages of ``bench.platform`` that copies once got wrong: what their scripts find out, as live."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.platform.compare import measure, measure_live, write_site
from bench.platform.web import PlatformWeb, read_cases
from bench.tiers import TIERS
from examples.web.serve import LocalWeb
from tests.browsers import SharedBrowser

pytestmark = pytest.mark.browser

ONCE_WRONG = """
    audio-worklet audio-worklet-other-host paint-worklet worker-blob-relative worker-data-url
    worker-from-another-host worker-large-file worker-large-file-nested-and-by-blob
    worker-module-blob worker-shared worker-that-fails
    css-imports css-sheets declarative-shadow-root embedded-widget-sizes-itself form-in-a-frame
    frame-by-blob-address import-map-made-by-script json-and-css-modules jsonp jsonp-in-an-object
    link-into-a-frame location-assign-function messages-to-a-wrong-origin option-and-base
    looks-native place-of-an-application urls-derived-from-the-place window-open-into-a-frame
"""


def test_scripts_find_out_what_they_do_live(tmp_path: Path, shared_browser: SharedBrowser) -> None:
    shared_browser.close()  # what is measured starts browsers of its own
    names = ONCE_WRONG.split()
    cases = [case for case in read_cases() if case.name in names]
    assert len(cases) == len(names)
    hosts = PlatformWeb(cases)
    with LocalWeb(answer=hosts.answer, speaks=hosts.speaks) as web:
        live, answers = measure_live(cases, web, hosts)
    write_site(tmp_path / "out", cases, answers)
    found, left = measure(tmp_path / "out", cases, "chromium", TIERS[1:])
    wrong = [
        (case.name, tier, seen, live[case.name])
        for case in cases
        for tier, seen in found[case.name].items()
        if seen != live[case.name] and tier not in case.known
    ]
    assert not wrong
    assert not left
