"""Whether a screenshot shows anything: the one answer that capture and rehearsal share."""

import io
import zlib

import pytest
from PIL import Image, ImageDraw

from deckarchive.screenshots import is_blank, read_screenshot, variation, varied_cells


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


def drawn(*lefts: int) -> bytes:
    """A picture with hatched boxes of 80 pixels at these distances from the left."""
    image, out = Image.new("RGB", (960, 540), "white"), io.BytesIO()
    draw = ImageDraw.Draw(image)
    for left in lefts:
        for x in range(left, left + 80, 8):
            draw.rectangle((x, 240, x + 3, 320), fill="black")
    image.save(out, "PNG")
    return out.getvalue()


def test_the_cells_in_which_a_page_moved_are_those_that_were_left_and_entered() -> None:
    found = variation(drawn(90, 600), drawn(300, 600), drawn(450, 600))
    assert found is not None
    assert len(found) == 144  # 32 x 18 bits
    columns = {cell % 32 for cell in varied_cells(found)}
    assert {4, 11, 16} < columns  # 30 pixels each
    assert not columns & set(range(19, 32))
    assert {cell // 32 for cell in varied_cells(found)} <= set(range(7, 12))


def test_a_page_that_stands_still_has_not_varied() -> None:
    assert variation(drawn(90), drawn(90)) == variation(drawn(90), drawn(91)) == ""
    assert variation(drawn(90), b"no picture") is None
    assert varied_cells("") == varied_cells("ff") == frozenset()
    assert varied_cells("8" + "0" * 142 + "1") == {0, 575}
