# ruff: noqa: E501 (pages and probes stand in it as they are)
"""Scenes and games: compressed models, textures, sprites and sounds by the engines' own loaders."""

from __future__ import annotations

import io
import json
import math
import struct
import wave
from pathlib import Path

from PIL import Image

from bench.realweb.kit import Kit, write
from bench.realweb.web import Site
from examples.web.hosts import gradient

CDN = "https://cdn.test/npm"


def tone(seconds: float = 1) -> bytes:
    """A WAV file of one tone."""
    rate, out = 22_050, io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        heights = (int(20_000 * math.sin(i * 0.125)) for i in range(int(rate * seconds)))
        file.writeframes(b"".join(struct.pack("<h", height) for height in heights))
    return out.getvalue()


def _draco(kit: Kit, out: Path) -> None:
    """three.js' decoders: a Draco mesh and a Basis texture, each wasm in a worker from a blob."""
    host = out / "draco.test"
    encode = """import draco3d from 'draco3d'; import fs from 'node:fs';
const e = await draco3d.createEncoderModule({}); const mesh = new e.Mesh(), builder = new e.MeshBuilder(), points = [], faces = [];
for (let i = 0; i <= 24; i++) for (let j = 0; j <= 24; j++) { const a = i / 24 * Math.PI, b = j / 24 * 2 * Math.PI; points.push(Math.sin(a) * Math.cos(b), Math.cos(a), Math.sin(a) * Math.sin(b)); }
for (let i = 0; i < 24; i++) for (let j = 0; j < 24; j++) { const p = i * 25 + j; faces.push(p, p + 1, p + 25, p + 1, p + 26, p + 25); }
builder.AddFacesToMesh(mesh, faces.length / 3, new Uint32Array(faces)); builder.AddFloatAttributeToMesh(mesh, e.POSITION, points.length / 3, 3, new Float32Array(points));
const data = new e.DracoInt8Array(), size = new e.Encoder().EncodeMeshToDracoBuffer(mesh, data);
const bytes = new Uint8Array(size); for (let i = 0; i < size; i++) bytes[i] = data.GetValue(i); fs.writeFileSync('ball.drc', bytes);"""
    work = out / "work"
    kit.project(work, ("draco3d@1.5.7",), {"encode.js": encode})
    kit.run(["node", "encode.js"], work)
    page = f"""<!doctype html><html><head><meta charset="utf-8"><style>body {{ margin: 0 }}</style>
<script type="importmap">{{"imports": {{"three": "{CDN}/three@0.180.0/build/three.module.js", "three/addons/": "{CDN}/three@0.180.0/examples/jsm/"}}}}</script></head><body>
<script type="module">
import * as THREE from 'three'; import {{ DRACOLoader }} from 'three/addons/loaders/DRACOLoader.js'; import {{ KTX2Loader }} from 'three/addons/loaders/KTX2Loader.js';
import {{ GUI }} from 'three/addons/libs/lil-gui.module.min.js';
const scene = new THREE.Scene(); const camera = new THREE.PerspectiveCamera(50, 1.5, 0.1, 50); camera.position.z = 4;
const renderer = new THREE.WebGLRenderer({{ antialias: true }}); renderer.setSize(480, 320); document.body.append(renderer.domElement);
const draco = new DRACOLoader().setDecoderPath('{CDN}/three@0.180.0/examples/jsm/libs/draco/');
const ktx = new KTX2Loader().setTranscoderPath('{CDN}/three@0.180.0/examples/jsm/libs/basis/').detectSupport(renderer); await ktx.init();
const sky = await new THREE.CubeTextureLoader().setPath('sky/').loadAsync(['px.png', 'nx.png', 'py.png', 'ny.png', 'pz.png', 'nz.png']); scene.background = sky;
const geometry = await draco.loadAsync('ball.drc'); geometry.computeVertexNormals();
const ball = new THREE.Mesh(geometry, new THREE.MeshStandardMaterial({{ envMap: sky, metalness: 0.6, roughness: 0.1, color: '#fc8' }})); scene.add(ball, new THREE.HemisphereLight('#fff', '#333', 3));
const gui = new GUI(); window.wide = gui.add(ball.scale, 'x', 0.5, 2); window.ball = ball; const draw = () => renderer.render(scene, camera); gui.onChange(draw); draw(); window.vertices = geometry.attributes.position.count;
</script></body></html>"""
    faces = {f"sky/{face}.png": gradient(128, 128, hue * 40) for hue, face in enumerate(("px", "nx", "py", "ny", "pz", "nz"))}  # fmt: skip
    write(host, {"index.html": page, "ball.drc": (work / "ball.drc").read_bytes(), **faces})


