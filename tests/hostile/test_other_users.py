"""Another user of this machine, who can reach every port of loopback."""

from __future__ import annotations

import os
import socket
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from deckarchive import peers
from deckarchive.presenter._saved_position import PositionStore, folder_owner

NOBODY = 65534
needs_other_user = pytest.mark.skipif(
    sys.platform != "linux" or os.geteuid() != 0, reason="only root can be two users, on Linux"
)
ASK = """
import os, socket, sys
os.setuid(int(sys.argv[1]))
family = socket.AF_INET6 if ":" in sys.argv[2] else socket.AF_INET
sock = socket.socket(family)
try:
    sock.connect((sys.argv[2], int(sys.argv[3])))
    sock.sendall(sys.argv[4].encode())
    print(sock.recv(4096).decode("latin-1").partition(" ")[2][:3] or "nothing")
except OSError:
    print("nothing")
"""
SERVE = """
import os, sys, asyncio
from pathlib import Path
from deckarchive.proxy.port import Port
from deckarchive.server import DeadProxy, Server, fetch_local
class Echo:
    pass
async def main():
    port = Port(Echo(), None)
    await port.start()
    with Server(Path(sys.argv[1])) as server, DeadProxy() as dead:
        # What is imported late may lie where only root can read.
        assert await asyncio.to_thread(fetch_local, server.port, "/") == b"<p>notes"
        os.setuid(12345)
        print(server.port, dead.port, port.port, flush=True)
        await asyncio.to_thread(sys.stdin.readline)
    await port.close()
asyncio.run(main())
"""


def ask(uid: int, address: str, port: int, request: str) -> str:
    """The status that a user's program gets, or ``nothing``."""
    command = [sys.executable, "-c", ASK, str(uid), address, str(port), request]
    return subprocess.run(
        command, capture_output=True, text=True, check=True, timeout=60
    ).stdout.strip()


@needs_other_user
def test_only_its_own_user_and_root_are_answered(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("<p>notes")
    running = subprocess.Popen(
        [sys.executable, "-c", SERVE, str(tmp_path)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert running.stdout
    try:
        server, dead, proxy = map(int, running.stdout.readline().split())
        page = f"GET /none HTTP/1.1\r\nHost: 127.0.0.1:{server}\r\nConnection: close\r\n\r\n"
        out = "GET http://example.org/ HTTP/1.1\r\nHost: example.org\r\n\r\n"
        for uid, expected in ((12345, "404"), (0, "404"), (NOBODY, "nothing")):
            assert ask(uid, "127.0.0.1", server, page) == expected, uid
            assert ask(uid, "::ffff:127.0.0.1", server, page) == expected, uid
        assert ask(12345, "127.0.0.1", dead, out) == "403"
        assert ask(NOBODY, "127.0.0.1", dead, out) == "nothing"
        assert ask(NOBODY, "127.0.0.1", proxy, out) == "nothing"
    finally:
        running.communicate("\n", timeout=60)


@needs_other_user
@pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
def test_whose_socket_it_is(address: str) -> None:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    code = (
        "import os, socket, sys; os.setuid(int(sys.argv[1]));"
        "sock = socket.socket(int(sys.argv[3])); sock.connect((sys.argv[2], int(sys.argv[4])));"
        "sys.stdin.readline()"
    )
    with socket.create_server((address, 0), family=family) as listening:
        listening.settimeout(60)
        command = [sys.executable, "-c", code, str(NOBODY), address, str(int(family))]
        command.append(str(listening.getsockname()[1]))
        with subprocess.Popen(command, stdin=subprocess.PIPE) as other:
            accepted, _ = listening.accept()
            with accepted:
                ends = accepted.getpeername(), accepted.getsockname()
                assert peers._owner(*ends) == NOBODY
                other.communicate(b"\n", timeout=60)
                assert peers._owner(*ends) != 0  # closed by its program: root's, the table says
        with socket.create_connection(listening.getsockname()[:2]) as own:
            assert peers._owner(own.getsockname(), own.getpeername()) == 0
        assert peers._owner((address, 1), listening.getsockname()) is None


def test_what_is_remembered_is_the_users_alone(tmp_path: Path) -> None:
    home = tmp_path / "state" / "present"
    before = os.umask(0)
    try:
        memory = PositionStore(tmp_path, home)
        memory.begin(8420, "/3/0")
        word = folder_owner(tmp_path, home)
    finally:
        os.umask(before)
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    assert stat.S_IMODE((home / "secret").stat().st_mode) == 0o600
    assert word == folder_owner(tmp_path, home) != folder_owner(tmp_path / "other", home)
    left = memory.read()
    assert left is not None
    assert left.slide == "/3/0"
