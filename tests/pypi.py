"""Tools from PyPI for the tests: installed once into a cache, each in a folder of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests import npm


def run(name: str, version: str, module: str, *arguments: object, folder: Path) -> str:
    """Run ``python -m module`` of one published package in ``folder``; what it said."""
    home = _installed(name, version)
    own = {"PYTHONPATH": str(home), "JUPYTER_PATH": str(home / "share" / "jupyter")}
    return _python("-m", module, *arguments, folder=folder, **own)


def _installed(name: str, version: str) -> Path:
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
