# ruff: noqa: E501 (pages and probes stand in it as they are)
"""Interactive demos: graphics, data, models, by module and by script."""

from __future__ import annotations

import base64
import json
import shutil
import struct
from pathlib import Path

from bench.realweb.kit import Kit, write
from bench.realweb.sites.api import description
from bench.realweb.web import Site
from examples.web.hosts import gradient

CDN = "https://cdn.test/npm"


def _three(kit: Kit, out: Path) -> None:
    """three.js by import map from a CDN: addons, a texture, a glTF model with a binary."""
    del kit
    triangle = struct.pack("<9f", 0, 0, 0, 1, 0, 0, 0, 1, 0)
    model = {
        "asset": {"version": "2.0"},
        "scenes": [{"nodes": [0]}],
        "scene": 0,
        "nodes": [{"mesh": 0, "name": "sail"}],
        "meshes": [{"primitives": [{"attributes": {"POSITION": 0}}]}],
        "buffers": [{"uri": "model.bin", "byteLength": 36}],
        "bufferViews": [{"buffer": 0, "byteLength": 36}],
        "accessors": [
            {"bufferView": 0, "componentType": 5126, "count": 3, "type": "VEC3",
             "min": [0, 0, 0], "max": [1, 1, 0]}
        ],
    }  # fmt: skip
    page = f"""<!doctype html><html><head><meta charset="utf-8"><style>body {{ margin: 0 }}</style>
<script type="importmap">{{"imports": {{"three": "{CDN}/three@0.180.0/build/three.module.js",
"three/addons/": "{CDN}/three@0.180.0/examples/jsm/"}}}}</script></head><body>
<script type="module">
import * as THREE from 'three';
import {{ OrbitControls }} from 'three/addons/controls/OrbitControls.js';
import {{ GLTFLoader }} from 'three/addons/loaders/GLTFLoader.js';
const scene = new THREE.Scene(); scene.background = new THREE.Color('#234');
const camera = new THREE.PerspectiveCamera(60, innerWidth / innerHeight, 0.1, 50);
camera.position.set(1, 2, 4);
const renderer = new THREE.WebGLRenderer(); renderer.setSize(innerWidth, innerHeight);
document.body.append(renderer.domElement);
const controls = new OrbitControls(camera, renderer.domElement);
const texture = await new THREE.TextureLoader().loadAsync('textures/crate.png');
scene.add(new THREE.Mesh(new THREE.BoxGeometry(), new THREE.MeshBasicMaterial({{ map: texture }})));
const gltf = await new GLTFLoader().loadAsync('models/model.gltf'); scene.add(gltf.scene);
const render = () => {{ controls.update(); renderer.render(scene, camera); requestAnimationFrame(render); }};
render(); window.found = scene.getObjectByName('sail') ? texture.image.width : 0;
window.angle = () => controls.getAzimuthalAngle();
</script></body></html>"""
    write(
        out / "three.test",
        {
            "index.html": page,
            "textures/crate.png": gradient(256, 256, 20),
            "models/model.gltf": json.dumps(model),
            "models/model.bin": triangle,
        },
    )


def _d3(kit: Kit, out: Path) -> None:
    """A bar chart and a choropleth: d3 from a CDN; CSV, JSON and TopoJSON fetched."""
    del kit
    topology = {
        "type": "Topology",
        "arcs": [[[0, 0], [10, 0], [10, 10], [0, 10], [0, 0]]],
        "objects": {"land": {"type": "GeometryCollection", "geometries": [
            {"type": "Polygon", "arcs": [[0]], "properties": {"name": "square"}}]}},
    }  # fmt: skip
    page = f"""<!doctype html><meta charset="utf-8"><title>bars</title>
<script src="{CDN}/d3@7.9.0/dist/d3.min.js"></script>
<script src="{CDN}/topojson-client@3.1.0/dist/topojson-client.min.js"></script>
<svg id="bars" width="600" height="300"></svg><svg id="map" width="300" height="300"></svg><script>
Promise.all([d3.csv('data/values.csv', d3.autoType), d3.json('/data/land.json'), d3.text('./data/note.txt')])
.then(([rows, topology, note]) => {{
  const x = d3.scaleBand(rows.map((d) => d.name), [0, 600]), y = d3.scaleLinear([0, 100], [300, 0]);
  d3.select('#bars').selectAll('rect').data(rows).join('rect').attr('x', (d) => x(d.name)).attr('y', (d) => y(d.value))
    .attr('width', x.bandwidth() - 2).attr('height', (d) => 300 - y(d.value)).attr('fill', 'teal')
    .on('click', function (event, d) {{ d3.select(this).attr('fill', 'orange'); document.title = d.name; }});
  const land = topojson.feature(topology, topology.objects.land);
  d3.select('#map').selectAll('path').data(land.features).join('path')
    .attr('d', d3.geoPath(d3.geoIdentity().fitSize([280, 280], land))).attr('fill', 'olive');
  d3.select('body').append('p').text(note);
}});</script>"""
    values = "name,value\n" + "".join(f"bar{n},{(n * 37) % 100}\n" for n in range(12))
    write(
        out / "charts.test",
        {
            "index.html": page,
            "data/values.csv": values,
            "data/land.json": json.dumps(topology),
            "data/note.txt": "Values of the local web.",
        },
    )


