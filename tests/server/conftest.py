"""A folder with what the server of an offline deck meets, and its server."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from deckarchive.server import Server
from tests.server.client import BODY


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "offline"
    files = {
        "index.html": b"<!DOCTYPE html><title>deck</title>",
        "frames/a.html": b"frame",
        "media/clip.mp4": BODY,
        "media/empty.bin": b"",
        "sites/example.org/app.mjs": "export const e = 'é'".encode(),
        "sites/example.org/feed.rss": b"<rss/>",
        "sites/example.org/old.js": "var e = 'é'".encode("latin-1"),
        "sites/example.org/plain.js": b"var e = 1",
        "sites/example.org/data.ipynb": b"{}",
        "sites/example.org/x.wasm": b"\0asm",
        "sites/example.org/f.woff2": b"wOF2",
        "sites/example.org/s.vtt": b"WEBVTT",
        "sites/example.org/l.m3u8": b"#EXTM3U",
        "sites/example.org/l.mpd": b"<MPD/>",
        "sites/example.org/page": b"<!-- x -->\n<!doctype html><p>hi",
        "sites/example.org/notes": "é plain".encode(),
        "sites/example.org/blob": b"\0\1\2",
        "sites/example.org/picture": b"\x89PNG\r\n\x1a\n....",
        "sites/example.org/drawing": b'<?xml version="1.0"?>\n<svg xmlns="x">',
        "sites/example.org/sub/index.html": b"sub",
        "sites/example.org/.well-known/a.json": b"{}",
        "sites/example.org/a b,c.txt": b"spaced",
        ".index.html.abcd1234": b"half written",
        ".git/config": b"[core]",
        ".env": b"secret",
        "own/.notes.txt": b"secret",
    }
    for name, data in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    (tmp_path / "secret.txt").write_text("secret")
    (root / "leak.txt").symlink_to(tmp_path / "secret.txt")
    (root / "leakdir").symlink_to(tmp_path)
    (root / "loop").symlink_to(root / "loop")
    os.mkfifo(root / "pipe")
    os.mkfifo(root / "sites/example.org/pipe.html")
    (root / "inside.mp4").symlink_to(root / "media/clip.mp4")
    return root


@pytest.fixture
def server(folder: Path) -> Iterator[Server]:
    with Server(folder) as running:
        yield running
