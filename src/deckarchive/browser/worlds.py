"""Scripts of ours in a page's frames, in a JavaScript world of their own.

An *isolated world* shares the document with the page and nothing else: its built-ins are the
browser's own, whatever the page has made of ``Map``, ``JSON`` or ``querySelectorAll``
(https://chromedevtools.github.io/devtools-protocol/tot/Page/#method-createIsolatedWorld). What a
script leaves on its ``window`` there stays until the document goes. Only a Chromium can; a Firefox
runs every script in the page's own world.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Coroutine, Mapping
from contextlib import suppress
from enum import Enum, auto
from typing import Any, Final, TypeVar

from playwright.async_api import CDPSession, Page
from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Frame as PlaywrightFrame

from deckarchive.errors import BrowserError

_NAME: Final = "deckarchive"
_NO_SESSION: Final = "does not have a separate CDP session"
_NO_FRAME: Final = "No frame"
_T = TypeVar("_T")
_Place = tuple[CDPSession, str]
"""The session that reaches a frame's process, and the frame's id there."""


class World(Enum):
    """Whose built-ins and globals a script sees."""

    OWN = auto()
    """Ours; those of the page are out of reach."""
    PAGE = auto()
    """The page's, for what only its own objects can do. Nothing there can be relied on."""


class Worlds:
    """The worlds of one page's frames, by the browser's own protocol.

    Everything raises Playwright's errors where the page went away, and BrowserError with what a
    script of ours raised.
    """

    def __init__(self, page: Page) -> None:
        self._page = page
        self._main: asyncio.Future[_Place] | None = None
        self._others: set[str] = set()
        self._own: dict[PlaywrightFrame, asyncio.Future[_Place | None]] = {}
        page.on("framenavigated", self._navigated)
        page.on("framedetached", self._navigated)

    @property
    def possible(self) -> bool:
        """Whether this browser has such worlds."""
        browser = self._page.context.browser
        return browser is None or browser.browser_type.name == "chromium"

    async def session(self) -> CDPSession:
        """The connection to the page's main frame. One that is there already also reaches a page
        that no longer answers."""
        return (await self._main_place())[0]

    async def stop_scripts(self, session: CDPSession) -> None:
        """End what runs in the page and in its frames of other processes; none runs any more."""
        stops = [
            ("Emulation.setScriptExecutionDisabled", {"value": True}),
            ("Runtime.terminateExecution", {}),
        ]
        for method, arguments in stops:
            for number, other in enumerate(self._others, 1):
                message = json.dumps({"id": number, "method": method, "params": arguments})
                await session.send(
                    "Target.sendMessageToTarget", {"sessionId": other, "message": message}
                )
            with suppress(PlaywrightError):
                await asyncio.wait_for(session.send(method, arguments), 2)

    async def call(self, frame: PlaywrightFrame, script: str, arg: Any, world: World) -> object:
        """The JSON value of a function expression called with ``arg``; ``None`` for undefined."""
        if not self.possible:
            value: object = await frame.evaluate(script, arg)
            return value
        call = f"({script})({json.dumps(arg)})"
        for last in (False, True):
            session, frame_id = await self._place(frame)
            try:
                made = await session.send(
                    "Page.createIsolatedWorld", {"frameId": frame_id, "worldName": _NAME}
                )
                break
            except PlaywrightError as error:
                if last or _NO_FRAME not in error.message:
                    raise
                self._navigated(frame)
                if frame.parent_frame is None:
                    self._main = None
        own = int(made["executionContextId"])
        if world is World.OWN:
            return await _evaluate(session, call, contextId=own)
        return await _in_page(session, own, script, arg)

    def _navigated(self, frame: PlaywrightFrame) -> None:
        """It may have got another process; what was known of it is learned again."""
        self._own.pop(frame, None)

    async def _main_place(self) -> _Place:
        if self._main is None:
            self._main = _started(self._open_main())
        try:
            return await asyncio.shield(self._main)
        except PlaywrightError:
            self._main = None
            raise

    async def _open_main(self) -> _Place:
        session = await self._page.context.new_cdp_session(self._page)
        session.on("Target.attachedToTarget", lambda one: self._others.add(one["sessionId"]))
        session.on("Target.detachedFromTarget", lambda one: self._others.discard(one["sessionId"]))
        # From before their documents begin: a frame that hangs lets nobody in any more.
        how = {"autoAttach": True, "waitForDebuggerOnStart": False, "flatten": False}
        await session.send("Target.setAutoAttach", how)
        tree = await session.send("Page.getFrameTree")
        return session, str(tree["frameTree"]["frame"]["id"])

    async def _place(self, frame: PlaywrightFrame) -> _Place:
        """A frame of another site has a process and so a session of its own; any other is found in
        the tree of the frame around it that has one."""
        way: list[PlaywrightFrame] = []
        at: PlaywrightFrame | None = frame
        while at is not None and at.parent_frame is not None:
            if (place := await self._own_place(at)) is not None:
                break
            way.insert(0, at)
            at = at.parent_frame
        else:
            place = await self._main_place()
        if not way:
            return place
        node = (await place[0].send("Page.getFrameTree"))["frameTree"]
        for step in way:
            node = await self._child(node, step)
        return place[0], str(node["frame"]["id"])

    async def _own_place(self, frame: PlaywrightFrame) -> _Place | None:
        if frame not in self._own:
            self._own[frame] = _started(self._open_own(frame))
        try:
            return await asyncio.shield(self._own[frame])
        except PlaywrightError:
            self._own.pop(frame, None)
            raise

    async def _open_own(self, frame: PlaywrightFrame) -> _Place | None:
        try:
            session = await self._page.context.new_cdp_session(frame)
        except PlaywrightError as error:
            if _NO_SESSION in error.message:
                return None
            raise
        tree = await session.send("Page.getFrameTree")
        return session, str(tree["frameTree"]["frame"]["id"])

    async def _child(self, node: Mapping[str, Any], frame: PlaywrightFrame) -> Mapping[str, Any]:
        """The node of ``frame`` among the children of its parent's: both list them in the order in
        which they were made, and the tree lacks those of other processes."""
        parent = frame.parent_frame
        siblings = parent.child_frames if parent else []
        local = [one for one in siblings if one is frame or await self._own_place(one) is None]
        nodes: list[Mapping[str, Any]] = list(node.get("childFrames", ()))
        if len(local) != len(nodes):  # one of them is just coming or going
            local = [one for one in local if one.url == frame.url]
            nodes = [one for one in nodes if _url(one) == frame.url]
        if frame in local and local.index(frame) < len(nodes):
            return nodes[local.index(frame)]
        raise BrowserError("the frame is gone")


