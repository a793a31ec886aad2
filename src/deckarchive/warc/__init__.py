"""WARC files: the one place that writes and reads them (warcio).

Writes what the recording proxy saw as WARC 1.1, one gzip member a record; reads any WARC back
as :class:`deckarchive.model.Exchange` values whose bodies open lazily, content codings removed.
"""

from deckarchive.warc.codings import DecodedStream, Gauge, Undecodable
from deckarchive.warc.reader import Warc, read_entries, read_exchanges, read_warc
from deckarchive.warc.scan import Entry, Loss
from deckarchive.warc.writer import ORIGINAL_TRANSFER_ENCODING, WarcWriter, screenshot_uri

__all__ = [
    "ORIGINAL_TRANSFER_ENCODING",
    "DecodedStream",
    "Entry",
    "Gauge",
    "Loss",
    "Undecodable",
    "Warc",
    "WarcWriter",
    "read_entries",
    "read_exchanges",
    "read_warc",
    "screenshot_uri",
]