def _babylon(kit: Kit, out: Path) -> None:
    """Babylon.js by a script tag: textures, a sky of six pictures, a mesh by its own file loader."""
    del kit
    page = f"""<!doctype html><html><head><script src="{CDN}/babylonjs@8.30.0/babylon.js"></script><style>canvas {{ width: 480px; height: 320px }}</style></head><body><canvas id="c"></canvas><script>
const engine = new BABYLON.Engine(document.getElementById('c'), true, {{ preserveDrawingBuffer: true }}); const scene = new BABYLON.Scene(engine);
const camera = new BABYLON.ArcRotateCamera('camera', 1, 1.2, 6, BABYLON.Vector3.Zero(), scene); camera.attachControl(); new BABYLON.HemisphericLight('light', new BABYLON.Vector3(0, 1, 0), scene);
const box = BABYLON.MeshBuilder.CreateBox('box', {{ size: 2 }}, scene); const paint = new BABYLON.StandardMaterial('paint', scene); paint.diffuseTexture = new BABYLON.Texture('crate.png', scene); box.material = paint;
const sky = BABYLON.MeshBuilder.CreateBox('sky', {{ size: 90 }}, scene); const air = new BABYLON.StandardMaterial('air', scene); air.backFaceCulling = false; air.reflectionTexture = new BABYLON.CubeTexture('sky/sky', scene); air.reflectionTexture.coordinatesMode = 5; air.disableLighting = true; sky.material = air;
BABYLON.Tools.LoadFileAsync('shape.json', false).then((text) => {{ const sail = new BABYLON.Mesh('sail', scene); Object.assign(new BABYLON.VertexData(), JSON.parse(text)).applyToMesh(sail); sail.position.x = 2; sail.material = paint; window.shaped = true; scene.executeWhenReady(() => scene.render()); }});</script></body></html>"""
    shape = {
        "positions": [0, 0, 0, 1, 0, 0, 0, 1, 0],
        "normals": [0, 0, 1] * 3,
        "indices": [0, 1, 2],
    }
    faces = {f"sky/sky_{face}.jpg": _jpeg(hue * 40) for hue, face in enumerate(("px", "nx", "py", "ny", "pz", "nz"))}  # fmt: skip
    write(out / "babylon.test", {"index.html": page, "crate.png": gradient(128, 128, 90), "shape.json": json.dumps(shape), **faces})  # fmt: skip


def _jpeg(hue: int) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (128, 128), (hue, 128, 255 - hue)).save(out, "JPEG")
    return out.getvalue()


