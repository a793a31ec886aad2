"""The command line: options in, one pipeline call, results out, an exit code.

Progress goes to stderr (silent when that is no terminal), results to stdout. Errors are
caught in one place, :func:`main`: one line on stderr and a documented exit code.
"""

from __future__ import annotations

import io
import os
import signal
import sys
import traceback
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

import click
from click.core import ParameterSource

from deckarchive import __version__, files, pipeline
from deckarchive.cli.options import (
    ANY_BROWSER,
    BROWSER,
    LINKS,
    OPTIONS_FROM,
    SlideAt,
    capture_options,
    given,
)
from deckarchive.cli.terminal import (
    Progress,
    discard_unwritten,
    is_watched,
    json_text,
    one_line,
    open_page,
    say,
    stream_failure,
)
from deckarchive.errors import DeckarchiveError, ExitCode
from deckarchive.rehearsal import RehearseOptions, Way

DECK = click.argument("deck", type=click.Path(path_type=Path))
FOLDER = click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="deckarchive")
def cli() -> None:
    """Make a web-heavy reveal.js deck safe to present with no network.

    \b
    deckarchive pack talk.md        lists, captures, rewrites and rehearses, in one go
    deckarchive present offline/talk
    """


@cli.command()
@DECK
@click.option("-o", "--output", metavar="FILE", help="Default manifests/NAME.json; - prints it.")
@LINKS
@OPTIONS_FROM
def manifest(deck: Path, output: str | None, links: bool, options_from: Path | None) -> ExitCode:
    """List every web page, video and image that DECK embeds."""
    reading = pipeline.ReadOptions(links=links, options_from=options_from)
    if output == "-":
        made = pipeline.make_manifest(deck, reading)
        say(_json(made))
        return ExitCode.OK
    made, path = pipeline.write_manifest(deck, Path(output) if output else None, reading)
    say(pipeline.describe_manifest(made))
    say(f"\nwritten to {path}")
    return ExitCode.OK


@cli.command()
@click.argument("deck", metavar="DECK|MANIFEST", type=click.Path(path_type=Path))
@click.option("-o", "--output", metavar="DIR", type=click.Path(path_type=Path),
              help="Default archives/NAME/.")  # fmt: skip
