"""The options that several commands share. Those of a capture have no defaults here: what was
not given on the command line may be set in ``deckarchive.toml``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar, cast

import click

from deckarchive.crawler import CaptureOverrides, parse_header, parse_size

_F = TypeVar("_F", bound=Callable[..., Any])


class Viewport(click.ParamType[tuple[int, int]]):
    """``WxH`` in CSS pixels, as in ``1920x1080``."""

    name = "WxH"

    def convert(self, value: Any, param: Any, ctx: Any) -> tuple[int, int]:
        if isinstance(value, tuple):
            return value
        width, x, height = str(value).lower().partition("x")
        if not (x and width.isdecimal() and height.isdecimal()):
            self.fail(f"{value!r} is not of the form 1920x1080", param, ctx)
        size = int(width), int(height)
        if not all(64 <= n <= 7680 for n in size):
            self.fail(f"{value}: width and height must be from 64 to 7680", param, ctx)
        return size


class Parsed(click.ParamType[Any]):
    """A value by the same rules as in ``deckarchive.toml``."""

    def __init__(self, name: str, parse: Callable[[str], Any]) -> None:
        self.name, self._parse = name, parse

    def convert(self, value: Any, param: Any, ctx: Any) -> Any:
        try:
            return self._parse(value) if isinstance(value, str) else value
        except ValueError as error:
            self.fail(str(error), param, ctx)


class SlideAt(click.ParamType[tuple[int, int]]):
    """``H`` or ``H/V``, as in the deck's address and the reports: counted from 0."""

    name = "H[/V]"

    def convert(self, value: Any, param: Any, ctx: Any) -> tuple[int, int]:
        if isinstance(value, tuple):
            return value
        h, _, v = str(value).removeprefix("#").removeprefix("/").partition("/")
        if not (h.isdecimal() and (v or "0").isdecimal()):
            self.fail(f"{value!r} is not of the form 3 or 3/1", param, ctx)
        return int(h), int(v or 0)


SIZE = Parsed("SIZE", parse_size)
HEADER = Parsed("'NAME: VALUE'", parse_header)
BROWSER = click.option(
    "--browser",
    type=click.Path(path_type=Path),
    envvar="DECKARCHIVE_BROWSER",
    help="The Chromium to use; otherwise Playwright's own, then one found on PATH.",
)
ANY_BROWSER = click.option(
    "--browser",
    metavar="firefox|chromium|PATH",
    type=click.Path(path_type=Path),
    envvar="DECKARCHIVE_BROWSER",
    help="The browser to walk it in; default: the Chromium that captures.",
)
LINKS = click.option("--links", is_flag=True, help="Ordinary links of the deck are targets too.")
OPTIONS_FROM = click.option(
    "--options-from",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Show the deck with the options of the reveal-md command in this file of its project "
    "(a Makefile, script, workflow or README); of itself only package.json's counts.",
)

_CAPTURE = [
    click.option("--jobs", type=click.IntRange(1, 16),
                 help="How many targets are at work side by side; default: one a processor."),
    click.option("--timeout", type=click.FloatRange(1, 3600),
                 help="Seconds a target may take to load and settle; default 60."),
    click.option("--viewport", type=Viewport(),
                 help="The projector's size: background frames fill it; default 1920x1080."),
    click.option("--proxy", metavar="URL",
                 help="Reach the web through this HTTP proxy (http://user:pass@host:port)."),
    click.option("--insecure/--no-insecure", default=None,
                 help="Accept sites' certificates that cannot be verified."),
    click.option("--include", multiple=True, metavar="GLOB",
                 help="Only targets whose URL or id matches; may be repeated."),
    click.option("--exclude", multiple=True, metavar="GLOB",
                 help="Not the targets whose URL or id matches; may be repeated."),
    click.option("--retry-failed", is_flag=True, help="Try again what failed in an earlier run."),
    click.option("--refresh", is_flag=True, help="Capture everything again."),
    click.option("--wait-for", metavar="SELECTOR",
                 help="A page is not done before this CSS selector matches in it."),
    click.option("--block", multiple=True, metavar="PATTERN",
                 help="Never ask for this host (and its subdomains), for URLs of this glob, "
                      "or for a kept list: ads, trackers, consent."),
    click.option("--allow", multiple=True, metavar="HOST[:PORT]",
                 help="Let pages reach this host although it is on this machine or a private "
                      "network; without it only a target's own host and port are."),
    click.option("--max-size", type=SIZE, help="Cut files longer than this, such as 200MB."),
    click.option("--max-total", type=SIZE,
                 help="Record at most this much in one run; the next one goes on."),
    click.option("--header", "headers", multiple=True, type=HEADER,
                 help="Send this header to each target's own host; may be repeated."),
    click.option("--cookie-jar", type=click.Path(path_type=Path), metavar="FILE",
                 help="Your cookies: a cookies.txt, or a storage state of Playwright."),
    click.option("--keep-secrets/--no-keep-secrets", default=None,
                 help="Record your own login's headers and cookies too."),
    click.option("--use/--no-use", default=None,
                 help="Click, scroll and play a little in each page: its copy must do the same."),
    click.option("--user-agent", metavar="TEXT", help="What the browser says it is."),
    click.option("--per-host", type=click.IntRange(1, 256), metavar="N",
                 help="At most so many connections to one host; default 12."),
    click.option("--pause", type=click.FloatRange(0, 600), metavar="S",
                 help="At least so many seconds between requests to one host; default 0."),
    click.option("--deck-url", metavar="URL",
                 help="Where the deck is presented: pages in its frames see that address."),
    BROWSER,
]  # fmt: skip


def capture_options(command: _F) -> _F:
    """The options that ``capture`` and ``pack`` share."""
    for option in reversed(_CAPTURE):
        command = option(command)
    return command


def given(options: Mapping[str, Any]) -> CaptureOverrides:
    """The options that the user gave; an empty text removes a value of ``deckarchive.toml``."""
    values = {name: value for name, value in options.items() if value is not None and value != ()}
    values = {name: None if value == "" else value for name, value in values.items()}
    if "headers" in values:
        values["headers"] = dict(values["headers"])
    return cast("CaptureOverrides", values)