def _pixi(kit: Kit, out: Path) -> None:
    """PixiJS: assets loaded in a worker from a blob, a sprite sheet, a web font, a bundle's manifest."""
    del kit
    sheet = {"frames": {f"s{i}": {"frame": {"x": i * 64, "y": 0, "w": 64, "h": 64}} for i in range(4)}, "animations": {"turn": ["s0", "s1", "s2", "s3"]}, "meta": {"image": "sheet.png", "scale": "1"}}  # fmt: skip
    page = f"""<!doctype html><html><head><script src="{CDN}/pixi.js@8.14.0/dist/pixi.min.js"></script></head><body><script>
(async () => {{ const app = new PIXI.Application(); await app.init({{ width: 900, height: 600, background: '#1099bb', autoStart: false }}); document.body.append(app.canvas);
 await PIXI.Assets.init({{ basePath: 'https://assets.pixi.test/', manifest: {{ bundles: [{{ name: 'game', assets: [{{ alias: 'crate', src: 'crate.png' }}, {{ alias: 'sheet', src: 'sheet.json' }}, {{ alias: 'words', src: 'words.json' }}] }}] }} }});
 const {{ crate, sheet, words }} = await PIXI.Assets.loadBundle('game'); for (let i = 0; i < 20; i++) {{ const sprite = new PIXI.Sprite(crate); sprite.position.set(i * 45, i * 28); sprite.scale.set(0.5); sprite.eventMode = 'static'; sprite.on('pointertap', () => {{ document.title = 'hit'; }}); app.stage.addChild(sprite); window.last = sprite; }}
 const turning = new PIXI.AnimatedSprite(sheet.animations.turn); turning.position.set(600, 60); turning.scale.set(3); app.stage.addChild(turning); window.turning = turning; app.stage.addChild(new PIXI.Text({{ text: words.title, x: 60, y: 400, style: {{ fill: '#fff', fontSize: 60 }} }})); app.render(); window.drawn = crate.width; }})();</script></body></html>"""
    write(out / "pixi.test", {"index.html": page})
    write(out / "assets.pixi.test", {"crate.png": gradient(200, 200, 200), "sheet.json": json.dumps(sheet), "sheet.png": gradient(256, 64, 30), "words.json": '{"title": "Sprites"}'})  # fmt: skip


