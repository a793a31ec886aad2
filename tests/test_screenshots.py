"""Whether a screenshot shows anything: the one answer that capture and rehearsal share."""

import io
import zlib

import pytest
from PIL import Image

from deckarchive.screenshots import is_blank, read_screenshot


def png(*pixels: tuple[int, ...], mode: str = "RGB") -> bytes:
    image, out = Image.new(mode, (40, 30), pixels[0]), io.BytesIO()
    for place, pixel in enumerate(pixels[1:]):
        image.putpixel((20 + place, 29), pixel)
    image.save(out, "PNG")
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "blank"),
    [
        (png((255, 255, 255)), True),
        (png((16, 32, 48)), True),
        (png((16, 32, 48, 255), mode="RGBA"), True),
        (png((16, 32, 48), (16, 32, 58)), True),  # what no projector shows
        (png((16, 32, 48), (16, 32, 59)), False),
        (png((255, 255, 255), (0, 0, 0)), False),
        (b"", False),
        (b"GIF89a", False),
        (b"\x89PNG\r\n\x1a\n" * 9, False),
    ],
    ids=lambda value: value if isinstance(value, bool) else len(value),
)
def test_a_picture_of_one_colour_is_blank(data: bytes, blank: bool) -> None:
    assert is_blank(read_screenshot(data)) is blank


def test_a_damaged_picture_is_no_error_and_not_blank() -> None:
    data = png((255, 255, 255))
    at = data.index(b"IDAT") + 4
    for damaged in (data[: at + 3], data[:at] + b"\xff" + data[at + 1 :]):
        assert read_screenshot(damaged) is None
    packed = zlib.compress(b"\0")
    assert read_screenshot(data[:at] + packed + data[at + len(packed) :]) is None
