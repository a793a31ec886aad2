# ruff: noqa: E501 (pages and probes stand in it as they are)
"""Engines of wasm: loaders that show progress, packed files, databases, threads where they may."""

from __future__ import annotations

import base64
import gzip
import sqlite3
from pathlib import Path

from bench.realweb.kit import Kit, write
from bench.realweb.web import TYPES, Site
from examples.web.hosts import Answer, Request

CDN = "https://cdn.test/npm"
_ADD = base64.b64decode("AGFzbQEAAAABBwFgAn9/AX8DAgEABwcBA2FkZAAACgkBBwAgACABags=")


def _engine(kit: Kit, out: Path) -> None:
    """A game as Unity and Godot export one: a loader that counts bytes, packed data, streamed wasm."""
    page = """<!doctype html><html><body><canvas id="c" width="480" height="300"></canvas><progress max="1" value="0"></progress><script src="Build/game.loader.js"></script><script>
createGame(document.querySelector('#c'), { dataUrl: 'Build/game.data.gz', frameworkUrl: 'Build/game.framework.js', codeUrl: 'Build/game.wasm', streamingAssetsUrl: 'StreamingAssets' }, (p) => { document.querySelector('progress').value = p; }).then((game) => { window.game = game; document.querySelector('progress').remove(); });</script></body></html>"""
    loader = """function createGame(canvas, config, onProgress) { const sizes = {}, got = {}; const tell = () => onProgress(Object.values(got).reduce((a, b) => a + b, 0) / Math.max(1, Object.values(sizes).reduce((a, b) => a + b, 0)));
async function read(url) { const response = await fetch(url, { method: 'GET', credentials: 'same-origin', companyName: 'x' }); if (!response.ok) throw new Error(url + ' ' + response.status); sizes[url] = Number(response.headers.get('Content-Length')) || 1e5; const reader = response.body.getReader(), parts = []; for (;;) { const { done, value } = await reader.read(); if (done) break; parts.push(value); got[url] = (got[url] || 0) + value.length; tell(); } return new Response(new Blob(parts), { headers: response.headers }); }
const framework = new Promise((done, fail) => { const s = document.createElement('script'); s.src = config.frameworkUrl; s.onload = () => done(window.gameFramework); s.onerror = fail; document.body.append(s); });
const data = read(config.dataUrl).then(async (r) => { const bytes = new Uint8Array(await r.arrayBuffer()); return bytes[0] === 31 && bytes[1] === 139 ? new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'))).arrayBuffer() : bytes.buffer; });
const wasm = read(config.codeUrl).then((r) => WebAssembly.instantiateStreaming(r)); return Promise.all([framework, data, wasm]).then(([start, bytes, { instance }]) => start(canvas, bytes, instance.exports, config)); }"""
    framework = """window.gameFramework = async (canvas, data, wasm, config) => { const level = await (await fetch(config.streamingAssetsUrl + '/level1.json')).json(); const c = canvas.getContext('2d'); const pixels = new Uint8Array(data); for (let i = 0; i < 480; i++) { c.fillStyle = `rgb(${pixels[i]}, 90, ${level.blue})`; c.fillRect(i, 0, 1, 300); } return { send: (n) => wasm.add(n, level.more), size: pixels.length }; };"""
    data = bytes(i * 7 % 256 for i in range(300_000))
    write(out / "engine.test", {"index.html": page, "Build/game.loader.js": loader, "Build/game.framework.js": framework, "Build/game.data.gz": gzip.compress(data, mtime=0), "Build/game.wasm": _ADD, "StreamingAssets/level1.json": '{"blue": 200, "more": 2}'})  # fmt: skip


def _packed(request: Request) -> Answer | None:
    """The data as servers send it that know what the ending means: with its coding."""
    if request.path != "/Build/game.data.gz":
        return None
    data = bytes(i * 7 % 256 for i in range(300_000))
    headers = {"Content-Type": "application/octet-stream", "Content-Encoding": "gzip"}
    return Answer(gzip.compress(data, mtime=0), headers)


_CHOOSES = """<!doctype html><html><body><p>loading</p><button>add</button><script type="module">
const kind = crossOriginIsolated ? 'threads' : 'plain'; const { default: start } = await import(`./tool-${kind}.mjs`); const tool = await start(new URL(`tool-${kind}.wasm`, import.meta.url)); document.querySelector('p').textContent = 'ready ' + tool.add(20, 22);
document.querySelector('button').onclick = () => { document.querySelector('p').textContent = 'sum ' + tool.add(1, 2); };</script></body></html>"""


def _threads(kit: Kit, out: Path) -> None:
    """A page that chooses its build by whether it is isolated (threads), as wasm tools do."""
    tool = "export default async (url) => { MEMORY const { instance } = await WebAssembly.instantiateStreaming(fetch(url)); return instance.exports; };"
    shared = "new SharedArrayBuffer(64);"
    write(out / "threads.test", {"tool-threads.mjs": tool.replace("MEMORY", shared), "tool-plain.mjs": tool.replace("MEMORY", ""), "tool-threads.wasm": _ADD, "tool-plain.wasm": _ADD})  # fmt: skip


def _isolating(request: Request) -> Answer | None:
    """The page with the headers that isolate it, where it is no frame of another's."""
    if request.path != "/":
        return None
    headers = {"Content-Type": TYPES["html"], "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp"}  # fmt: skip
    return Answer(_CHOOSES.encode(), headers)


def _database(kit: Kit, out: Path) -> None:
    """sql.js: SQLite in wasm over a file that it fetches, answers as a table."""
    page = f"""<!doctype html><html><head><script src="{CDN}/sql.js@1.13.0/dist/sql-wasm.js"></script></head><body><textarea rows="2" cols="60">select name, height from hills order by height desc</textarea><button>run</button><table></table><script>
(async () => {{ const SQL = await initSqlJs({{ locateFile: (file) => '{CDN}/sql.js@1.13.0/dist/' + file }}); const db = new SQL.Database(new Uint8Array(await (await fetch('hills.sqlite')).arrayBuffer()));
 document.querySelector('button').onclick = () => {{ const [r] = db.exec(document.querySelector('textarea').value); document.querySelector('table').innerHTML = r.values.map((row) => '<tr>' + row.map((v) => '<td>' + v + '</td>').join('') + '</tr>').join(''); }}; document.querySelector('button').click(); }})();</script></body></html>"""
    host = out / "sql.test"
    write(host, {"index.html": page})
    with sqlite3.connect(host / "hills.sqlite") as db:
        db.execute("create table hills (name text, height int)")
        db.executemany("insert into hills values (?, ?)", [("Brocken", 1141), ("Wurmberg", 971)])


SITES = (
    Site(
        name="engine",
        url="https://engine.test/",
        build=_engine,
        handlers={"engine.test": _packed},
        ready="window.game && game.size === 300000",
        act="window.sum = game.send(40)",
        check="window.sum === 42",
    ),
    Site(
        name="threads",
        url="https://threads.test/",
        build=_threads,
        handlers={"threads.test": _isolating},
        ready="document.querySelector('p').textContent === 'ready 42'",
        act="document.querySelector('button').click()",
        check="document.querySelector('p').textContent === 'sum 3'",
    ),
    Site(
        name="sqlite",
        url="https://sql.test/",
        build=_database,
        ready="document.querySelectorAll('tr').length === 2",
        act="document.querySelector('textarea').value = 'select max(height) from hills'; document.querySelector('button').click()",
        check="document.querySelector('td').textContent === '1141'",
    ),
)
