"""Show an offline folder on this machine, with no network, until it is stopped.

Takes a folder that ``rewrite`` made; leaves nothing behind but, after a crash, the
saved position. The deck is at ``http://deck.localhost:PORT/`` and every copy in it at an origin of
its own. Or, exactly: the
deck itself in a browser whose only network is a replay of what was captured.
"""

from typing import TYPE_CHECKING

from deckarchive.lazily import import_on_use

if TYPE_CHECKING:
    from deckarchive.presenter._exact import present_exact
    from deckarchive.presenter._present import DEFAULT_PORT, PresentOptions, present
else:
    __getattr__ = import_on_use(
        __name__,
        {
            "present_exact": "_exact",
            "DEFAULT_PORT": "_present",
            "PresentOptions": "_present",
            "present": "_present",
        },
    )

__all__ = ["DEFAULT_PORT", "PresentOptions", "present", "present_exact"]
