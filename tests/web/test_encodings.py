"""Encodings of documents, in Python and in Chromium."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from deckarchive.web import Decoder, encoding_of, to_bytes, to_text
from tests.web.conftest import Sent, cases

LONG = "x" * 1100
FILLING = {"comment": f"<!--{LONG}-->", "script": f"<script>'{LONG}'</script>", "long": LONG}
DECODED = """rows => rows.map(([bytes, encoding]) => {
  const array = Uint8Array.from(bytes.match(/../g), (one) => parseInt(one, 16));
  return new TextDecoder(encoding).decode(array);
})"""


def body(text: str) -> bytes:
    for name, filling in FILLING.items():
        text = text.replace("{" + name + "}", filling)
    return text.encode("latin-1")


def mime(content_type: str) -> str:
    return content_type.partition(";")[0]


@pytest.mark.parametrize(("text", "header", "expected"), cases("encodings", "declared"))
def test_what_a_document_declares(text: str, header: str, expected: str) -> None:
    found = encoding_of(body(text), header, mime(header), fallback="windows-1251")
    assert found == expected


@pytest.mark.parametrize(("text", "header", "asking", "expected"), cases("encodings", "guessed"))
def test_what_is_guessed(text: str, header: str, asking: str, expected: str) -> None:
    assert encoding_of(body(text), header, mime(header), fallback=asking) == expected


@pytest.mark.parametrize(("data", "encoding", "text"), cases("encodings", "decoded"))
def test_what_bytes_mean(data: str, encoding: str, text: str) -> None:
    raw = bytes.fromhex(data)
    assert to_text(raw, encoding) == text
    decoder = Decoder(encoding)
    parts = [decoder.decode(raw[i : i + 1]) for i in range(len(raw))]
    assert "".join([*parts, decoder.decode(b"", final=True)]) == text


@pytest.mark.parametrize(
    ("text", "encoding", "expected"),
    [
        ("\xe9", "utf-8", b"\xef\xbb\xbf\xc3\xa9"),
        ("a", "utf-16le", b"\xff\xfea\0"),
        ("a", "utf-16be", b"\xfe\xff\0a"),
        ("\u0e01\xe9", "windows-874", b"\xa1&#233;"),
    ],
)
def test_text_is_written_as_it_was_read(text: str, encoding: str, expected: bytes) -> None:
    assert to_bytes(text, encoding, mark=True) == expected


@pytest.mark.browser
def test_chromium_reads_documents_the_same(chromium: Browser, sent: Sent) -> None:
    rows = cases("encodings", "declared")
    page = chromium.new_page()
    wrong = []
    for row in rows:
        page.goto(sent(body(row[0]), row[1]))
        found = page.evaluate("document.characterSet").lower()
        if found != row[2]:
            wrong.append((row, found))
    page.close()
    assert wrong == []


@pytest.mark.browser
def test_chromium_decodes_bytes_the_same(chromium: Browser) -> None:
    rows = [row for row in cases("encodings", "decoded") if row[1] != "replacement"]
    page = chromium.new_page()
    found = page.evaluate(DECODED, rows)
    page.close()
    assert found == [text for _, _, text in rows]
