"""Where scripts read the page's location."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deckarchive.markup import scan_places

HERE = "location"


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("go(location.href)", [HERE]),
        ("go(location)", [HERE]),
        ("x = location; y = location || {}; return location", [HERE] * 3),
        ("new URL(path, document.location)", ["document.location"]),
        ("let {pathname: p} = r.history.location", ["r.history.location"]),
        ("`${window.location.origin}/x`", ["window.location"]),
        ("a ? e.location : b; e.location == 4", ["e.location"] * 2),
        ("location\n  .href", [HERE]),
        ("location['href']; location?.href", [HERE] * 2),
        ("(location) => location.x", [HERE]),
        ("if (self.location.protocol === 'file:') {}", ["self.location"]),
    ],
)
def test_what_reads_it_is_found(source: str, found: list[str]) -> None:
    assert [source[start:end] for start, end in scan_places(source)] == found


@pytest.mark.parametrize(
    "source",
    [
        "location = '/x'; window.location = '/x'; a.location += 1",
        "let location = 1, b; const {location: a} = b, {location} = c",
        "function location() {} class A { location = 1; location() {} get location() {} }",
        "function f(a, location) {} go(location) {} catch (location) {} (a, location) => 1",
        "f({location: 1, location})",
        "a.location(1); delete a.location; new a.location.B(); typeof location",
        "a?.location.b; a().location.b; this.#location",
        "'location.href'; `location.href`; /location.href/; // location.href\n/* location.x */",
        "export { location }; import { location } from 'x'; import.meta.location",
        "$location.path; location$.x",
    ],
)
def test_what_declares_names_or_sets_it_is_not(source: str) -> None:
    assert scan_places(source) == []


TOKENS = f"{HERE} . ?. = == ( ) {{ }} [ ] , ; a 'b' `${{ }} => new /"


@given(st.lists(st.sampled_from(TOKENS.split())))
def test_any_text_is_read_and_spans_hold_a_location(parts: list[str]) -> None:
    source = " ".join(parts)
    spans = scan_places(source)
    assert all(source[start:end].endswith(HERE) for start, end in spans)
    assert all(a[1] <= b[0] for a, b in pairwise(spans))
