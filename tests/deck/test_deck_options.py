"""A deck's options: the author's apart from what deckarchive found out, each of its type."""

from __future__ import annotations

from pathlib import Path

import pytest

from deckarchive.deck import deck_site, read_deck
from deckarchive.model import DeckOptions

OURS = """{"start": 40, "frontStart": 9, "overrides": {"title": "No"}, "configDir": "elsewhere/",
 "commandFile": "talk.md", "revealVersion": "3.9", "myKey": [1, {"deep": true}]}"""


def options_of(folder: Path, text: str, **files: str) -> tuple[DeckOptions, tuple[str, ...]]:
    (folder / "package.json").write_text("{}")
    (folder / "talk.md").write_text(text)
    for name, content in files.items():
        (folder / f"{name.replace('_', '-')}.json").write_text(content)
    deck = read_deck(folder / "talk.md")
    return deck.options, deck.warnings


def test_an_author_may_use_any_key(tmp_path: Path) -> None:
    """No name of an option is taken: what deckarchive found out is kept beside the author's."""
    options, warnings = options_of(tmp_path, "---\ntheme: sky\n---\n# One", reveal_md=OURS)
    assert options.author.reveal_md["myKey"] == [1, {"deep": True}]
    assert options.author.reveal_md["configDir"] == "elsewhere/"
    assert options.config_folder == ""
    assert options.front_matter == (4, 18)
    assert not options.overrides
    assert not options.command_file
    assert options.reveal_version is None
    assert warnings == ()
    assert deck_site(read_deck(tmp_path / "talk.md")).pages["index.html"].count(b"# One") == 1


def test_options_cannot_be_changed(tmp_path: Path) -> None:
    options, _ = options_of(tmp_path, "# One", reveal='{"width": 800}')
    assert options.author.reveal["width"] == 800
    for mapping in (options.author.reveal, options.author.reveal_md, options.overrides):
        with pytest.raises(TypeError):
            mapping["x"] = 1  # type: ignore[index]
    with pytest.raises(AttributeError):
        options.config_folder = "x"  # type: ignore[misc]


def test_reveal_mds_defaults_are_not_the_authors(tmp_path: Path) -> None:
    options, _ = options_of(tmp_path, "# One")
    assert dict(options.author.reveal_md) == {}
    assert options.author.text("theme") == "black"
    assert options.author.template == options.template_path == ""
    assert options.author.names("css") == ()
    assert options.author.mermaid == {}


WRONG = [
    ("reveal-md", '{"css": ["a.css", 5, {}]}', ("css[1] is a number", "css[2] is a table")),
    ("reveal-md", '{"theme": [1]}', ("theme is a list",)),
    (
        "reveal-md",
        '{"revealOptions": {"markdown": {"separator": [1]}}}',
        ("revealOptions.markdown.separator is a list",),
    ),
    ("reveal-md", '{"revealOptions": {"markdown": 5}}', ("revealOptions.markdown is a number",)),
    ("reveal", '{"markdown": {"notesSeparator": true}}', ("markdown.notesSeparator is true",)),
]


@pytest.mark.parametrize(("name", "text", "faults"), WRONG)
def test_a_value_of_the_wrong_kind_is_named_by_its_path(
    tmp_path: Path, name: str, text: str, faults: tuple[str, ...]
) -> None:
    options, warnings = options_of(tmp_path, "# One\n---\n# Two", **{name: text})
    assert all(f"{name}.json: {f}" in w for w, f in zip(warnings, faults, strict=True))
    assert options.author.names("css") in ((), ("a.css",))
    assert options.author.markdown == {}
    assert read_deck(tmp_path / "talk.md").slides == 2
