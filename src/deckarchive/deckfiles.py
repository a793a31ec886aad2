"""Opening files of a deck's folder: only what is the deck's, and nothing that is a secret.

Used wherever a file of the deck is served, copied or read because the deck, or a page of it, says
so. What a path names decides first (:meth:`DeckFiles.allows`, :func:`is_withheld`), then where it
leads on disk, then what the file begins with.
"""

from __future__ import annotations

import errno
import posixpath
import re
from pathlib import Path
from typing import BinaryIO, Final

from deckarchive import files
from deckarchive.model import DeckFiles

_NAMES: Final = re.compile(
    r"""deckarchive\.toml | cookies(?:[-_.].*)?\.(?:txt|json|sqlite) | .*cookie[-_]?jar.*
      | storage[-_]?state(?:[-_.].*)?\.json | (?:.*[-_.])?id_(?:rsa|dsa|ecdsa|ed25519)
      | credentials(?:\.(?:json|ya?ml|toml|ini|csv))? | secrets?\.(?:json|ya?ml|toml|ini|env|txt)
      | .*\.(?:pem|p12|pfx|jks|keystore|kdbx|ppk|env)""",
    re.VERBOSE | re.IGNORECASE,
)
_HEAD: Final = 4096
_SECRETS: Final = re.compile(
    rb"""\A(?:\xef\xbb\xbf)?\s*(?:
        \#\ (?:Netscape\ )?HTTP\ Cookie\ File
      | (?:\#[^\n]*\n|\s)* (?:\#HttpOnly_)?[\w.-]+\t(?:TRUE|FALSE)\t/[^\t\n]*\t(?:TRUE|FALSE)\t-?\d
      | -----BEGIN\ [A-Z ]*PRIVATE\ KEY
      | PuTTY-User-Key-File
      | \{[^\[{]*"cookies"\s*:\s*\[\s*\{ | \{\s*"origins"\s*:\s*\[
      | \[\s*\{(?=[^{}]*"domain"\s*:)(?=[^{}]*"name"\s*:)(?=[^{}]*"value"\s*:)
    )""",
    re.VERBOSE,
)
_PNPM: Final = "node_modules"


def is_withheld(path: str) -> bool:
    """Whether a path (posix) is never the deck's to show, by its name alone.

    Hidden files and folders, deckarchive.toml, and names that cookie jars and private keys have.
    """
    parts = path.split("/")
    return any(p.startswith(".") for p in parts) or bool(_NAMES.fullmatch(parts[-1]))


def is_secret_file(head: bytes) -> bool:
    """Whether a file that begins with ``head`` is a cookie jar (in any form that ``--cookie-jar``
    reads) or a private key."""
    return bool(_SECRETS.match(head))


def find_own(root: Path, path: str, own: DeckFiles) -> Path:
    """The file on disk behind ``path``, decoded and relative to ``root``; links are followed.

    Raises :class:`OSError` whose ``strerror`` says why there is none: EACCES when it is not the
    deck's, ENOENT when it is missing. A link may lead from one file of the deck to another; to
    anything else below the root only where the deck names that very path.
    """
    path = posixpath.normpath(path)
    if "\0" in path or "\\" in path or path.startswith(("../", "/")) or path == "..":
        raise _refused("lies outside the deck's folder", path)
    if is_withheld(path):
        raise _refused("is never part of a deck", path)
    if not own.allows(path):
        raise _refused("lies outside the deck's folder and is not named by the deck", path)
    try:
        base = root.resolve()
        file = (base / path).resolve()
        inside = file.is_relative_to(base)
    except (OSError, ValueError, RuntimeError) as error:  # a circle of links, a name too long
        raise _refused("not found in the deck's folder", path, errno.ENOENT) from error
    if not inside:
        raise _refused("lies outside the deck's folder", path)
    real = file.relative_to(base).as_posix()
    if real != path and (_is_hidden(real) or not (own.allows(real) or path in own.named)):
        raise _refused("leads out of the deck's folder", path)
    if not file.is_file():
        raise _refused("not found in the deck's folder", path, errno.ENOENT)
    return file


def open_own(root: Path, path: str, own: DeckFiles) -> BinaryIO:
    """Open what :func:`find_own` finds, at its start. Raises :class:`OSError` as it does, and for
    a file that is a secret by what it holds."""
    return open_found(find_own(root, path, own))


def open_found(file: Path) -> BinaryIO:
    """Open a file that :func:`find_own` gave; see :func:`open_own`."""
    stream = files.open_regular(file)
    try:
        secret = is_secret_file(stream.read(_HEAD))
        stream.seek(0)
    except BaseException:
        stream.close()
        raise
    if secret:
        stream.close()
        raise _refused("is never part of a deck", str(file))
    return stream


def read_own(root: Path, path: str, own: DeckFiles, *, limit: int = files.LARGEST_TEXT) -> bytes:
    """The bytes of a file of the deck, at most ``limit``; a longer one raises EFBIG."""
    return read_found(find_own(root, path, own), limit=limit)


def read_found(file: Path, *, limit: int = files.LARGEST_TEXT) -> bytes:
    """The bytes of a file that :func:`find_own` gave; see :func:`read_own`."""
    with open_found(file) as stream:
        data = stream.read(limit + 1)
    if len(data) > limit:
        raise _refused(f"larger than {limit:,} bytes", str(file), errno.EFBIG)
    return data


def _is_hidden(real: str) -> bool:
    """As :func:`is_withheld`, but for the folders in which package managers keep what they link
    to (``node_modules/.pnpm``)."""
    if f"/{_PNPM}/" in f"/{real}":
        real = real.rpartition(f"{_PNPM}/")[2]
    return is_withheld(real)


def _refused(reason: str, path: str, code: int = errno.EACCES) -> OSError:
    return OSError(code, reason, path)
