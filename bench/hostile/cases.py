"""All cases of the hostile web, laid by importing the modules that hold them."""

from bench.hostile import behaviour, maths, media, quality, wire
from bench.hostile.kit import Case, lay, names

__all__ = ["Case", "behaviour", "lay", "maths", "media", "names", "quality", "wire"]
