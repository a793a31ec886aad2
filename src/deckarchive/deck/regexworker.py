"""A program that matches ECMAScript patterns for :mod:`deckarchive.deck.jsregex`, in a process that
can be ended: no engine with backreferences has a bound on its time.

Standard input holds requests, standard output answers: four bytes of length (big-endian), then
JSON. A request is ``[pattern, flags, groups, text]``; its answer is a list of matches, each a flat
list of UTF-8 offsets, start and end of the match and of each group (``-1``: not matched).
"""

from __future__ import annotations

import json
import sys
from contextlib import suppress
from typing import IO, Final

import regress

_MEMORY: Final = 2 << 30
"""Bytes of address space that a match may take."""


def send(stream: IO[bytes], value: object) -> None:
    """Write one message."""
    data = json.dumps(value).encode("ascii")
    stream.write(len(data).to_bytes(4, "big") + data)
    stream.flush()


def receive(stream: IO[bytes]) -> object:
    """Read one message. Raises :class:`EOFError` at the end of the stream."""
    head = stream.read(4)
    data = stream.read(int.from_bytes(head, "big")) if len(head) == 4 else b""
    if len(head) < 4 or len(data) < int.from_bytes(head, "big"):
        raise EOFError
    return json.loads(data)


def spans(regex: regress.Regex, groups: int, text: str) -> list[list[int]]:
    """All matches of ``regex`` in ``text``, as an answer has them."""
    found = []
    for match in regex.find_iter(text) or ():
        ranges = [match.group(n) for n in range(groups + 1)]
        found.append([offset for r in ranges for offset in ((r.start, r.stop) if r else (-1, -1))])
    return found


def match_requests() -> None:
    """Answer requests until the input ends."""
    with suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    with suppress(EOFError, BrokenPipeError):
        while True:
            request = receive(sys.stdin.buffer)
            assert isinstance(request, list)
            pattern, flags, groups, text = request
            send(sys.stdout.buffer, spans(regress.Regex(pattern, flags), groups, text))


if __name__ == "__main__":
    match_requests()
