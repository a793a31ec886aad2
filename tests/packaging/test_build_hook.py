"""The build hook takes what the lock names, nothing else, and notices a wrong byte."""

import base64
import hashlib
import io
import json
import tarfile
from pathlib import Path, PurePosixPath

import pytest

import hatch_build


def tarball(folder: Path, files: dict[str, bytes]) -> Path:
    path = folder / "package.tgz"
    with tarfile.open(path, "w:gz") as archive:
        for name, data in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return path


def sri(data: bytes) -> str:
    return "sha512-" + base64.b64encode(hashlib.sha512(data).digest()).decode()


def test_integrity_of_the_same_bytes_passes(tmp_path: Path) -> None:
    path = tarball(tmp_path, {"package/a.js": b"1"})
    assert hatch_build.check_integrity(path, sri(path.read_bytes())) is None  # it raises else


def test_one_other_byte_is_refused(tmp_path: Path) -> None:
    path = tarball(tmp_path, {"package/a.js": b"1"})
    expected = sri(path.read_bytes())
    path.write_bytes(path.read_bytes() + b"\0")
    with pytest.raises(RuntimeError, match="the lock says"):
        hatch_build.check_integrity(path, expected)


def test_only_wanted_files_are_unpacked_and_none_climbs_out(tmp_path: Path) -> None:
    path = tarball(
        tmp_path,
        {
            "package/LICENSE": b"licence",
            "package/dist/a.js": b"wanted",
            "package/dist/a.js.map": b"map",
            "package/src/a.ts": b"source",
            "package/dist/../../../escaped.js": b"climbs",
        },
    )
    target = tmp_path / "in" / "vendor"
    hatch_build.unpack(path, target, ("LICENSE", "dist/"))
    found = {p.relative_to(target).as_posix() for p in target.rglob("*") if p.is_file()}
    assert found == {"LICENSE", "dist/a.js"}
    assert not list(tmp_path.rglob("escaped.js"))


@pytest.mark.parametrize(
    ("path", "wanted"),
    [("LICENSE", True), ("dist/x.js", True), ("LICENSES/x", False), ("distant/x.js", False)],
)
def test_a_folder_is_wanted_as_a_whole_and_a_file_by_name(path: str, wanted: bool) -> None:
    assert hatch_build.is_wanted(PurePosixPath(path), ("LICENSE", "dist/")) is wanted


def test_an_alias_pins_the_package_behind_it(tmp_path: Path) -> None:
    entry = {"name": "reveal.js", "version": "4.6.1", "integrity": "sha512-x"}
    lock = {"packages": {"node_modules/reveal-4": entry}}
    (tmp_path / "package-lock.json").write_text(json.dumps(lock))
    assert hatch_build.read_pins(tmp_path, {"reveal-4": ()}) == {
        "reveal-4": {"package": "reveal.js", "version": "4.6.1", "integrity": "sha512-x"}
    }


def test_the_list_of_domains_is_condensed_by_category(tmp_path: Path) -> None:
    entities = [
        {"name": "A", "category": "ad", "domains": ["*.ads.test", "x.ads2.test"]},
        {"name": "B", "category": "ad", "domains": ["*.a.test"], "homepage": "https://b.test"},
        {"name": "C", "category": "cdn", "domains": ["files.ads.test", "*.other.test"]},
    ]
    (tmp_path / "dist").mkdir()
    (tmp_path / "dist" / "entities-nostats.json").write_text(json.dumps(entities))
    hatch_build.condense(tmp_path)
    listed = json.loads((tmp_path / "domains.json").read_text())
    assert listed["ad"] == ["*.a.test", "*.ads.test", "x.ads2.test"]
    assert listed[""] == ["files.ads.test"]
    assert set(listed) == {*hatch_build.BLOCKED, ""}
    assert [p.name for p in tmp_path.iterdir()] == ["domains.json"]


def test_what_is_there_is_not_fetched_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")  # no npm: a fetch would fail
    entry = {"version": "1.0.0", "integrity": "sha512-x"}
    lock = {"packages": {"node_modules/thing": entry}}
    (tmp_path / "package-lock.json").write_text(json.dumps(lock))
    pins = hatch_build.read_pins(tmp_path, {"thing": ()})
    folder = tmp_path / "vendor"
    assert not hatch_build.is_current(pins, folder)
    (folder / "thing").mkdir(parents=True)
    (folder / "versions.json").write_text(json.dumps(pins))
    hatch_build.fetch_packages(tmp_path, {"thing": ()}, folder)
    assert hatch_build.is_current(pins, folder)


def test_only_what_changed_is_fetched_and_an_interrupted_fetch_is_done_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    packed = tarball(tmp_path, {"package/LICENSE": b"licence"}).read_bytes()
    asked: list[str] = []

    def npm(arguments: list[str], folder: Path) -> None:
        asked.append(arguments[1])
        if "broken" in arguments[1]:
            raise RuntimeError("npm failed")
        (folder / "package.tgz").write_bytes(packed)

    def fetch(*names: str) -> None:
        lock = {
            f"node_modules/{name}": {"version": "1.0.0", "integrity": sri(packed)} for name in names
        }
        (tmp_path / "package-lock.json").write_text(json.dumps({"packages": lock}))
        hatch_build.fetch_packages(tmp_path, dict.fromkeys(names, ("LICENSE",)), tmp_path / "v")

    monkeypatch.setattr(hatch_build, "run_npm", npm)
    fetch("one")
    with pytest.raises(RuntimeError, match="npm failed"):
        fetch("one", "two", "broken")
    assert hatch_build.read_versions(tmp_path / "v").keys() == {"one", "two"}
    fetch("one", "two", "three")
    assert asked == ["one@1.0.0", "two@1.0.0", "broken@1.0.0", "three@1.0.0"]
