# ruff: noqa: E501 (pages and probes stand in it as they are)
"""Maps, players, embeds in frames, and pages of the old web."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from urllib.parse import parse_qs

from bench.realweb.kit import Kit, write
from bench.realweb.web import Site
from examples.web.build import VIDEO
from examples.web.hosts import Answer, Request, gradient

CDN = "https://cdn.test/npm"
_TILES = "https://tiles.test/{z}/{x}/{y}.png"


def _maplibre(kit: Kit, out: Path) -> None:
    """MapLibre GL: a style, raster tiles by fetch in a worker from a blob, GeoJSON, WebGL."""
    del kit
    style = {
        "version": 8,
        "sources": {
            "base": {"type": "raster", "tiles": [_TILES], "tileSize": 256},
            "line": {"type": "geojson", "data": "/line.json"},
        },
        "layers": [
            {"id": "base", "type": "raster", "source": "base"},
            {
                "id": "line",
                "type": "line",
                "source": "line",
                "paint": {"line-color": "#f00", "line-width": 4},
            },
        ],
    }
    line = {
        "type": "Feature",
        "properties": {},
        "geometry": {"type": "LineString", "coordinates": [[13.3, 52.4], [13.5, 52.6]]},
    }
    page = f"""<!doctype html><html><head><meta charset="utf-8"><link rel="stylesheet" href="{CDN}/maplibre-gl@5.8.0/dist/maplibre-gl.css">
<script src="{CDN}/maplibre-gl@5.8.0/dist/maplibre-gl.js"></script><style>#map {{ height: 600px }}</style></head><body><div id="map"></div><script>
const map = new maplibregl.Map({{ container: 'map', style: '/style.json', center: [13.4, 52.5], zoom: 10 }});
map.addControl(new maplibregl.NavigationControl()); map.on('load', () => {{ document.title = 'loaded'; }});</script></body></html>"""
    write(
        out / "maplibre.test",
        {"index.html": page, "style.json": json.dumps(style), "line.json": json.dumps(line)},
    )


def _openlayers(kit: Kit, out: Path) -> None:
    """OpenLayers' whole build: tiles drawn on a canvas, with CORS."""
    del kit
    page = f"""<!doctype html><html><head><link rel="stylesheet" href="{CDN}/ol@10.6.1/ol.css"><script src="{CDN}/ol@10.6.1/dist/ol.js"></script></head>
<body><div id="map" style="width: 800px; height: 500px"></div><script>
const map = new ol.Map({{ target: 'map', layers: [new ol.layer.Tile({{ source: new ol.source.XYZ({{ url: '{_TILES}', crossOrigin: 'anonymous' }}) }})],
 view: new ol.View({{ center: ol.proj.fromLonLat([13.4, 52.5]), zoom: 11 }}) }});
map.once('rendercomplete', () => {{ const c = document.querySelector('canvas'); document.title = 'red ' + (c.getContext('2d').getImageData(50, 50, 1, 1).data[3] > 0); }});</script></body></html>"""
    write(out / "openlayers.test", {"index.html": page})


def _playlist(out: Path) -> None:
    """A short HLS stream of fragmented MP4, made with PyAV from the example film."""
    import av

    out.mkdir(parents=True)
    with av.open(str(VIDEO)) as source, av.open(
        str(out / "film.m3u8"), "w", format="hls",
        options={"hls_time": "1", "hls_segment_type": "fmp4", "hls_playlist_type": "vod"},
    ) as target:  # fmt: skip
        stream = target.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(source.streams.video[0]):
            if packet.dts is not None:
                packet.stream = stream
                target.mux(packet)
    # The muxer names its parts after the folder that it ran in.
    text = (out / "film.m3u8").read_text().replace(f"{out}/", "")
    (out / "film.m3u8").write_text(text)


def _hls(kit: Kit, out: Path) -> None:
    """hls.js: a playlist and its parts through MediaSource, transmuxed in a worker."""
    del kit
    page = f"""<!doctype html><html><head><script src="{CDN}/hls.js@1.6.13/dist/hls.min.js"></script></head><body><video controls muted width="640"></video><button>seek</button><script>
const video = document.querySelector('video'); const hls = new Hls(); hls.loadSource('/film/film.m3u8'); hls.attachMedia(video);
document.querySelector('button').onclick = () => {{ video.currentTime = 2.5; }};</script></body></html>"""
    _playlist(out / "hls.test" / "film")
    write(out / "hls.test", {"index.html": page})


def _videojs(kit: Kit, out: Path) -> None:
    """video.js with an MP4, a poster and captions."""
    del kit
    page = f"""<!doctype html><html><head><link rel="stylesheet" href="{CDN}/video.js@8.23.4/dist/video-js.min.css"></head><body>
<video id="v" class="video-js" controls muted preload="auto" width="640" height="360" poster="poster.png" data-setup='{{}}'>
<source src="film.mp4" type="video/mp4"><track kind="captions" src="words.vtt" srclang="en" label="English" default></video>
<script src="{CDN}/video.js@8.23.4/dist/video.min.js"></script></body></html>"""
    write(
        out / "videojs.test",
        {
            "index.html": page,
            "film.mp4": VIDEO.read_bytes(),
            "poster.png": gradient(640, 360, 70),
            "words.vtt": "WEBVTT\n\n00:00.000 --> 00:04.000\nTwo waves\n",
        },
    )


