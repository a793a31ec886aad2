"""A deck's own deckarchive.toml may be a stranger's: what it may not choose, and what is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from deckarchive.cli import run
from deckarchive.crawler import CaptureOptions, load_options
from deckarchive.errors import UsageError
from deckarchive.proxy import ProxyOptions, RecordingProxy

PASSWORD = "my-secret-zyx4711"


def load(folder: Path, text: str, **given: object) -> CaptureOptions:
    (folder / "deckarchive.toml").write_text(text)
    return load_options(folder, given)


@pytest.mark.parametrize("key", ["browser = './run-me'", "allow = ['10.0.0.1']"])
def test_it_starts_no_program_and_opens_no_network(tmp_path: Path, key: str) -> None:
    with pytest.raises(UsageError, match=r"toml:2: .*a file beside a deck"):
        load(tmp_path, f"[capture]\n{key}\n")


@pytest.mark.parametrize("place", ["../jar.txt", "/etc/passwd", "~/cookies.txt", "link.txt"])
def test_its_cookie_jar_lies_beside_the_deck(tmp_path: Path, place: str) -> None:
    deck = tmp_path / "deck"
    deck.mkdir()
    (deck / "link.txt").symlink_to(tmp_path / "jar.txt")
    for where in ("[capture]", "[[capture.target]]\nmatch = '*'"):
        with pytest.raises(UsageError, match="outside of the deck's folder"):
            load(deck, f"{where}\ncookie-jar = '{place}'\n")
    assert load(deck, "[capture]\ncookie-jar = 'own.txt'\n").cookie_jar == deck / "own.txt"


def test_what_it_changes_about_trust_is_told_without_a_password(tmp_path: Path) -> None:
    text = f"[capture]\nproxy = 'http://me:{PASSWORD}@p.test:3128'\ninsecure = true\n"
    text += "[[capture.target]]\nmatch = '*'\nkeep-secrets = true\n"
    told = "\n".join(load(tmp_path, text).notices)
    assert "through the proxy p.test:3128" in told
    assert "not checked" in told
    assert "your own login" in told
    assert PASSWORD not in told
    taken_back = load(tmp_path, text, proxy=None, insecure=False, keep_secrets=False)
    assert taken_back.notices == ()


@pytest.mark.parametrize(
    "proxy",
    [
        f"http//me:{PASSWORD}@p.test",
        f"me:{PASSWORD}@p.test:8080",
        f"http://me:{PASSWORD}",
        f"http://me:1#{PASSWORD}@p.test",
        f"http://me:{PASSWORD}@p.test:99999",
        f"ftp://me:{PASSWORD}@p.test",
        f"socks5://me:{PASSWORD}@p.test",
    ],
)
def test_a_malformed_proxy_does_not_print_its_password(
    proxy: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "deck.md").write_text("# Hello\n\n![](https://a.test/x.png)\n")
    code = run(["capture", str(tmp_path / "deck.md"), "-o", str(tmp_path / "a"), "--proxy", proxy])
    said = "".join(capsys.readouterr())
    assert code == 2
    assert "proxy" in said
    assert PASSWORD not in said
    with pytest.raises(UsageError) as told:
        RecordingProxy(ProxyOptions(upstream_proxy=proxy))
    assert PASSWORD not in str(told.value)


@pytest.mark.parametrize("header", [f"Authorization Bearer {PASSWORD}:x", f"X Y{PASSWORD}: 1"])
def test_a_malformed_header_does_not_print_its_value(
    header: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "deck.md").write_text("# Hello\n")
    assert run(["capture", str(tmp_path / "deck.md"), "--header", header]) == 2
    assert PASSWORD not in "".join(capsys.readouterr())
