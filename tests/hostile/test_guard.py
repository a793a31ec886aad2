"""A page that is recorded does not reach this machine and its networks, by whatever name."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from deckarchive.crawler import CaptureOptions, capture
from deckarchive.crawler.run_context import is_made, places_of
from deckarchive.model import CaptureRecord, Kind, Reference, State, Target
from deckarchive.proxy import ProxyOptions, RecordingProxy
from deckarchive.urls import target_id
from tests.capture.conftest import manifest, png
from tests.capture.conftest import target as target_of
from tests.capture.web import Answer, Asked, Web, local_web
from tests.loops import run

PUBLIC = "2a00::1"
"""Counts as an address of the internet; nobody has it."""

Names = dict[str, list[list[str]]]


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Names:
    """What the resolver says of a name: one list of addresses a look-up, the last one for good."""
    known: Names = {}
    ask: Callable[..., Any] = socket.getaddrinfo

    def getaddrinfo(host: Any, port: Any, *rest: Any, **named: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else host
        if name not in known:
            return ask(host, port, *rest, **named)
        answers = known[name]
        addresses = answers.pop(0) if len(answers) > 1 else answers[0]
        return [
            (socket.AF_INET6 if ":" in a else socket.AF_INET, socket.SOCK_STREAM, 6, "", (a, port))
            for a in addresses
        ]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return known


@pytest.fixture
def web() -> Iterator[Web]:
    with local_web() as running:
        yield running


@pytest.fixture
def inside() -> Iterator[Web]:
    """A service of this machine that no page is meant to reach."""
    with local_web() as running:
        running.routes["127.0.0.1/secret.png"] = Answer(png(), "image/png")
        yield running


def shoot(out: Path, *targets: Target, **options: Any) -> list[CaptureRecord]:
    settings = CaptureOptions(timeout=10, jobs=1, **options)
    return list(capture(manifest(*targets), None, out, settings).records)


def picture(url: str) -> Target:
    return target_of(url, Kind.IMAGE)


async def got(proxy: RecordingProxy, url: str, *allow: str) -> str:
    """The body that a listener's fetch brings, or why there is none."""
    bodies: list[str] = []

    async def sink(exchange: Any) -> None:
        bodies.append(exchange.body.read().decode())
        exchange.close()

    listener = await proxy.listen(sink, allow=allow)
    fetched = await listener.fetch(url)
    return bodies[-1] if fetched.ok else fetched.failure


def test_of_a_name_with_two_sides_only_the_public_one_is_reached(web: Web, names: Names) -> None:
    names["two.test"] = [["127.0.0.1", PUBLIC]]
    web.add("two.test/", "inside")

    async def main() -> None:
        async with RecordingProxy(ProxyOptions(retries=0, connect_timeout=1)) as proxy:
            url = f"http://two.test:{web.port}/"
            for allow in ((), (f"two.test:{web.port}",)):
                assert "inside" not in await got(proxy, url, *allow)
        assert web.log == []

    run(main())


@pytest.mark.parametrize("name", ["turns.test", "turns.test."])
def test_a_name_that_was_public_does_not_turn_round(web: Web, names: Names, name: str) -> None:
    """Rebinding: public when the page is loaded, private when its script asks."""
    names["turns.test"] = [[PUBLIC], ["127.0.0.1"]]
    names[name] = names["turns.test"]
    web.add(f"{name}/", "inside")

    async def main() -> None:
        async with RecordingProxy(ProxyOptions(retries=0, connect_timeout=1)) as proxy:
            allow = f"turns.test:{web.port}"
            await got(proxy, f"http://turns.test:{web.port}/", allow)
            said = await got(proxy, f"http://{name}:{web.port}/", allow)
            assert said.startswith("refused: ")
            assert f"--allow {name}:{web.port}" in said
        assert web.log == []

    run(main())


def test_a_kept_connection_is_judged_by_its_other_end(web: Web, names: Names) -> None:
    names["turns.test"] = [["127.0.0.1"], [PUBLIC], ["127.0.0.1"]]
    web.add("turns.test/", "inside")

    async def main() -> None:
        async with RecordingProxy(ProxyOptions(retries=0, connect_timeout=1)) as proxy:
            url, place = f"http://turns.test:{web.port}/", f"turns.test:{web.port}"
            assert await got(proxy, url, place) == "inside"
            assert "inside" not in await got(proxy, url)
            assert "inside" not in await got(proxy, url, place)
        assert len(web.log) == 1

    run(main())