def _url(node: Mapping[str, Any]) -> str:
    frame = node["frame"]
    return f"{frame.get('url', '')}{frame.get('urlFragment', '')}"


def _started(work: Coroutine[Any, Any, _T]) -> asyncio.Future[_T]:
    """``work`` for all who will wait for it; one that gives up does not end it, and nobody need."""
    task = asyncio.ensure_future(work)
    task.add_done_callback(lambda done: done.cancelled() or done.exception())
    return task


async def _evaluate(session: CDPSession, expression: str, **where: Any) -> object:
    how = {"expression": expression, "returnByValue": True, "awaitPromise": True, **where}
    return _value(await session.send("Runtime.evaluate", how))


async def _in_page(session: CDPSession, own: int, script: str, arg: Any) -> object:
    """Call in the page's world: its document, found from ours, is resolved there."""
    document = await session.send(
        "Runtime.evaluate", {"expression": "document", "contextId": own, "returnByValue": False}
    )
    node = await session.send("DOM.describeNode", {"objectId": document["result"]["objectId"]})
    there = await session.send("DOM.resolveNode", {"backendNodeId": node["node"]["backendNodeId"]})
    reached = there["object"]["objectId"]
    try:
        called = await session.send(
            "Runtime.callFunctionOn",
            {
                "objectId": reached,
                "functionDeclaration": f"function(arg) {{ return ({script})(arg); }}",
                "arguments": [{"value": arg}],
                "returnByValue": True,
                "awaitPromise": True,
            },
        )
    finally:
        with suppress(PlaywrightError):
            await session.send("Runtime.releaseObject", {"objectId": reached})
    return _value(called)


def _value(answered: Mapping[str, Any]) -> object:
    fault = answered.get("exceptionDetails")
    if fault:
        said = str(fault.get("exception", {}).get("description") or fault.get("text") or "")
        lines = said.strip().splitlines() or ["a script failed"]
        raise BrowserError(lines[0][:500])
    result = answered["result"]
    if "unserializableValue" in result:  # NaN, an infinity, -0
        return 0 if result["unserializableValue"] == "-0" else str(result["unserializableValue"])
    return result.get("value")
