"""The example decks, and the little web that they embed."""