def _p5(kit: Kit, out: Path) -> None:
    """A sketch in p5's own way: global mode, preload of an image, JSON and a font-less text."""
    del kit
    page = f"""<!doctype html><html><head><script src="{CDN}/p5@1.11.10/lib/p5.min.js"></script>
<script src="sketch.js"></script></head><body><main></main></body></html>"""
    sketch = """let picture, words, count = 0;
function preload() { picture = loadImage('assets/picture.png'); words = loadJSON('assets/words.json'); }
function setup() { createCanvas(600, 400); textSize(32); }
function draw() { background(240); image(picture, 20, 20); text(words.list[count % words.list.length], 300, 350); }
function mousePressed() { count += 1; }"""
    write(
        out / "p5.test",
        {
            "index.html": page,
            "sketch.js": sketch,
            "assets/picture.png": gradient(240, 150, 90),
            "assets/words.json": json.dumps({"list": ["one", "two", "three"]}),
        },
    )


def _tfjs(kit: Kit, out: Path) -> None:
    """tensorflow.js with a layers model: a topology in JSON and its weights in a binary shard."""
    del kit
    layers = [
        {"class_name": "Dense", "config": {"name": "dense", "units": 1, "activation": "linear",
         "use_bias": True, "batch_input_shape": [None, 1], "dtype": "float32"}}
    ]  # fmt: skip
    model = {
        "format": "layers-model",
        "modelTopology": {"class_name": "Sequential", "config": {"name": "s", "layers": layers},
                          "keras_version": "2.1.6", "backend": "tensor_flow.js"},
        "weightsManifest": [{"paths": ["group1-shard1of1.bin"], "weights": [
            {"name": "dense/kernel", "shape": [1, 1], "dtype": "float32"},
            {"name": "dense/bias", "shape": [1], "dtype": "float32"}]}],
    }  # fmt: skip
    page = f"""<!doctype html><script src="{CDN}/@tensorflow/tfjs@4.22.0/dist/tf.min.js"></script>
<input id="x" type="number" value="2"><button>predict</button><output></output><script>
let model; const output = document.querySelector('output');
const predict = () => {{ output.textContent = model.predict(tf.tensor2d([[+document.querySelector('#x').value]])).dataSync()[0].toFixed(1); }};
tf.loadLayersModel('model/model.json').then((m) => {{ model = m; predict(); document.querySelector('button').onclick = predict; }});
</script>"""
    write(
        out / "tfjs.test",
        {
            "index.html": page,
            "model/model.json": json.dumps(model),
            "model/group1-shard1of1.bin": struct.pack("<2f", 3, 1),
        },
    )


def _monaco(kit: Kit, out: Path) -> None:
    """The monaco editor by its AMD loader from a CDN, with workers through a blob."""
    del kit
    base = f"{CDN}/monaco-editor@0.52.2/min"
    page = f"""<!doctype html><meta charset="utf-8"><div id="box" style="height: 400px"></div>
<script src="{base}/vs/loader.js"></script><script>
require.config({{ paths: {{ vs: '{base}/vs' }} }});
window.MonacoEnvironment = {{ getWorkerUrl: () => URL.createObjectURL(new Blob([
  `self.MonacoEnvironment = {{ baseUrl: '{base}/' }}; importScripts('{base}/vs/base/worker/workerMain.js');`],
  {{ type: 'text/javascript' }})) }};
require(['vs/editor/editor.main'], () => {{
  window.editor = monaco.editor.create(document.querySelector('#box'), {{ value: '{{"a": 1}}', language: 'json' }});
}});</script>"""
    write(out / "monaco.test", {"index.html": page})


