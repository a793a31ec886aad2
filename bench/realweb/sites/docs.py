# ruff: noqa: E501 (pages and probes stand in it as they are)
"""Documentation sites by the generators that most of them come from."""

from __future__ import annotations

import shutil
from pathlib import Path

from bench.realweb.kit import Kit, write
from bench.realweb.sites.api import description
from bench.realweb.web import Site

_TEXT = "# {0}\n\nWords about **{0}**, and `code`.\n\n## Why\n\nBecause of gradients.\n\n## How\n\nStep by step.\n"


def _mkdocs(kit: Kit, out: Path) -> None:
    """Material for MkDocs: search in a worker, instant navigation, tabs, a palette switch."""
    config = """
site_name: Gradients
site_url: https://mkdocs.test/docs/
theme:
  name: material
  features: [navigation.instant, navigation.tabs, content.code.copy, search.suggest]
  palette:
    - scheme: default
      toggle: {icon: material/weather-night, name: dark}
    - scheme: slate
      toggle: {icon: material/weather-sunny, name: light}
markdown_extensions: [admonition, pymdownx.superfences, {pymdownx.tabbed: {alternate_style: true}}]
"""
    tabs = '\n=== "One"\n\n    first\n\n=== "Two"\n\n    second\n'
    work = out / "work"
    write(
        work,
        {
            "mkdocs.yml": config,
            "docs/index.md": _TEXT.format("Descent") + tabs,
            "docs/momentum.md": _TEXT.format("Momentum"),
        },
    )
    tools = ("mkdocs==1.6.1", "mkdocs-material==9.6.21")
    kit.python(tools, ["-m", "mkdocs", "build", "-q", "-d", out / "mkdocs.test" / "docs"], work)
    shutil.rmtree(work)


def _sphinx(theme: str) -> str:
    return f"""
project = "Gradients"
extensions = ["sphinx.ext.mathjax", "sphinx.ext.autosectionlabel"]
html_theme = "{theme}"
mathjax_path = "https://cdn.test/npm/mathjax@3.2.2/es5/tex-mml-chtml.js"
"""


_RST = """
{0}
==========

Words about :math:`x^2`.

.. toctree::

   momentum

Why
---

.. code-block:: python

   print("descent")
"""


def _furo(kit: Kit, out: Path) -> None:
    """Sphinx with furo: the theme switch, and the search page."""
    work = out / "work"
    write(
        work,
        {
            "conf.py": _sphinx("furo"),
            "index.rst": _RST.format("Descent"),
            "momentum.rst": "Momentum\n========\n\nWords.\n",
        },
    )
    tools = ("sphinx==8.1.3", "furo==2025.9.25", "sphinx-rtd-theme==3.0.2")
    kit.python(tools, ["-m", "sphinx", "-q", ".", out / "furo.test" / "en" / "latest"], work)
    shutil.rmtree(work)


def _rtd(kit: Kit, out: Path) -> None:
    """Sphinx with the theme of Read the Docs, which brings jQuery."""
    work = out / "work"
    write(
        work,
        {
            "conf.py": _sphinx("sphinx_rtd_theme"),
            "index.rst": _RST.format("Descent"),
            "momentum.rst": "Momentum\n========\n\nWords.\n",
        },
    )
    tools = ("sphinx==8.1.3", "furo==2025.9.25", "sphinx-rtd-theme==3.0.2")
    kit.python(tools, ["-m", "sphinx", "-q", ".", out / "rtd.test" / "en" / "latest"], work)
    shutil.rmtree(work)


def _pdoc(kit: Kit, out: Path) -> None:
    """pdoc: its search index is a script that a worker-less search loads on demand."""
    write(
        out / "work",
        {
            "gradients.py": '"""Gradients."""\ndef step(x: float) -> float:\n    """One *step*."""\n    return x\n'
        },
    )
    kit.python(
        ("pdoc==15.0.4",), ["-m", "pdoc", "./gradients.py", "-o", out / "pdoc.test"], out / "work"
    )
    shutil.rmtree(out / "work")


