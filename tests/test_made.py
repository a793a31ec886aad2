"""Which embeds of the running deck become targets beside those that its source names."""

from __future__ import annotations

from dataclasses import replace

import pytest

from deckarchive.model import (
    DeckInfo,
    Embed,
    Kind,
    LocalFile,
    Manifest,
    Reference,
    Target,
    runtime_embeds,
    runtime_targets,
    with_runtime_embeds,
)

PLACE = Reference(slide=(0, 0), file="a.html", line=1, column=1, span=(4, 9), raw="x")
NAMED = Target(id="one", kind=Kind.IFRAME, url="https://one.test/a b?x=1", references=(PLACE,))
MANIFEST = Manifest(
    deck=DeckInfo(path="a.html", format="html", title="A", sha256="0" * 64),
    targets=(NAMED,),
    local=(LocalFile(path="film.mp4", kind=Kind.VIDEO, references=(PLACE,)),),
)


def made(*embeds: Embed, manifest: Manifest = MANIFEST) -> list[tuple[str, str]]:
    return [(t.kind.value, t.url) for t in runtime_targets(with_runtime_embeds(manifest, embeds))]


@pytest.mark.parametrize(
    ("kind", "url"),
    [
        ("iframe", "https://one.test/a b?x=1"),
        ("iframe", "https://one.test/a%20b?x=1#there"),
        ("background-iframe", "https://one.test/a b?x=1&enablejsapi=1"),
        ("video", "http://deck.localhost/film.mp4"),
        ("video", "http://deck.localhost/other.mp4"),
        ("image", "https://one.test/i.png"),
        ("frame", "https://one.test/new"),
        ("iframe", "blob:https://one.test/1"),
    ],
)
def test_no_target_of_their_own(kind: str, url: str) -> None:
    assert made(Embed(kind=kind, url=url, slide=(0, 0))) == []


def test_targets_of_their_own_with_all_their_slides() -> None:
    page = "https://two.test/p"
    grown = with_runtime_embeds(
        MANIFEST,
        [
            Embed(kind="iframe", url=f"{page}#1", slide=(1, 0), size=(300, 200)),
            Embed(kind="iframe", url=f"{page}#2", slide=(2, 1)),
            Embed(kind="video", url="https://two.test/f.mp4", slide=(3, 0)),
            Embed(kind="iframe", url="http://deck.localhost/own.html", slide=(4, 0)),
            Embed(kind="object", url="https://two.test/e", slide=(5, 0), attribute="src",
                  frame=(("type", "text/html"),)),
        ],
    )  # fmt: skip
    frame, film, own, embed = runtime_targets(grown)
    assert (embed.frame_element, embed.frame_attributes) == ("embed", {"type": "text/html"})
    assert (frame.fragments, [r.slide for r in frame.references]) == (("1", "2"), [(1, 0), (2, 1)])
    assert frame.frame_size == (960, 700)
    assert (film.kind, film.frame_size, own.url) == (
        Kind.VIDEO,
        None,
        "http://deck.localhost/own.html",
    )
    assert grown.targets[0] is NAMED
    assert with_runtime_embeds(grown, []) is not MANIFEST
    assert with_runtime_embeds(MANIFEST, runtime_embeds(grown)) == grown


def test_of_a_manifest_that_a_stranger_wrote_no_id_and_no_path_is_taken_over() -> None:
    page = Embed(kind="iframe", url="https://two.test/p#1", slide=(1, 0))
    grown = with_runtime_embeds(MANIFEST, [page])
    (target,) = runtime_targets(grown)
    forged = replace(
        target, id="deck-html", references=(replace(target.references[0], file="other.md"),)
    )
    hostile = replace(MANIFEST, targets=(forged,))
    assert with_runtime_embeds(MANIFEST, runtime_embeds(hostile)) == grown


def test_what_the_source_names_but_never_shows_is_no_listing() -> None:
    hidden = replace(NAMED, references=(replace(PLACE, state="shadowed"),))
    manifest = replace(MANIFEST, targets=(hidden,))
    embed = Embed(kind="iframe", url=NAMED.url, slide=(5, 0))
    assert made(embed, manifest=manifest) == [("iframe", "https://one.test/a%20b?x=1")]


def test_a_source_without_a_scheme_is_the_page_that_the_browser_shows_by_http() -> None:
    bare = replace(NAMED, references=(replace(PLACE, raw="//one.test/a b?x=1"),))
    embed = Embed(kind="iframe", url="http://one.test/a%20b?x=1", slide=(0, 0))
    assert made(embed, manifest=replace(MANIFEST, targets=(bare,))) == []
    assert made(embed) == [("iframe", "http://one.test/a%20b?x=1")]