def _codemirror(kit: Kit, out: Path) -> None:
    """CodeMirror 6 by an import map of many packages on a CDN."""
    names = {
        "@codemirror/state": "6.5.2", "@codemirror/view": "6.38.6", "@codemirror/commands": "6.9.0",
        "@codemirror/language": "6.11.3", "@codemirror/lang-javascript": "6.2.4",
        "@codemirror/autocomplete": "6.19.0", "@codemirror/lint": "6.9.0",
        "@codemirror/search": "6.5.11", "codemirror": "6.0.2", "@lezer/common": "1.3.0",
        "@lezer/highlight": "1.2.1", "@lezer/javascript": "1.5.4", "@lezer/lr": "1.4.2",
        "style-mod": "4.1.2", "w3c-keyname": "2.2.8", "crelt": "1.0.6",
        "@marijn/find-cluster-break": "1.0.2",
    }  # fmt: skip
    imports = {}
    for name, version in names.items():
        package = json.loads((kit.npm(name, version) / "package.json").read_text())
        exports = package.get("exports", {})
        exports = exports.get(".", exports) if isinstance(exports, dict) else {"import": exports}
        entry = exports.get("import") if isinstance(exports, dict) else exports
        entry = entry if isinstance(entry, str) else package.get("module") or package["main"]
        imports[name] = f"{CDN}/{name}@{version}/{str(entry).removeprefix('./')}"
    page = f"""<!doctype html><meta charset="utf-8"><script type="importmap">{json.dumps({"imports": imports})}</script>
<div id="box"></div><script type="module">
import {{ basicSetup, EditorView }} from 'codemirror';
const {{ javascript }} = await import('@codemirror/lang-javascript');
window.view = new EditorView({{ doc: 'const x = 1;\\n', extensions: [basicSetup, javascript()], parent: document.querySelector('#box') }});
</script>"""
    write(out / "codemirror.test", {"index.html": page})


def _mermaid(kit: Kit, out: Path) -> None:
    """mermaid as a module of a CDN that imports its diagrams when it needs them."""
    del kit
    page = f"""<!doctype html><meta charset="utf-8"><pre class="mermaid">graph LR; A[Deck] --> B[Archive]; click A call go()</pre>
<pre class="mermaid">sequenceDiagram
 A->>B: hello</pre><script type="module">
import mermaid from '{CDN}/mermaid@11.12.0/dist/mermaid.esm.min.mjs';
mermaid.initialize({{ startOnLoad: false, securityLevel: 'loose' }}); window.go = () => {{ document.title = 'gone'; }};
await mermaid.run(); document.title = 'drawn';</script>"""
    write(out / "mermaid.test", {"index.html": page})


def _maths(kit: Kit, out: Path) -> None:
    """MathJax 3 and KaTeX on one page, both from a CDN."""
    del kit
    page = f"""<!doctype html><meta charset="utf-8">
<link rel="stylesheet" href="{CDN}/katex@0.16.22/dist/katex.min.css" crossorigin="anonymous">
<script defer src="{CDN}/katex@0.16.22/dist/katex.min.js" crossorigin="anonymous"></script>
<script defer src="{CDN}/katex@0.16.22/dist/contrib/auto-render.min.js" crossorigin="anonymous"
 onload="renderMathInElement(document.querySelector('#k'))"></script>
<script>MathJax = {{ tex: {{ inlineMath: [['$', '$']] }}, options: {{ ignoreHtmlClass: 'no' }}, loader: {{ load: ['[tex]/color'] }} }};</script>
<script id="MathJax-script" async src="{CDN}/mathjax@3.2.2/es5/tex-chtml.js"></script>
<p id="k" class="no">\\(e^{{i\\pi}} = -1\\)</p><p id="m">$\\sum_i x_i$ and $\\mathfrak{{g}}$</p>
<button onclick="const p = document.createElement('p'); p.id = 'n'; p.textContent = '$\\\\sqrt 2$'; document.body.append(p); MathJax.typesetPromise([p])">more</button>"""
    write(out / "maths.test", {"index.html": page})


def _mathjax4(kit: Kit, out: Path) -> None:
    """MathJax 4, which fetches its font by parts, and speaks through a worker."""
    del kit
    page = f"""<!doctype html><meta charset="utf-8"><script>
MathJax = {{ loader: {{ paths: {{ fonts: '{CDN}/@mathjax', 'mathjax-newcm': '{CDN}/@mathjax/mathjax-newcm-font@4.0.0' }} }},
 output: {{ fontPath: '{CDN}/@mathjax/%%FONT%%-font@4.0.0' }} }};</script>
<script defer src="{CDN}/mathjax@4.0.0/tex-mml-chtml.js"></script>
<p>\\(\\int_0^1 x^2 dx = \\frac13\\) and \\(\\mathbb R \\mathcal L\\)</p>
<button onclick="document.querySelector('p').innerHTML = '\\\\(a+b\\\\)'; MathJax.typesetPromise().then(() => document.title = 'again')">again</button>"""
    write(out / "mathjax4.test", {"index.html": page})


