"""The page of a reveal-md deck: what reveal-md serves, without reveal-md.

Custom templates are Mustache, as reveal-md's are, with the same variables. All configuration in
the page is escaped for its place in it.
"""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Mapping
from html import escape
from typing import Final
from urllib.parse import quote

from deckarchive import vendor
from deckarchive.deck.config_text import front_matter, read_json5
from deckarchive.deck.options import (
    OPTION_FILES,
    REVEAL_FILES,
    is_absolute,
    merge,
    page_separators,
)
from deckarchive.deck.templateworker import render, render_apart
from deckarchive.errors import DeckError
from deckarchive.markup import encode_attribute
from deckarchive.model import REVEAL_MD_DEFAULTS, AuthorOptions, Deck, JsonValue, Source

_BASE: Final = "deckarchive-base:"
_PLACES: Final = (
    ("dist/", "reveal.js/dist/"),
    ("plugin/", "reveal.js/plugin/"),
    ("mermaid/", "mermaid/"),
    ("css/highlight/", "highlight.js/styles/"),
)
_MATH = re.compile(r"\$[^$\s](?:[^$\n]*[^$\s])?\$|\$\$|\\\(|\\\[|\\begin\{")
_MERMAID = re.compile(
    r"^[ \t>*+-]*(?:```|~~~)\s*mermaid\b|class=[\"']?[^\"'>]{0,200}\bmermaid\b", re.M
)

TEMPLATE: Final = """<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1.0" />
    <title>{{{title}}}</title>
    <link rel="stylesheet" href="{{{base}}}/dist/reset.css" />
    <link rel="stylesheet" href="{{{base}}}/dist/reveal.css" />
    <link rel="stylesheet" href="{{{themeUrl}}}" id="theme" />
    {{#highlightThemeUrl}}
    <link rel="stylesheet" href="{{{base}}}{{{highlightThemeUrl}}}" />
    {{/highlightThemeUrl}}
    {{#cssPaths}}
    <link rel="stylesheet" href="{{{.}}}" />
    {{/cssPaths}}
  </head>
  <body>
    <div class="reveal">
      <div class="slides">
        <section data-markdown {{{slidifyAttributes}}}>
          <textarea data-template>
            {{{markdown}}}
          </textarea>
        </section>
      </div>
    </div>
    <script src="{{{base}}}/dist/reveal.js"></script>
    {{#mermaidOptionsStr}}
    <script src="{{{base}}}/mermaid/dist/mermaid.min.js"></script>
    {{/mermaidOptionsStr}}
    {{#plugins}}
    <script src="{{{base}}}/plugin/{{{.}}}/{{{.}}}.js"></script>
    {{/plugins}}
    <script>
      var options = Object.assign(
        {
          controls: true, progress: true, history: true, center: true,
          transition: "default", slideNumber: true,
          highlight: { highlightOnLoad: false },
          plugins: [{{{pluginNames}}}]
        },
        {{{revealOptionsStr}}},
        Reveal().getQueryHash() || {}
      );
    </script>
    {{#scriptPaths}}
    <script src="{{{.}}}"></script>
    {{/scriptPaths}}
    <script>
      Reveal.initialize(options);
      Reveal.on("ready", function () {
        var highlight = Reveal.getPlugin("highlight");
        Reveal.getRevealElement()
          .querySelectorAll("pre code:not(.mermaid)")
          .forEach(function (block) { highlight.highlightBlock(block); });
      });
    </script>
    {{#mermaidOptionsStr}}
    <script>
      mermaid.initialize(Object.assign({ startOnLoad: false }, {{{mermaidOptionsStr}}}));
      var drawDiagrams = function () {
        var nodes = Reveal.getCurrentSlide().querySelectorAll("pre code.mermaid");
        mermaid.run({ nodes: nodes, suppressErrors: true });
      };
      Reveal.on("ready", drawDiagrams);
      Reveal.on("slidetransitionend", drawDiagrams);
    </script>
    {{/mermaidOptionsStr}}
  </body>
</html>
"""


def render_page(deck: Deck, sources: Mapping[str, str], assets: str = "assets/") -> str:
    """The page that shows a reveal-md deck, for the deck file's folder.

    ``sources`` maps a source's path to its text, where that is to differ from ``deck``'s (the
    rewritten Markdown, reveal-md.json, template). ``assets`` is the relative URL of a folder
    with ``reveal.js/``, ``highlight.js/`` and ``mermaid/`` as npm lays them out.
    Raises :class:`DeckError` when the deck is not a reveal-md deck, or its template is broken.
    """
    if deck.format != "reveal-md":
        raise DeckError(f"{deck.path} is a page already", hint="it needs no rendering")
    texts = {s.path: s.text for s in deck.sources} | dict(sources)
    source = Source(path=deck.path, text=texts[deck.path])
    front = front_matter(source)
    author = merge(
        deck.options.overrides,
        front.data,
        _config(texts, OPTION_FILES),
        _config(texts, REVEAL_FILES),
    )
    assets = assets.rstrip("/")
    own = texts.get(deck.options.template_path)
    context = _context(deck, author, source.text[front.end :])
    try:
        page = render(TEMPLATE, context) if own is None else render_apart(own, context)
    except ValueError as error:
        raise DeckError(f"the template {author.text('template')} is broken: {error}") from error
    return _placed(page, assets)


