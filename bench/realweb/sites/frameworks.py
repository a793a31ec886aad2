# ruff: noqa: E501 (pages and probes stand in it as they are)
"""Angular: an application below a base, whose router and HTTP client are its framework's own."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

from bench.realweb.kit import Kit, write
from bench.realweb.web import Site
from examples.web.hosts import gradient


def _whole_project(kit: Kit, work: Path, packages: Sequence[str], files: dict[str, str]) -> None:
    """A project whose packages are copied: some tools refuse links that lead out of it."""
    write(work, {"package.json": '{"private": true, "type": "module"}'} | files)
    shutil.copytree(kit.node(*packages) / "node_modules", work / "node_modules", symlinks=True)


def _angular(kit: Kit, out: Path) -> None:
    """Angular: zone.js, a base below the host, lazy routes, HttpClient, data by a relative URL."""
    version = "20.3.6"
    packages = (
        f"@angular/cli@{version}",
        f"@angular/build@{version}",
        f"@angular/compiler-cli@{version}",
        f"@angular/compiler@{version}",
        f"@angular/core@{version}",
        f"@angular/common@{version}",
        f"@angular/platform-browser@{version}",
        f"@angular/router@{version}",
        "rxjs@7.8.2",
        "zone.js@0.15.1",
        "tslib@2.8.1",
        "typescript@5.9.3",
    )
    options = '"outputPath": "dist", "index": "src/index.html", "browser": "src/main.ts", "polyfills": ["zone.js"], "tsConfig": "tsconfig.json", "assets": [{"glob": "**/*", "input": "public"}], "styles": [], "baseHref": "/stars/"'
    main = """import { Component, inject, signal } from '@angular/core';
import { bootstrapApplication } from '@angular/platform-browser';
import { provideRouter, RouterLink, RouterOutlet } from '@angular/router';
import { HttpClient, provideHttpClient } from '@angular/common/http';
@Component({ selector: 'app-home', template: '<p id="data">{{ name() }}</p><button (click)="more()">{{ n() }} clicks</button><img src="logo.png">' })
class Home { http = inject(HttpClient); name = signal(''); n = signal(0); more() { this.n.update((v) => v + 1); } constructor() { this.http.get<{ name: string }>('data/star.json').subscribe((d) => this.name.set(d.name)); } }
@Component({ selector: 'app-root', imports: [RouterOutlet, RouterLink], template: '<a id="go" routerLink="/star/7">star</a><router-outlet />' })
class App {}
bootstrapApplication(App, { providers: [provideHttpClient(), provideRouter([{ path: '', component: Home }, { path: 'star/:id', loadComponent: () => import('./star').then((m) => m.Star) }, { path: '**', redirectTo: '' }])] }).then(() => import('./star'));
"""
    star = "import { Component, inject } from '@angular/core'; import { ActivatedRoute } from '@angular/router'; @Component({ selector: 'app-star', template: '<h1>star {{ id }}</h1>', styles: 'h1 { color: rgb(1, 2, 3) }' }) export class Star { id = inject(ActivatedRoute).snapshot.params['id']; }"
    work = out / "work"
    _whole_project(
        kit,
        work,
        packages,
        {
            "angular.json": f'{{"version": 1, "cli": {{"analytics": false}}, "projects": {{"app": {{"projectType": "application", "root": "", "sourceRoot": "src", "architect": {{"build": {{"builder": "@angular/build:application", "options": {{{options}}}}}}}}}}}}}',
            "tsconfig.json": '{"compilerOptions": {"target": "ES2022", "module": "preserve", "moduleResolution": "bundler", "experimentalDecorators": true, "importHelpers": true, "strict": true, "skipLibCheck": true}, "files": ["src/main.ts"]}',
            "src/index.html": '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Stars</title><base href="/"></head><body><app-root></app-root></body></html>',
            "src/main.ts": main,
            "src/star.ts": star,
            "public/data/star.json": '{"name": "Vega"}',
        },
    )
    (work / "public" / "logo.png").write_bytes(gradient(80, 40, 60))
    kit.run(["node_modules/.bin/ng", "build"], work)
    shutil.copytree(work / "dist" / "browser", out / "angular.test" / "stars")
    shutil.rmtree(work)


SITES = (
    Site(
        name="angular",
        url="https://angular.test/stars/",
        build=_angular,
        ready="document.querySelector('#data') && document.querySelector('#data').textContent === 'Vega' && document.images[0].naturalWidth === 80",
        act="document.querySelector('#go').click()",
        check="document.querySelector('h1').textContent === 'star 7' && getComputedStyle(document.querySelector('h1')).color === 'rgb(1, 2, 3)'",
    ),
)
