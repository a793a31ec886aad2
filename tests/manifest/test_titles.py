"""The title that the command gives a deck: what a person reads of it, not its markup."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from deckarchive.cli import run

SLIDES = "<div class=reveal><div class=slides>{}</div></div>"
TITLES = [
    ("md", "# The **best** [talk](https://x.example/) &amp; `code`<br>ever <!-- here -->",
     "The best talk & code ever"),
    ("md", "```sh\n# a comment\n```\n\n## Real #\n", "Real"),
    ("md", "~~~\n# never closed", "never closed"),
    ("md", "# ![](logo.png)\n# Second", "Second"),
    ("md", "no heading", "deck"),
    ("html", "<title>A &amp; B\n &#8211; 2026</title>" + SLIDES.format("<section>x"),
     "A & B \u2013 2026"),
    ("html", SLIDES.format("<section><aside class=notes><h1>Notes</h1></aside>"
     "<h2>Deep<br><em>Learning</em> &lt;3</h2><h2>No"), "Deep Learning <3"),
    ("html", "<title> </title>" + SLIDES.format("<section><h1><img src=x.png></h1>"), "deck"),
    ("html", "<h1>Outside</h1>" + SLIDES.format("<section>x"), "deck"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "text", "title"), TITLES)
def test_the_title_is_what_a_person_reads(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], kind: str, text: str, title: str
) -> None:
    deck, out = tmp_path / f"deck.{kind}", tmp_path / "manifest.json"
    deck.write_text(text, encoding="utf-8")
    assert run(["manifest", str(deck), "-o", str(out)]) == 0
    assert json.loads(out.read_text("utf-8"))["deck"]["title"] == title
    assert capsys.readouterr().out.startswith(f"{title} (")
