"""The values that all packages share: frozen, with ``to_dict``/``from_dict`` and no I/O.

A *target* is a document that the deck shows (a URL without fragment, and its kind); a
*reference* is a place in the deck's source that names it; a *view* is one fragment of it; a
*capture record* is how its capture went; an *exchange* is one request with its response.
"""

from deckarchive.model._json_reader import Json, is_target_id
from deckarchive.model.capture import (
    DECK_CAPTURE_ID,
    CaptureRecord,
    ContentCounts,
    Embed,
    Interaction,
    MissingCause,
    MissingResource,
    State,
    View,
    Wait,
    WaitReason,
)
from deckarchive.model.deck import (
    CONFIG_FILES,
    REVEAL_MD_DEFAULTS,
    AuthorOptions,
    Deck,
    DeckFiles,
    DeckOptions,
    DeckSite,
    FinishedDeck,
    JsonValue,
    Source,
)
from deckarchive.model.exchange import Exchange, Headers, RawHeaders, RecordedExchange
from deckarchive.model.manifest import (
    FRAME_ATTRIBUTES,
    MANIFEST_VERSION,
    DeckInfo,
    Found,
    Kind,
    LocalFile,
    Manifest,
    Reference,
    Slide,
    Target,
)
from deckarchive.model.offline import OfflineDeck, OfflineTarget, Tier
from deckarchive.model.runtime_targets import (
    MADE,
    manifest_in_force,
    runtime_embeds,
    runtime_targets,
    with_records,
    with_runtime_embeds,
)

__all__ = [
    "CONFIG_FILES",
    "DECK_CAPTURE_ID",
    "FRAME_ATTRIBUTES",
    "MADE",
    "MANIFEST_VERSION",
    "REVEAL_MD_DEFAULTS",
    "AuthorOptions",
    "CaptureRecord",
    "ContentCounts",
    "Deck",
    "DeckFiles",
    "DeckInfo",
    "DeckOptions",
    "DeckSite",
    "Embed",
    "Exchange",
    "FinishedDeck",
    "Found",
    "Headers",
    "Interaction",
    "Json",
    "JsonValue",
    "Kind",
    "LocalFile",
    "Manifest",
    "MissingCause",
    "MissingResource",
    "OfflineDeck",
    "OfflineTarget",
    "RawHeaders",
    "RecordedExchange",
    "Reference",
    "Slide",
    "Source",
    "State",
    "Target",
    "Tier",
    "View",
    "Wait",
    "WaitReason",
    "is_target_id",
    "manifest_in_force",
    "runtime_embeds",
    "runtime_targets",
    "with_records",
    "with_runtime_embeds",
]
