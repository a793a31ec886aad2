"""Tools from PyPI for the tests: installed once into a cache, each in a folder of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

from tests import npm


def run(name: str, version: str, module: str, *arguments: object, folder: Path) -> str:
    """Run ``python -m module`` of one published package in ``folder``; what it said."""
    home = _installed(name, version)
    own = {"PYTHONPATH": str(home), "JUPYTER_PATH": str(home / "share" / "jupyter")}
    return _python("-m", module, *arguments, folder=folder, **own)


def source(name: str, version: str, *constraints: str) -> Path:
    """The unpacked source distribution of one published package.

    pip runs an old one's setup.py to read its name: ``constraints`` are what that needs.
    """
    npm.require_network()
    target = npm.cache_folder().with_name("pypi") / f"{name}-{version}-source"
    if not target.is_dir():
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=".work-") as place:
            work = Path(place)
            (work / "constraints.txt").write_text("\n".join(constraints) + "\n")
            options = ["--quiet", "--no-deps", "--no-binary", name, "--dest", work]
            own = {"PIP_CONSTRAINT": str(work / "constraints.txt")}
            _python("-m", "pip", "download", *options, f"{name}=={version}", folder=work, **own)
            with tarfile.open(work / f"{name}-{version}.tar.gz") as archive:
                archive.extractall(work / "unpacked", filter="data")
            npm.move(work / "unpacked" / f"{name}-{version}", target)
    return target


def _installed(name: str, version: str) -> Path:
    npm.require_network()
    target = npm.cache_folder().with_name("pypi") / f"{name}-{version}"
    if not target.is_dir():
        target.parent.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(dir=target.parent, prefix=".work-")) / name
        options = ["--quiet", "--disable-pip-version-check", "--target", work]
        _python("-m", "pip", "install", *options, f"{name}=={version}", folder=target.parent)
        npm.move(work, target)
        work.parent.rmdir()
    return target


def _python(*arguments: object, folder: Path, **environment: str) -> str:
    done = subprocess.run(
        [sys.executable, *map(str, arguments)], cwd=folder, env={**os.environ, **environment},
        capture_output=True, text=True, check=False, timeout=280,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout + done.stderr
