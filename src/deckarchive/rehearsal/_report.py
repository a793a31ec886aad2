"""A rehearsal for people: a few lines for a terminal, and the contact sheet.

The sheet is one self-contained HTML page, captured beside offline. No script is needed to read it;
a small one filters. Everything that comes from a page or a deck
is escaped, and the sheet's own policy lets it load nothing.
"""

from __future__ import annotations

import base64
import textwrap
from datetime import date
from html import escape
from pathlib import Path
from typing import Final

from deckarchive.errors import OutputError
from deckarchive.files import write_text
from deckarchive.model import Slide, Tier
from deckarchive.rehearsal import _images
from deckarchive.rehearsal._results import (
    EmbedResult,
    Leak,
    Played,
    Rehearsal,
    ReplayedInteraction,
    SlideResult,
    Way,
)
from deckarchive.web import policy

_SHOWN: Final = 20
_WAYS: Final = {
    Way.PRESENT: "",
    Way.STATIC: " · on a plain static server",
    Way.FILE: " · as files, by a double-click",
}

_Gap = tuple[SlideResult, EmbedResult]


def rehearsal_summary(rehearsal: Rehearsal) -> str:
    """What a speaker needs to know: can it be shown, and if not, which slide lacks what."""
    lines = [_headline(rehearsal)]
    if rehearsal.problem:
        return "\n".join([*lines, f"  {rehearsal.problem}"])
    counts = ", ".join(f"{count} {tier}" for tier, count in rehearsal.tiers.items() if count)
    lines.append(
        f"  {_count(len(rehearsal.slides), 'slide')}, "
        f"{_count(len(rehearsal.embeds), 'embed') or 'no embeds'}"
        f"{': ' + counts if counts else ''} · {rehearsal.seconds:.0f} s · {rehearsal.browser}"
        f"{_WAYS[rehearsal.way]}"
    )
    lines += _some([_gap_line(gap) for gap in rehearsal.gaps])
    warned = [
        (s, e) for s, e in rehearsal.embeds if e.problems and not e.gap and e.tier is Tier.LIVE
    ]
    lines += _some([f"  note: slide {slide_number(s)}: {'; '.join(e.problems)}" for s, e in warned])
    noted = len({e.id for _, e in rehearsal.embeds if e.notes})
    if noted:
        what = "an embed asks" if noted == 1 else f"{noted} embeds ask"
        lines.append(f"  note: {what} for what nobody misses (named in the report)")
    lines += _some([f"  slide {slide_number(s)}: {s.problem}" for s in rehearsal.unjudged])
    lines += _some([_leak_line(leak) for leak in rehearsal.leaks])
    lines += _some([f"  the deck asked in vain for {miss}" for miss in rehearsal.unresolved])
    if not rehearsal.leaks:
        lines.append("  nothing tried to leave this machine")
    return "\n".join(lines)


def _headline(rehearsal: Rehearsal) -> str:
    name = rehearsal.title or rehearsal.folder
    if rehearsal.ok:
        return f"{name}: ready to present offline"
    if rehearsal.problem:
        return f"{name}: could not be rehearsed"
    faults = [
        _count(len(rehearsal.gaps), "gap"),
        _count(len(rehearsal.leaks), "leak"),
        _count(len(rehearsal.unjudged), "slide") + " not judged" if rehearsal.unjudged else "",
    ]
    return f"{name}: {', '.join(f for f in faults if f)}"


def _leak_line(leak: Leak) -> str:
    where = f" from slide {_name(leak.slide)}" if leak.slide else ""
    return f"  left this machine{where}: {leak.method} {leak.url}"


def _gap_line(gap: _Gap) -> str:
    slide, embed = gap
    why = "; ".join(embed.problems) or embed.reason
    reason = f" ({why})" if why else ""
    return f"  slide {slide_number(slide)}: {embed.tier.value}: {embed.url}{reason}"


def slide_number(result: SlideResult) -> str:
    """As reveal.js numbers slides for people: from 1, ``3.2`` for the second below the third."""
    return _name(result.slide)


def _name(slide: Slide) -> str:
    h, v = slide
    return f"{h + 1}.{v + 1}" if v else str(h + 1)


def _count(slide_number: int, word: str) -> str:
    return f"{slide_number} {word}{'' if slide_number == 1 else 's'}" if slide_number else ""


def _some(lines: list[str]) -> list[str]:
    rest = len(lines) - _SHOWN
    return [*lines[:_SHOWN], f"  … and {rest} more"] if rest > 0 else lines


# -- The contact sheet ----------------------------------------------------------------

