"""Exchanges written by hand, and the site that the rewriter makes of them."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping, Sequence
from pathlib import Path

from deckarchive.model import CaptureRecord, Exchange, State
from deckarchive.rewriter.output import Output
from deckarchive.rewriter.pages.site import Site
from deckarchive.rewriter.write import write_files


def exchange(
    url: str,
    body: str | bytes = b"",
    mime: str = "text/html",
    *,
    status: int = 200,
    method: str = "GET",
    sent: str | bytes = b"",
    dest: str = "",
    headers: Mapping[str, str] | None = None,
    truncated: str = "",
) -> Exchange:
    """One exchange; ``dest`` is its Sec-Fetch-Dest, ``sent`` the request's body."""
    data = body.encode() if isinstance(body, str) else body
    fields = {"Content-Type": mime, **(headers or {})}
    return Exchange(
        method=method,
        url=url,
        status=status,
        request_headers=(("Sec-Fetch-Dest", dest),) if dest else (),
        headers=tuple((k, v) for k, v in fields.items() if v),
        timestamp="2026-01-01T00:00:00Z",
        digest="sha256:" + hashlib.sha256(data).hexdigest(),
        size=len(data),
        open_body=lambda: io.BytesIO(data),
        request_body=sent.encode() if isinstance(sent, str) else sent,
        truncated=truncated,
    )


def record(target: str, url: str, final_url: str | None = None) -> CaptureRecord:
    return CaptureRecord(
        id=target, kind="iframe", url=url, state=State.CAPTURED, final_url=final_url or url
    )


def build(
    out: Path, captures: Mapping[str, Sequence[Exchange]], urls: Mapping[str, str] | None = None
) -> Site:
    """Write the site of ``captures``; a target's document is its first exchange, or ``urls``."""
    starts = {target: exchanges[0].url for target, exchanges in captures.items() if exchanges}
    starts |= urls or {}
    return build_records(out, captures, {t: record(t, u) for t, u in starts.items()})


def build_records(
    out: Path, captures: Mapping[str, Sequence[Exchange]], records: Mapping[str, CaptureRecord]
) -> Site:
    """Write the site of ``captures`` whose records are known."""
    site = Site(captures, records)
    write_files([*site.files(), *site.maps()], Output(out), site.addresses)
    return site
