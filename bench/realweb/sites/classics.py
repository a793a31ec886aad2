# ruff: noqa: E501 (pages and probes stand in it as they are)
"""Pages of the jQuery years: module loaders, template views, routes behind a number sign."""

from __future__ import annotations

import shutil
from pathlib import Path

from bench.realweb.kit import Kit, write
from bench.realweb.web import CDN as CDN_HOST
from bench.realweb.web import Site
from examples.web.hosts import gradient

CDN = f"https://{CDN_HOST}/npm"


def _angularjs(kit: Kit, out: Path) -> None:
    """AngularJS: views whose templates are fetched when a route wants them, data by $http."""
    del kit
    page = f"""<!doctype html><html ng-app="stars"><head><meta charset="utf-8"><base href="/app/"><title>Stars</title>
<script src="{CDN}/angular@1.8.3/angular.min.js"></script><script src="{CDN}/angular-route@1.8.3/angular-route.min.js"></script><script src="app.js"></script></head>
<body><nav ng-include="'parts/nav.html'"></nav><div ng-view></div></body></html>"""
    app = """angular.module('stars', ['ngRoute']).config(function ($routeProvider, $locationProvider) {
 $locationProvider.html5Mode(true);
 $routeProvider.when('/', { templateUrl: 'parts/list.html', controller: function ($scope, $http) { $http.get('/api/stars.json', { params: { sort: 'name' } }).then(function (r) { $scope.stars = r.data; }); } })
  .when('/star/:id', { templateUrl: 'parts/star.html', controller: function ($scope, $routeParams) { $scope.id = $routeParams.id; } }).otherwise({ template: '<h1>no such route</h1>' });
}).run(function ($templateRequest) { $templateRequest('parts/star.html'); });"""
    write(
        out / "angularjs.test",
        {
            "app/index.html": page,
            "app/app.js": app,
            "app/parts/nav.html": '<a href="">home</a> <a id="go" href="star/7">a star</a>',
            "app/parts/list.html": '<h1>{{ stars.length }} stars</h1><p ng-repeat="s in stars"><img ng-src="img/{{ s.id }}.png"> {{ s.name }}</p>',
            "app/parts/star.html": "<h1>star {{ id }}</h1>",
            "app/img/1.png": gradient(60, 30, 40),
            "app/img/2.png": gradient(60, 30, 140),
            "api/stars.json": '[{"id": 1, "name": "Altair"}, {"id": 2, "name": "Vega"}]',
        },
    )


def _backbone(kit: Kit, out: Path) -> None:
    """RequireJS with its text plugin, Backbone routes behind ``#``, a versioned ``urlArgs``."""
    libraries = {
        "jquery": kit.npm("jquery", "2.2.4") / "dist" / "jquery.min.js",
        "underscore": kit.npm("underscore", "1.8.3") / "underscore-min.js",
        "backbone": kit.npm("backbone", "1.3.3") / "backbone-min.js",
        "text": kit.npm("requirejs-text", "2.0.16") / "text.js",
        "require": kit.npm("requirejs", "2.3.7") / "require.js",
    }
    main = """require.config({ baseUrl: '/js', urlArgs: 'bust=' + Date.now(), paths: { jquery: 'lib/jquery', underscore: 'lib/underscore', backbone: 'lib/backbone', text: 'lib/text' } });
require(['app'], function (app) { app.start(); });"""
    app = """define(['jquery', 'underscore', 'backbone', 'text!tpl/list.html', 'text!tpl/one.html'], function ($, _, Backbone, list, one) {
 var Books = Backbone.Collection.extend({ url: '/api/books' }); var books = new Books();
 var Router = Backbone.Router.extend({ routes: { '': 'list', 'book/:id': 'one' }, list: function () { $('#main').html(_.template(list)({ books: books.toJSON() })); }, one: function (id) { $('#main').html(_.template(one)({ id: id })); } });
 return { start: function () { books.fetch().then(function () { new Router(); Backbone.history.start(); }); } };
});"""
    files: dict[str, str | bytes] = {
        "index.html": '<!doctype html><title>Books</title><body><div id="main">…</div><script data-main="/js/main" src="/js/lib/require.js"></script></body>',
        "js/main.js": main,
        "js/app.js": app,
        "js/tpl/list.html": '<ul><% books.forEach(function (b) { %><li><a href="#book/<%= b.id %>"><%= b.name %></a></li><% }); %></ul>',
        "js/tpl/one.html": "<h1>book <%= id %></h1>",
        "api/books": '[{"id": 4, "name": "Waves"}, {"id": 5, "name": "Tides"}]',
    }
    files |= {f"js/lib/{name}.js": path.read_bytes() for name, path in libraries.items()}
    write(out / "backbone.test", files)


