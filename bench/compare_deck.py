"""Compare what deckarchive finds in a deck with what real reveal.js shows, slide by slide.

    python bench/compare_deck.py DECK

Prints each difference, then the counts. Ends with 1 when there is any difference. An HTML deck
brings its own reveal.js; for a reveal-md deck it is the one that ships with deckarchive.
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from deckarchive.deck import deck_site, find_references, read_deck
from tests.browsers import NOWHERE, SharedBrowser
from tests.deck.truth import differences, truth


def main(argument: str) -> int:
    """Compare one deck; the exit code."""
    deck = read_deck(Path(argument))
    with SharedBrowser() as shared:
        count, real = truth(shared.behind(NOWHERE), deck_site(deck))
    lines = differences(count, real, deck)
    print("\n".join(lines) or f"{deck.path}: the same on all {count} slides")
    slides = Counter(kind for kinds in real.values() for kind in kinds)
    urls = {k: len({u for s in real.values() for u in s.get(k, [])}) for k in slides}
    for kind, number in sorted(slides.items()):
        print(f"{number:5} slides with {kind}, {urls[kind]} distinct URLs")
    shadowed = sum(1 for f in find_references(deck) if f.reference.state == "shadowed")
    print(f"{shadowed:5} never shown")
    return 1 if lines else 0


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1]))
