"""What a hostile archived page can do to the presentation: ``python -m bench.isolation``."""

from bench.isolation.attack import Row, attack
from bench.isolation.web import Hostile, hostile_deck

__all__ = ["Hostile", "Row", "attack", "hostile_deck"]
