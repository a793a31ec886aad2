"""Set-up of the example web: third-party scripts from npm, and a video.

``python -m examples.web.build`` fills ``node_modules/`` (what package-lock.json pins, each package
with its licence) and ``generated/``. Neither is in the repository; done again, it does nothing.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path

from hatch_build import fetch_packages

HERE = Path(__file__).resolve().parent
MODULES = HERE / "node_modules"
GENERATED = HERE / "generated"
VIDEO = GENERATED / "waves.mp4"

WANTED: Mapping[str, Sequence[str]] = {
    "d3": ("LICENSE", "dist/d3.min.js"),
    "mathjax": (
        "LICENSE",
        "MathJax.js",
        "config/TeX-AMS_CHTML.js",
        "extensions/",
        "jax/element/",
        "jax/input/TeX/",
        "jax/output/CommonHTML/",
        "fonts/HTML-CSS/TeX/woff/",
    ),
    "mathjax-3": (
        "LICENSE",
        "es5/core.js",
        "es5/input/tex.js",
        "es5/input/tex/extensions/",
        "es5/output/chtml.js",
        "es5/output/chtml/fonts/",
        "es5/startup.js",
    ),
    "remark-slide": ("LICENSE", "out/remark.min.js"),
    "reveal-3": ("LICENSE", "css/", "js/reveal.js", "plugin/markdown/", "lib/font/"),
    "reveal-4": ("LICENSE", "dist/", "plugin/"),
    "reveal-5": ("LICENSE", "dist/", "plugin/"),
    "reveal-6": ("LICENSE", "dist/"),
}

_SIZE = (320, 180)
_RATE = 12
_SECONDS = 4


def main() -> None:
    """Fetch and make what is missing."""
    fetch_packages(HERE, WANTED, MODULES)
    if not VIDEO.is_file():
        make_video(VIDEO)


def make_video(path: Path) -> None:
    """Encode two interfering waves, a few seconds long: VP9 in MP4, which every browser plays."""
    import av

    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name("part.mp4")
    width, height = _SIZE
    with av.open(str(part), "w", options={"movflags": "faststart"}) as container:
        stream = container.add_stream("libvpx-vp9", rate=_RATE)
        stream.width, stream.height = width, height
        stream.pix_fmt = "yuv420p"
        stream.time_base = Fraction(1, _RATE)
        stream.options = {"deadline": "realtime", "cpu-used": "8", "crf": "40", "b": "0"}
        for number in range(_RATE * _SECONDS):
            frame = av.VideoFrame(width, height, "rgb24")
            plane = frame.planes[0]
            plane.update(_picture(width, height, plane.line_size, number / (_RATE * _SECONDS)))
            frame.pts = number
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    part.replace(path)


def _picture(width: int, height: int, stride: int, phase: float) -> bytes:
    """One RGB frame of two circular waves; ``phase`` runs from 0 to 1 and then repeats."""
    rows = bytearray(stride * height)
    for y in range(height):
        for x in range(width):
            left = math.hypot(x - width * 0.3, y - height / 2)
            right = math.hypot(x - width * 0.7, y - height / 2)
            wave = math.sin(left / 9 - phase * math.tau * 3) + math.sin(right / 9 - phase * 18.85)
            level = int(110 + 55 * wave)
            rows[y * stride + x * 3 : y * stride + x * 3 + 3] = bytes(
                (level // 3, level // 2, level)
            )
    return bytes(rows)


if __name__ == "__main__":
    main()
