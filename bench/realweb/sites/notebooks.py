# ruff: noqa: E501 (pages and probes stand in it as they are)
"""Notebooks and plots, as their own tools export them."""

from __future__ import annotations

import json
from pathlib import Path

from bench.realweb.kit import Kit, write
from bench.realweb.web import Site

_PLOT_TOOLS = ("plotly==6.3.1", "bokeh==3.8.0", "altair==5.5.0", "folium==0.20.0", "pandas==2.3.3")


def _local(text: str) -> str:
    """Pages of Python's plot tools name real CDNs; here those are hosts of this web."""
    for name in (
        "https://cdn.jsdelivr.net/",
        "https://cdn.plot.ly/",
        "https://cdn.bokeh.org/",
        "https://cdnjs.cloudflare.com/",
        "https://code.jquery.com/",
        "https://netdna.bootstrapcdn.com/",
    ):
        text = text.replace(name, "https://" + name.split("/")[2].replace(".", "-") + ".test/")
    return text


def _plotly(kit: Kit, out: Path) -> None:
    """A figure with its library beside it (``include_plotlyjs="directory"``)."""
    host = out / "plotly.test"
    write(
        host,
        {
            "make.py": """
import plotly.graph_objects as go
figure = go.Figure([go.Surface(z=[[x * y % 7 for x in range(20)] for y in range(20)])])
figure.write_html("surface.html", include_plotlyjs="directory")
figure = go.Figure([go.Scatter(x=list(range(50)), y=[n * n % 17 for n in range(50)], name="a"),
                    go.Scatter(x=list(range(50)), y=[n * 3 % 11 for n in range(50)], name="b")])
figure.update_layout(title="$\\\\alpha^2$ and residues")
figure.write_html("index.html", include_plotlyjs="directory", div_id="plot")
"""
        },
    )
    kit.python(_PLOT_TOOLS, ["make.py"], host)


def _bokeh(kit: Kit, out: Path) -> None:
    """A figure with widgets in two tabs, its resources from a CDN."""
    host = out / "bokeh.test"
    write(
        host,
        {
            "make.py": """
from bokeh.plotting import figure, output_file, save
from bokeh.layouts import column
from bokeh.models import Slider, CustomJS, ColumnDataSource
source = ColumnDataSource(dict(x=list(range(60)), y=[n * n % 13 for n in range(60)]))
plot = figure(width=700, height=400, title="residues")
plot.line("x", "y", source=source)
slider = Slider(start=1, end=20, value=13, title="modulus", name="modulus")
slider.js_on_change("value", CustomJS(args=dict(source=source), code='''
  const y = source.data.x.map(n => n * n % cb_obj.value);
  source.data = {x: source.data.x, y}; document.title = 'modulus ' + cb_obj.value;'''))
output_file("index.html", mode="cdn")
save(column(slider, plot))
"""
        },
    )
    kit.python(_PLOT_TOOLS, ["make.py"], host)
    page = host / "index.html"
    page.write_text(_local(page.read_text("utf-8")), "utf-8")
    packages = kit.pip(*_PLOT_TOOLS)
    cdn = out / "cdn-bokeh-org.test" / "bokeh" / "release"
    cdn.mkdir(parents=True)
    for script in (packages / "bokeh" / "server" / "static" / "js").glob("*.min.js"):
        (cdn / script.name.replace(".min.js", "-3.8.0.min.js")).write_bytes(script.read_bytes())


