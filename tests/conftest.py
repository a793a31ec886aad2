"""What holds for every test."""

from __future__ import annotations

import signal

import pytest

# A shell that starts pytest in the background has it ignore Ctrl-C, which every command that a test
# starts would inherit: the tests that stop one by Ctrl-C would wait for ever.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_itemcollected(item: pytest.Item) -> None:
    """Keep the tests of a folder on one worker: what a session captures there is captured once."""
    item.add_marker(pytest.mark.xdist_group(item.path.parent.name))
