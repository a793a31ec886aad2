"""The wheel alone gives a working command: no Node, no working copy, no build step left."""

import json
import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest

from deckarchive.browser import find_browser

pytestmark = [pytest.mark.browser, pytest.mark.build]
ROOT = Path(__file__).parents[2]
DECK = ROOT / "examples" / "deck" / "tour.md"


def run(command: Sequence[object], cwd: Path, **environment: str) -> str:
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sdist, and the wheel that was built *from the sdist*, without npm."""
    out = tmp_path_factory.mktemp("dist")
    bin_only = str(Path(sys.executable).parent)
    build = [sys.executable, "-m", "build", "--no-isolation", "--outdir", out]
    run([*build, ROOT], ROOT, PATH=bin_only)
    return out


@pytest.fixture(scope="module")
def wheel(built: Path) -> Path:
    return next(built.glob("*.whl"))


@pytest.fixture(scope="module")
def scripts(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bin folder of a fresh environment that holds the wheel.

    Its dependencies are seen in this environment through a path file, so that no network is
    needed; what comes first on the path is the wheel, not the working copy.
    """
    folder = tmp_path_factory.mktemp("fresh") / "env"
    venv.create(folder, with_pip=False)
    paths = {"base": str(folder), "platbase": str(folder)}
    site = Path(sysconfig.get_path("purelib", "venv", vars=paths))
    python = Path(sysconfig.get_path("scripts", "venv", vars=paths)) / "python"
    pip = [sys.executable, "-m", "pip", "--python", python]
    run([*pip, "install", "--no-deps", "--no-index", "--quiet", wheel], folder)
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return python.parent


def test_the_wheel_holds_the_browser_code_with_its_licences(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        pins = json.loads((ROOT / "package-lock.json").read_text())["packages"]
        for name in ("reveal.js", "highlight.js", "mermaid", "third-party-web"):
            assert f"deckarchive/vendor/{name}/LICENSE" in names
            package = json.loads(archive.read(f"deckarchive/vendor/{name}/package.json"))
            assert package["version"] == pins[f"node_modules/{name}"]["version"]
    assert "deckarchive/vendor/reveal.js/dist/reveal.js" in names
    assert "deckarchive/vendor/reveal.js/plugin/markdown/markdown.js" in names
    assert "deckarchive/vendor/highlight.js/styles/base16/railscasts.css" in names
    assert "deckarchive/vendor/mermaid/dist/mermaid.min.js" in names
    with zipfile.ZipFile(wheel) as archive:
        listed = archive.read("deckarchive/vendor/third-party-web/domains.json")
    assert "*.doubleclick.net" in json.loads(listed)["ad"]
    assert len(listed) < 100_000
    assert not [n for n in names if n.endswith((".map", ".scss"))]
    assert {"deckarchive/py.typed", "deckarchive/cli/__init__.py"} <= names


def test_the_wheel_holds_every_file_of_the_package(wheel: Path) -> None:
    source = ROOT / "src"
    wanted = {
        path.relative_to(source).as_posix()
        for path in (source / "deckarchive").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    with zipfile.ZipFile(wheel) as archive:
        assert wanted <= set(archive.namelist())


def test_the_installed_command_works_without_node(scripts: Path, tmp_path: Path) -> None:
    command = scripts / "deckarchive"
    where = run([scripts / "python", "-c", "import deckarchive; print(deckarchive.__file__)"],
                tmp_path)  # fmt: skip
    assert Path(where.strip()).is_relative_to(scripts.parent)
    browser = str(find_browser(None).path)
    alone = {"PATH": str(scripts), "DECKARCHIVE_BROWSER": browser}
    assert "Usage:" in run([command, "--help"], tmp_path, **alone)
    doctor = run([command, "doctor"], tmp_path, **alone)
    assert [line[:4] for line in doctor.splitlines() if "reveal.js" in line] == ["ok  "]
    manifest = json.loads(run([command, "manifest", DECK, "-o", "-"], tmp_path, **alone))
    assert manifest["deck"]["title"] == "A tour of the web"
    assert list(tmp_path.iterdir()) == []


def test_a_missing_build_step_is_said_plainly(scripts: Path, tmp_path: Path) -> None:
    code = (
        "from pathlib import Path; from deckarchive import vendor; "
        "vendor._ROOT = Path('nowhere')\n"
        "try: vendor.folder('reveal.js')\n"
        "except vendor.EnvironmentMissing as e: print(int(e.exit_code), e)"
    )
    said = run([scripts / "python", "-c", code], tmp_path)
    assert said.startswith("5 reveal.js is missing")
