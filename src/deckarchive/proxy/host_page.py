"""The page on which a target is framed while it is captured, as on a slide of the deck.

It stands in for the deck, at an address of the deck's origin: answered here, recorded nowhere and
asked of no network. It holds one frame and nothing of the deck.

What keeps a page out of frames (X-Frame-Options, RFC 7034, and ``frame-ancestors``, CSP 3, 6.4.2)
is hidden from the browser and recorded: the copy will show in its frame all the same. That counts
for the target's own document, wherever it redirects, and once that refuses also for the frames in
it, which mostly say the same.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from deckarchive import urls
from deckarchive.heads import Head, field_name, join_head
from deckarchive.proxy.request import Origin, ProxyRequest, split_target

_FRAMES: Final = frozenset((b"iframe", b"frame", b"object", b"embed"))
_POLICY: Final = b"content-security-policy"
_ANCESTORS: Final = b"frame-ancestors"
_OPTIONS: Final = b"x-frame-options"


@dataclass(frozen=True, slots=True, kw_only=True)
class HostPage:
    """``url`` is its address, ``html`` its text, ``target`` the URL of the document in its frame.
    ``alone`` says that nothing else lives on its host: other requests for it are refused."""

    url: str
    html: str
    target: str
    alone: bool = False


@dataclass(slots=True)
class FrameHost:
    """Answers for a listener's host pages, and hides refusals of their frames."""

    pages: dict[str, HostPage] = field(default_factory=dict)
    refusals: dict[str, dict[str, str]] = field(default_factory=dict)
    """URL → the fields (lower-case names) that refuse a frame and were hidden."""
    _documents: set[str] = field(default_factory=set)
    _refused: bool = False

    def add(self, page: HostPage) -> None:
        """Answer for ``page`` from now on."""
        self.pages[page.url] = page
        self._documents.add(urls.split_fragment(page.target)[0])

    def answer(self, request: ProxyRequest) -> tuple[Head, bytes] | None:
        """Head and body where a host page is opened in a window of its own."""
        page = self.pages.get(request.url)
        dest, site = (request.head.value(b"sec-fetch-" + name) for name in (b"dest", b"site"))
        # Browsers send these fields to trustworthy addresses alone.
        if page is None or dest not in (b"document", b"") or site not in (b"none", b""):
            return None
        body = b"" if request.method == "HEAD" else page.html.encode()
        lines = [
            b"Content-Type: text/html; charset=utf-8",
            b"Content-Length: %d" % len(page.html.encode()),
            b"Cache-Control: no-store",
        ]
        return Head(join_head(b"HTTP/1.1 200 OK", lines)), body

    def refuses(self, origin: Origin) -> bool:
        """Whether ``origin`` is no site, but the place of a host page alone."""
        return any(page.alone and _origin(page.url) == origin for page in self.pages.values())

    def shown(self, request: ProxyRequest, head: Head) -> Head:
        """The answer's head as the browser is to see it."""
        if not self.pages or request.head.value(b"sec-fetch-dest") not in (*_FRAMES, b""):
            return head
        is_document = request.url in self._documents
        if is_document and 300 <= head.status[1] < 400 and (to := head.value(b"location")):
            further = urls.resolve(to.decode("utf-8", "replace"), request.url)
            self._documents.add(urls.split_fragment(further or request.url)[0])
        if not is_document and not self._refused:
            return head
        lines, hidden = _without_refusals(head)
        if not hidden:
            return head
        self._refused = True
        self.refusals[request.url] = hidden
        return Head(join_head(head.start, lines))


def _origin(url: str) -> Origin | None:
    split = split_target(url.encode("utf-8"))
    return split[0] if split else None


def _without_refusals(head: Head) -> tuple[list[bytes], dict[str, str]]:
    """The field lines without what refuses a frame, and that."""
    lines: list[bytes] = []
    hidden: dict[str, str] = {}
    for line in head.lines[1:]:
        name, value = field_name(line), line.partition(b":")[2].strip()
        if name == _OPTIONS:
            hidden[_OPTIONS.decode()] = value.decode("latin-1")
        elif name == _POLICY and _ANCESTORS in value.lower():
            hidden[_POLICY.decode()] = value.decode("latin-1")
            policies = (_without_ancestors(policy) for policy in value.split(b","))
            kept = b", ".join(policy for policy in policies if policy)
            if kept:
                lines.append(b"Content-Security-Policy: " + kept)
        else:
            lines.append(line)
    return lines, hidden


def _without_ancestors(policy: bytes) -> bytes:
    directives = (directive.strip() for directive in policy.split(b";"))
    return b"; ".join(d for d in directives if d and d.split()[0].lower() != _ANCESTORS)
