"""Archive + deck → a plain static website that shows the deck with no network.

:func:`rewrite` writes the offline folder of docs/architecture.md, whole or not at all. The page
half (``site``) turns captured exchanges into local copies; the deck half (``placing``,
``splices``, ``page``, ``own``, ``frames``) points the deck at them.
"""

from deckarchive.rewrite.deck import Inline, Render, require_common, rewrite
from deckarchive.rewrite.placing import Archive

__all__ = ["Archive", "Inline", "Render", "require_common", "rewrite"]
