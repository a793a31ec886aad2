"""What the proxy reaches: hosts, further proxies, the deck's folder, and what its guard refuses."""

import asyncio
import base64
import contextlib
import socket
import ssl
from pathlib import Path

import pytest
from raw_origin import HERE, OK, Taken, ask, origin, run, self_signed, url

from deckarchive.errors import UsageError
from deckarchive.model import DeckFiles, DeckSite
from deckarchive.proxy import ProxyOptions, RecordingProxy


def test_a_certificate_nobody_trusts(tmp_path: Path) -> None:
    async def main() -> None:
        async with origin(self_signed(tmp_path)) as server:
            server.routes["/"] = OK
            address = url(server, scheme="https")
            async with RecordingProxy() as proxy:
                listener = await proxy.listen(Taken(), allow=HERE)
                got = await listener.fetch(address)
                assert got.failure.startswith("certificate not trusted: ")
                with contextlib.suppress(OSError, ssl.SSLError):
                    assert await ask(listener.port, address) == b""
                assert listener.failures == [(address, got.failure)]
            async with RecordingProxy(ProxyOptions(insecure=True)) as proxy:
                listener = await proxy.listen(Taken(), allow=HERE)
                assert (await listener.fetch(address)).ok
                assert (await ask(listener.port, address)).endswith(b"ok")

    run(main())


def test_a_host_that_is_down_and_a_name_that_is_not() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]

    async def main() -> None:
        taken = Taken()
        async with RecordingProxy(ProxyOptions(retries=0)) as proxy:
            listener = await proxy.listen(taken, allow=HERE)
            assert await ask(listener.port, f"http://127.0.0.1:{port}/a") == b""
            got = await listener.fetch("http://no-such-name.invalid/")
            assert listener.failures[0] == (f"http://127.0.0.1:{port}/a", "connection refused")
            assert got.failure == "name not found"
        assert taken.all == []

    run(main())


@pytest.mark.parametrize(
    "host",
    [
        *("127.0.0.1", "localhost", "a.localhost", "[::1]", "127.1", "2130706433"),
        *("[::ffff:10.0.0.1]", "10.1.2.3", "169.254.169.254", "0.0.0.0"),
    ],
)
@pytest.mark.parametrize("further", [None, "http://127.0.0.1:9"])
def test_private_addresses_are_guarded(host: str, further: str | None) -> None:
    async def main() -> None:
        taken = Taken()
        options = ProxyOptions(upstream_proxy=further, connect_timeout=5)
        async with RecordingProxy(options) as proxy:
            listener = await proxy.listen(taken, allow={"elsewhere.test"})
            got = await listener.fetch(f"http://{host}:1/")
            assert got.failure.startswith("refused: ")
            assert await ask(listener.port, f"http://{host}:1/") == b""
        assert taken.all == []

    run(main())


def test_what_the_author_wrote_passes_the_guard() -> None:
    async def main() -> None:
        async with origin() as server, RecordingProxy() as proxy:
            server.routes["/"] = OK
            listener = await proxy.listen(Taken(), allow={f"LOCALHOST:{server.port}"})
            assert (await listener.fetch(f"http://localhost:{server.port}/")).ok
            assert not (await listener.fetch(url(server))).ok
            assert not (await listener.fetch("http://localhost:1/")).ok

    run(main())


class FurtherProxy:
    """An http proxy that asks for a password, forwards to one origin, and notes what it saw."""

    def __init__(self, port: int, credentials: bytes) -> None:
        self.target, self.wanted = port, b"Basic " + base64.b64encode(credentials)
        self.heads: list[bytes] = []

    async def serve(self, reader, writer) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        self.heads.append(head)
        if b"Proxy-Authorization: " + self.wanted not in head:
            writer.write(b"HTTP/1.1 407 Who\r\nContent-Length: 0\r\n\r\n")
            writer.close()
            return
        there = await asyncio.open_connection("127.0.0.1", self.target)
        if head.startswith(b"CONNECT"):
            writer.write(b"HTTP/1.1 200 Go\r\n\r\n")
        else:
            path = b"/" + head.split(b" ")[1].split(b"/", 3)[3]
            there[1].write(b"GET " + path + b" HTTP/1.1\r\nConnection: close\r\n\r\n")
        await asyncio.gather(self.copy(reader, there[1]), self.copy(there[0], writer))

    async def copy(self, reader, writer) -> None:
        with contextlib.suppress(OSError):
            while block := await reader.read(65536):
                writer.write(block)
        writer.close()


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_through_a_further_proxy_with_a_password(tmp_path: Path, scheme: str) -> None:
    async def main() -> None:
        taken = Taken()
        async with origin(self_signed(tmp_path) if scheme == "https" else None) as server:
            server.routes["/a?b"] = OK
            server.close_after.add("/a?b")
            further = FurtherProxy(server.port, b"me:p@ss")
            running = await asyncio.start_server(further.serve, "127.0.0.1", 0)
            port = running.sockets[0].getsockname()[1]
            address = f"{scheme}://public.example/a?b"
            via = f"http://me:p%40ss@127.0.0.1:{port}"
            async with RecordingProxy(ProxyOptions(upstream_proxy=via, insecure=True)) as proxy:
                listener = await proxy.listen(taken)
                assert (await ask(listener.port, address)).endswith(b"ok")
                assert (await listener.fetch(address)).ok
            wrong = ProxyOptions(upstream_proxy=f"http://127.0.0.1:{port}", retries=0)
            async with RecordingProxy(wrong) as proxy:
                listener = await proxy.listen(taken)
                assert "407" in (await listener.fetch(address)).failure
            running.close()
        start = b"CONNECT public.example:443" if scheme == "https" else b"GET " + address.encode()
        assert further.heads[0].startswith(start + b" HTTP/1.1\r\n")
        assert [(e.url, e.request_line) for e in taken.all] == [(address, b"GET /a?b HTTP/1.1")] * 2
        assert all(b"Proxy" not in e.request_head for e in taken.all)

    run(main())


