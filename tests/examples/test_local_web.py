"""The example web answers as the real one does: redirects, ranges, charsets, dead hosts."""

import json
import ssl
import urllib.error
import urllib.request
from collections.abc import Iterator
from email.message import Message

import pytest

from examples.web.serve import LocalWeb


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *arguments: object) -> None:
        return None


class Client:
    """urllib through the proxy, trusting any certificate, following no redirect."""

    def __init__(self, proxy: str) -> None:
        context = ssl._create_unverified_context()
        self._opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({"http": proxy, "https": proxy}),
            urllib.request.HTTPSHandler(context=context),
            NoRedirect(),
        )

    def get(
        self, url: str, data: bytes | None = None, **headers: str
    ) -> tuple[int, Message, bytes]:
        request = urllib.request.Request(url, data=data, headers=headers)
        try:
            with self._opener.open(request, timeout=30) as response:
                return response.status, response.headers, response.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.headers, error.read()


@pytest.fixture(scope="module")
def web() -> Iterator[LocalWeb]:
    with LocalWeb() as running:
        yield running


@pytest.fixture(scope="module")
def client(web: LocalWeb) -> Client:
    return Client(web.proxy)


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_folder_without_its_slash_redirects(client: Client, scheme: str) -> None:
    status, headers, _ = client.get(f"{scheme}://lectures.example/packets")
    assert (status, headers["Location"]) == (301, "/packets/")
    status, headers, body = client.get(f"{scheme}://lectures.example/packets/")
    assert (status, headers.get_content_type()) == (200, "text/html")
    assert b"one hop at a time" in body


@pytest.mark.parametrize(
    ("asked", "status", "told", "length"),
    [
        ("bytes=0-9", 206, "bytes 0-9/", 10),
        ("bytes=-5", 206, "bytes ", 5),
        ("bytes=99999999-", 416, "bytes */", 0),
        ("bytes=-", 200, None, None),
    ],
)
def test_a_video_answers_ranges(
    client: Client, asked: str, status: int, told: str | None, length: int | None
) -> None:
    found, headers, body = client.get("https://media.example/waves.mp4", Range=asked)
    assert found == status
    if told is None:
        assert headers.get_content_type() == "video/mp4"
        assert body[4:8] == b"ftyp"
    else:
        assert headers["Content-Range"].startswith(told)
        assert len(body) == length


def test_a_charset_stands_in_the_header_alone(client: Client) -> None:
    _, headers, body = client.get("https://museum.example/letter.html")
    assert headers.get_content_charset() == "windows-1251"
    assert "Письмо из архива" in body.decode("windows-1251")
    assert b"charset" not in body


def test_a_notebook_is_a_page(client: Client) -> None:
    _, headers, _ = client.get("https://notebooks.example/view/growth.ipynb")
    assert headers.get_content_type() == "text/html"


def test_a_post_is_answered_by_its_body(client: Client) -> None:
    data = json.dumps({"text": "one two  three"}).encode()
    _, _, body = client.get("https://api.example/words", data)
    assert json.loads(body) == {"words": 3}


def test_frames_are_forbidden_where_they_are(client: Client) -> None:
    _, headers, _ = client.get("https://standards.example/links.html")
    assert headers["X-Frame-Options"] == "DENY"


def test_an_old_host_speaks_http_alone(client: Client) -> None:
    assert client.get("http://oldweb.example/home.html")[0] == 200
    with pytest.raises(OSError, match="502"):
        client.get("https://oldweb.example/home.html")


def test_an_unknown_host_is_down(client: Client) -> None:
    assert client.get("http://gone.example/")[0] == 502
    with pytest.raises(OSError, match="502"):
        client.get("https://gone.example/")


@pytest.mark.parametrize("path", ["/../../build.py", "/%2e%2e/%2e%2e/build.py", "//etc/passwd"])
def test_no_path_leads_outside(client: Client, path: str) -> None:
    assert client.get(f"http://lectures.example{path}")[0] == 404


def test_the_log_tells_what_was_answered(web: LocalWeb, client: Client) -> None:
    client.get("https://lectures.example/no-such-page")
    assert web.log[-1] == "GET https://lectures.example/no-such-page 404"
