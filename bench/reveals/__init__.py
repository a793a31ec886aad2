"""One deck in every reveal.js, packed and tried: ``python -m bench.reveals`` prints the table.

:mod:`bench.reveals.decks` makes the deck and its offline folders, :mod:`bench.reveals.facts` says
what has to hold of each in a browser whose network is cut. ``tests/decks`` runs the same.
"""
