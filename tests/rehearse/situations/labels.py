"""The labels of situations, and what a row is."""

from __future__ import annotations

from typing import Final

SAME: Final = ""
OK, GAP, RECORDED = "good", "gap", "recorded"
"""The copy will do; it lacks what was recorded; what was recorded is broken."""

Row = tuple[str, str, str, str]
"""``(id, then, now, verdict)``: two bodies, ``now`` being ``SAME`` where the copy shows what was
recorded. The captured picture, counts and words are taken from ``then`` in a real browser."""
