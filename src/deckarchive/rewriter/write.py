"""A plan becomes a folder: each file written once or taken over, then swapped in as a whole."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from deckarchive import files
from deckarchive.errors import OutputError
from deckarchive.model import OfflineDeck
from deckarchive.rewriter.file_scheme.data import write_data
from deckarchive.rewriter.output import Output, body_inputs
from deckarchive.rewriter.pages.addresses import Addresses
from deckarchive.rewriter.pages.copies import Copies
from deckarchive.rewriter.plan import Plan
from deckarchive.rewriter.plan_values import (
    CopiedFile,
    FileSchemeFile,
    GeneratedFile,
    PageFile,
    PlannedFile,
    PosterFile,
    RecordedFile,
)
from deckarchive.rewriter.reuse import PROVENANCE, foreign_to, read_before


def write(plan: Plan, out: Path, warn: Callable[[str], object] = lambda line: None) -> OfflineDeck:
    """Write the offline folder ``out`` and say what it holds.

    It is built beside ``out`` and takes its place when whole; of an older offline folder there,
    what would come out the same is taken over. ``warn`` gets a line for each file that could not be
    read to its end. Raises :class:`OutputError` when ``out`` holds anything else or is the deck's
    own folder.
    """
    out = out.absolute()
    _refuse_foreign(out, Path(plan.root))
    with files.new_folder(out, is_ours=lambda path: not foreign_to(path)) as work:
        output = Output(work, read_before(out))
        write_files(plan.files, output, plan.addresses)
        for note in output.notes:
            warn(note)
        created = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        offline = replace(plan.offline, created=created, files=output.finish())
        files.write_json(output.folder / PROVENANCE, offline.to_dict())
    return offline


def write_files(planned: Iterable[PlannedFile], output: Output, addresses: Addresses) -> None:
    """Write files in the order given; a file of the deck's that is gone meanwhile is a note."""
    copies = Copies(addresses)
    for file in planned:
        match file:
            case GeneratedFile():
                output.write(file.path, file.content)
            case PageFile():
                copies.write(file, output)
            case RecordedFile():
                output.copy(file.path, file.exchange.open_body, body_inputs(file.exchange))
            case PosterFile():
                picture = file.picture
                data = picture.read_bytes() if isinstance(picture, Path) else picture
                output.write(file.path, data)
            case CopiedFile():
                _copy(file, output)
            case FileSchemeFile():
                write_data(output, file, addresses.path)


def _copy(file: CopiedFile, output: Output) -> None:
    try:
        output.copy_file(file.path, file.source)
    except OSError as error:
        output.notes.append(f"{file.path}: {error.strerror or error}, left out")


def _refuse_foreign(out: Path, root: Path) -> None:
    """Never write over what is not an offline folder, nor over the deck itself."""
    resolved, deck_root = out.resolve(), root.resolve()
    if resolved == deck_root or deck_root.is_relative_to(resolved):
        raise OutputError(f"{out} holds the deck itself", hint="name another folder with --output")
    if out.is_symlink() or (out.exists() and not out.is_dir()):
        raise OutputError(f"{out} is not a folder", hint="name another with --output")
    if out.is_dir() and (foreign := foreign_to(out)):
        raise OutputError(
            f"{out} holds {foreign}", hint="move it away, or name another folder with --output"
        )
