"""What the pages are made with: packages and tools of a pinned version, fetched once.

Everything lies in one cache folder, so that a second run needs no network. Nothing of it is in
the repository.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

_PATIENCE = 900
"""Seconds that one tool may take."""


class ToolError(Exception):
    """A package could not be fetched, or a tool made no page."""


class Kit:
    """Packages and tools, kept below ``cache``."""

    def __init__(self, cache: Path) -> None:
        self.cache = cache
        cache.mkdir(parents=True, exist_ok=True)

    def npm(self, name: str, version: str) -> Path:
        """The unpacked folder of one published npm package."""
        target = self.cache / "npm" / f"{name.replace('/', '+')}@{version}"
        if not target.is_dir():
            with self.place(target) as work:
                self.run(["npm", "pack", f"{name}@{version}", "--silent"], work)
                tarball = next(work.glob("*.tgz"))
                with tarfile.open(tarball) as archive:
                    archive.extractall(work, filter="data")
                tarball.unlink()
                inner = next(path for path in work.iterdir() if path.is_dir())
                for path in list(inner.iterdir()):
                    path.rename(work / path.name)
        return target

    def node(self, *specs: str) -> Path:
        """A folder whose ``node_modules`` holds packages (``name@version``) and what they need."""
        target = self.cache / "node" / _digest(*specs)
        if not target.is_dir():
            with self.place(target) as work:
                (work / "package.json").write_text('{"private": true, "type": "module"}')
                options = ["--no-audit", "--no-fund", "--silent", "--legacy-peer-deps"]
                self.run(["npm", "install", *options, *specs], work)
        return target

    def pip(self, *requirements: str) -> Path:
        """A folder for ``PYTHONPATH`` with packages (``name==version``) and what they need."""
        target = self.cache / "pip" / _digest(*requirements)
        if not target.is_dir():
            with self.place(target) as work:
                options = ["--quiet", "--disable-pip-version-check", "--target", str(work)]
                self.run([sys.executable, "-m", "pip", "install", *options, *requirements], work)
        return target

    def python(
        self, packages: Sequence[str], arguments: Sequence[str | Path], folder: Path
    ) -> None:
        """Run Python in ``folder`` with packages of :meth:`pip`; their commands are on the path."""
        tools = self.pip(*packages)
        path = f"{tools / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"
        places = {"PYTHONPATH": str(tools), "JUPYTER_PATH": str(tools / "share" / "jupyter")}
        self.run([sys.executable, *arguments], folder, {**places, "PATH": path})

    def project(
        self, folder: Path, packages: Sequence[str], files: Mapping[str, str | bytes]
    ) -> None:
        """Fill ``folder`` with a Node project: its packages (linked) and its own files."""
        write(folder, {"package.json": '{"private": true, "type": "module"}'} | dict(files))
        (folder / "node_modules").symlink_to(self.node(*packages) / "node_modules")

    @contextmanager
    def place(self, target: Path) -> Iterator[Path]:
        """A work folder that becomes ``target`` when nothing failed."""
        target.parent.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(prefix=".work-", dir=target.parent))
        try:
            yield work
            shutil.rmtree(target, ignore_errors=True)
            work.rename(target)
        finally:
            shutil.rmtree(work, ignore_errors=True)

    def run(
        self,
        command: Sequence[str | Path],
        folder: Path,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        """Run a tool; raises :class:`ToolError` with the end of what it said."""
        extra = {"CI": "1", "ASTRO_TELEMETRY_DISABLED": "1", "NEXT_TELEMETRY_DISABLED": "1"}
        done = subprocess.run(
            [str(part) for part in command],
            cwd=folder,
            env={**os.environ, **extra, **(environment or {})},
            capture_output=True,
            text=True,
            timeout=_PATIENCE,
            check=False,
        )
        if done.returncode:
            said = (done.stdout + done.stderr)[-1500:]
            raise ToolError(f"{' '.join(map(str, command))} failed:\n{said}")


def write(folder: Path, files: Mapping[str, str | bytes]) -> None:
    """Write files by their paths below ``folder``."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)


def _digest(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]