def _dojo(kit: Kit, out: Path) -> None:
    """Dojo's own loader: some hundred AMD modules, templates and words by XHR, a data store."""
    for name in ("dojo", "dijit"):
        kit.npm(name, "1.17.3")
    page = f"""<!doctype html><html><head><link rel="stylesheet" href="{CDN}/dijit@1.17.3/themes/claro/claro.css">
<script>dojoConfig = {{ async: true, parseOnLoad: true, packages: [{{ name: 'dijit', location: '../dijit@1.17.3' }}] }};</script><script src="{CDN}/dojo@1.17.3/dojo.js"></script></head>
<body class="claro"><div data-dojo-type="dijit/layout/TabContainer" style="width: 700px; height: 300px"><div data-dojo-type="dijit/layout/ContentPane" title="One" data-dojo-props="selected: true">first</div><div data-dojo-type="dijit/layout/ContentPane" title="Two" data-dojo-props="href: 'part.html'"></div></div>
<button id="b" data-dojo-type="dijit/form/Button">ask<script type="dojo/on" data-dojo-event="click">require(['dojo/request'], function (r) {{ r('data.json', {{ handleAs: 'json' }}).then(function (d) {{ document.title = d.word; }}); }});</script></button>
<script>require(['dojo/parser', 'dojo/request', 'dijit/registry', 'dijit/Calendar', 'dijit/layout/TabContainer', 'dijit/layout/ContentPane', 'dijit/form/Button', 'dojo/domReady!'], function (parser, request) {{ request('data.json').then(function () {{ document.title = 'ready'; }}); }});</script></body></html>"""
    write(
        out / "dojo.test",
        {"index.html": page, "part.html": "<b>second</b>", "data.json": '{"word": "tides"}'},
    )


def _yui(kit: Kit, out: Path) -> None:
    """YUI 3: its loader asks one address for many files at once (a combo service)."""
    kit.npm("yui", "3.18.1")
    page = """<!doctype html><html><head><script src="https://combo.test/combo?3.18.1/yui/yui-min.js"></script></head><body class="yui3-skin-sam"><div id="tabs"><ul><li><a href="#a">A</a></li><li><a href="#b">B</a></li></ul><div><div id="a">alpha</div><div id="b">beta</div></div></div><script>
YUI({ combine: true, comboBase: 'https://combo.test/combo?', root: '3.18.1/', base: 'https://combo.test/3.18.1/', fetchCSS: true }).use('tabview', 'calendar', function (Y) { new Y.TabView({ srcNode: '#tabs' }).render(); new Y.Calendar({ contentBox: Y.one('body').appendChild('<div id="cal"></div>'), width: '340px', date: new Date(2020, 4, 1) }).render(); document.title = 'ready'; });</script></body></html>"""
    write(out / "yui.test", {"index.html": page})
    (out / "combo.test").mkdir()
    (out / "combo.test" / "3.18.1").symlink_to(kit.npm("yui", "3.18.1"))


def _systemjs(kit: Kit, out: Path) -> None:
    """Vite's build for old browsers: SystemJS, ``nomodule`` bundles, a polyfill."""
    work = out / "work"
    kit.project(
        work,
        ("vite@7.1.9", "@vitejs/plugin-legacy@7.2.1", "terser@5.44.0"),
        {
            "index.html": '<!doctype html><html><body><h1 id="t">…</h1><button>more</button><script type="module" src="/main.js"></script></body></html>',
            "vite.config.js": "import legacy from '@vitejs/plugin-legacy'; export default { base: '/demo/', plugins: [legacy({ renderModernChunks: false })], build: { assetsInlineLimit: 0 } };",
            "main.js": "import './main.css'; import pic from './pic.png'; const img = new Image(); img.src = pic; document.body.append(img); document.querySelector('#t').textContent = 'ready'; document.querySelector('button').onclick = async () => { const { word } = await import('./late.js'); document.querySelector('#t').textContent = word; }; setTimeout(() => import('./late.js'), 100);",
            "late.js": "import './late.css'; export const word = 'late word';",
            "main.css": "body { background: #efe }",
            "late.css": "h1 { color: rgb(9, 8, 7) }",
            "pic.png": gradient(120, 60, 77),
        },
    )
    kit.run(["node_modules/.bin/vite", "build"], work)
    shutil.copytree(work / "dist", out / "legacy.test" / "demo")
    shutil.rmtree(work)