def _embeds(kit: Kit, out: Path) -> None:
    """Embeds as platforms give them out: a script that makes a frame which says how high it is,
    a player's frame with another inside, and an API that talks to it by messages."""
    del kit
    page = """<!doctype html><html><body><blockquote class="post" data-id="42">a post</blockquote><script async src="https://platform.test/widgets.js" charset="utf-8"></script>
<iframe id="player" width="640" height="360" src="https://player.test/embed/abc?enablejsapi=1&origin=https%3A%2F%2Fembeds.test" allow="autoplay; encrypted-media" allowfullscreen></iframe>
<button>play</button><output></output><script>
const player = document.querySelector('#player');
addEventListener('message', (e) => { if (e.origin === 'https://player.test' && e.data.state) document.querySelector('output').textContent = e.data.state; });
document.querySelector('button').onclick = () => player.contentWindow.postMessage({ command: 'play' }, 'https://player.test');</script></body></html>"""
    widgets = """(() => { for (const post of document.querySelectorAll('.post')) { const frame = document.createElement('iframe');
frame.src = 'https://platform.test/embed.html?id=' + post.dataset.id + '&origin=' + encodeURIComponent(location.origin); frame.style.cssText = 'border:0;height:10px;width:500px'; post.replaceWith(frame);
addEventListener('message', (e) => { if (e.origin === 'https://platform.test' && e.source === frame.contentWindow) { frame.style.height = e.data.height + 'px'; frame.className = 'sized'; } }); } })();"""
    embed = "<!doctype html><body style='margin:0'><h2 style='height:200px'></h2><script>document.querySelector('h2').textContent = 'post ' + new URLSearchParams(location.search).get('id'); parent.postMessage({ height: document.body.scrollHeight }, '*');</script>"
    player = """<!doctype html><body style="margin:0;background:#000"><video muted width="640" height="320" src="/film.mp4"></video><iframe src="https://ads.test/count.html" width="1" height="1"></iframe><script>
addEventListener('message', (e) => { if (e.data.command === 'play') document.querySelector('video').play().then(() => e.source.postMessage({ state: 'playing' }, e.origin)); });
parent.postMessage({ state: 'ready ' + new URLSearchParams(location.search).get('enablejsapi') }, '*');</script>"""
    write(out / "embeds.test", {"index.html": page})
    write(out / "platform.test", {"widgets.js": widgets, "embed.html": embed})
    write(out / "player.test", {"embed/abc.html": player, "film.mp4": VIDEO.read_bytes()})
    write(out / "ads.test", {"count.html": "<!doctype html><p>counted</p>"})


def _frameset(kit: Kit, out: Path) -> None:
    """A frameset with named frames: the contents lead the other frame."""
    del kit
    write(
        out / "frameset.test",
        {
            "index.html": '<html><head><title>Course</title></head><frameset cols="200,*"><frame name="toc" src="toc.htm"><frame name="main" src="one.htm"></frameset></html>',
            "toc.htm": '<html><base target="main"><body bgcolor="#eeeeff"><a href="one.htm">One</a> <a href="two.htm">Two</a> <a href="#here" onclick="parent.main.document.body.bgColor=\'yellow\'; return false">yellow</a></body></html>',
            "one.htm": '<html><body background="tile.png"><font size="7">Chapter one</font><script>document.write("<p id=w>written<\\/p>")</script></body></html>',
            "two.htm": "<html><body>Chapter two</body></html>",
            "tile.png": gradient(32, 32, 200),
        },
    )


def _jquery(kit: Kit, out: Path) -> None:
    """jQuery and its UI by document.write with a fall-back, JSONP, load() and an image map."""
    del kit
    page = f"""<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.01 Transitional//EN"><html><head>
<link rel="stylesheet" href="{CDN}/jquery-ui-dist@1.13.2/jquery-ui.min.css">
<script>document.write('<script src="' + (location.protocol === 'https:' ? 'https:' : 'http:') + '//cdn.test/npm/jquery@1.12.4/dist/jquery.min.js"><\\/script>')</script>
<script>window.jQuery || document.write('<script src="js/jquery.js"><\\/script>')</script>
<script src="{CDN}/jquery-ui-dist@1.13.2/jquery-ui.min.js"></script></head><body>
<div id="tabs"><ul><li><a href="#a">A</a></li><li><a href="part.html">B</a></li></ul><div id="a"><p id="jsonp"></p></div></div><div id="loaded"></div><script>
$(function () {{ $('#tabs').tabs({{ active: 1 }}); $('#tabs').tabs('option', 'active', 0); $('#loaded').load('part.html #inner');
 $.getJSON('https://jsonp.test/words.js?callback=?', function (d) {{ $('#jsonp').text(d.word); }}); }});</script></body></html>"""
    write(
        out / "jquery.test",
        {"index.html": page, "part.html": "<div><p id='inner'>inner part</p><p>rest</p></div>"},
    )
    (out / "jsonp.test").mkdir()


