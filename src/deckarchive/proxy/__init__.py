"""The adapter to the network: a proxy that records while capturing, or replays an archive.

In: what a browser asks of a loopback port. Out: the same answers, relayed at once, and a
:class:`~deckarchive.model.RecordedExchange` for each, byte for byte as the origin sent it.
Every target has a port (a :class:`Listener`) of its own, so every exchange is attributed to it. A
:class:`ReplayProxy` gives recorded answers back, with no way to any network.
"""

from deckarchive.model import RecordedExchange
from deckarchive.proxy.fetch import Fetched
from deckarchive.proxy.frame_policy import refuses_frame
from deckarchive.proxy.host_page import HostPage
from deckarchive.proxy.options import LEAST_RATE, Budget, ProxyOptions, Rules
from deckarchive.proxy.recorder import Listener, RecordingProxy
from deckarchive.proxy.replay import ReplayProxy, ReplaySource
from deckarchive.proxy.request import ExchangeSink, OpenExchange

__all__ = [
    "LEAST_RATE",
    "Budget",
    "ExchangeSink",
    "Fetched",
    "HostPage",
    "Listener",
    "OpenExchange",
    "ProxyOptions",
    "RecordedExchange",
    "RecordingProxy",
    "ReplayProxy",
    "ReplaySource",
    "Rules",
    "refuses_frame",
]
