"""The manifest: every embedded target of a deck, as values, as JSON and as a table."""

from deckarchive.manifest.build import (
    build_manifest,
    load_manifest,
    save_manifest,
    schema,
    with_path,
)
from deckarchive.manifest.table import manifest_table

__all__ = [
    "build_manifest",
    "load_manifest",
    "manifest_table",
    "save_manifest",
    "schema",
    "with_path",
]