@pytest.mark.parametrize("bad", ["socks5://127.0.0.1:1", "not a url"])
def test_a_further_proxy_of_another_kind_is_refused(bad: str) -> None:
    with pytest.raises(UsageError):
        RecordingProxy(ProxyOptions(upstream_proxy=bad))


def test_fetch_follows_redirects_and_records_each() -> None:
    async def main() -> None:
        taken = Taken()
        async with origin() as server, RecordingProxy() as proxy:
            server.routes["/a"] = (
                b"HTTP/1.1 302 F\r\nLocation: b?x=1#y\r\nContent-Length: 0\r\n\r\n"
            )
            server.routes["/b?x=1"] = OK
            server.routes["/loop"] = (
                b"HTTP/1.1 301 M\r\nLocation: /loop\r\nContent-Length: 0\r\n\r\n"
            )
            listener = await proxy.listen(taken, allow=HERE)
            got = await listener.fetch(url(server, "/a#frag"), {"User-Agent": "me"})
            assert (got.url, got.status, got.size, got.ok) == (url(server, "/b?x=1"), 200, 2, True)
            assert [e.status for e in taken.all] == [302, 200]
            assert b"Accept-Encoding: identity\r\n" in taken.all[0].request_head
            assert (await listener.fetch(url(server, "/loop"))).failure == "too many redirects"

    run(main())


def test_fetch_tries_transient_faults_again_and_no_others() -> None:
    def seq(*answers: bytes):
        left = list(answers)

        async def handler(_, writer) -> None:
            writer.write(left.pop(0))

        return handler

    busy = b"HTTP/1.1 503 Busy\r\nRetry-After: %s\r\nContent-Length: 0\r\n\r\n"
    cut = b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\ncut"
    gone = b"HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n"

    async def main() -> None:
        taken = Taken()
        async with origin() as server, RecordingProxy() as proxy:
            server.routes["/busy"] = seq(busy % b"1", cut, OK)
            server.routes["/later"] = seq(busy % b"3600")
            server.routes["/gone"] = seq(gone)
            listener = await proxy.listen(taken, allow=HERE)
            assert (await listener.fetch(url(server, "/busy"))).ok
            assert (await listener.fetch(url(server, "/later"))).status == 503
            assert (await listener.fetch(url(server, "/gone"))).status == 404
        assert [(e.status, e.truncated) for e in taken.all] == [
            (503, ""),
            (200, "disconnect"),
            (200, ""),
            (503, ""),
            (404, ""),
        ]

    run(main())


def test_the_decks_own_folder(tmp_path: Path) -> None:
    deck = tmp_path / "deck"
    (deck / "img").mkdir(parents=True)
    (deck / "img" / "a b.svg").write_text("<svg/>")
    (deck / ".env").write_text("secret")
    (deck / "v.mp4").write_bytes(bytes(range(100)))
    (tmp_path / "outside.txt").write_text("secret")
    (deck / "link.txt").symlink_to(tmp_path / "outside.txt")
    (tmp_path / "theme.css").write_text("p{}")
    site = DeckSite(
        page="talk.html",
        pages={"talk.html": b"<p>deck"},
        mounts=(("css/", str(tmp_path)), ("", str(deck))),
    )
    base = "http://deck.localhost"

    async def main() -> None:
        taken = Taken()
        async with RecordingProxy() as proxy:
            listener = await proxy.listen(taken, deck=site)

            async def get(path: str, *fields: str, method: str = "GET") -> tuple[bytes, bytes]:
                own = "Sec-Fetch-Site: same-origin"
                answer = await ask(listener.port, base + path, own, *fields, method=method)
                head, _, body = answer.partition(b"\r\n\r\n")
                return head, body

            head, body = await get("/")
            assert body == b"<p>deck"
            assert b"Content-Type: text/html; charset=utf-8\r\n" in head
            assert (await get("/talk.html?x=1"))[1] == b"<p>deck"
            head, body = await get("/img/a%20b.svg")
            assert (b"Content-Type: image/svg+xml" in head, body) == (True, b"<svg/>")
            assert (await get("/css/theme.css"))[1] == b"p{}"
            head, body = await get("/v.mp4", "Range: bytes=10-19")
            assert head.startswith(b"HTTP/1.1 206 ")
            assert b"Content-Range: bytes 10-19/100\r\n" in head
            assert body == bytes(range(10, 20))
            assert (await get("/v.mp4", "Range: bytes=-5"))[1] == bytes(range(95, 100))
            assert (await get("/v.mp4", "Range: bytes=100-"))[0].startswith(b"HTTP/1.1 416 ")
            assert (await get("/v.mp4", method="HEAD"))[1] == b""
            for trick in (
                "/missing",
                "/.env",
                "/%2eenv",
                "/../outside.txt",
                "/css/..%2f..%2fetc/passwd",
                "/%2e%2e/outside.txt",
                "/..%5coutside.txt",
                "/link.txt",
                "/a%00b",
                "//etc/passwd",
            ):
                head, body = await get(trick)
                assert head.startswith(b"HTTP/1.1 404 "), trick
                assert b"secret" not in body
            own = {"Sec-Fetch-Site": "same-origin"}
            assert (await listener.fetch(f"{base}/v.mp4", own)).size == 100
            await listener.close()
        assert len(taken.all) == 19
        assert taken.all[0].url == f"{base}/"

    run(main())


