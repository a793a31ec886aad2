"""Builds small offline folders by hand, good ones and deliberately broken ones."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image, ImageDraw
from playwright.sync_api import Browser

from deckarchive import js, vendor
from deckarchive.model import DeckInfo, Interaction, OfflineDeck, OfflineTarget, Tier
from deckarchive.rewriter.deck.frames import FramePage, frame_page
from deckarchive.screenshots import variation

POLICY = (
    '<meta http-equiv="Content-Security-Policy" '
    "content=\"default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:\">"
)
# What runtime/page.js does, as short as it can be: it tells the frame what the copy holds.
REPORT = """<script>
addEventListener("load", () => setTimeout(() => {
  const count = %s;
  const tell = () => parent.postMessage({deckarchive: 1, type: "counts", url: location.href,
    status: 200, painted: true, counts: count(), unresolved: window.misses || []}, "*");
  tell(); setInterval(tell, 300);
}, 50));
</script>"""
TEXT = "<h1>A page of text</h1>" + "<p>Words that can be read from the last row.</p>" * 12
VITALS = {"text": 430, "elements": 20, "images": 0}
SCRIPTS = Path(js.__file__).parent


@dataclass
class Page:
    """An archived page: ``body`` of the copy (``None``: no file) and how it is told of."""

    id: str
    body: str | None = TEXT
    best: Tier = Tier.LIVE
    state: str = "captured"
    reason: str = ""
    poster: bool = True
    policy: str = POLICY
    report: bool = True
    counts: dict[str, int] = field(default_factory=lambda: dict(VITALS))
    claim: Tier | None = None  # a frame that says so, whatever the copy does
    content: str = ""
    interactions: tuple[Interaction, ...] = ()
    title: str = ""  # the page's, and when captured
    captured_title: str = ""
    captured_text: str = ""
    picture: bytes = b""  # the captured one; a drawn one without it
    variation: str = ""  # where that moved by itself

    @property
    def copy(self) -> str:
        return f"sites/example.org/{self.id}/index.html"

    @property
    def target(self) -> OfflineTarget:
        live = self.best is Tier.LIVE
        return OfflineTarget(
            id=self.id, kind="background-iframe", url=f"https://example.org/{self.id}/",
            best=self.best, state=self.state, reason=self.reason, frame=f"frames/{self.id}.html",
            copy=self.copy if live else "", slides=((0, 0),),
            posters={"": f"posters/{self.id}.png"} if self.poster else {},
            counts={"": self.counts}, interactions=self.interactions, title=self.captured_title,
            text=self.captured_text, variation={"": self.variation} if self.variation else {},
        )  # fmt: skip

    def write(self, root: Path) -> None:
        script = REPORT % js.content_counts() if self.report else ""
        if self.body is not None:
            write(
                root / self.copy,
                f"<!doctype html><meta charset=utf-8>"
                f"<title>{self.title}</title>{self.policy}{script}{self.body}",
            )
        if self.poster and self.picture:
            write(root / f"posters/{self.id}.png", self.picture)
        elif self.poster:
            draw_poster(root / f"posters/{self.id}.png")
        target = self.target
        page = frame_page(
            FramePage(
                id=self.id,
                url=target.url,
                copy=target.copy,
                posters=target.posters,
                counts=target.counts,
                reason=self.reason,
            )
        )
        if self.claim:
            forged = f"<script>window.deckarchive = {{tier: {self.claim.value!r}, ms: 1}}</script>"
            style = "position:fixed;inset:0;width:100%;height:100%;border:0"
            frame = f'<iframe src="../{self.copy}" style="{style}"></iframe>'
            page = f"<!doctype html>{forged}{frame}"
        write(root / target.frame, page)


def recorded(browser: Browser, bodies: Mapping[str, str]) -> Iterator[Page]:
    """A page for each body by id, with its picture, counts and words as a browser shows them."""
    tab = browser.new_page(viewport={"width": 1920, "height": 1080})
    timers = f"<script>({js.script('timers')})('told')</script>"
    for name, body in bodies.items():
        tab.goto("about:blank")  # a window of its own: scripts may declare the same names
        tab.set_content(f"<!doctype html><meta charset=utf-8>{timers}{body}", wait_until="load")
        tab.evaluate("() => new Promise((go) => requestAnimationFrame(() => setTimeout(go)))")
        hints = tab.evaluate(js.script("hints"))
        counts, picture = tab.evaluate(js.content_counts()), tab.screenshot()
        moves = tab.evaluate(js.script("moves"), "told")
        yield Page(
            name,
            body,
            counts=counts,
            captured_title=tab.title(),
            captured_text=hints["text"],
            picture=picture,
            variation=(moves and variation(picture, tab.screenshot(), tab.screenshot())) or "",
        )
    tab.close()


def draw_poster(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    image = Image.new("RGB", (1920, 1080), "white")
    draw = ImageDraw.Draw(image)
    for n in range(14):
        draw.rectangle((10, 20 + n * 36, 330, 34 + n * 36), fill="#555")
    image.save(path)


def write(path: Path, text: str | bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode() if isinstance(text, str) else text)


def offline_folder(
    root: Path,
    pages: list[Page],
    *,
    extra: list[tuple[str, OfflineTarget | None]] | None = None,
    reveal: Path | None = None,
    head: str = "",
    start: str = "Reveal.initialize({hash: true});",
) -> Path:
    """A deck with a slide a page; then ``extra`` slides as ``(section, target)``.

    ``reveal`` is an npm package of reveal.js; the default is the one that deckarchive ships.
    """
    sections, targets = [], []
    for h, page in enumerate(pages):
        page.write(root)
        sections.append(
            f'<section data-background-iframe="frames/{page.id}.html">{page.content}</section>'
        )
        targets.append(at(page.target, h))
    for h, (section, target) in enumerate(extra or [], len(pages)):
        sections.append(section)
        if target:
            targets.append(at(target, h))
    base = lay_reveal(root, reveal or vendor.folder("reveal.js"))
    write(
        root / "index.html",
        f"""<!doctype html><html><head><meta charset="utf-8"><title>Talk</title>{head}
        <link rel="stylesheet" href="{base}/reveal.css"></head><body>
        <div class="reveal"><div class="slides">{"".join(sections)}</div></div>
        <script src="{base}/reveal.js"></script><script>{start}</script></body></html>""",
    )
    for name in ("frame.js", "forms.js", "frame.css"):
        write(root / "runtime" / name, (SCRIPTS / name).read_bytes())
    deck = OfflineDeck(
        title="Talk", page="index.html", slides=len(sections), created="2026-01-01T00:00:00Z",
        software="test", targets=tuple(targets),
        deck=DeckInfo(path="talk.html", format="html", title="Talk", sha256="0"),
    )  # fmt: skip
    write(root / "deckarchive.json", json.dumps(deck.to_dict()))
    return root


def at(target: OfflineTarget, h: int) -> OfflineTarget:
    return OfflineTarget.from_dict({**target.to_dict(), "slides": [[h, 0]]})


def lay_reveal(root: Path, package: Path) -> str:
    """Copy reveal.js; where its files are differs between versions 3 and 4 and later."""
    folder = "dist" if (package / "dist/reveal.js").is_file() else "."
    pairs = (("reveal.js", "js/reveal.js"), ("reveal.css", "css/reveal.css"))
    for name, old in pairs:
        source = package / "dist" / name if folder == "dist" else package / old
        write(root / "assets" / name, source.read_bytes())
    if (package / "dist/reveal.esm.js").is_file():
        shutil.copy(package / "dist/reveal.esm.js", root / "assets/reveal.esm.js")
    return "assets"
