"""A deck's own Mustache template: it fills in what it may, or is refused with one line, in time."""

from __future__ import annotations

import time
from contextlib import suppress
from pathlib import Path

import pytest

from deckarchive.deck import read_deck, render_page, templateworker
from deckarchive.errors import DeckError

DEEP = 20_000


def render(folder: Path, template: str, options: str = "") -> str:
    (folder / ".git").mkdir()
    (folder / "template.html").write_text(template)
    (folder / "talk.md").write_text(f"---\ntemplate: template.html\n{options}\n---\n# One\n")
    (folder / "secret.mustache").write_text("SECRET")
    (folder / "secret").write_text("SECRET")
    return render_page(read_deck(folder / "talk.md"), {})


@pytest.mark.parametrize(
    "template",
    [
        "{{/title}}",
        "{{#a}}{{/b}}",
        "{{=<%=}}",
        "{{#title}}" * DEEP + "{{/title}}" * DEEP,
    ],
)
def test_a_broken_template_is_one_line(tmp_path: Path, template: str) -> None:
    with pytest.raises(DeckError, match=r"template\.html is broken: ") as caught:
        render(tmp_path, template)
    assert "\n" not in str(caught.value)


def test_a_template_without_end_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(templateworker, "TEMPLATE_SECONDS", 3.0)
    began = time.monotonic()
    with pytest.raises(DeckError, match=r"template\.html is broken: it (takes|makes|cannot)"):
        render(tmp_path, "{{#a}}" * 9 + "x" + "{{/a}}" * 9, f"a: [{'1,' * 500}]")
    assert time.monotonic() - began < 30


@pytest.mark.parametrize("piece", ["{{", " ", "{{#", "{{{", "}}", "{{=", "{{!"])
def test_a_template_that_is_slow_to_read_is_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, piece: str
) -> None:
    monkeypatch.setattr(templateworker, "TEMPLATE_SECONDS", 3.0)
    began = time.monotonic()
    with suppress(DeckError):  # some are templates
        render(tmp_path, piece * 200_000)
    assert time.monotonic() - began < 30


def test_partials_lambdas_and_attributes_name_nothing(tmp_path: Path) -> None:
    page = render(
        tmp_path,
        "[{{> secret}}{{>../secret}}{{> /etc/passwd}}{{title.upper}}{{title.__class__}}"
        "{{__class__}}{{#title.__class__}}x{{/title.__class__}}{{lambda}}|{{title}}]",
        "lambda: 'lambda x: x'\ntitle: T",
    )
    assert page == "[lambda x: x|T]"


def test_modules_of_the_folder_it_runs_in_are_not_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("json", "pystache", "subprocess", "html"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('taken')")
    monkeypatch.chdir(tmp_path)
    assert render(tmp_path, "{{title}}", "title: T") == "T"