def _altair(kit: Kit, out: Path) -> None:
    """A Vega-Lite chart with a brush, embedded by vega-embed from a CDN; its data from a CSV."""
    host = out / "altair.test"
    rows = "\n".join(f"{n},{n * n % 17},{'abc'[n % 3]}" for n in range(90))
    write(
        host,
        {
            "data.csv": f"x,y,kind\n{rows}\n",
            "make.py": """
import altair as alt
brush = alt.selection_interval()
points = alt.Chart("data.csv").mark_point().encode(
    x="x:Q", y="y:Q", color=alt.condition(brush, "kind:N", alt.value("lightgray"))
).add_params(brush)
bars = alt.Chart("data.csv").mark_bar().encode(x="count()", y="kind:N").transform_filter(brush)
(points & bars).save("index.html", embed_options={"renderer": "svg"})
""",
        },
    )
    kit.python(_PLOT_TOOLS, ["make.py"], host)
    page = host / "index.html"
    page.write_text(_local(page.read_text("utf-8")), "utf-8")
    cdn = out / "cdn-jsdelivr-net.test" / "npm"
    for name, version in (("vega", "5"), ("vega-lite", "5.20.1"), ("vega-embed", "6")):
        full = {"vega": "5.33.0", "vega-lite": "5.20.1", "vega-embed": "6.29.0"}[name]
        build = kit.npm(name, full) / "build" / f"{name}.min.js"
        write(cdn, {f"{name}@{version}": build.read_bytes()})


def _folium(kit: Kit, out: Path) -> None:
    """A Leaflet map as folium writes it: markers, pop-ups, tiles of three subdomains."""
    host = out / "folium.test"
    write(
        host,
        {
            "make.py": """
import folium
m = folium.Map([52.52, 13.40], zoom_start=12, tiles="https://tiles.test/{z}/{x}/{y}.png",
               attr="tiles of the local web")
folium.Marker([52.52, 13.40], popup="The middle", tooltip="click").add_to(m)
folium.GeoJson({"type": "Feature", "properties": {}, "geometry": {"type": "LineString",
    "coordinates": [[13.35, 52.50], [13.45, 52.54]]}}).add_to(m)
folium.LayerControl().add_to(m)
m.save("index.html")
"""
        },
    )
    kit.python(_PLOT_TOOLS, ["make.py"], host)
    page = host / "index.html"
    page.write_text(_local(page.read_text("utf-8")), "utf-8")
    leaflet = kit.npm("leaflet", "1.9.3") / "dist"
    jquery = kit.npm("jquery", "3.7.1") / "dist" / "jquery.min.js"
    bootstrap = kit.npm("bootstrap", "5.2.2") / "dist"
    awesome = kit.npm("leaflet.awesome-markers", "2.0.5") / "dist"
    jsdelivr = out / "cdn-jsdelivr-net.test" / "npm"
    jsdelivr.mkdir(parents=True)
    (jsdelivr / "leaflet@1.9.3").mkdir()
    (jsdelivr / "leaflet@1.9.3" / "dist").symlink_to(leaflet)
    (jsdelivr / "bootstrap@5.2.2").mkdir()
    (jsdelivr / "bootstrap@5.2.2" / "dist").symlink_to(bootstrap)
    write(out / "code-jquery-com.test", {"jquery-3.7.1.min.js": jquery.read_bytes()})
    libs = out / "cdnjs-cloudflare-com.test" / "ajax" / "libs" / "Leaflet.awesome-markers"
    libs.mkdir(parents=True)
    (libs / "2.0.2").symlink_to(awesome)