def _vitepress(kit: Kit, out: Path) -> None:
    """VitePress: a hydrated Vue page, local search, navigation by fetched page modules."""
    work = out / "work"
    config = "export default { title: 'Gradients', themeConfig: { search: { provider: 'local' }, nav: [{ text: 'Momentum', link: '/momentum' }], sidebar: [{ text: 'Momentum', link: '/momentum' }] }, cleanUrls: true }"
    index = (
        _TEXT.format("Descent")
        + "\n<script setup>\nimport { ref } from 'vue'\nconst n = ref(0)\n</script>\n\n<button id='n' @click='n++'>{{ n }} steps</button>\n"
    )
    kit.project(
        work,
        ("vitepress@1.6.4", "vue@3.5.22"),
        {
            ".vitepress/config.mjs": config,
            "index.md": index,
            "momentum.md": _TEXT.format("Momentum"),
        },
    )
    kit.run(["node_modules/.bin/vitepress", "build"], work)
    shutil.copytree(work / ".vitepress" / "dist", out / "vitepress.test")
    shutil.rmtree(work)


def _redoc(kit: Kit, out: Path) -> None:
    """Redoc from a CDN, its description on another host; highlighting in a worker of its own."""
    del kit
    page = '<!doctype html><html><head><title>Stars</title></head><body><redoc spec-url="https://redoc-api.test/openapi.json"></redoc><script src="https://cdn.test/npm/redoc@2.5.1/bundles/redoc.standalone.js"></script></body></html>'
    write(out / "redoc.test", {"index.html": page})
    write(out / "redoc-api.test", {"openapi.json": description()})


SITES = (
    Site(
        name="mkdocs",
        url="https://mkdocs.test/docs/",
        build=_mkdocs,
        ready="document.querySelector('h1').textContent.includes('Descent') && document.querySelector('[data-md-component=search-query]')",
        act="const q = document.querySelector('[data-md-component=search-query]'); q.focus(); q.value = 'gradients'; q.dispatchEvent(new Event('keyup', {bubbles: true})); q.dispatchEvent(new Event('input', {bubbles: true}))",
        check="document.querySelector('.md-search-result__item')",
    ),
    Site(
        name="mkdocs-tabs",
        url="https://mkdocs.test/docs/#__tabbed_1_2",
        build=_mkdocs,
        ready="document.querySelector('.tabbed-labels')",
        act="document.querySelectorAll('.tabbed-labels label')[1].click(); document.querySelector('[data-md-component=palette] label:not([hidden])').click()",
        check="document.querySelectorAll('.tabbed-block')[1].offsetHeight > 0 && document.body.getAttribute('data-md-color-scheme') === 'slate'",
    ),
    Site(
        name="furo",
        url="https://furo.test/en/latest/",
        build=_furo,
        ready="document.querySelector('mjx-container')",
        act="document.querySelector('.theme-toggle').click(); document.querySelector('.theme-toggle').click()",
        check="document.body.dataset.theme !== 'auto' || document.body.dataset.theme",
    ),
    Site(
        name="furo-search",
        url="https://furo.test/en/latest/search.html?q=words",
        build=_furo,
        ready="document.querySelector('#search-results li')",
        act="document.querySelector('.sidebar-search').value = 'momentum'",
        check="document.querySelectorAll('#search-results li').length >= 1",
    ),
    Site(
        name="rtd",
        url="https://rtd.test/en/latest/",
        build=_rtd,
        ready="window.jQuery && document.querySelector('.wy-menu-vertical') && document.querySelector('mjx-container')",
        act="document.querySelector('a.headerlink[href=\"#why\"]').click()",
        check="location.hash === '#why'",
    ),
    Site(
        name="pdoc",
        url="https://pdoc.test/gradients.html",
        build=_pdoc,
        ready="document.querySelector('#step')",
        act="document.querySelector('.view-source-toggle-state').click()",
        check="document.querySelector('.view-source-toggle-state').checked",
    ),
    Site(
        name="vitepress",
        url="https://vitepress.test/",
        build=_vitepress,
        ready="document.querySelector('#n') && document.querySelector('#app').__vue_app__",
        act="document.querySelector('#n').click()",
        check="document.querySelector('#n').textContent === '1 steps'",
    ),
    Site(
        name="vitepress-page",
        url="https://vitepress.test/momentum",
        build=_vitepress,
        ready="document.querySelector('h1').textContent.includes('Momentum') && document.querySelector('#app').__vue_app__",
        act="document.querySelector('.VPSwitchAppearance').click()",
        check="document.documentElement.classList.contains('dark')",
    ),
    Site(
        name="redoc",
        url="https://redoc.test/",
        build=_redoc,
        ready="[...document.querySelectorAll('h1')].some(h => h.textContent.includes('Stars'))",
        act="[...document.querySelectorAll('li label')].find(l => l.textContent.includes('All stars')).click()",
        check="location.hash.includes('stars')",
    ),
)
