"""Reading files that strangers may have replaced by something else."""

import errno
import os
import socket
from pathlib import Path

import pytest

from deckarchive import files


def test_regular_files_are_read_through_links(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"text")
    (tmp_path / "b").symlink_to(tmp_path / "a")
    assert files.read_regular(tmp_path / "b") == b"text"


@pytest.mark.timeout(20)
def test_what_would_block_or_never_end_is_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(str(tmp_path / "socket"))
    for path in (tmp_path / "fifo", tmp_path / "socket", Path("/dev/zero"), tmp_path):
        with pytest.raises(OSError, match=r"Errno"):
            files.open_regular(path)
    listening.close()


def test_reading_is_bounded(tmp_path: Path) -> None:
    path = tmp_path / "long"
    path.write_bytes(b"x" * 11)
    assert len(files.read_regular(path, limit=11)) == 11
    with pytest.raises(OSError, match="larger than 10 bytes") as caught:
        files.read_regular(path, limit=10)
    assert caught.value.errno == errno.EFBIG


@pytest.mark.parametrize("text", ["[" * 200_000, "{", "\xff", "9" * 10_000], ids=len)
def test_what_is_no_json_is_one_kind_of_error(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.json"
    path.write_text(text, "latin-1")
    with pytest.raises(ValueError, match=r"\w"):
        files.read_json(path)