def _phaser(kit: Kit, out: Path) -> None:
    """A Phaser game: images, a tile map, an atlas and a sound, all by its own loader (XHR, blobs)."""
    del kit
    tiles = {"width": 20, "height": 12, "tilewidth": 32, "tileheight": 32, "orientation": "orthogonal", "version": 1, "layers": [{"name": "ground", "type": "tilelayer", "visible": True, "opacity": 1, "x": 0, "y": 0, "width": 20, "height": 12, "data": [1 + (i % 20 + i // 20) % 4 for i in range(240)]}], "tilesets": [{"firstgid": 1, "name": "set", "image": "set.png", "imagewidth": 128, "imageheight": 32, "tilewidth": 32, "tileheight": 32, "margin": 0, "spacing": 0, "tilecount": 4, "columns": 4}]}  # fmt: skip
    page = f"""<!doctype html><html><head><script src="{CDN}/phaser@3.90.0/dist/phaser.min.js"></script></head><body><script>
class Play extends Phaser.Scene {{
 preload() {{ this.load.setBaseURL('https://phaser.test/assets/'); this.load.image('set', 'set.png'); this.load.tilemapTiledJSON('map', 'map.json'); this.load.atlas('hero', 'hero.png', 'hero.json'); this.load.audio('hit', ['hit.wav']); this.load.svg('sun', 'sun.svg'); this.load.glsl && this.load.text('words', 'words.txt'); this.load.on('progress', (value) => {{ window.progress = value; }}); }}
 create() {{ const map = this.make.tilemap({{ key: 'map' }}); map.createLayer('ground', map.addTilesetImage('set', 'set')); this.hero = this.physics.add.sprite(100, 100, 'hero', 'a'); this.hero.setVelocity(0, 0).setScale(2); this.add.image(500, 80, 'sun'); this.add.text(30, 330, this.cache.text.get('words'), {{ fontSize: 28 }}); this.hit = this.sound.add('hit'); window.play = this; this.input.keyboard.on('keydown-RIGHT', () => {{ this.hero.x += 40; window.moved = true; }}); }}
}}
new Phaser.Game({{ type: Phaser.CANVAS, fps: {{ target: 10, forceSetTimeOut: true }}, width: 640, height: 384, scene: Play, physics: {{ default: 'arcade' }} }});</script></body></html>"""
    hero = {"frames": {"a": {"frame": {"x": 0, "y": 0, "w": 32, "h": 32}, "rotated": False, "trimmed": False, "sourceSize": {"w": 32, "h": 32}, "spriteSourceSize": {"x": 0, "y": 0, "w": 32, "h": 32}}}, "meta": {"image": "hero.png"}}  # fmt: skip
    sun = '<svg xmlns="http://www.w3.org/2000/svg" width="80" height="80"><circle cx="40" cy="40" r="36" fill="gold"/></svg>'
    files: dict[str, str | bytes] = {"set.png": gradient(128, 32, 100), "map.json": json.dumps(tiles), "hero.png": gradient(32, 32, 250), "hero.json": json.dumps(hero), "hit.wav": tone(0.2), "sun.svg": sun, "words.txt": "Collect them all"}  # fmt: skip
    write(out / "phaser.test", {"index.html": page, **{f"assets/{k}": v for k, v in files.items()}})


def _worklet(kit: Kit, out: Path) -> None:
    """Web Audio: an AudioWorklet from a file, samples by fetch, Tone.js' synthesiser."""
    del kit
    page = f"""<!doctype html><html><head><script src="{CDN}/tone@15.1.22/build/Tone.js"></script></head><body><canvas width="600" height="200"></canvas><button>play</button><output></output><script>
(async () => {{ const context = new OfflineAudioContext(1, 22050, 22050); await context.audioWorklet.addModule('noise.js'); const noise = new AudioWorkletNode(context, 'noise'); noise.connect(context.destination);
 const wave = (await context.startRendering()).getChannelData(0); const c = document.querySelector('canvas').getContext('2d'); c.fillRect(0, 0, 600, 200); c.fillStyle = '#0f0'; for (let i = 0; i < 600; i++) c.fillRect(i, 100, 1, 90 * wave[i * 4]); window.loud = Math.max(...wave.slice(0, 2000));
 const players = new Tone.ToneAudioBuffers({{ urls: {{ A1: 'a1.wav', C2: 'c2.wav' }}, baseUrl: 'https://samples.test/', onload: () => {{ window.samples = players.get('A1').duration; }} }});
 document.querySelector('button').onclick = async () => {{ const made = await Tone.Offline(() => {{ new Tone.BitCrusher(4).toDestination(); new Tone.Player(players.get('C2')).toDestination().start(0); }}, 0.2); document.querySelector('output').textContent = made.getValue ? 'rendered' : made.duration ? 'rendered' : 'silent'; }}; }})();</script></body></html>"""
    noise = "import { level } from './level.js'; class Noise extends AudioWorkletProcessor { constructor() { super(); this.t = 0; } process(inputs, [[out]]) { for (let i = 0; i < out.length; i++) out[i] = level * Math.sin(this.t++ / 20); return true; } } registerProcessor('noise', Noise);"
    write(out / "worklet.test", {"index.html": page, "noise.js": noise, "level.js": "export const level = 0.8;"})  # fmt: skip
    write(out / "samples.test", {"a1.wav": tone(0.5), "c2.wav": tone(0.3)})


def _shader(kit: Kit, out: Path) -> None:
    """A shader page: GLSL by fetch, a texture by createImageBitmap and one by an image, WebGPU asked for first."""
    del kit
    page = """<!doctype html><html><body style="margin:0"><canvas width="960" height="540"></canvas><input type="range" min="0" max="1" step="0.1" value="0"><script type="module">
const canvas = document.querySelector('canvas'); let gpu = null; try { gpu = navigator.gpu && await navigator.gpu.requestAdapter(); } catch {}
const gl = canvas.getContext('webgl2', { preserveDrawingBuffer: true }); const text = (name) => fetch(new URL(name, import.meta.url)).then((r) => r.text());
const [vertex, fragment, bitmap] = await Promise.all([text('shaders/all.vert'), text('shaders/waves.frag'), fetch('noise.png').then((r) => r.blob()).then((b) => createImageBitmap(b))]);
const image = new Image(); image.crossOrigin = ''; image.src = 'https://textures.test/wood.png'; await image.decode();
const program = gl.createProgram(); for (const [kind, source] of [[gl.VERTEX_SHADER, vertex], [gl.FRAGMENT_SHADER, fragment]]) { const s = gl.createShader(kind); gl.shaderSource(s, source); gl.compileShader(s); gl.attachShader(program, s); } gl.linkProgram(program); gl.useProgram(program);
[bitmap, image].forEach((pixels, i) => { gl.activeTexture(gl.TEXTURE0 + i); gl.bindTexture(gl.TEXTURE_2D, gl.createTexture()); gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, gl.RGBA, gl.UNSIGNED_BYTE, pixels); gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.LINEAR); gl.uniform1i(gl.getUniformLocation(program, 't' + i), i); });
const slider = document.querySelector('input'); const draw = () => { gl.uniform1f(gl.getUniformLocation(program, 'mixed'), slider.value); gl.drawArrays(gl.TRIANGLES, 0, 3); const p = new Uint8Array(4); gl.readPixels(480, 270, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, p); window.pixel = [...p]; }; slider.oninput = draw; draw();
</script></body></html>"""
    vertex = "#version 300 es\nout vec2 at; void main() { at = vec2((gl_VertexID << 1) & 2, gl_VertexID & 2); gl_Position = vec4(at * 2.0 - 1.0, 0, 1); }"
    fragment = "#version 300 es\nprecision highp float; in vec2 at; out vec4 colour; uniform sampler2D t0, t1; uniform float mixed; void main() { colour = vec4(mix(texture(t0, at).rgb, texture(t1, at).rgb, mixed), 1); }"
    write(out / "shader.test", {"index.html": page, "shaders/all.vert": vertex, "shaders/waves.frag": fragment, "noise.png": gradient(256, 256, 255)})  # fmt: skip
    write(out / "textures.test", {"wood.png": gradient(256, 256, 0)})


SITES = (
    Site(
        name="draco",
        url="https://draco.test/",
        build=_draco,
        ready="window.vertices > 100",
        act="wide.setValue(1.5)",
        check="ball.scale.x === 1.5 && document.querySelector('.lil-gui')",
    ),
    Site(
        name="babylon",
        url="https://babylon.test/",
        build=_babylon,
        ready="window.shaped && scene.isReady()",
        act="camera.alpha += 0.5",
        check="scene.textures.length >= 2 && scene.textures.every((t) => t.isReady())",
    ),
    Site(
        name="pixi",
        url="https://pixi.test/",
        build=_pixi,
        ready="window.drawn === 200",
        act="last.emit('pointertap'); turning.gotoAndStop(2)",
        check="document.title === 'hit' && turning.currentFrame === 2",
    ),
    Site(
        name="phaser",
        url="https://phaser.test/",
        build=_phaser,
        ready="window.play && play.hit.duration > 0.1",
        act="window.dispatchEvent(new KeyboardEvent('keydown', {keyCode: 39, key: 'ArrowRight'}))",
        check="window.moved && window.progress === 1",
    ),
    Site(
        name="worklet",
        url="https://worklet.test/",
        build=_worklet,
        ready="window.loud > 0.7 && window.samples === 0.5",
        act="document.querySelector('button').click()",
        check="document.querySelector('output').textContent === 'rendered'",
    ),
    Site(
        name="shader",
        url="https://shader.test/",
        build=_shader,
        ready="window.pixel && window.pixel[0] === 255",
        act="const s = document.querySelector('input'); s.value = 1; s.dispatchEvent(new Event('input'))",
        check="window.pixel[0] === 0",
    ),
)
