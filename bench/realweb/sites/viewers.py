# ruff: noqa: E501 (pages and probes stand in it as they are)
"""Viewers: deep zoom, books, films by DASH, players in frames, archives read by ranges."""

from __future__ import annotations

import io
import json
import math
import zipfile
from pathlib import Path

from PIL import Image

from bench.realweb.kit import Kit, write
from bench.realweb.sites.scenes import tone
from bench.realweb.web import Site
from examples.web.build import VIDEO
from examples.web.hosts import gradient

CDN = "https://cdn.test/npm"


def _openseadragon(kit: Kit, out: Path) -> None:
    """OpenSeadragon: a Deep Zoom picture described by XML, and one by IIIF, tiles from another host."""
    del kit
    page = f"""<!doctype html><html><head><script src="{CDN}/openseadragon@5.0.1/build/openseadragon/openseadragon.min.js"></script></head><body><div id="view" style="width: 900px; height: 500px; background: #000"></div><div id="page" style="width: 900px; height: 300px; background: #333"></div><script>
const common = {{ prefixUrl: '{CDN}/openseadragon@5.0.1/build/openseadragon/images/', drawer: 'canvas', animationTime: 0 }};
const view = OpenSeadragon({{ ...common, id: 'view', tileSources: 'https://zoom.test/painting.dzi', showNavigator: true, crossOriginPolicy: 'Anonymous' }});
view.addHandler('tile-loaded', () => {{ window.tiles = (window.tiles || 0) + 1; }});
const second = OpenSeadragon({{ ...common, id: 'page', tileSources: 'https://iiif.test/letter/info.json' }}); second.addHandler('tile-loaded', () => {{ window.pages = (window.pages || 0) + 1; }});</script></body></html>"""
    write(out / "osd.test", {"index.html": page})
    size, tile = 1600, 512
    dzi = f'<?xml version="1.0" encoding="UTF-8"?><Image xmlns="http://schemas.microsoft.com/deepzoom/2008" Format="png" Overlap="0" TileSize="{tile}"><Size Width="{size}" Height="{size}"/></Image>'
    files: dict[str, str | bytes] = {"painting.dzi": dzi}
    top = math.ceil(math.log2(size))
    for level in range(top + 1):
        edge = math.ceil(size / 2 ** (top - level))
        for x in range(math.ceil(edge / tile)):
            for y in range(math.ceil(edge / tile)):
                wide, high = min(tile, edge - x * tile), min(tile, edge - y * tile)
                name = f"painting_files/{level}/{x}_{y}.png"
                files[name] = gradient(wide, high, (x * 60 + y * 90 + level * 10) % 256)
    write(out / "zoom.test", files)
    info = {"@context": "http://iiif.io/api/image/2/context.json", "@id": "https://iiif.test/letter", "protocol": "http://iiif.io/api/image", "width": 1024, "height": 512, "profile": ["http://iiif.io/api/image/2/level0.json"], "tiles": [{"width": 512, "scaleFactors": [1, 2]}]}  # fmt: skip
    parts = {"full/512,": (512, 256), "full/full": (1024, 512), "0,0,512,512/512,": (512, 512), "512,0,512,512/512,": (512, 512), "0,0,1024,512/512,": (512, 256)}  # fmt: skip
    tiles = {f"letter/{part}/0/default.jpg": _jpeg(*size) for part, size in parts.items()}
    write(out / "iiif.test", {"letter/info.json": json.dumps(info), **tiles})


def _jpeg(width: int, height: int) -> bytes:
    out = io.BytesIO()
    Image.open(io.BytesIO(gradient(width, height, 220))).save(out, "JPEG")
    return out.getvalue()


