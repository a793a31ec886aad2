"""Files that only a script in the deck's page names."""

from __future__ import annotations

from pathlib import Path

from deckarchive.rewriter.deck.files import script_literal_files

PAGE = """<!doctype html><p>"css/other.css"<script>
link.href = location.search.match(/print-pdf/gi) ? 'css/print/pdf.css' : 'css/print/paper.css';
load("../shared/data set.json", "../shared/data%20set.json", `data.csv`, "a/${name}.css");
open('https://far.example/css/other.css'), '../../secret.json', "/talks/css/root.css", "gone.css";
</script>"""


def test_those_that_exist_in_the_decks_folder(tmp_path: Path) -> None:
    root = tmp_path / "course"
    for name in (
        "talks/css/print/pdf.css", "talks/css/print/paper.css", "talks/css/other.css",
        "talks/css/root.css", "talks/data.csv", "shared/data set.json", "../secret.json",
    ):  # fmt: skip
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("")
    assert script_literal_files(PAGE, "http://deck.localhost/talks/talk.html", root) == [
        "shared/data set.json",
        "talks/css/print/paper.css",
        "talks/css/print/pdf.css",
        "talks/css/root.css",
        "talks/data.csv",
    ]