def _nbconvert(kit: Kit, out: Path) -> None:
    """A notebook by nbconvert: MathJax and RequireJS from a CDN, a table, an image, a widget."""
    host = out / "nbviewer.test"
    cells = [
        {
            "cell_type": "markdown",
            "metadata": {},
            "source": "# Descent\n\n$$x_{n+1} = x_n - f'(x_n)$$",
        },
        {
            "cell_type": "code",
            "metadata": {},
            "execution_count": 1,
            "source": "plot()",
            "outputs": [
                {
                    "output_type": "display_data",
                    "metadata": {},
                    "data": {
                        "text/html": "<div id=out>…</div><script>require.config({paths: {d3: "
                        "'https://cdn.test/npm/d3@7.9.0/dist/d3.min'}}); require(['d3'], function "
                        "(d3) { d3.select('#out').text('d3 ' + d3.version).on('click', function () "
                        "{ d3.select(this).text('clicked') }) })</script>"
                    },
                }
            ],
        },
    ]
    book = {
        "cells": cells,
        "metadata": {
            "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}
        },
        "nbformat": 4,
        "nbformat_minor": 4,
    }
    write(host, {"descent.ipynb": json.dumps(book)})
    kit.python(("nbconvert==7.16.6",), ["-m", "nbconvert", "--to", "html", "descent.ipynb"], host)
    page = host / "descent.html"
    text = _local(page.read_text("utf-8")).replace("/latest.js?", "/MathJax.js?")
    page.write_text(text, "utf-8")
    (host / "descent.ipynb").unlink()
    libs = out / "cdnjs-cloudflare-com.test" / "ajax" / "libs"
    require = kit.npm("requirejs", "2.1.10") / "require.js"
    write(libs, {"require.js/2.1.10/require.min.js": require.read_bytes()})
    maths = kit.npm("mathjax", "2.7.9")
    (libs / "mathjax" / "2.7.7").mkdir(parents=True)
    for part in maths.iterdir():
        (libs / "mathjax" / "2.7.7" / part.name).symlink_to(part)


SITES = (
    Site(
        name="plotly",
        url="https://plotly.test/",
        build=_plotly,
        ready="document.querySelectorAll('.scatterlayer .trace').length === 2",
        act="Plotly.relayout('plot', {'xaxis.range': [0, 5]}); document.querySelector('.legendtoggle').dispatchEvent(new MouseEvent('mousedown'))",
        check="document.querySelector('#plot').layout.xaxis.range[1] === 5",
    ),
    Site(
        name="plotly-webgl",
        url="https://plotly.test/surface.html",
        build=_plotly,
        ready="document.querySelector('.gl-container canvas')",
        act="Plotly.relayout(document.querySelector('.js-plotly-plot'), {'scene.camera.eye.x': 2})",
        check="document.querySelector('.js-plotly-plot').layout.scene.camera.eye.x === 2",
    ),
    Site(
        name="bokeh",
        url="https://bokeh.test/",
        build=_bokeh,
        ready="window.Bokeh && Bokeh.documents.length === 1 && document.querySelector('.bk-Column')",
        act="Bokeh.documents[0].get_model_by_name('modulus').value = 5",
        check="document.title === 'modulus 5'",
    ),
    Site(
        name="altair",
        url="https://altair.test/",
        build=_altair,
        ready="document.querySelectorAll('#vis .mark-symbol path').length > 50",
        act="const s = document.querySelector('#vis svg'), r = s.getBoundingClientRect(); const e = (t, x, y) => s.querySelector('.background').dispatchEvent(new MouseEvent(t, {bubbles: true, clientX: r.left + x, clientY: r.top + y, view: window})); e('mousedown', 60, 60); window.dispatchEvent(new MouseEvent('mousemove', {clientX: r.left + 140, clientY: r.top + 140})); window.dispatchEvent(new MouseEvent('mouseup', {clientX: r.left + 140, clientY: r.top + 140}))",
        check="true",
    ),
    Site(
        name="folium",
        url="https://folium.test/",
        build=_folium,
        ready="document.querySelectorAll('img.leaflet-tile-loaded').length >= 12 && [...document.querySelectorAll('img.leaflet-tile')].every(i => i.naturalWidth)",
        act="document.querySelector('.leaflet-marker-icon').click()",
        check="document.querySelector('.leaflet-popup-content').textContent.includes('The middle')",
    ),
    Site(
        name="nbconvert",
        url="https://nbviewer.test/descent",
        build=_nbconvert,
        ready="document.querySelector('#out').textContent === 'd3 7.9.0' && document.querySelector('.mjx-chtml')",
        act="document.querySelector('#out').dispatchEvent(new MouseEvent('click', {bubbles: true}))",
        check="document.querySelector('#out').textContent === 'clicked'",
    ),
)
