"""Every command and option is documented, in its help and in the README."""

from pathlib import Path

import click
import pytest

from deckarchive.cli import cli

README = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
COMMANDS = sorted(cli.commands.items())
OPTIONS = [
    (name, option)
    for name, command in COMMANDS
    for option in command.params
    if isinstance(option, click.Option)
]


@pytest.mark.parametrize(("name", "command"), COMMANDS)
def test_a_command_has_help_and_stands_in_the_readme(name: str, command: click.Command) -> None:
    assert command.help
    assert f"deckarchive {name}" in README


@pytest.mark.parametrize(("name", "option"), OPTIONS, ids=lambda v: getattr(v, "name", v))
def test_an_option_has_help_and_stands_in_the_readme(name: str, option: click.Option) -> None:
    assert option.help, f"{name} {option.opts}"
    assert max(option.opts, key=len) in README, f"{name} {option.opts}"


def test_the_contract_of_the_command_line_stays() -> None:
    """Names that scripts rely on; add freely, remove nothing."""
    expected = {
        "manifest": {"--output"},
        "capture": {"--output", "--jobs", "--timeout", "--viewport", "--proxy", "--insecure",
                    "--include", "--exclude", "--retry-failed", "--refresh", "--json"},
        "rewrite": {"--archive", "--output"},
        "rehearse": {"--json", "--html"},
        "present": {"--port", "--no-open"},
        "pack": {"--output", "--jobs", "--timeout", "--viewport", "--proxy", "--insecure",
                 "--include", "--exclude", "--retry-failed", "--refresh"},
        "status": set(),
        "doctor": set(),
    }  # fmt: skip
    for name, options in expected.items():
        present = {o for p in cli.commands[name].params for o in p.opts}
        assert options <= present, name
