"""An offline folder as one zip file, to take along on a stick.

It holds the folder and a small launcher for a machine that has nothing but Python, or nothing but
a browser; README.txt inside says what each gets.
"""

from deckarchive.bundle._zip import Bundle, bundle

__all__ = ["Bundle", "bundle"]