def _config(texts: Mapping[str, str], names: tuple[str, ...]) -> dict[str, JsonValue]:
    for path, text in texts.items():
        if posixpath.basename(path) in names:
            return read_json5(Source(path=path, text=text))
    return {}


def _context(deck: Deck, author: AuthorOptions, markdown: str) -> dict[str, JsonValue]:
    """The template's variables: reveal-md's, and the plugins that this deck needs."""
    plugins = ["markdown", "highlight", "zoom", "notes"]
    if _MATH.search(markdown) or any(k in author.reveal for k in ("math", "katex", "mathjax2")):
        plugins.append("math")
    mermaid = author.mermaid
    draws = mermaid is not None and _MERMAID.search(markdown) is not None
    folder = posixpath.dirname(deck.path)
    config = deck.options.config_folder
    separators = page_separators(author, of_plugin={})
    attributes = {
        "data-separator": separators.horizontal,
        "data-separator-vertical": separators.vertical,
        "data-separator-notes": separators.notes if author.text("notesSeparator") else "",
    }
    return {
        **REVEAL_MD_DEFAULTS,
        **author.reveal_md,
        "title": escape(author.text("title") or deck.title),
        "base": _BASE,
        "slidifyAttributes": " ".join(
            f'{name}="{encode_attribute(value, chr(34))}"'
            for name, value in attributes.items()
            if value
        ),
        "markdown": markdown,
        "themeUrl": _theme(author.text("theme"), config, folder),
        "highlightThemeUrl": _highlight(author.text("highlightTheme")),
        "cssPaths": [_asset(a, config, folder) for a in author.names("css")],
        "scriptPaths": [_asset(a, config, folder) for a in author.names("scripts")],
        "revealOptionsStr": script_json(dict(author.reveal)),
        "mermaidOptionsStr": script_json(dict(mermaid or {})) if draws else "",
        "plugins": plugins,
        "pluginNames": ", ".join(f"Reveal{name.capitalize()}" for name in plugins),
        "watch": False,
        "absoluteUrl": "",
    }


def script_json(value: JsonValue) -> str:
    """JSON that is safe inside a script element: it cannot end it or open a comment."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    for char in "<>\u2028\u2029":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return text


def _asset(asset: str, config: str, folder: str) -> str:
    """The URL of a style sheet or script, as seen from the page."""
    asset = asset.strip()
    if is_absolute(asset):
        return encode_attribute(asset, '"')
    path, mark, rest = asset.partition("?")
    full = posixpath.normpath(posixpath.join("/", config, path.lstrip("/")))
    relative = posixpath.relpath(full, posixpath.join("/", folder))
    return encode_attribute(quote(relative, safe="/%:@!$&'()*+,;=~") + mark + rest, '"')


def _theme(theme: str, config: str, folder: str) -> str:
    built_in = re.fullmatch(r"[\w-]{1,64}", theme)
    if built_in and (vendor.folder("reveal.js") / "dist" / "theme" / f"{theme}.css").is_file():
        return f"{_BASE}/dist/theme/{theme}.css"
    return _asset(theme, config, folder)


def _highlight(theme: str) -> str:
    """A highlight.js style; the older short names (``zenburn``) still find theirs."""
    styles = vendor.folder("highlight.js") / "styles"
    for name in (theme, f"base16/{theme}", theme.rpartition("/")[2]):
        if (
            re.fullmatch(r"[\w-]{1,64}(?:/[\w-]{1,64})?", name)
            and (styles / f"{name}.css").is_file()
        ):
            return f"/css/highlight/{name}.css"
    return ""


def _placed(page: str, assets: str) -> str:
    """Point reveal-md's server paths at the folders in ``assets``; its own icon is left out."""
    page = page.replace(f"{_BASE}/favicon.ico", "data:,")
    for served, place in _PLACES:
        page = page.replace(f"{_BASE}/{served}", f"{assets}/{place}")
        page = re.sub(rf"""((?:src|href)=["'])/{served}""", rf"\g<1>{assets}/{place}", page)
    return page.replace(f"{_BASE}/", "").replace(_BASE, "")
