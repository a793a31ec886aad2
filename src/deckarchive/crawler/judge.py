"""Whether a capture is worth presenting: evidence in, state and a person's reason out. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from deckarchive import screenshots, urls
from deckarchive.crawler.evidence import CaptureEvidence
from deckarchive.model import ContentCounts, MissingCause, MissingResource, State
from deckarchive.web import SHORT_PAGE, fault_of_page, fault_of_sign_in, says

_UNSEEN = frozenset({"ping", "beacon", "cspviolationreport", "preflight", "signedexchange"})
_CHALLENGE_HEADERS = ("cf-mitigated", "x-datadome", "x-px-captcha", "x-amzn-waf-action")
_REFUSED_FRAME = re.compile(
    r"Refused to (?:display|frame) '|Framing '[^']*' violates|"
    r"frame because (?:it set 'X-Frame-Options'|an ancestor)"
)
_NETWORK_ERRORS = {
    "ERR_NAME_NOT_RESOLVED": "the host name does not exist",
    "ERR_CONNECTION_REFUSED": "the host refused the connection",
    "ERR_CONNECTION_RESET": "the host reset the connection",
    "ERR_CONNECTION_CLOSED": "the host closed the connection",
    "ERR_EMPTY_RESPONSE": "the host answered nothing",
    "ERR_TUNNEL_CONNECTION_FAILED": "no connection to the host",
    "ERR_PROXY_CONNECTION_FAILED": "no connection to the proxy",
    "ERR_TOO_MANY_REDIRECTS": "the page redirects in a circle",
    "ERR_ABORTED": "the server offers a download or nothing, not a page",
    "ERR_INVALID_RESPONSE": "the answer is not HTTP",
    "ERR_UNSAFE_PORT": "browsers refuse this port",
    "ERR_TIMED_OUT": "no answer in time",
    "ERR_CERT": "the certificate cannot be verified",
    "ERR_SSL": "no secure connection",
}


def explain(error: str) -> str:
    """What an error of the browser means, in words."""
    if error == "timeout":
        return "no answer in time"
    if "Download is starting" in error:
        return "the server offers a download, not a page"
    code = re.search(r"ERR_[A-Z_]+", error)
    if code:
        for name, words in _NETWORK_ERRORS.items():
            if code[0].startswith(name):
                return words
        return f"the browser says {code[0]}"
    return error


def missing(evidence: CaptureEvidence) -> list[MissingResource]:
    """What was asked for and did not come, each URL once.

    A favicon that no page named, which browsers ask for by themselves, does not count; nor does an
    image that only the capture thought of and the site refused.
    """
    came = {s.url for s in evidence.seen if s.status and s.status < 400}
    main = {urls.split_fragment(evidence.final_url or "")[0]}
    main |= {"https:" + url.removeprefix("http:") for url in main if url.startswith("http:")}
    seen_before, failed_before = evidence.judged
    lost: dict[str, tuple[str, MissingCause]] = {}
    for url, reason in evidence.failures[:failed_before]:
        oversized = url in evidence.oversized
        lost[url] = (reason, MissingCause.OVERSIZED if oversized else MissingCause.NO_ANSWER)
    for seen in evidence.seen[:seen_before]:
        if seen.status >= 400 and seen.method != "OPTIONS":
            lost.setdefault(seen.url, (f"HTTP {seen.status}", MissingCause.HTTP_ERROR))
        elif seen.truncated and seen.truncated != "disconnect" and not _endless(seen.mime):
            if evidence.has(seen.url):
                continue
            lost.setdefault(seen.url, (f"cut off ({seen.truncated})", MissingCause.CUT_OFF))
    return [
        MissingResource(url=url, reason=reason, type=evidence.types.get(url, ""), cause=cause)
        for url, (reason, cause) in lost.items()
        if (url not in main or cause is MissingCause.OVERSIZED)
        and not url.endswith("/favicon.ico")
        and (url not in evidence.guessed or url in evidence.types)
        and (url not in came or cause in (MissingCause.CUT_OFF, MissingCause.OVERSIZED))
    ]


def _endless(mime: str) -> bool:
    return mime in ("text/event-stream", "multipart/x-mixed-replace")


def judge_page(evidence: CaptureEvidence) -> tuple[State, str]:
    """State and reason of a page."""
    if evidence.error:
        return State.FAILED, evidence.error
    if wall := _wall(evidence):
        return wall
    if evidence.status is not None and evidence.status >= 400:
        return State.FAILED, f"the site answered HTTP {evidence.status}"
    if evidence.busy:
        return _with_notes(State.PARTIAL, ["the page keeps the browser busy"], evidence)
    if blank := _blank(evidence):
        return blank
    faults = list(_losses(missing(evidence)))
    refused = sum(_REFUSED_FRAME.search(line) is not None for line in evidence.console)
    if refused:
        faults.append(f"{refused} frame{'s' if refused > 1 else ''} inside refused to be shown")
    if evidence.hints.overlay:
        faults.append("a consent banner lies over the page")
    state = State.PARTIAL if faults else State.CAPTURED
    return _with_notes(state, faults, evidence)


def judge_deck(evidence: CaptureEvidence) -> tuple[State, str]:
    """State and reason of the deck's own page: what it lacks makes it partial."""
    if evidence.error or (evidence.status or 0) >= 400:
        return State.FAILED, evidence.error or f"the deck's page answered HTTP {evidence.status}"
    faults = list(_losses(missing(evidence)))
    return _with_notes(State.PARTIAL if faults else State.CAPTURED, faults, evidence)