BOXED = ("Sec-Fetch-Site: cross-site", "Origin: null")
WHO = [
    (True, ("Sec-Fetch-Site: same-origin", "Sec-Fetch-Mode: cors")),
    (True, ("Sec-Fetch-Site: none", "Sec-Fetch-Mode: navigate")),
    (True, (*BOXED, "Sec-Fetch-Mode: no-cors", "Sec-Fetch-Dest: image")),
    (True, (*BOXED, "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: iframe")),
    (False, (*BOXED, "Sec-Fetch-Mode: no-cors", "Sec-Fetch-Dest: empty")),
    (False, (*BOXED, "Sec-Fetch-Mode: cors", "Sec-Fetch-Dest: script")),
    (False, (*BOXED, "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document")),
    (False, (*BOXED, "Sec-Fetch-Mode: no-cors", "Sec-Fetch-Dest: image", "Referer: https://e.t/")),
    (False, ("Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: no-cors", "Sec-Fetch-Dest: image")),
    (False, ("Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: cors", "Referer: {own}/")),
    (False, ("Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate", "Referer: https://e.test/")),
    (False, ("Sec-Fetch-Site: same-site", "Sec-Fetch-Mode: no-cors", "Sec-Fetch-Dest: image")),
    (False, ("Sec-Fetch-Site: none", "Sec-Fetch-Mode: cors")),
    (False, ("Referer: {own}/",)),
    (False, ()),
]


@pytest.mark.parametrize(("answered", "fields"), WHO)
def test_only_the_decks_own_pages_reach_its_folder(answered: bool, fields: tuple[str, ...]) -> None:
    boxed = DeckFiles(sandboxed=("box/",))
    pages = {"talk.html": b"<p>deck", "box/p.html": b"<p>deck"}
    site = DeckSite(page="talk.html", pages=pages, mounts=(), files=boxed)
    own = "http://deck.localhost"
    fields = tuple(field.format(own=own) for field in fields)

    async def main() -> None:
        taken = Taken()
        async with RecordingProxy() as proxy:
            its = await proxy.listen(taken, deck=site)
            other = await proxy.listen(taken, allow={"*", "deck.localhost"})
            unread = fields[:2] == BOXED
            if unread:  # only beside a page in a sandboxed frame of the deck's
                assert await ask(its.port, f"{own}/box/../talk.html", *fields) == b""
                its.failures.clear()
            said = await ask(its.port, f"{own}/{'box/p' if unread else 'talk'}.html", *fields)
            assert (b"<p>deck" in said, bool(its.failures)) == (answered, not answered)
            assert b"Access-Control" not in said
            assert len(taken.all) == answered
            for port in ("", ":81", "."):
                said = await ask(other.port, f"http://deck.LOCALHOST{port}/x", *fields)
                assert b"deck" not in said
            assert len(other.failures) == 3
            assert len(taken.all) == answered

    run(main())


def test_no_site_redirects_into_the_decks_folder() -> None:
    site = DeckSite(page="talk.html", pages={"talk.html": b"<p>deck"}, mounts=())

    async def main() -> None:
        taken = Taken()
        async with origin() as server, RecordingProxy() as proxy:
            server.routes["/"] = (
                b"HTTP/1.1 302 Found\r\nLocation: http://deck.localhost/talk.html\r\n"
                b"Content-Length: 0\r\n\r\n"
            )
            listener = await proxy.listen(taken, allow=HERE, deck=site)
            assert b"deck" not in await ask(listener.port, url(server))
            assert [why for _, why in listener.failures] == [
                "it redirects into the deck's own folder"
            ]
        assert taken.all == []

    run(main())