def _mobile(kit: Kit, out: Path) -> None:
    """jQuery Mobile, whose pages are fetched and slid in; the address and the base follow."""
    kit.npm("jquery-mobile", "1.4.1")
    page = f"""<!doctype html><html><head><meta name="viewport" content="width=device-width, initial-scale=1"><link rel="stylesheet" href="{CDN}/jquery-mobile@1.4.1/dist/jquery.mobile.min.css">
<script src="{CDN}/jquery@1.12.4/dist/jquery.min.js"></script><script src="{CDN}/jquery-mobile@1.4.1/dist/jquery.mobile.min.js"></script></head>
<body><div data-role="page" id="home"><div data-role="header"><h1>Home</h1></div><div data-role="content"><ul data-role="listview" data-inset="true"><li><a id="go" data-prefetch="true" data-transition="none" href="sub/second.html">Second</a></li><li><a href="#inner">Inner</a></li></ul><input type="range" data-type="range" min="0" max="9" value="4"></div></div>
<div data-role="page" id="inner"><div data-role="header"><h1>Inner</h1></div></div></body></html>"""
    second = '<!doctype html><html><body><div data-role="page" id="second"><div data-role="header"><h1>Second</h1></div><div data-role="content"><img src="/sub/pic.png"><a id="back" href="../index.html" data-role="button">back</a></div></div></body></html>'
    write(
        out / "mobile.test",
        {"index.html": page, "sub/second.html": second, "sub/pic.png": gradient(90, 90, 5)},
    )


def _imports(kit: Kit, out: Path) -> None:
    """HTML imports and custom elements of 2015, by the polyfill of that time."""
    kit.npm("webcomponents.js", "0.7.24")
    page = f"""<!doctype html><html><head><script src="{CDN}/webcomponents.js@0.7.24/webcomponents-lite.min.js"></script><link rel="import" href="elements/star-card.html"></head>
<body unresolved><star-card name="Vega"></star-card><script>window.addEventListener('WebComponentsReady', function () {{ document.title = 'ready'; }});</script></body></html>"""
    card = """<link rel="import" href="../shared/base.html"><template id="t"><p>A star called <b></b> <img src="/elements/star.png"> <button>grow</button></p></template><script>
(function () { var owner = (document._currentScript || document.currentScript).ownerDocument; var proto = Object.create(HTMLElement.prototype);
 proto.createdCallback = function () { this.appendChild(document.importNode(owner.querySelector('#t').content, true)); this.querySelector('b').textContent = sharedName(this.getAttribute('name')); this.querySelector('button').onclick = function () { this.parentNode.style.fontSize = '40px'; }; };
 document.registerElement('star-card', { prototype: proto }); })();</script>"""
    write(
        out / "imports.test",
        {
            "index.html": page,
            "elements/star-card.html": card,
            "elements/star.png": gradient(50, 50, 111),
            "shared/base.html": "<script src='base.js'></script><style>star-card { color: rgb(12, 34, 56) }</style>",
            "shared/base.js": "window.sharedName = function (name) { return name.toUpperCase(); };",
        },
    )


