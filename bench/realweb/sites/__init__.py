"""The recipes, in the order in which lecturers would embed such pages."""

from __future__ import annotations

from collections.abc import Sequence

from bench.realweb.sites import apps, demos, docs, media, notebooks
from bench.realweb.web import Site

SITES: Sequence[Site] = (*notebooks.SITES, *demos.SITES, *media.SITES, *docs.SITES, *apps.SITES)