def _jsonp(request: Request) -> Answer:
    """Calls the function that the query names."""
    name = parse_qs(request.query).get("callback", ["cb"])[0]
    return Answer(f'{name}({{"word": "padded"}})'.encode(), {"Content-Type": "text/javascript"})


def _marimo(kit: Kit, out: Path) -> None:
    """A marimo notebook as static HTML: a React page whose parts come from its own CDN."""
    work = out / "work"
    book = 'import marimo\napp = marimo.App()\n@app.cell\ndef _():\n    import marimo as mo\n    mo.md("# Descent\\n\\n$x^2$")\n    return\n@app.cell\ndef _():\n    print(sum(range(10)))\n    return\nif __name__ == "__main__":\n    app.run()\n'
    write(work, {"book.py": book})
    tools = ("marimo==0.16.5",)
    kit.python(tools, ["-m", "marimo", "export", "html", "book.py", "-o", "index.html"], work)
    text = (work / "index.html").read_text("utf-8")
    cdn = "https://cdn.jsdelivr.net/npm/@marimo-team/frontend@0.16.5/dist/"
    write(out / "marimo.test", {"index.html": text.replace(cdn, "https://marimo-cdn.test/dist/")})
    static = kit.pip(*tools) / "marimo" / "_static"
    (out / "marimo-cdn.test").mkdir()
    (out / "marimo-cdn.test" / "dist").symlink_to(static)
    shutil.rmtree(work)


def _jupyterlite(kit: Kit, out: Path) -> None:
    """JupyterLite: hundreds of chunks, a service worker, a store in IndexedDB."""
    work = out / "work"
    book = {
        "cells": [{"cell_type": "markdown", "metadata": {}, "source": "# Descent"}],
        "metadata": {},
        "nbformat": 4,
        "nbformat_minor": 4,
    }
    write(work, {"files/descent.ipynb": json.dumps(book)})
    tools = ("jupyterlite-core[lab]==0.6.4", "jupyterlite-javascript-kernel==0.3.0")
    kit.python(
        tools,
        [
            "-m",
            "jupyterlite_core.app",
            "build",
            "--contents",
            "files",
            "--output-dir",
            out / "lite.test",
        ],
        work,
    )
    shutil.rmtree(work)


SITES = (
    Site(
        name="maplibre",
        url="https://maplibre.test/",
        build=_maplibre,
        ready="document.title === 'loaded' && map.queryRenderedFeatures({layers: ['line']}).length > 0",
        act="map.jumpTo({center: [13.41, 52.5]})",
        check="Math.abs(map.getCenter().lng - 13.41) < 0.001 && map.areTilesLoaded()",
    ),
    Site(
        name="openlayers",
        url="https://openlayers.test/",
        build=_openlayers,
        ready="document.title === 'red true'",
        act="map.getView().setRotation(0.3)",
        check="map.getView().getRotation() === 0.3",
    ),
    Site(
        name="hls",
        url="https://hls.test/",
        build=_hls,
        ready="document.querySelector('video').readyState >= 2",
        act="document.querySelector('button').click()",
        check="document.querySelector('video').currentTime === 2.5 && document.querySelector('video').readyState >= 2",
    ),
    Site(
        name="videojs",
        url="https://videojs.test/",
        build=_videojs,
        ready="document.querySelector('.vjs-tech').readyState >= 2",
        act="videojs('v').play()",
        check="videojs('v').currentTime() > 0.3",
    ),
    Site(
        name="embeds",
        url="https://embeds.test/",
        build=_embeds,
        ready="document.querySelector('iframe.sized').offsetHeight >= 200",
        act="document.querySelector('button').click()",
        check="document.querySelector('output').textContent === 'playing'",
    ),
    Site(
        name="frameset",
        url="https://frameset.test/",
        build=_frameset,
        ready="frames.length === 2 && document.querySelectorAll('frame').length === 2",
        act="document.querySelector('frame[name=toc]').focus()",
        check="true",
    ),
    Site(
        name="jquery",
        url="https://jquery.test/",
        build=_jquery,
        handlers={"jsonp.test": _jsonp},
        ready="document.querySelector('#jsonp').textContent === 'padded' && document.querySelector('#inner')",
        act="jQuery('#tabs').tabs('option', 'active', 1)",
        check="document.querySelector('#tabs').textContent.includes('inner part')",
    ),
    Site(
        name="marimo",
        url="https://marimo.test/",
        build=_marimo,
        ready="document.querySelector('h1') && document.querySelector('h1').textContent.includes('Descent')",
        act="document.querySelector('button').click()",
        check="document.body.textContent.includes('45')",
    ),
    Site(
        name="jupyterlite",
        url="https://lite.test/notebooks/index.html?path=descent.ipynb",
        build=_jupyterlite,
        ready="document.querySelector('.jp-Notebook h1')",
        act="document.querySelector('.jp-Cell').dispatchEvent(new MouseEvent('dblclick', {bubbles: true}))",
        check="document.querySelector('.jp-Notebook')",
    ),
)