def _epub(kit: Kit, out: Path) -> None:
    """epub.js: a book unzipped in the page, each chapter in a frame that holds its markup."""
    del kit
    page = f"""<!doctype html><html><head><script src="{CDN}/jszip@3.10.1/dist/jszip.min.js"></script><script src="{CDN}/epubjs@0.3.93/dist/epub.min.js"></script></head><body><div id="book" style="width: 900px; height: 560px; border: 1px solid"></div><button>next</button><output></output><script>
const book = ePub('https://books.test/waves.epub'); const rendition = book.renderTo('book', {{ width: 900, height: 560, flow: 'paginated' }}); rendition.display();
rendition.on('rendered', (section, view) => {{ document.querySelector('output').textContent = view.iframe.contentDocument.querySelector('h1').textContent + ' ' + view.iframe.contentDocument.querySelector('img').naturalWidth; }}); document.querySelector('button').onclick = () => rendition.display('two.xhtml');</script></body></html>"""
    chapter = '<?xml version="1.0" encoding="utf-8"?><html xmlns="http://www.w3.org/1999/xhtml"><head><title>{0}</title><link rel="stylesheet" href="book.css"/></head><body><h1>{0}</h1><p><img src="wave.png" alt=""/> Of waves &#160; and their sums.</p></body></html>'
    opf = '<?xml version="1.0"?><package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="i"><metadata xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:identifier id="i">w</dc:identifier><dc:title>Waves</dc:title><dc:language>en</dc:language></metadata><manifest><item id="a" href="one.xhtml" media-type="application/xhtml+xml"/><item id="b" href="two.xhtml" media-type="application/xhtml+xml"/><item id="c" href="book.css" media-type="text/css"/><item id="p" href="wave.png" media-type="image/png"/><item id="n" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/></manifest><spine><itemref idref="a"/><itemref idref="b"/></spine></package>'
    nav = '<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops"><body><nav epub:type="toc"><ol><li><a href="one.xhtml">One</a></li><li><a href="two.xhtml">Two</a></li></ol></nav></body></html>'
    files: dict[str, str | bytes] = {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": '<?xml version="1.0"?><container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles><rootfile full-path="OPS/book.opf" media-type="application/oebps-package+xml"/></rootfiles></container>',
        "OPS/book.opf": opf, "OPS/nav.xhtml": nav, "OPS/one.xhtml": chapter.format("One"),
        "OPS/two.xhtml": chapter.format("Two"), "OPS/book.css": "h1 { color: teal; font-size: 60px }",
        "OPS/wave.png": gradient(120, 80, 33),
    }  # fmt: skip
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as book:
        for name, content in files.items():
            book.writestr(name, content)
    write(out / "epub.test", {"index.html": page})
    write(out / "books.test", {"waves.epub": packed.getvalue()})


def _segments(out: Path, options: dict[str, str]) -> None:
    """The example film as DASH, made with PyAV; ``options`` are the muxer's."""
    import av

    out.mkdir(parents=True)
    with (
        av.open(str(VIDEO)) as source,
        av.open(str(out / "film.mpd"), "w", format="dash", options=options) as target,
    ):
        stream = target.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(source.streams.video[0]):
            if packet.dts is not None:
                packet.stream = stream
                target.mux(packet)


def _dash(kit: Kit, out: Path) -> None:
    """dash.js with a film in segments, Shaka with one in a file that is read by ranges."""
    del kit
    shaka = f"{CDN}/shaka-player@4.16.4/dist"
    page = f"""<!doctype html><html><head><script src="{CDN}/dashjs@5.0.3/dist/modern/umd/dash.all.min.js"></script><link rel="stylesheet" href="{shaka}/controls.css"><script src="{shaka}/shaka-player.ui.js"></script></head><body>
<video id="one" muted controls width="480"></video><div id="box" style="width: 480px"><video id="two" muted style="width: 100%"></video></div><script>
const one = document.querySelector('#one'), two = document.querySelector('#two'); const first = dashjs.MediaPlayer().create(); first.initialize(one, 'https://stream.test/film/film.mpd', false);
(async () => {{ shaka.polyfill.installAll(); const player = new shaka.Player(); await player.attach(two); new shaka.ui.Overlay(player, document.querySelector('#box'), two); await player.load('https://stream.test/whole/film.mpd'); window.loaded = player.getVariantTracks().length; }})();</script></body></html>"""
    _segments(out / "stream.test" / "film", {"seg_duration": "1"})
    _segments(out / "stream.test" / "whole", {"single_file": "1", "dash_segment_type": "mp4"})
    write(out / "dash.test", {"index.html": page})