def _pyodide(kit: Kit, out: Path) -> None:
    """Python in the page: pyodide's wasm and its standard library, in a worker too."""
    del kit
    base = f"{CDN}/pyodide@0.28.3/"
    page = f"""<!doctype html><meta charset="utf-8"><script src="{base}pyodide.js"></script>
<textarea id="code">sum(n * n for n in range(10))</textarea><button disabled>run</button><pre></pre><script>
(async () => {{ const py = await loadPyodide(); const button = document.querySelector('button'); button.disabled = false;
 button.onclick = () => {{ document.querySelector('pre').textContent = py.runPython(document.querySelector('#code').value); }}; button.click(); }})();
</script>"""
    write(out / "pyodide.test", {"index.html": page})


def _webgl_worker(kit: Kit, out: Path) -> None:
    """A module worker that draws on an OffscreenCanvas, with wasm compiled from a stream."""
    del kit
    wasm = base64.b64decode("AGFzbQEAAAABBwFgAn9/AX8DAgEABwcBA2FkZAAACgkBBwAgACABags=")
    page = """<!doctype html><canvas width="300" height="200"></canvas><output></output><button>go</button>
<script type="module" src="/main.js"></script>"""
    main = """const worker = new Worker(new URL('./workers/draw.js', import.meta.url), { type: 'module', name: 'draw' });
const canvas = document.querySelector('canvas').transferControlToOffscreen();
worker.postMessage({ canvas }, [canvas]);
worker.onmessage = ({ data }) => { document.querySelector('output').textContent = data; };
document.querySelector('button').onclick = () => worker.postMessage({ n: 40 });
"""
    draw = """import { colour } from './lib/colour.js';
const made = Promise.all([WebAssembly.instantiateStreaming(fetch(new URL('../add.wasm', import.meta.url))), fetch('../config.json').then((r) => r.json())]);
let context;
self.onmessage = async ({ data }) => {
  const [{ instance }, config] = await made;
  if (data.canvas) { context = data.canvas.getContext('2d'); context.fillStyle = colour; context.fillRect(0, 0, 300, 200); }
  self.postMessage(String(instance.exports.add(data.n || 1, config.two)));
};
"""
    write(
        out / "worker.test",
        {
            "index.html": page,
            "main.js": main,
            "workers/draw.js": draw,
            "workers/lib/colour.js": "export const colour = 'rebeccapurple';",
            "add.wasm": wasm,
            "config.json": '{"two": 2}',
        },
    )


def _pdfjs(kit: Kit, out: Path) -> None:
    """pdf.js as a module with its module worker, showing a file that it fetches by ranges."""
    host = out / "pdf.test"
    host.mkdir(parents=True)
    page = f"""<!doctype html><meta charset="utf-8"><canvas></canvas><button>next</button><p></p><script type="module">
import * as pdfjs from '{CDN}/pdfjs-dist@4.10.38/build/pdf.min.mjs';
pdfjs.GlobalWorkerOptions.workerSrc = '{CDN}/pdfjs-dist@4.10.38/build/pdf.worker.min.mjs';
const pdf = await pdfjs.getDocument('paper.pdf').promise; let number = 0;
const show = async () => {{ number = number % pdf.numPages + 1; const sheet = await pdf.getPage(number);
 const viewport = sheet.getViewport({{ scale: 1 }}); const canvas = document.querySelector('canvas');
 canvas.width = viewport.width; canvas.height = viewport.height;
 await sheet.render({{ canvasContext: canvas.getContext('2d'), viewport }}).promise;
 document.querySelector('p').textContent = number + ' of ' + pdf.numPages + ' ' + (await sheet.getTextContent()).items.map((i) => i.str).join(''); }};
document.querySelector('button').onclick = show; await show();</script>"""
    made = """
from reportlab.pdfgen import canvas
c = canvas.Canvas("paper.pdf")
for text in ("The first page", "The second page"):
    c.setFont("Helvetica", 40); c.drawString(60, 700, text); c.showPage()
c.save()
"""
    write(host, {"index.html": page, "make.py": made})
    kit.python(("reportlab==4.4.4",), ["make.py"], host)


