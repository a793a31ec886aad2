"""Pages that say that there is nothing to see, and requests whose answers nobody sees."""

from __future__ import annotations

from deckarchive.web import fault_of_layer, fault_of_page, is_unseen, new_fault
from tests.web.conftest import cases


def test_pages_are_told_by_their_words() -> None:
    found = []
    for title, text, length, kind in cases("page_faults", "pages"):
        fault = fault_of_page([title], text, length)
        if (fault.kind if fault else "") != kind:
            found.append((title, text, fault))
    assert found == []


def test_requests_that_nobody_sees() -> None:
    assert [url for url, unseen in cases("page_faults", "unseen") if is_unseen(url) != unseen] == []


def test_a_message_counts_where_it_is_new() -> None:
    page = "Rivers\nConnection lost.\nMuch text of the page"
    fault = new_fault(page, "Rivers Much text of the page")
    assert fault is not None
    assert fault.kind == "offline"
    assert new_fault(page, "Rivers. Connection lost. Much text") is None
    assert new_fault("Working with arrays in JavaScript", "Rivers") is None
    assert new_fault("Working…", "Rivers") is not None
    assert new_fault("Cookies: accept them?", "Rivers") is None  # the layer is judged for that


def test_values_and_markup_that_were_never_filled_in() -> None:
    for line in ("Station 1 NaN °C", "undefined mm", "{{ user.name }}", r"$$\frac{1}{n^2}$$"):
        fault = new_fault(f"Stations\n{line}", "Stations\n1.4 °C")
        assert fault is not None, line
        assert fault.kind == "unfilled", line
    assert new_fault("Nan, a bread\nthe undefined", "Nan, a bread\nundefined") is None
    assert new_fault("Nan, a bread", "Bread") is None


def test_layers() -> None:
    for text, kind in (
        ("We use cookies. Accept all", "consent"),
        ("Disconnected from server", "offline"),
        ("Subscribe to continue reading", "app-wall"),
        ("Log in to see more", "wall"),
        ("Welcome to the tour", None),
    ):
        fault = fault_of_layer(text)
        assert (fault.kind if fault else None) == kind, text