def test_an_intranet_that_the_author_wrote_is_reached_at_its_port_alone(
    web: Web, inside: Web, names: Names
) -> None:
    names["intranet.test"] = [["127.0.0.1"]]
    web.add("intranet.test/", "the wiki")
    inside.add("intranet.test/", "the database")

    async def main() -> None:
        async with RecordingProxy(ProxyOptions(retries=0)) as proxy:
            place = f"intranet.test:{web.port}"
            assert await got(proxy, f"http://{place}/", place) == "the wiki"
            other = await got(proxy, f"http://intranet.test:{inside.port}/", place)
            assert other.startswith("refused: ")
        assert inside.log == []

    run(main())


def test_what_the_user_allows_is_reached_whatever_the_name_is(web: Web, names: Names) -> None:
    names["two.test"] = [["127.0.0.1", PUBLIC]]
    web.add("two.test/", "the wiki")

    async def main() -> None:
        allow = frozenset({f"two.test:{web.port}"})
        async with RecordingProxy(ProxyOptions(retries=0, allow=allow)) as proxy:
            assert await got(proxy, f"http://two.test:{web.port}/") == "the wiki"

    run(main())


@pytest.mark.browser
def test_a_target_with_two_addresses_opens_nothing_else(
    web: Web, inside: Web, names: Names, tmp_path: Path
) -> None:
    """The switch that one private address was: everything private could be reached then."""
    names["two.test"] = [[PUBLIC, "127.0.0.1"]]
    secret = f"http://127.0.0.1:{inside.port}/secret.png"
    web.routes["two.test/a.png"] = Answer("", status=302, headers={"Location": secret})
    (record,) = shoot(tmp_path / "out", picture(f"http://two.test:{web.port}/a.png"))
    assert record.state is State.FAILED
    assert (web.log, inside.log) == ([], [])


@pytest.mark.browser
def test_a_redirect_does_not_take_the_exemption_along(
    web: Web, inside: Web, tmp_path: Path
) -> None:
    secret = f"http://127.0.0.1:{inside.port}/secret.png"
    web.routes["127.0.0.1/a.png"] = Answer("", status=302, headers={"Location": secret})
    at = f"http://127.0.0.1:{web.port}/a.png"
    (record,) = shoot(tmp_path / "out", picture(at))
    assert record.state is State.FAILED
    assert f"--allow 127.0.0.1:{inside.port}" in record.reason
    assert inside.log == []
    (record,) = shoot(
        tmp_path / "out", picture(at), allow=(f"127.0.0.1:{inside.port}",), retry_failed=True
    )
    assert record.state is State.CAPTURED


@pytest.mark.browser
def test_a_page_on_loopback_has_no_neighbours_but_those_that_the_user_allows(
    web: Web, inside: Web, tmp_path: Path
) -> None:
    neighbour = f"http://127.0.0.1:{inside.port}/"
    fetched: list[Asked] = []

    def page(asked: Asked) -> Answer:
        fetched.append(asked)
        hosts = (f"127.0.0.1:{inside.port}", f"localhost:{inside.port}", f"[::1]:{inside.port}")
        tries = "".join(f"<img src='http://{host}/secret.png?{n}'>" for n, host in enumerate(hosts))
        same = f"<img src='http://127.0.0.1:{web.port}/own.png'>"
        return Answer(f"<!doctype html><h1>Here it is</h1>{same}{tries}")

    web.routes["127.0.0.1/"] = page
    web.add("127.0.0.1/own.png", png(), "image/png")
    target = target_of(f"http://127.0.0.1:{web.port}/")
    (record,) = shoot(tmp_path / "alone", target)
    assert record.state is State.PARTIAL
    lost = {one.url: one.reason for one in record.missing}
    assert set(lost) == {
        f"http://{host}:{inside.port}/secret.png?{n}"
        for n, host in enumerate(("127.0.0.1", "localhost", "[::1]"))
    }
    assert f"--allow 127.0.0.1:{inside.port}" in lost[f"{neighbour}secret.png?0"]
    assert inside.log == []
    shoot(tmp_path / "allowed", target, allow=(f"127.0.0.1:{inside.port}",))
    assert [one.url for one in inside.log] == [f"{neighbour}secret.png?0"]


def test_what_a_script_wrote_is_exempt_where_the_source_has_it_too() -> None:
    def at(url: str, syntax: str) -> Target:
        place = Reference(slide=(0, 0), file="d", line=1, column=1, span=(0, 1), raw=url,
                          syntax=syntax)  # fmt: skip
        return Target(id=target_id(url, "iframe"), kind=Kind.IFRAME, url=url, references=(place,))

    made, written = at("http://10.0.0.1:9/", "script"), at("http://10.0.0.1/", "attribute")
    assert (is_made(made), is_made(written)) == (True, False)
    assert places_of(made) == {"10.0.0.1:9"}
    assert places_of(written) == {"10.0.0.1:80", "10.0.0.1:443"}
