"""The manifest as a table for a person."""

from __future__ import annotations

from collections import Counter

from deckarchive.model import Kind, Manifest, Reference, Target

_HEAD = ("slide", "kind", "where", "URL")
_NAMES = {
    Kind.BACKGROUND_IFRAME: "background page",
    Kind.BACKGROUND_VIDEO: "background video",
    Kind.BACKGROUND_IMAGE: "background image",
    Kind.IFRAME: "page in a frame",
    Kind.STYLESHEET: "style sheet",
}


def manifest_table(manifest: Manifest) -> str:
    """One line a reference in the order of the slides; then counts, what is never shown, warnings.

    The text has no final newline.
    """
    rows = sorted(
        ((t, r) for t in manifest.targets for r in t.references),
        key=lambda row: (row[1].slide or (-1, -1), row[1].file, row[1].span),
    )
    lines = [_headline(manifest), ""]
    shown = [_row(t, r) for t, r in rows if r.state == "shown"]
    if shown:
        lines += _align([_HEAD, *shown])
        lines.append("")
    lines += _counts(manifest)
    hidden = [(t, r) for t, r in rows if r.state != "shown"]
    if hidden:
        lines += ["", "Never shown by reveal.js:"]
        lines += [f"  {r.file}:{r.line}  {_url(t, r)}  ({_why(r)})" for t, r in hidden]
    if manifest.warnings:
        lines += ["", "Warnings:", *(f"  {w}" for w in manifest.warnings)]
    return "\n".join(" ".join(line.split("\n")) for line in lines)


def _headline(manifest: Manifest) -> str:
    deck = manifest.deck
    slides = f"{deck.slides} slide" + ("" if deck.slides == 1 else "s")
    if not deck.slides:
        slides = "slides made by scripts"
    return f"{deck.title} ({deck.path}): {slides}"


def _row(target: Target, reference: Reference) -> tuple[str, str, str, str]:
    return (
        _slide(reference),
        target.kind.value,
        f"{reference.file}:{reference.line}",
        _url(target, reference),
    )


def _slide(reference: Reference) -> str:
    """Indices as in the address of a slide; a dash for what belongs to the whole deck."""
    if reference.slide is None:
        return "-"
    h, v = reference.slide
    return f"{h}/{v}" if v else str(h)


def _url(target: Target, reference: Reference) -> str:
    return target.url + (f"#{reference.fragment}" if reference.fragment else "")


def _align(rows: list[tuple[str, str, str, str]]) -> list[str]:
    widths = [max(len(row[i]) for row in rows) for i in range(3)]
    return [
        "  ".join([*(cell.ljust(w) for cell, w in zip(row, widths, strict=False)), row[3]]).rstrip()
        for row in rows
    ]


def _counts(manifest: Manifest) -> list[str]:
    """How many targets of each kind, and on how many slides."""
    lines = []
    kinds = Counter(t.kind for t in manifest.targets if t.shown)
    for kind in Kind:
        if kind in kinds:
            slides = {
                r.slide
                for t in manifest.targets
                if t.kind is kind
                for r in t.references
                if r.state == "shown" and r.slide
            }
            where = f" on {len(slides)} slide{'' if len(slides) == 1 else 's'}" if slides else ""
            lines.append(f"{kinds[kind]:5} {_NAMES.get(kind, kind.value)}{where}")
    where = "is embedded" if manifest.deck.slides else "is named in the deck's text"
    lines = lines or [f"Nothing from the web {where}."]
    if manifest.local:
        files = len({f.path for f in manifest.local})
        lines.append(f"{files:5} local file{'' if files == 1 else 's'}")
    return lines


def _why(reference: Reference) -> str:
    if reference.slide is None:
        return "on a hidden slide, or not used"
    return f"slide {_slide(reference)}: another attribute or the notes take its place"
