"""WARC-Block-Digest and WARC-Payload-Digest (WARC 1.1, sections 5.8 and 5.9). Pure."""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass
from typing import Any, Final

_KNOWN: Final = frozenset({"md5", "sha1", "sha224", "sha256", "sha384", "sha512"})


def parse_digest(value: str) -> tuple[str, bytes] | None:
    """Algorithm and digest of ``sha1:BASE32``, as tools write it: also in hexadecimal or Base64.

    ``None`` where it is not known: such a digest says nothing.
    """
    label, _, text = value.strip().partition(":")
    name = label.lower().replace("-", "")
    if name not in _KNOWN:
        return None
    size = hashlib.new(name, usedforsecurity=False).digest_size
    padded = text.upper() + "=" * (-len(text) % 8)
    for decode, given in ((bytes.fromhex, text), (base64.b32decode, padded), (_base64, text)):
        try:
            found = decode(given)
        except (ValueError, binascii.Error):
            continue
        if len(found) == size:
            return name, bytes(found)
    return None


def _base64(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


def written(digest: bytes) -> str:
    """A SHA-1 as WARC fields have it."""
    return "sha1:" + base64.b32encode(digest).decode()


@dataclass(slots=True)
class DigestCheck:
    """Hashes bytes as they pass and compares them with a declared digest, where there is one."""

    declared: str = ""
    _wanted: tuple[str, bytes] | None = None
    _sums: Any = None

    def __post_init__(self) -> None:
        self._wanted = parse_digest(self.declared)
        if self._wanted:
            self._sums = hashlib.new(self._wanted[0], usedforsecurity=False)

    def update(self, data: bytes) -> None:
        if self._sums is not None:
            self._sums.update(data)

    @property
    def sha1(self) -> Any:
        """What it hashes with, where that is SHA-1, so that it need not be done twice."""
        return self._sums if self._wanted and self._wanted[0] == "sha1" else None

    @property
    def known(self) -> bool:
        """Whether there is something to compare with."""
        return self._wanted is not None

    @property
    def right(self) -> bool:
        """Whether what passed is what was declared; a digest of no known kind never contradicts."""
        return self._wanted is None or self._sums.digest() == self._wanted[1]