def _swagger(kit: Kit, out: Path) -> None:
    """swagger-ui as its package ships it, with a description fetched from another host."""
    host = out / "swagger.test"
    shutil.copytree(kit.npm("swagger-ui-dist", "5.29.3"), host)
    start = host / "swagger-initializer.js"
    text = start.read_text()
    start.write_text(
        text.replace("https://petstore.swagger.io/v2/swagger.json", "https://api.test/openapi.json")
    )
    write(out / "api.test", {"openapi.json": description()})


SITES = (
    Site(
        name="three",
        url="https://three.test/",
        build=_three,
        ready="window.found === 256",
        act="const c = document.querySelector('canvas'); const e = (t, x) => c.dispatchEvent(new PointerEvent(t, {pointerId: 1, pointerType: 'mouse', button: 0, buttons: 1, clientX: x, clientY: 300, bubbles: true})); c.setPointerCapture = c.releasePointerCapture = () => {}; window.before = angle(); e('pointerdown', 300); e('pointermove', 500); e('pointerup', 500)",
        check="Math.abs(angle() - window.before) > 0.1",
    ),
    Site(
        name="d3",
        url="https://charts.test/",
        build=_d3,
        ready="document.querySelectorAll('#bars rect').length === 12 && document.querySelectorAll('#map path').length === 1 && document.querySelector('p').textContent.startsWith('Values')",
        act="document.querySelector('#bars rect').dispatchEvent(new MouseEvent('click'))",
        check="document.title === 'bar0'",
    ),
    Site(
        name="p5",
        url="https://p5.test/",
        build=_p5,
        ready="document.querySelector('canvas') && window.picture && false || document.querySelector('main canvas')",
        act="mousePressed()",
        check="(() => { try { return count === 1 && picture.width === 240 } catch { return false } })()",
    ),
    Site(
        name="tfjs",
        url="https://tfjs.test/",
        build=_tfjs,
        ready="document.querySelector('output').textContent === '7.0'",
        act="document.querySelector('#x').value = 5; document.querySelector('button').click()",
        check="document.querySelector('output').textContent === '16.0'",
    ),
    Site(
        name="monaco",
        url="https://monaco.test/",
        build=_monaco,
        ready="document.querySelector('.monaco-editor .view-line span.mtk1, .monaco-editor .view-line [class*=mtk]')",
        act="editor.setValue('{\"a\": }')",
        check="monaco.editor.getModelMarkers({}).length > 0",
    ),
    Site(
        name="codemirror",
        url="https://codemirror.test/",
        build=_codemirror,
        ready="window.view && document.querySelector('.cm-line span')",
        act="view.dispatch({changes: {from: 0, insert: 'let y = 2;\\n'}})",
        check="document.querySelectorAll('.cm-line').length === 3",
    ),
    Site(
        name="mermaid",
        url="https://mermaid.test/",
        build=_mermaid,
        ready="document.title === 'drawn' && document.querySelectorAll('svg').length === 2",
        act="document.querySelector('.node').dispatchEvent(new MouseEvent('click', {bubbles: true}))",
        check="document.title === 'gone'",
    ),
    Site(
        name="maths",
        url="https://maths.test/",
        build=_maths,
        ready="document.querySelectorAll('mjx-container').length === 2 && document.querySelector('.katex')",
        act="document.querySelector('button').click()",
        check="document.querySelector('#n mjx-container')",
    ),
    Site(
        name="mathjax4",
        url="https://mathjax4.test/",
        build=_mathjax4,
        ready="document.querySelectorAll('mjx-container').length === 2",
        act="document.querySelector('button').click()",
        check="document.title === 'again'",
    ),
    Site(
        name="pyodide",
        url="https://pyodide.test/",
        build=_pyodide,
        ready="document.querySelector('pre').textContent === '285'",
        act="document.querySelector('#code').value = '6 * 7'; document.querySelector('button').click()",
        check="document.querySelector('pre').textContent === '42'",
    ),
    Site(
        name="worker",
        url="https://worker.test/",
        build=_webgl_worker,
        ready="document.querySelector('output').textContent === '3'",
        act="document.querySelector('button').click()",
        check="document.querySelector('output').textContent === '42'",
    ),
    Site(
        name="pdfjs",
        url="https://pdf.test/",
        build=_pdfjs,
        ready="document.querySelector('p').textContent === '1 of 2 The first page'",
        act="document.querySelector('button').click()",
        check="document.querySelector('p').textContent === '2 of 2 The second page'",
    ),
    Site(
        name="swagger",
        url="https://swagger.test/",
        build=_swagger,
        ready="document.querySelector('.opblock-summary')",
        act="document.querySelector('.opblock-summary-control').click()",
        check="document.querySelector('.opblock-body')",
    ),
)
