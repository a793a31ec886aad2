"""Cases of media: Range, HLS and DASH playlists, a player that feeds a MediaSource."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

import av

from bench.hostile.kit import CORS, case, page, put
from bench.hostile.server import Asked, HostileWeb, Reply, Route

SECONDS = 6
_TYPES = {"m3u8": "application/vnd.apple.mpegurl", "mpd": "application/dash+xml",
          "mp4": "video/mp4", "m4s": "video/iso.segment", "webm": "video/webm",
          "ts": "video/mp2t"}  # fmt: skip


@cache
def film(format: str, name: str, options: tuple[tuple[str, str], ...]) -> dict[str, bytes]:
    """A small film as the files that a muxer makes of it."""
    with tempfile.TemporaryDirectory() as folder:
        with av.open(str(Path(folder) / name), "w", format=format, options=dict(options)) as out:
            codec = "libvpx" if format == "webm" else "libx264"
            stream = out.add_stream(codec, rate=10, options={"g": "10", "keyint_min": "10"})
            stream.width, stream.height, stream.pix_fmt = 160, 96, "yuv420p"
            for n in range(SECONDS * 10):
                frame = av.VideoFrame(160, 96, "yuv420p")
                for plane in frame.planes:
                    row = bytes((n * 4 + x) % 256 for x in range(plane.line_size))
                    plane.update(row * plane.height)
                out.mux(stream.encode(frame))
            out.mux(stream.encode(None))
        return {path.name: path.read_bytes() for path in Path(folder).iterdir()}


def hls() -> dict[str, bytes]:
    """A master playlist with two renditions (one listed twice) of fragmented MP4."""
    parts = film("hls", "v.m3u8", (("hls_time", "1"), ("hls_list_size", "0"),
                                   ("hls_segment_type", "fmp4"),
                                   ("hls_playlist_type", "vod")))  # fmt: skip
    master = ("#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=100000,RESOLUTION=160x96\nv.m3u8\n"
              "#EXT-X-STREAM-INF:BANDWIDTH=900000,RESOLUTION=320x192\nhigh/v.m3u8\n")  # fmt: skip
    high = {f"high/{name}": body for name, body in parts.items()}
    return {"master.m3u8": master.encode(), **parts, **high}


def dash() -> dict[str, bytes]:
    """A DASH manifest with its segments."""
    return film("dash", "v.mpd", (("seg_duration", "1"), ("use_timeline", "1")))


def ranged(body: bytes, type: str) -> Route:
    """A file that is served whole or in ranges."""

    def answer(asked: Asked) -> Reply:
        wanted = asked.fields.get("range", "")
        headers = (*CORS, "Accept-Ranges: bytes", 'ETag: "film"')
        if not wanted.startswith("bytes="):
            return Reply(body=body, type=type, headers=headers)
        first, _, last = wanted.removeprefix("bytes=").partition("-")
        start, end = int(first), min(int(last or len(body) - 1), len(body) - 1)
        place = f"Content-Range: bytes {start}-{end}/{len(body)}"
        return Reply(body=body[start : end + 1], type=type, status=206, reason="Partial Content",
                     headers=(*headers, place))  # fmt: skip

    return answer


def _files(files: dict[str, bytes]) -> dict[str, Route]:
    routes: dict[str, Route] = {}
    for name, body in files.items():
        routes[name] = ranged(body, _TYPES[name.rpartition(".")[2]])
    return routes


_FEED = """
const feed = async (video, type, parts) => {
  const source = new MediaSource(); video.src = URL.createObjectURL(source);
  await new Promise((done) => source.addEventListener("sourceopen", done, {once: true}));
  const buffer = source.addSourceBuffer(type);
  for (const [n, part] of parts.entries()) {
    while (n > 2 && video.currentTime < n - 2.5) await wait(50);
    const bytes = await (await fetch(part)).arrayBuffer();
    const done = new Promise((d) => buffer.addEventListener("updateend", d, {once: true}));
    buffer.appendBuffer(bytes); await done;
  }
  source.endOfStream();
};
"""


@case("video", asks=("/video/film.mp4", "/video/sound.wav", "/video/film.webm"))
def _video(web: HostileWeb) -> None:
    body = film("mp4", "film.mp4", (("movflags", "faststart"),))["film.mp4"]
    padded = body + _free(700_000)
    webm = film("webm", "film.webm", ())["film.webm"]
    elements = """<video src=/video/film.mp4 muted autoplay loop width=300></video>
    <video controls preload=none width=300><source src=/video/film.webm>
    <track src=/video/words.vtt default></video><audio src=/video/sound.wav preload=auto></audio>"""
    wave = b"RIFF" + (8036).to_bytes(4, "little") + b"WAVEfmt " + bytes.fromhex(
        "10000000010001004000000040000000010008006461746100400000") + b"\x80" * 8000  # fmt: skip
    put(web, "video", {"": page("Video", elements), "film.mp4": ranged(padded, "video/mp4"),
                       "film.webm": ranged(webm, "video/webm"),
                       "sound.wav": ranged(wave, "audio/wav"),
                       "words.vtt": Reply(body=b"WEBVTT\n\n00:00.000 --> 00:01.000\nHi\n",
                                          type="text/vtt")})  # fmt: skip


def _free(size: int) -> bytes:
    """An MP4 box to be skipped."""
    return size.to_bytes(4, "big") + b"free" + bytes(n % 251 for n in range(size - 8))


@case("hls", asks=("/hls/v5.m4s", "/hls/high/v.m3u8"))
def _hls(web: HostileWeb) -> None:
    """A player that reads ahead by two seconds: most segments are asked for while it plays."""
    script = """
    (async () => {
      const list = await (await fetch("/hls/master.m3u8")).text();
      const media = await (await fetch("/hls/" + list.match(/^v.*/m)[0])).text();
      const init = media.match(/URI="(.*?)"/)[1];
      const parts = [init, ...media.match(/^[^#].*m4s$/gm)].map((n) => "/hls/" + n);
      const video = document.querySelector("video");
      video.addEventListener("canplay", () => video.play(), {once: true});
      await feed(video, 'video/mp4; codecs="avc1.64000a"', parts);
    })();
    """
    put(web, "hls", {"": page("HLS", "<video muted width=300></video>", _FEED + script),
                     **_files(hls())})  # fmt: skip


@case("dash", asks=("/dash/v.mpd", "/dash/chunk-stream0-00005.m4s"))
def _dash(web: HostileWeb) -> None:
    """A player that waits for a click before it asks for its segments."""
    script = """
    get("/dash/v.mpd");
    document.querySelector("video").addEventListener("play", () =>
      get("/dash/init-stream0.m4s").then(() => get("/dash/chunk-stream0-00001.m4s")));
    """
    put(web, "dash", {"": page("DASH", "<video muted width=300></video>", _FEED + script),
                      **_files(dash())})  # fmt: skip