def _players(kit: Kit, out: Path) -> None:
    """Players in frames as the platforms' own libraries make them: each checks the other's origin."""
    del kit
    page = f"""<!doctype html><html><body><div id="tube"></div><div id="vim"></div><button>play</button><output></output><script>
var tag = document.createElement('script'); tag.src = 'https://www.tube.test/iframe_api'; document.body.append(tag); var tube;
function onTubeReady() {{ tube = new Tube.Player('tube', {{ width: 480, height: 270, videoId: 'M7lc1UVf-VE', playerVars: {{ playsinline: 1 }}, events: {{ onReady() {{ window.ready = true; }}, onStateChange({{ data }}) {{ document.querySelector('output').textContent = 'state ' + data; }} }} }}); }}
document.querySelector('button').onclick = () => {{ tube.playVideo(); vim.setCurrentTime(1.5).then((s) => {{ window.at = s; }}); }};</script>
<script src="{CDN}/@vimeo/player@2.30.1/dist/player.min.js"></script><script>
const vim = new Vimeo.Player('vim', {{ id: 76979871, width: 480 }}); vim.ready().then(() => vim.getDuration()).then((d) => {{ window.lasts = d; }});</script></body></html>"""
    api = """var script = 'https://www.tube.test/s/player/abc/www-widgetapi.js'; try { if (window.trustedTypes) script = trustedTypes.createPolicy('tube-widget-api', { createScriptURL: (x) => x }).createScriptURL(script); } catch (e) {}
var Tube = window.Tube || (window.Tube = { loading: 0 }); if (!Tube.loading) { Tube.loading = 1; (function () { var a = document.createElement('script'); a.id = 'www-widgetapi-script'; a.src = script; a.async = true; var c = document.currentScript; if (c) { var n = c.nonce; if (n) a.setAttribute('nonce', n); } var b = document.getElementsByTagName('script')[0]; b.parentNode.insertBefore(a, b); })(); }"""
    widget = """(function () { var count = 0; Tube.Player = function (id, o) { var host = 'https://www.tube.test', at = document.getElementById(id), frame = document.createElement('iframe'), self = this, number = ++count, timer;
frame.id = id; frame.width = o.width; frame.height = o.height; frame.allow = 'autoplay; encrypted-media'; frame.referrerPolicy = 'strict-origin-when-cross-origin'; var vars = new URLSearchParams(o.playerVars); vars.set('enablejsapi', '1'); vars.set('origin', location.protocol + '//' + location.host); vars.set('widgetid', number); frame.src = host + '/embed/' + o.videoId + '?' + vars; at.parentNode.replaceChild(frame, at);
var send = function (m) { m.id = number; m.channel = 'widget'; frame.contentWindow.postMessage(JSON.stringify(m), host); };
window.addEventListener('message', function (e) { if (e.origin !== host || e.source !== frame.contentWindow) return; var m; try { m = JSON.parse(e.data); } catch (x) { return; } if (m.id !== number) return; clearInterval(timer);
 if (m.event === 'onReady') o.events.onReady({ target: self }); if (m.event === 'onStateChange') o.events.onStateChange({ target: self, data: m.info }); });
frame.addEventListener('load', function () { timer = setInterval(function () { send({ event: 'listening' }); }, 250); send({ event: 'listening' }); });
this.playVideo = function () { send({ event: 'command', func: 'playVideo', args: [] }); }; }; window.onTubeReady && window.onTubeReady(); })();"""
    embed = """<!doctype html><html><head><style>body { margin: 0; background: #000 } img { position: absolute; width: 480px } </style></head><body><video muted width="480" playsinline></video><img src="https://i.tube.test/vi/M7lc1UVf-VE/hqdefault.png"><script>
const asked = new URLSearchParams(location.search), origin = asked.get('origin'), video = document.querySelector('video'); let id = null; const say = (event, info) => parent.postMessage(JSON.stringify({ event, info, id, channel: 'widget' }), origin);
addEventListener('message', (e) => { if (e.origin !== origin) return; const m = JSON.parse(e.data); id = m.id; if (m.event === 'listening') { say('initialDelivery', {}); say('onReady', null); } if (m.func === 'playVideo') { document.querySelector('img').remove(); video.play().then(() => say('onStateChange', 1)); } });
fetch('https://www.tube.test/youtubei/v1/player?prettyPrint=false', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ videoId: location.pathname.split('/').pop(), context: { client: { visitorData: String(Math.random()), hl: 'en' } } }) }).then((r) => r.json()).then((j) => { video.src = j.url; });</script></body></html>"""
    vimeo = """<!doctype html><html><body style="margin:0;background:#000"><video muted width="480" src="film.mp4" preload="auto"></video><script>
const video = document.querySelector('video'); let origin = '*'; addEventListener('message', async (e) => { const m = typeof e.data === 'string' ? JSON.parse(e.data) : e.data; if (!m.method) return; origin = e.origin; let value;
 if (m.method === 'getDuration') { if (!video.duration) await new Promise((r) => { video.onloadedmetadata = r; }); value = video.duration; } if (m.method === 'setCurrentTime') { video.currentTime = m.value; value = m.value; } if (m.method === 'ping') return e.source.postMessage({ event: 'ready' }, origin);
 e.source.postMessage({ method: m.method, value }, origin); }); parent.postMessage({ event: 'ready' }, '*');</script></body></html>"""
    oembed = {"type": "video", "html": '<iframe src="https://player.vimeo.com/video/76979871?app_id=122963" width="480" height="270" frameborder="0" allow="autoplay; fullscreen"></iframe>', "width": 480, "height": 270}  # fmt: skip
    write(out / "players.test", {"index.html": page})
    write(out / "www.tube.test", {"iframe_api": api, "s/player/abc/www-widgetapi.js": widget, "embed/M7lc1UVf-VE.html": embed, "youtubei/v1/player": json.dumps({"url": "https://rr1.tube.test/videoplayback.mp4?expire=1764&sig=AAB"})})  # fmt: skip
    write(out / "rr1.tube.test", {"videoplayback.mp4": VIDEO.read_bytes()})
    write(out / "i.tube.test", {"vi/M7lc1UVf-VE/hqdefault.png": gradient(480, 270, 222)})
    write(out / "vimeo.com", {"api/oembed.json": json.dumps(oembed)})
    write(out / "player.vimeo.com", {"video/76979871.html": vimeo, "video/film.mp4": VIDEO.read_bytes()})  # fmt: skip