@capture_options
@LINKS
@OPTIONS_FROM
@click.option(
    "--headed",
    is_flag=True,
    help="Open each target in a window: use it, then press Enter here or close it.",
)
@click.option("--only", multiple=True, metavar="ID",
              help="Only the target of this id; may be repeated.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
def capture(
    deck: Path,
    output: Path | None,
    as_json: bool,
    links: bool,
    options_from: Path | None,
    **options: Any,
) -> ExitCode:
    """Record every target of DECK (or of a manifest) into an archive folder.

    An interrupted run goes on where it stopped when the command is given again.
    """
    reading = pipeline.ReadOptions(links=links, options_from=options_from)
    with Progress() as progress:
        tell = partial(say, err=True)
        result = pipeline.run_capture(deck, output, given(options), progress.capture, tell, reading)
    if as_json:
        say(_json(result.report))
    else:
        say(result.summary)
    return result.exit_code


@cli.command()
@DECK
@click.option("-a", "--archive", metavar="ARCHIVE", type=click.Path(path_type=Path),
              help="Default archives/NAME/.")  # fmt: skip
@click.option("-o", "--output", metavar="DIR", type=click.Path(path_type=Path),
              help="Default offline/NAME/.")  # fmt: skip
@OPTIONS_FROM
def rewrite(
    deck: Path, archive: Path | None, output: Path | None, options_from: Path | None
) -> ExitCode:
    """Write the offline folder: DECK and local copies of all that it shows."""
    result = pipeline.run_rewrite(
        deck, archive, output, pipeline.ReadOptions(options_from=options_from)
    )
    say(result.summary)
    return result.exit_code


@cli.command()
@FOLDER
@click.option("--json", "json_file", metavar="FILE", help="Write the report; - prints it.")
@click.option("--html", "html_file", metavar="FILE", type=click.Path(path_type=Path),
              help="Write a contact sheet: captured beside offline.")  # fmt: skip
@click.option("--slide", "slides", type=SlideAt(), multiple=True,
              help="Only this slide, as in its address #/H/V; may be repeated.")  # fmt: skip
@click.option("--repeat", type=click.IntRange(1, 100), default=1, metavar="N",
              help="Walk it so often; each embed's worst showing counts.")  # fmt: skip
@click.option("--tier", "way", type=click.Choice([way.value for way in Way]), default="present",
              callback=lambda _context, _option, value: Way(value),
              help="Walk it as `present` serves it (the default), on a plain static server, "
              "or as files by a double-click.")  # fmt: skip
@ANY_BROWSER
def rehearse(
    folder: Path, json_file: str | None, html_file: Path | None, **options: Any
) -> ExitCode:
    """Walk every slide of an offline folder in a browser with the network cut."""
    with Progress() as progress:
        result = pipeline.run_rehearse(
            folder, RehearseOptions(**options), progress.rehearse, html=html_file
        )
    text = _json(result.report)
    if json_file == "-":
        say(text)
        return result.exit_code
    if json_file:
        files.write_text(Path(json_file), text + "\n")
    say(result.summary)
    return result.exit_code


@cli.command()
@FOLDER
@click.option("--port", type=click.IntRange(0, 65535), default=0,
              help="The port on loopback; default: 8420, or a free one.")  # fmt: skip
@click.option("--no-open", is_flag=True, help="Print the address, open no browser.")
@click.option("--full-screen", is_flag=True, help="Open in a full-screen browser of its own.")
@click.option("--speaker", is_flag=True, help="Open reveal.js's speaker view as well.")
@click.option("--slide", type=SlideAt(),
              help="Begin at this slide, as in its address #/H/V.")  # fmt: skip
@click.option(
    "--exact",
    is_flag=True,
    help="Show the deck itself; its URLs answer from the archive, all else is refused.",
)
@click.option("-a", "--archive", metavar="ARCHIVE", type=click.Path(path_type=Path),
              help="With --exact: the archive; default archives/NAME/.")  # fmt: skip
@click.option("--browser", metavar="firefox|chromium|PATH", type=click.Path(path_type=Path),
              envvar="DECKARCHIVE_BROWSER",
              help="Open this browser instead of your own.")  # fmt: skip
def present(folder: Path, port: int, **options: Any) -> ExitCode:
    """Serve an offline folder on this machine and open it in the browser.

    While presenting: F2 or E switches an embed between offline copy, live site and picture. After
    a crash the same command goes on at the slide that was shown.
    """
    archive, browser = options["archive"], options["browser"]
    opens, full_screen = not options["no_open"], options["full_screen"]
    if not opens and (full_screen or options["speaker"]):
        raise click.UsageError("--no-open opens nothing: leave out --full-screen and --speaker")
    if options["exact"]:
        if options["speaker"] or options["slide"]:
            raise click.UsageError("--speaker and --slide go with the offline deck, not --exact")
        pipeline.run_present_exact(
            folder, archive, browser, port=port, open_browser=opens, full_screen=full_screen,
            say=say,
        )  # fmt: skip
        return ExitCode.OK
    if archive:
        raise click.UsageError("--archive goes with --exact")
    named = click.get_current_context().get_parameter_source("browser")
    if named is ParameterSource.ENVIRONMENT and not (full_screen or options["speaker"]):
        browser = None  # named for other commands: the address alone goes to the user's own
    slide = "/{}/{}".format(*options["slide"]) if options["slide"] else ""
    from deckarchive.presenter import PresentOptions

    settings = PresentOptions(
        port=port,
        open_browser=opens,
        slide=slide,
        full_screen=full_screen,
        speaker=options["speaker"],
        browser=browser,
    )
    pipeline.run_present(folder, settings, say)
    return ExitCode.OK


@cli.command()
@FOLDER
@click.option("-o", "--output", metavar="FILE", type=click.Path(path_type=Path),
              help="Default: DIR.zip, beside the folder.")  # fmt: skip
def bundle(folder: Path, output: Path | None) -> ExitCode:
    """Make one zip of an offline folder, to present where deckarchive is not installed.

    Inside is a launcher for machines that have Python, and README.txt says what a browser alone
    shows.
    """
    result = pipeline.run_bundle(folder, output)
    say(result.summary)
    return result.exit_code


@cli.command()
@DECK
@click.option("-o", "--output", metavar="DIR", type=click.Path(path_type=Path),
              help="Default offline/NAME/.")  # fmt: skip
@capture_options
@LINKS
@OPTIONS_FROM
@click.option("--json", "as_json", is_flag=True, help="Print the reports as JSON.")
@click.option("--no-open", is_flag=True, help="Leave the contact sheet closed.")
def pack(
    deck: Path,
    output: Path | None,
    as_json: bool,
    no_open: bool,
    links: bool,
    options_from: Path | None,
    **options: Any,
) -> ExitCode:
    """Do all of it: list, capture, rewrite, rehearse.

    In a terminal with a display the contact sheet then opens: captured beside offline.
    """
    tell = partial(say, err=True) if as_json else say
    reading = pipeline.ReadOptions(links=links, options_from=options_from)
    with Progress() as progress:
        result = pipeline.run_pack(deck, output, given(options), progress, tell, reading)
    if as_json:
        say(_json(result.report))
    else:
        say(result.summary)
        if result.page and not no_open and is_watched(os.environ):
            open_page(result.page)
    return result.exit_code


@cli.command()
@click.argument("archive", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
def status(archive: Path, as_json: bool) -> ExitCode:
    """Show what an archive folder holds: target, state, bytes, reason."""
    result = pipeline.run_status(archive)
    say(_json(result.report) if as_json else result.summary)
    return result.exit_code


@cli.command()
@BROWSER
def doctor(browser: Path | None) -> ExitCode:
    """Check this machine: browser, fonts, disk; say what to install."""
    result = pipeline.run_doctor(browser)
    say(result.summary)
    return result.exit_code


def _json(report: pipeline.Report) -> str:
    return json_text(report.to_dict())


def run(arguments: list[str] | None = None) -> int:
    """Run the command line and return its exit code; it raises nothing."""
    try:
        code = _run(arguments)
    except (click.Abort, KeyboardInterrupt):
        say("interrupted; the same command goes on from here", err=True)
        code = ExitCode.INTERRUPTED
    discard_unwritten()
    return int(code)


def _run(arguments: list[str] | None) -> ExitCode:
    """The command's own code, or that of what went wrong with a line on stderr."""
    try:
        return ExitCode(cli.main(arguments, prog_name="deckarchive", standalone_mode=False) or 0)
    except click.Abort:  # a RuntimeError, and click's word for Ctrl-C
        raise
    except click.ClickException as error:
        _show(error)
        return ExitCode.USAGE
    except BrokenPipeError:
        return ExitCode.OK
    except DeckarchiveError as error:
        say(f"deckarchive: {one_line(error)}", err=True)
        return error.exit_code
    except OSError as error:
        full = stream_failure(error)
        if full is None:
            return _internal(error)
        say(f"deckarchive: {full}", err=True)
        return full.exit_code
    except Exception as error:
        return _internal(error)


def _show(error: click.ClickException) -> None:
    """What click says of wrong usage, by way of :func:`say`."""
    text = io.StringIO()
    error.show(text)
    say(text.getvalue().rstrip("\n"), err=True)


def _internal(error: Exception) -> ExitCode:
    if os.environ.get("DECKARCHIVE_DEBUG"):
        with suppress(OSError):
            traceback.print_exc()
    what = one_line(f"{type(error).__name__}: {error}")
    say(
        f"deckarchive: internal error: {what} (set DECKARCHIVE_DEBUG=1 for the traceback)",
        err=True,
    )
    return ExitCode.INTERNAL


def _interrupt(_signal: int, _frame: object) -> NoReturn:
    raise KeyboardInterrupt


def _fill_streams() -> None:
    """Open the null device for standard streams that the caller closed: a file that is opened
    later would get their number, and messages would be written into it."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)


def main() -> NoReturn:
    """The command, once it is imported; see :mod:`deckarchive.__main__`."""
    try:
        if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
            signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.signal(signal.SIGTERM, _interrupt)
        _fill_streams()
        code = run()
    except KeyboardInterrupt:  # once more, while saying so
        code = int(ExitCode.INTERRUPTED)
    for number in (signal.SIGINT, signal.SIGTERM):  # nothing is left to be interrupted
        signal.signal(number, signal.SIG_IGN)
    sys.exit(code)