def _carousel(kit: Kit, out: Path) -> None:
    """Bootstrap 3 with carousel, modal and tabs by data attributes; Knockout and a web font."""
    kit.npm("bootstrap", "3.3.7")
    page = f"""<!doctype html><html lang="en"><head><meta charset="utf-8"><link rel="stylesheet" href="{CDN}/bootstrap@3.3.7/dist/css/bootstrap.min.css"><!--[if lt IE 9]><script src="//oldbrowsers.test/html5shiv.js"></script><![endif]--></head><body class="container">
<div id="slides" class="carousel slide" data-interval="false"><div class="carousel-inner"><div class="item active"><img src="1.png" width="900" height="300"></div><div class="item"><img data-bind="attr: {{ src: second }}" width="900" height="300"><div class="carousel-caption" data-bind="text: words"></div></div></div><a class="left carousel-control" href="#slides" data-slide="prev"><span class="glyphicon glyphicon-chevron-left"></span></a><a class="right carousel-control" href="#slides" data-slide="next"><span class="glyphicon glyphicon-chevron-right"></span></a></div>
<button class="btn btn-primary" data-toggle="modal" data-target="#box" data-remote="remote.html">open</button><div class="modal" id="box"><div class="modal-dialog"><div class="modal-content">…</div></div></div>
<script src="//cdn.test/npm/jquery@2.2.4/dist/jquery.min.js"></script><script>window.jQuery || document.write('<script src="js/jquery.js"><\\/script>')</script><script src="{CDN}/bootstrap@3.3.7/dist/js/bootstrap.min.js"></script><script src="{CDN}/knockout@3.5.1/build/output/knockout-latest.js"></script>
<script>ko.applyBindings({{ second: ko.observable('/2.png'), words: ko.pureComputed(function () {{ return 'second slide'; }}) }}); $.get('remote.html', function (t) {{ document.title = t.length; }});</script></body></html>"""
    write(
        out / "bootstrap.test",
        {
            "index.html": page,
            "1.png": gradient(900, 300, 20),
            "2.png": gradient(900, 300, 160),
            "remote.html": "<div class='modal-body'>remote words</div>",
        },
    )


SITES = (
    Site(
        name="angularjs",
        url="https://angularjs.test/app/",
        build=_angularjs,
        ready="document.querySelectorAll('p.ng-scope').length === 2 && [...document.images].every(i => i.naturalWidth === 60) && document.querySelector('#go')",
        act="document.querySelector('#go').click()",
        check="document.querySelector('h1').textContent === 'star 7'",
    ),
    Site(
        name="backbone",
        url="https://backbone.test/",
        build=_backbone,
        ready="document.querySelectorAll('#main li').length === 2",
        act="document.querySelector('#main a').click()",
        check="document.querySelector('h1').textContent === 'book 4' && location.hash === '#book/4'",
    ),
    Site(
        name="dojo",
        url="https://dojo.test/",
        build=_dojo,
        ready="document.title === 'ready' && document.querySelector('.dijitTab')",
        act="document.querySelectorAll('.dijitTab')[1].click(); document.querySelector('#b').click()",
        check="document.title === 'tides' && getComputedStyle(document.querySelector('.dijitTabContainer')).height === '300px'",
    ),
    Site(
        name="yui",
        url="https://yui.test/",
        build=_yui,
        ready="document.title === 'ready' && document.querySelectorAll('.yui3-calendar-day').length > 27",
        act="document.querySelector('#tabs a[href=\"#b\"]').click()",
        check="getComputedStyle(document.querySelector('#a')).display === 'none'",
    ),
    Site(
        name="systemjs",
        url="https://legacy.test/demo/",
        build=_systemjs,
        ready="document.querySelector('#t').textContent === 'ready' && document.images[0].naturalWidth === 120",
        act="document.querySelector('button').click()",
        check="document.querySelector('#t').textContent === 'late word' && getComputedStyle(document.querySelector('h1')).color === 'rgb(9, 8, 7)'",
    ),
    Site(
        name="jquery-mobile",
        url="https://mobile.test/",
        build=_mobile,
        ready="document.querySelector('.ui-page-active .ui-listview') && document.querySelector('.ui-slider')",
        act="document.querySelector('#go').click()",
        check="document.querySelector('#second.ui-page-active img').naturalWidth === 90",
    ),
    Site(
        name="html-imports",
        url="https://imports.test/",
        build=_imports,
        ready="document.title === 'ready' && document.querySelector('star-card b').textContent === 'VEGA' && document.querySelector('star-card img').naturalWidth === 50",
        act="document.querySelector('star-card button').click()",
        check="document.querySelector('star-card p').style.fontSize === '40px' && getComputedStyle(document.querySelector('star-card')).color === 'rgb(12, 34, 56)'",
    ),
    Site(
        name="bootstrap",
        url="https://bootstrap.test/",
        build=_carousel,
        ready="document.title === '43' && document.images[1].naturalWidth === 900",
        act="document.querySelector('.right').click(); document.querySelector('.btn').click()",
        check="document.querySelectorAll('.item')[1].classList.contains('active') && document.querySelector('.modal').textContent.includes('remote words')",
    ),
)
