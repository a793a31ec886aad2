"""Archive + deck → a plain static website that shows the deck with no network.

Planned, then written: :func:`place` says where each target stands, :func:`plan` what each file of
the folder is to be, both without writing anything; :func:`write` makes the folder of a plan, whole
or not at all. ``pages`` turns captured exchanges into local copies, ``deck`` points the deck at
them, ``runtime`` holds what runs in both, ``file_scheme`` what they need when opened by a
double-click.
"""

from deckarchive.rewriter.deck.placement import CaptureSource, require_common
from deckarchive.rewriter.placements import Placements, place
from deckarchive.rewriter.plan import Plan, plan
from deckarchive.rewriter.write import write

__all__ = ["CaptureSource", "Placements", "Plan", "place", "plan", "require_common", "write"]