def judge_file(evidence: CaptureEvidence) -> tuple[State, str]:
    """State and reason of a file that was fetched whole."""
    if evidence.error:
        return State.FAILED, evidence.error
    faults = [f"{url} did not come" for url in evidence.parts]
    if evidence.busy:
        state = State.FAILED if evidence.status is None else State.PARTIAL
        return _with_notes(state, faults, evidence)
    return _with_notes(State.PARTIAL if faults else State.CAPTURED, faults, evidence)


def _wall(evidence: CaptureEvidence) -> tuple[State, str] | None:
    """A bot check or a login that answered instead of the page."""
    hints, status = evidence.hints, evidence.status or 0
    short = hints.length < SHORT_PAGE
    by_header = any(name in evidence.headers for name in _CHALLENGE_HEADERS) and status in (
        202, 401, 403, 405, 429, 503,
    )  # fmt: skip
    words = f"{evidence.title} {hints.text}"
    marked = hints.challenge or says("bot-check", words)
    if by_header or (marked and (short or status >= 400)):
        http = f" (HTTP {status})" if status >= 400 else ""
        return State.FAILED, (
            f"a bot check answered instead of the site{http}: "
            "it can tell this tool's TLS from the browser's own"
        )
    return _wrong_page(evidence) if status < 400 else None


def _wrong_page(evidence: CaptureEvidence) -> tuple[State, str] | None:
    """A page that came well and is not the one that the author meant."""
    hints = evidence.hints
    titles = (evidence.title, hints.heading)
    if hints.passwords and hints.length < SHORT_PAGE:
        state = State.FAILED if evidence.redirected else State.PARTIAL
        return state, "the page asks for a login"
    if evidence.redirected and asks_to_sign_in(titles, hints.names, hints.length):
        return State.FAILED, "the page asks for a login"
    instead = error_page(titles, hints.text, hints.length)
    return (State.FAILED, instead) if instead else None


def _blank(evidence: CaptureEvidence) -> tuple[State, str] | None:
    if not evidence.views:
        return State.PARTIAL, "no picture could be taken"
    counts = evidence.views[0].counts
    empty = shows_nothing(counts)
    first = screenshots.read_screenshot(evidence.pictures[0]) if evidence.pictures else None
    flat = screenshots.is_blank(first)
    if empty and (flat or not evidence.pictures):
        return State.FAILED, "the page is blank"
    if flat and not empty:
        return State.PARTIAL, "the page shows one colour only"
    return None


def shows_nothing(counts: ContentCounts) -> bool:
    """Whether nothing that could be seen was counted."""
    parts = (counts.text, counts.images, counts.canvases, counts.videos, counts.frames)
    return not any(parts)


def _losses(lost: Iterable[MissingResource]) -> Iterable[str]:
    """What is missing, counted by kind, what the audience sees first."""
    counted: Counter[str] = Counter()
    for one in lost:
        kind = one.type or "request"
        counted["beacon" if kind in _UNSEEN else kind] += 1
        if one.cause is MissingCause.OVERSIZED:
            yield f"{one.url[:200]}: {one.reason}"
    for kind, number in sorted(counted.items(), key=lambda item: item[0] == "beacon"):
        name = {"document": "frame", "fetch": "request", "xhr": "request"}.get(kind, kind)
        yield f"{number} {name}{'s' if number > 1 else ''} missing"


def _with_notes(state: State, faults: list[str], evidence: CaptureEvidence) -> tuple[State, str]:
    return state, "; ".join([*faults, *evidence.notes, *_framing(evidence)])


def _framing(evidence: CaptureEvidence) -> Iterable[str]:
    """A site that forbids framing: live its slide would stay empty."""
    if not evidence.refused:
        return
    first = urls.split_fragment(evidence.final_url or "")[0]
    if first in evidence.refused:
        yield "live, the site refuses to be shown in a frame; the copy will show"
    else:
        page = evidence.refused[0][:200]
        yield f"live, it goes on to {page}, which refuses to be framed; the copy will show"


def error_page(titles: Iterable[str], text: str, length: int) -> str:
    """What a page with these titles (its own, its first heading) says instead, or ``""``.

    ``text`` is the beginning of what can be read, ``length`` how much there is, in characters.
    """
    titles = tuple(titles)
    fault = fault_of_page(titles, "", length, ("missing", "server-error"))
    fault = fault or fault_of_page(titles, text, length, ("for-sale",))
    return fault.reason if fault else ""


def asks_to_sign_in(titles: Iterable[str], fields: int, length: int) -> bool:
    """Whether a page with ``fields`` for a user's name, and little else, is a sign-in."""
    return fault_of_sign_in(titles, fields, length) is not None
