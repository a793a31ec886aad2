"""Room: show an offline folder on this machine, with no network, until told to stop.

Takes a folder that ``rewrite`` made; leaves nothing behind. The deck stands at
``http://deck.localhost:PORT/`` and every copy in it at an origin of its own.
"""

from deckarchive.present._present import DEFAULT_PORT, present

__all__ = ["DEFAULT_PORT", "present"]
