"""Every error that deckarchive raises on purpose, and the exit codes they end in.

    DeckarchiveError
    ├── DeckError           the deck cannot be read, or is not a deck            exit 4
    ├── ManifestError       a manifest is malformed or of a newer version       exit 4
    ├── ArchiveError        an archive cannot be read, or belongs elsewhere     exit 4
    ├── OutputError         a file or folder cannot be written                  exit 4
    ├── UsageError          options that contradict each other                  exit 2
    │   └── PortInUse       another program listens on that port                exit 2
    ├── EnvironmentMissing  the browser or another part is missing              exit 5
    └── BrowserError        the browser answered with a fault (one target)      exit 1
        └── BrowserTimeout  the browser, or a page in it, does not answer        exit 1

A target that cannot be captured is *not* an error: it is a value in the report.
Errors of other libraries (playwright's, warcio's, OSError, …) become one of these in the
adapter that uses the library: ``tests/adapters`` holds that.
"""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """The process exit codes; a contract with scripts that call ``deckarchive``."""

    OK = 0
    INTERNAL = 1
    USAGE = 2
    GAPS = 3
    INPUT = 4
    ENVIRONMENT = 5
    INTERRUPTED = 130


class DeckarchiveError(Exception):
    """Base of all errors of this package: one line for a person, one exit code.

    ``hint`` says what to do about it; ``url`` and ``slide`` say where, when known.
    """

    exit_code: ExitCode = ExitCode.INTERNAL

    def __init__(
        self,
        message: str,
        *,
        hint: str | None = None,
        url: str | None = None,
        slide: tuple[int, int] | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.url = url
        self.slide = slide

    def __str__(self) -> str:
        return f"{self.message} ({self.hint})" if self.hint else self.message


class DeckError(DeckarchiveError):
    """The deck is missing, unreadable, or not a reveal.js deck."""

    exit_code = ExitCode.INPUT


class ManifestError(DeckarchiveError):
    """A manifest is malformed; the message carries the path to the bad value."""

    exit_code = ExitCode.INPUT


class ArchiveError(DeckarchiveError):
    """An archive folder is missing, broken, or has no target of this deck."""

    exit_code = ExitCode.INPUT


class OutputError(DeckarchiveError):
    """Something cannot be written where the user asked for it."""

    exit_code = ExitCode.INPUT


class UsageError(DeckarchiveError):
    """Options that cannot be combined or have no meaning together."""

    exit_code = ExitCode.USAGE


class PortInUse(UsageError):
    """Another program (or another deckarchive) listens on that port."""

    def __init__(self, port: int) -> None:
        super().__init__(f"port {port} is in use", hint="choose another with --port")
        self.port = port


class EnvironmentMissing(DeckarchiveError):
    """A part of the environment (the browser, most often) is not there."""

    exit_code = ExitCode.ENVIRONMENT


class BrowserError(DeckarchiveError):
    """The browser crashed, hung or refused; concerns one target and is retried there."""

    exit_code = ExitCode.INTERNAL


class BrowserTimeout(BrowserError):
    """Something did not answer within its bound: a page that hangs, most often."""
