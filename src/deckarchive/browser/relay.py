"""A relay between Playwright and a Firefox that lacks one command. Runs as a program of its own.

Playwright cannot make a context without ``emulation.setMediaFeaturesOverride``, which releases of
Firefox up to 153 at least do not know. This program starts the given Firefox, names Playwright an
address of its own, and passes all bytes both ways; only the answer "unknown command" to one of
:data:`OPTIONAL` becomes a success. A Firefox that knows the command is left alone.

Usage: ``python relay.py PID_FILE FIREFOX ARGUMENT…``. Standard library only: it starts fast.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import struct
import sys
from pathlib import Path
from typing import Final

OPTIONAL: Final = frozenset({"emulation.setMediaFeaturesOverride"})
"""Commands that only choose what a page learns about the user's preferences."""
_LISTENING: Final = re.compile(rb"WebDriver BiDi listening on ws://([^:/]+):(\d+)")
_HOST: Final = re.compile(rb"(?im)^host:[^\r]*")
_SMALL: Final = 4096  # bytes; an error message is smaller, and larger frames are not looked at
_CHUNK: Final = 1 << 16


def softened(payload: bytes) -> bytes:
    """A message of the browser's, as a success when it refuses an optional command."""
    if b'"unknown command"' not in payload:
        return payload
    try:
        message = json.loads(payload)
    except ValueError:
        return payload
    if message.get("error") != "unknown command" or message.get("message") not in OPTIONAL:
        return payload
    return json.dumps({"type": "success", "id": message["id"], "result": {}}).encode()


async def pass_frames(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Pass WebSocket frames of a server on (RFC 6455: unmasked), small whole texts softened."""
    while True:
        head = await reader.readexactly(2)
        length, extra = head[1] & 0x7F, b""
        if length >= 126:
            extra = await reader.readexactly(2 if length == 126 else 8)
            length = int.from_bytes(extra, "big")
        if head[0] == 0x81 and length <= _SMALL:  # a whole text message
            payload = softened(await reader.readexactly(length))
            size = len(payload)
            long = struct.pack("!BH", 126, size)
            writer.write(b"\x81" + (long if size > 125 else bytes([size])) + payload)
            length = 0
        else:
            writer.write(head + extra)
        while length:
            chunk = await reader.readexactly(min(length, _CHUNK))
            length -= len(chunk)
            writer.write(chunk)
            await writer.drain()
        await writer.drain()


async def _pass_bytes(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while chunk := await reader.read(_CHUNK):
        writer.write(chunk)
        await writer.drain()


async def _pass_connection(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, host: str, port: int
) -> None:
    """One connection of Playwright's: a handshake, then frames."""
    gone = (OSError, EOFError)
    with contextlib.suppress(*gone):
        inner, outer = await asyncio.open_connection(host, port)
        # Firefox answers to its own name alone.
        hello = await reader.readuntil(b"\r\n\r\n")
        outer.write(_HOST.sub(b"Host: %s:%d" % (host.encode(), port), hello, count=1))
        up = asyncio.ensure_future(_pass_bytes(reader, outer))
        with contextlib.suppress(*gone):
            writer.write(await inner.readuntil(b"\r\n\r\n"))
            await pass_frames(inner, writer)
        up.cancel()
        outer.close()
    writer.close()


async def run_relay(pid_file: str, command: list[str]) -> int:
    """Start the browser, relay until it ends, and give its exit code."""
    browser = await asyncio.create_subprocess_exec(*command, stderr=asyncio.subprocess.PIPE)
    Path(pid_file).write_text(str(browser.pid))
    assert browser.stderr is not None
    while line := await browser.stderr.readline():
        if found := _LISTENING.search(line):
            line = b"WebDriver BiDi listening on ws://127.0.0.1:%d\n" % await _relay(
                found[1].decode(), int(found[2])
            )
        sys.stderr.buffer.write(line)
        sys.stderr.buffer.flush()
    return await browser.wait()


async def _relay(host: str, port: int) -> int:
    """Listen for Playwright; the port."""
    server = await asyncio.start_server(
        lambda reader, writer: _pass_connection(reader, writer, host, port), "127.0.0.1", 0
    )
    own: int = server.sockets[0].getsockname()[1]
    return own


if __name__ == "__main__":
    sys.exit(asyncio.run(run_relay(sys.argv[1], sys.argv[2:])))