_STYLE: Final = """
:root { color-scheme: light dark; --line: #8886; --soft: #8882; --bad: #b3261e; --good: #1b7f3b;
  --warn: #9a6700; font: 18px/1.45 system-ui, sans-serif; }
@media (prefers-color-scheme: dark) { :root { --bad: #ff8a80; --good: #7fd99a; --warn: #f0c674; } }
body { margin: 0 auto; max-width: 1500px; padding: 1.5rem; }
h1 { font-size: 1.9rem; line-height: 1.2; margin: 0 0 .3rem; overflow-wrap: anywhere; }
pre { font: inherit; white-space: pre-wrap; overflow-wrap: anywhere; margin: 0 0 1rem; }
nav { position: sticky; top: 0; background: Canvas; padding: .6rem 0; z-index: 1; display: flex;
  flex-wrap: wrap; gap: .5rem 1.2rem; align-items: center; border-bottom: 2px solid var(--line); }
nav input[type=search] { font: inherit; padding: .3rem .6rem; min-width: 16rem; }
article { border-bottom: 1px solid var(--line); padding: 1.2rem 0; break-inside: avoid; }
article header { display: flex; flex-wrap: wrap; gap: .3rem 1rem; align-items: baseline; }
article h2 { font-size: 1.25rem; margin: 0; }
.tier { font-weight: 700; padding: 0 .6rem; border-radius: 1rem; border: 2px solid; }
.good { color: var(--good); } .bad { color: var(--bad); } .warn { color: var(--warn); }
.url { overflow-wrap: anywhere; display: -webkit-box; -webkit-box-orient: vertical;
  -webkit-line-clamp: 2; overflow: hidden; }
.pair { display: grid; grid-template-columns: 1fr 1fr; gap: 1rem; margin: .7rem 0 0; }
figure { margin: 0; } figcaption { font-size: .85rem; opacity: .8; }
figure img { width: 100%; height: auto; box-sizing: border-box; border: 1px solid var(--line);
  background: #fff; display: block; }
.none { border: 1px dashed var(--line); aspect-ratio: 16 / 9; display: grid;
  place-items: center; opacity: .7; }
ul { margin: .5rem 0 0; padding-left: 1.3rem; } li { overflow-wrap: anywhere; }
details { margin-top: .5rem; } [hidden] { display: none; }
nav select { font: inherit; }
.overview { display: grid; grid-template-columns: repeat(auto-fill, minmax(21rem, 1fr)); gap: 1rem;
  margin-top: 1rem; }
.overview article { border: 1px solid var(--line); border-radius: .4rem; padding: .6rem; }
.overview .facts, .overview details, .overview figcaption { display: none; }
.overview .url { flex: 1 1 100%; -webkit-line-clamp: 1; }
.overview .pair { gap: .4rem; margin-top: .4rem; }
@page { margin: 12mm; }
@media print { nav { display: none; } :root { font-size: 12px; color-scheme: light; --bad: #b3261e;
  --good: #1b7f3b; --warn: #9a6700; } body { padding: 0; } article { padding: .6rem 0; }
  .pair { max-width: 85%; } }
"""
_SCRIPT: Final = """
const [search, bad, tier] = ["search", "bad", "tier"].map((id) => document.getElementById(id));
const count = document.getElementById("count");
const all = [...document.querySelectorAll("article")];
function filter() {
  const words = search.value.toLowerCase().split(/\\s+/).filter(Boolean);
  let shown = 0;
  for (const one of all) {
    const text = one.textContent.toLowerCase();
    one.hidden = (bad.checked && one.dataset.ok === "1")
      || (tier.value && one.dataset.tier !== tier.value) || !words.every((w) => text.includes(w));
    shown += one.hidden ? 0 : 1;
  }
  count.textContent = shown + " of " + all.length;
}
search.addEventListener("input", filter);
bad.addEventListener("change", filter);
const overview = document.getElementById("overview");
overview.addEventListener("change", () => {
  document.querySelector("main").classList.toggle("overview", overview.checked);
});
tier.addEventListener("change", filter);
filter();
"""
_PAGE: Final = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width">
<title>{title}</title>
<style>{style}</style>
<h1>{title}</h1>
<pre>{summary}</pre>
<nav><label><input type="search" id="search" placeholder="Filter: slide, host, state"></label>
<label>shown as <select id="tier"><option value="">anything</option>{tiers}</select></label>
<label><input type="checkbox" id="bad"> only what needs a look</label>
<label><input type="checkbox" id="overview"> overview</label>
<span id="count"></span></nav>
<main>
{articles}
</main>
<script>{script}</script>
</html>
"""


def write_html(rehearsal: Rehearsal, path: str | Path) -> None:
    """Write the contact sheet of a rehearsal to ``path``. Raises :class:`OutputError`."""
    folder = Path(rehearsal.folder)
    articles = [
        article
        for slide in rehearsal.slides
        for article in (
            [_embed(folder, slide, e, rehearsal.started) for e in slide.embeds] or _bare(slide)
        )
    ]
    headline, _, rest = rehearsal_summary(rehearsal).partition("\n")
    page = _PAGE.format(
        title=escape(headline),
        policy=policy("report"),
        style=_STYLE,
        summary=escape(f"{textwrap.dedent(rest)}\nrehearsed {_moment(rehearsal.started)}"),
        tiers="".join(f"<option>{tier}</option>" for tier, n in rehearsal.tiers.items() if n),
        articles="\n".join(articles) or "<p>No slide shows an embed.</p>",
        script=_SCRIPT,
    )
    try:
        write_text(Path(path), page)
    except OSError as error:  # a folder stands there
        raise OutputError(f"cannot write {path}: {error}") from error


def _bare(slide: SlideResult) -> list[str]:
    """A slide without embeds is worth a look only when something is wrong with it."""
    if slide.ok and not slide.unresolved:
        return []
    words = [w for w in (slide.problem, *(f"not found: {m}" for m in slide.unresolved)) if w]
    return [
        f'<article data-ok="{int(slide.ok)}"><header><h2>Slide {slide_number(slide)}</h2>'
        f'<span class="tier {"good" if slide.ok else "bad"}">{"shown" if slide.ok else "?"}</span>'
        f"</header>{_list(words)}{_pair('', slide.thumbnail)}</article>"
    ]


def _embed(folder: Path, slide: SlideResult, embed: EmbedResult, now: str) -> str:
    mood = "bad" if embed.gap else "good" if embed.tier.value == "live" else "warn"
    facts = [
        embed.kind,
        f"{embed.ms} ms" if embed.ms is not None else "",
        f"{embed.similarity:.0%} alike" if embed.similarity is not None else "",
        f"{embed.state} {embed.date[:10]}{_age(embed.date, now)}".strip(),
        _size(embed.bytes),
    ]
    words = [*embed.problems]
    if embed.reason and embed.reason not in words:
        words.append(embed.reason)
    details = [f"not found: {m}" for m in (*embed.unresolved, *slide.unresolved)]
    details += [f"note: {n}" for n in embed.notes]
    details += [f"error: {e}" for e in (*embed.errors, *slide.errors)]
    details += [f"used: {_used(one)}" for one in embed.interactions if one.use.changed]
    details += [f"played: {_played(embed.played)}"] if embed.played else []
    captured = _poster(folder, embed.poster)
    return (
        f'<article data-ok="{int(not embed.gap)}" data-tier="{embed.tier.value}">'
        f"<header><h2>Slide {slide_number(slide)}</h2>"
        f'<span class="tier {mood}">{embed.tier.value}</span>'
        f'<span class="url" title="{escape(embed.url)}">{escape(embed.url)}</span>'
        f'<span class="facts">{escape(" · ".join(f for f in facts if f))}</span></header>'
        f"{_list(words)}{_pair(captured, slide.thumbnail)}{_details(details)}</article>"
    )


def _moment(time: str) -> str:
    return time.replace("T", " ").replace("+00:00", " UTC")


def _size(count: int) -> str:
    return f"{count / 1e6:.1f} MB" if count >= 1e5 else f"{count / 1e3:.1f} kB" if count else ""


def _age(then: str, now: str) -> str:
    """How old a capture is, in days, by ISO dates; nothing where one is missing."""
    try:
        days = (date.fromisoformat(now[:10]) - date.fromisoformat(then[:10])).days
    except ValueError:
        return ""
    return " (today)" if days < 1 else f" ({days} day{'' if days == 1 else 's'} ago)"


def _used(one: ReplayedInteraction) -> str:
    what = f"{one.use.kind} “{one.use.label}”" if one.use.label else one.use.kind
    words = {True: "works as it did", False: "changes nothing", None: "was not tried"}
    return f"{what} {words[one.changed]}"


def _played(one: Played) -> str:
    acts = {"plays": one.plays, "can be wound to its middle": one.winds, "has its end": one.ends}
    words = [what if done else f"not: {what}" for what, done in acts.items() if done is not None]
    return ", ".join([*words, f"{one.duration:.1f} s"] if one.duration else words)


def _list(words: list[str]) -> str:
    return f"<ul>{''.join(f'<li>{escape(w)}</li>' for w in words)}</ul>" if words else ""


def _details(lines: list[str]) -> str:
    if not lines:
        return ""
    title = "1 note" if len(lines) == 1 else f"{len(lines)} notes"
    return f"<details><summary>{title}</summary>{_list(lines)}</details>"


def _poster(folder: Path, poster: str) -> str:
    image = _images.read_image(folder / poster) if poster else None
    return _data(_images.thumbnail(image)) if image else ""


def _pair(captured: str, offline: bytes) -> str:
    shown = _data(offline) if offline else ""
    return f'<div class="pair">{_figure("as captured", captured)}{_figure("offline", shown)}</div>'


def _figure(caption: str, source: str) -> str:
    inner = f'<img alt="{caption}" src="{source}">' if source else '<div class="none">none</div>'
    return f"<figure>{inner}<figcaption>{caption}</figcaption></figure>"


def _data(jpeg: bytes) -> str:
    return "data:image/jpeg;base64," + base64.b64encode(jpeg).decode("ascii")
