"""``python -m deckarchive``: the same as the command."""

from deckarchive.cli import main

main()
