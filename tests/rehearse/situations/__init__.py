"""Situations of embeds in a talk: what the capture saw, what the copy shows, the verdict.

`SITUATIONS` were written together with the rules that tell them. `REPORTED` were written from
public reports by another author, who had not read the rules.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from . import changes, fronts, pages, reported_apps, reported_media, reported_tools, reported_walls
from .labels import GAP, OK, RECORDED, SAME, Row

SITUATIONS: Final[Mapping[str, Sequence[Row]]] = {
    "error pages": pages.ERRORS,
    "players": pages.PLAYERS,
    "waiting": fronts.WAITING,
    "walls": fronts.WALLS,
    "layers": fronts.LAYERS,
    "losses": changes.LOSSES,
    "empty pages": pages.EMPTY,
    "changes": changes.CHANGES,
    "offline": changes.OFFLINE,
}
REPORTED: Final[Mapping[str, Sequence[Row]]] = {
    "dashboards": reported_apps.DASHBOARDS,
    "applications": reported_apps.APPLICATIONS,
    "gates": reported_walls.GATES,
    "maps": reported_media.MAPS,
    "media players": reported_media.PLAYERS,
    "graphics": reported_media.GRAPHICS,
    "documents": reported_tools.DOCUMENTS,
    "widgets": reported_tools.WIDGETS,
}
__all__ = ["GAP", "OK", "RECORDED", "REPORTED", "SAME", "SITUATIONS", "Row"]