def _plyr(kit: Kit, out: Path) -> None:
    """Plyr and wavesurfer: a film with a sprite of icons by XHR, a sound drawn as a wave."""
    del kit
    plyr = f"{CDN}/plyr@3.8.3/dist"
    page = f"""<!doctype html><html><head><link rel="stylesheet" href="{plyr}/plyr.css"><script src="{plyr}/plyr.min.js"></script><script src="{CDN}/wavesurfer.js@7.11.1/dist/wavesurfer.min.js"></script></head><body><div style="width: 600px"><video id="film" muted playsinline crossorigin poster="poster.png"><source src="https://media.test/film.mp4" type="video/mp4" size="240"><track kind="captions" src="words.vtt" srclang="en" label="English" default></video></div><div id="wave" style="width: 600px"></div><script>
const player = new Plyr('#film', {{ iconUrl: '{plyr}/plyr.svg', captions: {{ active: true }}, previewThumbnails: {{ enabled: true, src: 'thumbs.vtt' }} }});
const wave = WaveSurfer.create({{ container: '#wave', url: 'https://media.test/tone.wav', waveColor: '#48f', progressColor: '#124' }}); wave.on('ready', () => {{ window.sound = wave.getDuration(); }});</script></body></html>"""
    write(out / "plyr.test", {"index.html": page, "poster.png": gradient(600, 300, 120), "words.vtt": "WEBVTT\n\n00:00.000 --> 00:04.000\nTwo waves\n", "thumbs.vtt": "WEBVTT\n\n00:00.000 --> 00:04.000\nthumbs.png#xywh=0,0,160,90\n", "thumbs.png": gradient(320, 90, 4)})  # fmt: skip
    write(out / "media.test", {"film.mp4": VIDEO.read_bytes(), "tone.wav": tone()})


