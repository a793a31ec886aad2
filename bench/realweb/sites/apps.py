# ruff: noqa: E501 (pages and probes stand in it as they are)
"""Applications as bundlers and frameworks build them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from bench.realweb.kit import Kit, write
from bench.realweb.web import Site
from examples.web.hosts import Answer, Request, gradient

_REACT = (
    "vite@7.1.9",
    "@vitejs/plugin-react@5.0.4",
    "react@19.2.0",
    "react-dom@19.2.0",
    "react-router@7.9.4",
)


def _vite_react(kit: Kit, out: Path) -> None:
    """Vite and React: routes by path, a lazy chunk with its own style, assets, workers, JSON."""
    work = out / "work"
    main = """
import React, { Suspense, lazy, useEffect, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { BrowserRouter, Routes, Route, Link } from 'react-router';
import logo from './logo.png';
import './main.css';
const Chart = lazy(() => import('./Chart.jsx'));
const Home = () => { const [data, set] = useState(null); const [sum, add] = useState(0);
  useEffect(() => { fetch('/api/data.json').then((r) => r.json()).then(set);
    const worker = new Worker(new URL('./worker.js', import.meta.url), { type: 'module' });
    worker.onmessage = (e) => add(e.data); worker.postMessage(20); }, []);
  return <div><img src={logo} /><img src={new URL('./other.png', import.meta.url).href} /><p id="data">{data && data.name}</p><p id="sum">{sum}</p><Link id="go" to="/chart">chart</Link></div>; };
createRoot(document.querySelector('#root')).render(<BrowserRouter><Suspense fallback="…"><Routes>
  <Route path="/" element={<Home />} /><Route path="/chart" element={<Chart />} /><Route path="*" element={<h1>not found</h1>} /></Routes></Suspense></BrowserRouter>);
import('./Chart.jsx');
"""
    chart = "import './chart.css'; export default function Chart() { return <h1 className='chart'>a chart</h1>; }"
    kit.project(
        work,
        _REACT,
        {
            "index.html": '<!doctype html><html><head><link rel="icon" href="/icon.png"></head><body><div id="root"></div><script type="module" src="/src/main.jsx"></script></body></html>',
            "vite.config.js": "import react from '@vitejs/plugin-react'; export default { plugins: [react()], worker: { format: 'es' }, build: { assetsInlineLimit: 0 } };",
            "public/api/data.json": '{"name": "local data"}',
            "public/icon.png": gradient(16, 16, 1),
            "src/main.jsx": main,
            "src/Chart.jsx": chart,
            "src/chart.css": ".chart { color: rgb(1, 2, 3) }",
            "src/main.css": "body { background: #eef url('./logo.png') no-repeat right top }",
            "src/worker.js": "self.onmessage = async ({ data }) => { const { total } = await import('./total.js'); self.postMessage(total(data)); };",
            "src/total.js": "export const total = (n) => n * (n + 1) / 2;",
            "src/logo.png": gradient(80, 40, 30),
            "src/other.png": gradient(80, 40, 130),
        },
    )
    kit.run(["node_modules/.bin/vite", "build"], work)
    shutil.copytree(work / "dist", out / "vite.test")
    shutil.rmtree(work)


def _svelte(kit: Kit, out: Path) -> None:
    """SvelteKit's static export: hydration, data files, links followed in the page."""
    work = out / "work"
    kit.project(
        work,
        (
            "vite@7.1.9",
            "svelte@5.39.11",
            "@sveltejs/kit@2.46.2",
            "@sveltejs/adapter-static@3.0.10",
            "@sveltejs/vite-plugin-svelte@6.2.1",
        ),
        {
            "svelte.config.js": "import adapter from '@sveltejs/adapter-static'; export default { kit: { adapter: adapter() } };",
            "vite.config.js": "import { sveltekit } from '@sveltejs/kit/vite'; export default { plugins: [sveltekit()] };",
            "src/app.html": '<!doctype html><html><head>%sveltekit.head%</head><body data-sveltekit-preload-data="hover"><div>%sveltekit.body%</div></body></html>',
            "src/routes/+layout.js": "export const prerender = true;",
            "src/routes/+page.svelte": "<script>let n = $state(0);</script><h1>Home</h1><button onclick={() => n++}>{n} clicks</button><a href='/about'>about</a>",
            "src/routes/about/+page.svelte": "<script>let { data } = $props();</script><h1>About {data.word}</h1><a href='/'>home</a>",
            "src/routes/about/+page.server.js": "export const load = () => ({ word: 'waves' });",
            "static/robots.txt": "",
        },
    )
    kit.run(["node_modules/.bin/vite", "build"], work)
    shutil.copytree(work / "build", out / "svelte.test")
    shutil.rmtree(work)


def _astro(kit: Kit, out: Path) -> None:
    """Astro: islands that wake when seen, view transitions, prefetched links."""
    work = out / "work"
    kit.project(
        work,
        ("astro@5.14.4", "@astrojs/preact@4.1.1", "preact@10.27.2"),
        {
            "astro.config.mjs": "import preact from '@astrojs/preact'; export default { integrations: [preact()], devToolbar: { enabled: false } };",
            "src/components/Count.jsx": "import { useState } from 'preact/hooks'; export default () => { const [n, set] = useState(0); return <button onClick={() => set(n + 1)}>{n} times</button>; };",
            "src/pages/index.astro": "---\nimport { ClientRouter } from 'astro:transitions';\nimport Count from '../components/Count.jsx';\n---\n<html><head><title>Astro</title><ClientRouter /></head><body><h1>Islands</h1><Count client:visible /><a href='/second/'>second</a></body></html>",
            "src/pages/second.astro": "---\nimport { ClientRouter } from 'astro:transitions';\n---\n<html><head><title>Second</title><ClientRouter /></head><body><h1>Second</h1></body></html>",
        },
    )
    kit.run(["node_modules/.bin/astro", "build"], work)
    shutil.copytree(work / "dist", out / "astro.test")
    shutil.rmtree(work)


def _next(kit: Kit, out: Path) -> None:
    """Next.js, exported: hydration, routed links whose data are .txt files."""
    work = out / "work"
    kit.project(
        work,
        ("next@15.5.4", "react@19.2.0", "react-dom@19.2.0"),
        {
            "next.config.mjs": "export default { output: 'export', images: { unoptimized: true } };",
            "app/layout.js": "export default function Layout({ children }) { return <html lang='en'><body>{children}</body></html>; }",
            "app/page.js": "import Link from 'next/link'; import Count from './count'; export default function Page() { return <main><h1>Next</h1><Count /><Link href='/about'>about</Link></main>; }",
            "app/count.js": "'use client'; import { useState } from 'react'; export default function Count() { const [n, set] = useState(0); return <button onClick={() => set(n + 1)}>{n} clicks</button>; }",
            "app/about/page.js": "export default function Page() { return <h1>About</h1>; }",
        },
    )
    modules = work / "node_modules"
    modules.unlink()
    shutil.copytree(
        kit.node("next@15.5.4", "react@19.2.0", "react-dom@19.2.0") / "node_modules",
        modules,
        symlinks=True,
    )
    kit.run(["node_modules/.bin/next", "build"], work)
    shutil.copytree(work / "out", out / "next.test")
    shutil.rmtree(work)


def _webpack(kit: Kit, out: Path) -> None:
    """webpack: automatic public path, chunks on demand, an inlined and an emitted worker."""
    work = out / "work"
    kit.project(
        work,
        (
            "webpack@5.102.1",
            "webpack-cli@6.0.1",
            "css-loader@7.1.2",
            "mini-css-extract-plugin@2.9.4",
        ),
        {
            "webpack.config.cjs": "const Css = require('mini-css-extract-plugin'); module.exports = { mode: 'production', entry: './src/main.js', output: { filename: 'js/[name].[contenthash:8].js', publicPath: 'auto', assetModuleFilename: 'assets/[hash][ext]' }, module: { rules: [{ test: /css$/, use: [Css.loader, 'css-loader'] }, { test: /png$/, type: 'asset/resource' }] }, plugins: [new Css({ filename: 'css/[name].css' })] };",
            "src/main.js": "import './main.css'; import picture from './p.png'; const img = new Image(); img.src = picture; document.body.append(img); const button = document.createElement('button'); button.textContent = 'load'; button.onclick = async () => { const { word } = await import('./late.js'); button.textContent = word; }; document.body.append(button); const w = new Worker(new URL('./w.js', import.meta.url)); w.onmessage = (e) => { document.body.dataset.worker = e.data; }; w.postMessage('hi'); import(/* webpackPrefetch: true */ './late.js').then((m) => { document.body.dataset.late = m.word; });",
            "src/late.js": "import './late.css'; export const word = 'late word';",
            "src/w.js": "self.onmessage = async (e) => { const { word } = await import('./late2.js'); self.postMessage(e.data + word); };",
            "src/late2.js": "export const word = ' there';",
            "src/main.css": "body { background: url(p.png) }",
            "src/late.css": "button { color: rgb(4, 5, 6) }",
            "src/p.png": gradient(60, 60, 99),
        },
    )
    kit.run(["node_modules/.bin/webpack"], work)
    app = out / "webpack.test" / "app"
    shutil.copytree(work / "dist", app)
    script = next(path.name for path in (app / "js").glob("main.*.js"))
    write(
        app,
        {
            "index.html": f'<!doctype html><html><head><link rel="stylesheet" href="css/main.css"></head><body><script defer src="js/{script}"></script></body></html>'
        },
    )
    shutil.rmtree(work)


def _graphql(request: Request) -> Answer | None:
    """An API that only answers POST, by what was asked."""
    if request.method != "POST":
        return None
    asked = json.loads(request.body)
    names = {"first": ["Vega", "Deneb"], "second": ["Altair"]}[asked["variables"]["page"]]
    headers = {"Content-Type": "application/json", "Access-Control-Allow-Origin": "*"}
    return Answer(json.dumps({"data": {"stars": names}}).encode(), headers)


def _graphql_app(kit: Kit, out: Path) -> None:
    """Vue from a CDN, in the page itself, with data by GraphQL; consent and i18n by localStorage."""
    del kit
    page = """<!doctype html><html><head><meta charset="utf-8"><script src="https://cdn.test/npm/vue@3.5.22/dist/vue.global.prod.js"></script></head><body>
<div id="vue"><p v-for="s in stars" class="star">{{ s }}</p><button id="more" @click="load('second')">more</button><div v-if="!consent" class="consent">cookies? <button id="ok" @click="agree">yes</button></div></div><script>
Vue.createApp({ data: () => ({ stars: [], consent: localStorage.consent }), created() { this.load('first'); this.load('second').then(() => this.load('first')); },
 methods: { agree() { localStorage.consent = this.consent = 'yes'; }, async load(page) { const r = await fetch('https://graph.test/graphql', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ query: '{ stars }', variables: { page } }) }); this.stars = (await r.json()).data.stars; } } }).mount('#vue');
</script></body></html>"""
    write(out / "stars.test", {"index.html": page})


def _htmx(kit: Kit, out: Path) -> None:
    """htmx: fragments of pages fetched and put in place."""
    del kit
    page = """<!doctype html><html><head><script src="https://cdn.test/npm/htmx.org@2.0.7/dist/htmx.min.js"></script></head><body>
<div id="list" hx-get="/part/list" hx-trigger="load">…</div><button hx-get="/part/list" hx-target="#again">again</button><p id="again"></p></body></html>"""
    write(
        out / "htmx.test",
        {"index.html": page, "part/list.html": "<ul><li>one</li><li>two</li></ul>"},
    )


def _storybook_like(kit: Kit, out: Path) -> None:
    """Web components by Lit through an import map, with adopted style sheets and slots."""
    imports = {}
    for name, version in {
        "lit": "3.3.1",
        "lit-html": "3.3.1",
        "lit-element": "4.2.1",
        "@lit/reactive-element": "2.1.1",
    }.items():
        base = f"https://cdn.test/npm/{name}@{version}/"
        kit.npm(name, version)
        imports[name] = (
            base
            + {
                "lit": "index.js",
                "lit-html": "lit-html.js",
                "lit-element": "lit-element.js",
                "@lit/reactive-element": "reactive-element.js",
            }[name]
        )
        imports[name + "/"] = base
    page = f"""<!doctype html><script type="importmap">{json.dumps({"imports": imports})}</script><step-counter><b>slotted</b></step-counter><script type="module">
import {{ LitElement, html, css }} from 'lit';
import {{ classMap }} from 'lit/directives/class-map.js';
customElements.define('step-counter', class extends LitElement {{ static properties = {{ n: {{}} }}; static styles = css`p {{ color: rgb(7, 8, 9); background: url(/dot.png) }}`; constructor() {{ super(); this.n = 0; }}
 render() {{ return html`<p class=${{classMap({{ on: this.n > 0 }})}}>${{this.n}}</p><img src="/dot.png"><slot></slot><button @click=${{() => this.n++}}>+</button>`; }} }});</script>"""
    write(out / "lit.test", {"index.html": page, "dot.png": gradient(20, 20, 5)})


SITES = (
    Site(
        name="vite-react",
        url="https://vite.test/",
        build=_vite_react,
        ready="document.querySelector('#data').textContent === 'local data' && document.querySelector('#sum').textContent === '210' && [...document.images].every(i => i.naturalWidth === 80)",
        act="document.querySelector('#go').click()",
        check="document.querySelector('h1.chart') && getComputedStyle(document.querySelector('h1.chart')).color === 'rgb(1, 2, 3)'",
    ),
    Site(
        name="svelte",
        url="https://svelte.test/",
        build=_svelte,
        ready="document.querySelector('button').textContent === '0 clicks'",
        act="setTimeout(() => document.querySelector('button').click(), 500)",
        check="document.querySelector('button').textContent === '1 clicks'",
    ),
    Site(
        name="svelte-nav",
        url="https://svelte.test/about",
        build=_svelte,
        ready="document.querySelector('h1').textContent === 'About waves'",
        act="setTimeout(() => document.querySelector('a').click(), 500)",
        check="document.querySelector('h1').textContent === 'Home'",
    ),
    Site(
        name="astro",
        url="https://astro.test/",
        build=_astro,
        ready="document.querySelector('astro-island:not([ssr]) button')",
        act="document.querySelector('button').click()",
        check="document.querySelector('button').textContent === '1 times'",
    ),
    Site(
        name="next",
        url="https://next.test/",
        build=_next,
        ready="Object.keys(document.querySelector('button')).some(k => k.startsWith('__react'))",
        act="document.querySelector('button').click()",
        check="document.querySelector('button').textContent === '1 clicks' && document.querySelector('h1').textContent === 'Next'",
    ),
    Site(
        name="webpack",
        url="https://webpack.test/app/",
        build=_webpack,
        ready="document.body.dataset.worker === 'hi there' && document.body.dataset.late && document.images[0].naturalWidth === 60",
        act="document.querySelector('button').click()",
        check="document.querySelector('button').textContent === 'late word' && getComputedStyle(document.querySelector('button')).color === 'rgb(4, 5, 6)'",
    ),
    Site(
        name="graphql",
        url="https://stars.test/",
        build=_graphql_app,
        handlers={"graph.test": _graphql},
        ready="document.querySelectorAll('.star').length === 2",
        act="document.querySelector('#more').click(); document.querySelector('#ok').click()",
        check="document.querySelector('.star').textContent === 'Altair' && !document.querySelector('.consent')",
    ),
    Site(
        name="htmx",
        url="https://htmx.test/",
        build=_htmx,
        ready="document.querySelectorAll('#list li').length === 2",
        act="document.querySelector('button').click()",
        check="document.querySelectorAll('#again li').length === 2",
    ),
    Site(
        name="lit",
        url="https://lit.test/",
        build=_storybook_like,
        ready="document.querySelector('step-counter').shadowRoot.querySelector('img').naturalWidth === 20",
        act="document.querySelector('step-counter').shadowRoot.querySelector('button').click()",
        check="document.querySelector('step-counter').shadowRoot.querySelector('p.on').textContent === '1'",
    ),
)
