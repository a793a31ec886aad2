"""Under which names the server answers, to whom, and with which policy."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from deckarchive.server import Server
from tests.server.client import BODY, get


@pytest.mark.parametrize(
    "host",
    ["localhost", "127.0.0.1", "[::1]", "deck.localhost", "DECK.LOCALHOST"],
)
def test_own_names_are_answered(server: Server, host: str) -> None:
    assert get(server, "/", host=f"{host}:{server.port}").status == 200


def test_a_copy_gets_what_copies_need_and_no_more(server: Server) -> None:
    copy = f"a-b-1.deck.localhost:{server.port}"
    assert get(server, "/sites/example.org/plain.js", host=copy).status == 200
    for path in ("/", "/index.html", "/deckarchive.json", "/sites%2f..%2findex.html", "/sitesx"):
        assert get(server, path, host=copy).status == 404, path


def test_archived_scripts_and_pages_carry_the_policy_of_copies(server: Server) -> None:
    for name, alone in (("a.deck.localhost", False), ("deck.localhost", True)):
        for path in ("plain.js", "feed.rss"):
            reply = get(server, f"/sites/example.org/{path}", host=f"{name}:{server.port}")
            assert "content-security-policy" in reply.fields, path
        policy = reply.fields["content-security-policy"]
        assert "default-src 'self'" in policy
        assert ("sandbox" in policy) is alone
        assert reply.fields["connection-allowlist"] == "(response-origin)"
    own = get(server, "/", host=f"deck.localhost:{server.port}").fields["content-security-policy"]
    assert "object-src 'self'" in own
    assert "sandbox" not in own


def test_cookies_that_a_copy_planted_for_all_names_are_read_and_cleared(server: Server) -> None:
    flood = "; ".join(f"planted{n}={'x' * 3900}" for n in range(180))
    host = f"deck.localhost:{server.port}"
    reply = get(server, "/", f"Cookie: {flood}", host=host)
    assert (reply.status, reply.fields["clear-site-data"]) == (200, '"cookies"')
    reply = get(server, "/", "Cookie: few=1", host=host)
    assert "clear-site-data" not in reply.fields


@pytest.mark.parametrize(
    "host",
    [
        "example.org:{port}",
        "deck.localhost.example.org:{port}",
        "a.b.deck.localhost:{port}",
        "evil.localhost:{port}",
        "127.0.0.1.nip.io:{port}",
        "192.168.1.5:{port}",
        "deck.localhost:1",
        "deck.localhost",
        "",
    ],
)
def test_other_names_are_refused(server: Server, host: str) -> None:
    reply = get(server, "/", host=host.format(port=server.port) or " ")
    assert reply.status == 421
    assert b"title" not in reply.body


def test_the_absolute_form_names_the_host(server: Server) -> None:
    own, other = f"http://deck.localhost:{server.port}", f"http://example.org:{server.port}/"
    assert get(server, own).status == 200
    assert get(server, own + "/media/clip.mp4").body == BODY
    assert get(server, other).status == 421


def test_a_copy_registers_no_service_worker_of_its_own(server: Server) -> None:
    host, field = f"a-copy.deck.localhost:{server.port}", "Service-Worker: script"
    script = "/sites/example.org/plain.js"
    assert get(server, script, host=host).status == 200
    assert get(server, script, field, host=host).status == 403
    assert get(server, "/sw.js", field, host=host).status != 403


def test_two_decks_out_of_zips_are_distinguished(tmp_path: Path) -> None:
    tags = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "index.html").write_text(f"<title>{name}</title>")
        os.utime(tmp_path / name / "index.html", (1e9, 1e9))
        with Server(tmp_path / name) as server:
            reply = get(server, "/", *(f"If-None-Match: {tag}" for tag in tags))
            assert reply.status == 200, "the other deck's page would be shown"
            tags.append(reply.fields["etag"])