def _pmtiles(kit: Kit, out: Path) -> None:
    """Leaflet with one archive of all tiles that is read by ranges, clusters, and tiles by {s}."""
    make = """import io, sys
from pmtiles.writer import write; from pmtiles.tile import zxy_to_tileid, TileType, Compression
from examples.web.hosts import gradient
with write('city.pmtiles') as w:
    for z in range(4):
        for x in range(2 ** z):
            for y in range(2 ** z): w.write_tile(zxy_to_tileid(z, x, y), gradient(256, 256, (x * 31 + y * 57 + z * 11) % 256))
    w.finalize({'tile_type': TileType.PNG, 'tile_compression': Compression.NONE, 'min_zoom': 0, 'max_zoom': 3, 'min_lon_e7': int(-180e7), 'min_lat_e7': int(-85e7), 'max_lon_e7': int(180e7), 'max_lat_e7': int(85e7), 'center_zoom': 2, 'center_lon_e7': 0, 'center_lat_e7': 0}, {'name': 'city'})
"""
    host = out / "archive.test"
    write(host, {"make.py": make})
    kit.python(("pmtiles==3.5.0",), ["-c", f"import sys; sys.path.append({str(Path.cwd())!r}); exec(open('make.py').read())"], host)  # fmt: skip
    (host / "make.py").unlink()
    page = f"""<!doctype html><html><head><link rel="stylesheet" href="{CDN}/leaflet@1.9.4/dist/leaflet.css"><link rel="stylesheet" href="{CDN}/leaflet.markercluster@1.5.3/dist/MarkerCluster.Default.css"><script src="{CDN}/leaflet@1.9.4/dist/leaflet.js"></script><script src="{CDN}/leaflet.markercluster@1.5.3/dist/leaflet.markercluster.js"></script><script src="{CDN}/pmtiles@4.3.0/dist/pmtiles.js"></script></head><body><div id="map" style="width: 800px; height: 500px"></div><script>
const map = L.map('map', {{ maxZoom: 6, zoomAnimation: false, fadeAnimation: false }}).setView([20, 10], 3); const archive = new pmtiles.PMTiles('https://archive.test/city.pmtiles'); pmtiles.leafletRasterLayer(archive, {{ attribution: 'nobody' }}).addTo(map);
const group = L.markerClusterGroup(); for (let i = 0; i < 30; i++) group.addLayer(L.marker([20 + i / 9, 10 + (i % 7)])); map.addLayer(group); fetch('/places.geojson').then((r) => r.json()).then((d) => {{ window.shape = L.geoJSON(d).bindPopup('Here').addTo(map); }});
window.tiles = () => [...document.querySelectorAll('.leaflet-tile-pane img')].filter((i) => i.naturalWidth === 256).length;</script></body></html>"""
    shape = {"type": "Feature", "properties": {}, "geometry": {"type": "Polygon", "coordinates": [[[0, 0], [0, 20], [20, 20], [0, 0]]]}}  # fmt: skip
    write(out / "pmtiles.test", {"index.html": page, "places.geojson": json.dumps(shape)})


SITES = (
    Site(
        name="openseadragon",
        url="https://osd.test/",
        build=_openseadragon,
        ready="window.tiles >= 1 && window.pages >= 1",
        act="view.viewport.zoomTo(1.2)",
        check="view.viewport.getZoom(true) > 1.1",
    ),
    Site(
        name="epub",
        url="https://epub.test/",
        build=_epub,
        ready="document.querySelector('output').textContent === 'One 120'",
        act="document.querySelector('button').click()",
        check="document.querySelector('output').textContent === 'Two 120'",
    ),
    Site(
        name="dash",
        url="https://dash.test/",
        build=_dash,
        ready="window.loaded && one.readyState >= 2 && two.readyState >= 2",
        act="one.currentTime = two.currentTime = 2.5",
        check="[one, two].every((v) => Math.abs(v.currentTime - 2.5) < 0.3 && v.readyState >= 2)",
    ),
    Site(
        name="players",
        url="https://players.test/",
        build=_players,
        ready="window.ready && window.lasts > 3",
        act="document.querySelector('button').click()",
        check="document.querySelector('output').textContent === 'state 1' && window.at === 1.5",
    ),
    Site(
        name="plyr",
        url="https://plyr.test/",
        build=_plyr,
        ready="window.sound === 1 && document.querySelector('#film').readyState >= 2 && document.querySelector('#sprite-plyr')",
        act="player.currentTime = 1",
        check="player.currentTime >= 1 && document.querySelector('.plyr__caption, .plyr__captions').textContent.includes('waves')",
    ),
    Site(
        name="pmtiles",
        url="https://pmtiles.test/",
        build=_pmtiles,
        ready="window.shape && tiles() >= 8",
        act="window.shape.openPopup()",
        check="document.querySelector('.leaflet-popup-content').textContent === 'Here' && document.querySelector('.marker-cluster')",
    ),
)
