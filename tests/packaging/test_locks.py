"""The lock files pin everything by hash and name no registry; nothing third-party is committed."""

import json
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
PACKAGE_LOCKS = [
    "package-lock.json",
    "examples/web/package-lock.json",
    "tools/js/package-lock.json",
]


def name_of(requirement: str) -> str:
    match = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert match, requirement
    return re.sub(r"[-_.]+", "-", match[0]).lower()


def test_requirements_lock_pins_every_dependency_with_hashes() -> None:
    text = (ROOT / "requirements.lock").read_text("utf-8")
    entries = re.split(r"\n(?=[A-Za-z0-9])", re.sub(r"^#.*\n", "", text, flags=re.M))
    pinned = {name_of(entry) for entry in entries}
    wanted = PROJECT["project"]["dependencies"] + PROJECT["dependency-groups"]["dev"]
    assert {name_of(r) for r in wanted} <= pinned
    assert all("==" in entry and "--hash=sha256:" in entry for entry in entries)
    assert "://" not in text
    assert not re.search(r"--(extra-)?index-url|--find-links", text)


@pytest.mark.parametrize("path", PACKAGE_LOCKS)
def test_package_locks_pin_by_hash_and_name_no_registry(path: str) -> None:
    lock = json.loads((ROOT / path).read_text("utf-8"))
    packages = {name: entry for name, entry in lock["packages"].items() if name}
    assert packages
    assert all(entry["integrity"].startswith("sha512-") for entry in packages.values())
    assert not any("resolved" in entry for entry in packages.values())


@pytest.mark.parametrize("path", PACKAGE_LOCKS)
def test_package_json_names_exact_versions(path: str) -> None:
    package = json.loads((ROOT / path).with_name("package.json").read_text("utf-8"))
    for version in package["dependencies"].values():
        assert re.fullmatch(r"(npm:[^@]+@)?\d+\.\d+\.\d+", version)


def test_nothing_third_party_is_committed() -> None:
    done = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode:  # an unpacked sdist is no repository
        tracked = [p.relative_to(ROOT).as_posix() for p in ROOT.glob("*")]
    else:
        tracked = done.stdout.splitlines()
    assert tracked
    bad = re.compile(r"(^|/)(node_modules|vendor)/|\.min\.js$|\.(woff2?|ttf|mp4|webm)$")
    assert [path for path in tracked if bad.search(path)] == []
