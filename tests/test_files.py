"""Reading what strangers may have put in a file's place, and writing that leaves nothing half."""

import errno
import os
import socket
from pathlib import Path

import pytest

from deckarchive import files
from deckarchive.errors import OutputError


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


def test_a_file_is_the_old_one_or_the_whole_new_one(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b"
    files.write_bytes(path, b"old")

    def stop_half_way() -> None:
        with files.replacing(path) as stream:
            stream.write(b"half")
            stream.flush()
            raise KeyError

    with pytest.raises(KeyError):
        stop_half_way()
    assert path.read_bytes() == b"old"
    with files.replacing(path) as stream:
        stream.write(b"new")
    assert path.read_bytes() == b"new"
    assert [p.name for p in path.parent.iterdir()] == ["b"]
    assert path.stat().st_mode & 0o777 == 0o644


def test_what_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"a file where a folder should be")
    with pytest.raises(OutputError, match=r"cannot write .*/a/b: "):
        files.write_bytes(tmp_path / "a" / "b", b"")


@pytest.mark.parametrize("fsync", [False, True])
def test_bytes_and_name_reach_the_disk_when_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fsync: bool
) -> None:
    synced, native = [], os.fsync

    def noting(descriptor: int) -> None:
        synced.append((Path(f"/proc/self/fd/{descriptor}").readlink(), (tmp_path / "b").exists()))
        native(descriptor)

    monkeypatch.setattr(os, "fsync", noting)
    files.write_bytes(tmp_path / "b", b"data", fsync=fsync)
    if not fsync:
        assert not synced
        return
    (fresh, before), (folder, after) = synced
    assert fresh.parent == tmp_path
    assert not before
    assert (folder, after) == (tmp_path, True)


@pytest.mark.parametrize("letter", ["a", "\u3042", "\U0001f600"])
def test_names_as_long_as_the_disk_allows(tmp_path: Path, letter: str) -> None:
    path = tmp_path / (letter * (255 // len(letter.encode())))
    files.write_bytes(path, b"1")
    with files.new_folder(tmp_path / f"{path.name[:-1]}", is_ours=lambda _: True) as work:
        (work / "x").write_bytes(b"2")
    with files.new_folder(tmp_path / f"{path.name[:-1]}", is_ours=lambda _: True) as work:
        (work / "x").write_bytes(b"3")
    assert path.read_bytes() == b"1"
    assert (tmp_path / path.name[:-1] / "x").read_bytes() == b"3"
