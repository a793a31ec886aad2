"""The recipes, in the order in which lecturers would embed such pages."""

from __future__ import annotations

from collections.abc import Sequence

from bench.realweb.sites import (
    apps,
    classics,
    delivery,
    demos,
    docs,
    engines,
    frameworks,
    media,
    notebooks,
    platforms,
    scenes,
    viewers,
)
from bench.realweb.web import Site

_ROOMS = (notebooks, demos, media, docs, apps, frameworks, classics, delivery, platforms)
_SHOWS = (scenes, viewers, engines)
SITES: Sequence[Site] = [site for room in (*_ROOMS, *_SHOWS) for site in room.SITES]
