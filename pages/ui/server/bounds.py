"""What one address, and all together, may hold of the web process: sockets, and files on their way.

A script bounds what it is given; these are there before one runs. Addresses are what uvicorn makes of them, see README,
and counted as `addresses.py` says.
"""

import asyncio
import contextlib
import functools
import json
import re
import time
from collections import Counter

from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.runtime import get_instance
from streamlit.runtime.stats import CacheStat

from ae_core.limits import limit
from pages.ui.server import addresses, uploads

MEBIBYTE = 2**20
SOCKETS, SOCKETS_OF_ONE = 3000, 1000  # a hall of 300 with three each may sit behind one address
UPLOADS, UPLOADS_OF_ONE = 16, 8  # on their way at one moment: of all, and of one address
UPLOADS_MB = 400  # of files on their way, that wait for a page's script, or that one works on
UPLOADS_MB_PUBLIC = 200
SHARE_OF_ONE = 0.5  # of that room, for what is on its way or waits from one address; a file alone may take more
UPLOAD_SECONDS = 600.0
WAIT_SECONDS = 120.0  # for which a file waits for its page's script while there is no room for another
MOST_NOTED = 1000  # files that wait, beyond which those of closed pages are forgotten
BUSY = "So many files are on their way to this server that there is no room for one more; try again in a minute."
TWICE = "A file of this page is still on its way; try again when it has arrived."
SLOW = f"A file must arrive within {UPLOAD_SECONDS / 60:.0f} minutes."
PIECE = 2**18  # bytes of an answer that are handed to a connection at a time
FULL = 1013  # code with which a socket is refused: try again later

_UPLOAD = re.compile(r"/_stcore/upload_file/([^/]+)/[^/]+$")


class Bounds:
    """Wraps the app, and refuses what goes beyond.

    A page may hold one file: a new one takes the place of the one before.

    Args:
        app: What is wrapped.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._sockets: Counter[str] = Counter()
        self._arriving: dict[str, int] = {}  # session → bytes that have come of its file
        self._from: dict[str, str] = {}  # session → address that its file comes from
        self._most = limit("AE_MAX_SOCKETS", SOCKETS)
        self._most_of_one = limit("AE_MAX_SOCKETS_PER_ADDRESS", SOCKETS_OF_ONE)
        self._room = MEBIBYTE * limit("AE_UPLOADS_MB", UPLOADS_MB, UPLOADS_MB_PUBLIC)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one request or one socket."""
        upload = _UPLOAD.search(scope["path"]) if scope["type"] == "http" and scope["method"] == "PUT" else None
        if scope["type"] == "websocket":
            await self._socket(scope, receive, send)
        elif upload is not None:
            await self._upload(upload[1], scope, receive, send)
        elif scope["type"] == "http":
            await self._app(scope, receive, functools.partial(_in_pieces, send))
        else:
            await self._app(scope, receive, send)

    async def _socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        address = addresses.one((scope.get("client") or ("",))[0])
        if self._sockets[address] >= self._most_of_one or self._sockets.total() >= self._most:
            await receive()
            await send({"type": "websocket.close", "code": FULL})
            return
        self._sockets[address] += 1
        try:
            await self._app(scope, receive, send)
        finally:
            self._sockets[address] -= 1
            if not self._sockets[address]:
                del self._sockets[address]

    async def _upload(self, session: str, scope: Scope, receive: Receive, send: Send) -> None:
        if session in self._arriving:
            await _refuse(send, 429, TWICE)
            return
        address = addresses.one((scope.get("client") or ("",))[0])
        _let_go(session)
        if self._held() >= self._room or len(uploads.waiting) > MOST_NOTED:
            _let_go_of_forgotten()
        full = len(self._arriving) >= UPLOADS or Counter(self._from.values())[address] >= UPLOADS_OF_ONE
        if full or self._held() >= self._room or self._too_much(address):
            await _refuse(send, 503, BUSY)
            return
        self._arriving[session], self._from[session] = 0, address
        begun = False

        async def counted() -> Message:
            message = await receive()
            self._arriving[session] += len(message.get("body", b""))
            if self._held() > self._room or self._too_much(address):
                raise _NoRoomError
            return message

        async def noted(message: Message) -> None:
            nonlocal begun
            begun = True
            if message.get("status", 0) in range(200, 300):
                uploads.waiting[session] = uploads.Waiting(address, self._arriving[session], time.monotonic())
            await send(message)

        try:
            async with asyncio.timeout(UPLOAD_SECONDS):
                await self._app(scope, counted, noted)
        except (_NoRoomError, TimeoutError) as error:
            if not begun:
                status, why = (503, BUSY) if isinstance(error, _NoRoomError) else (408, SLOW)
                await _refuse(send, status, why)
        finally:
            del self._arriving[session], self._from[session]

    def _held(self) -> float:
        stats = get_instance().uploaded_file_mgr.get_stats()
        waiting = [one.byte_length for family in stats.values() for one in family if isinstance(one, CacheStat)]
        return sum(waiting) + sum(self._arriving.values()) + uploads.in_hand()

    def _too_much(self, address: str) -> bool:
        """Whether so much is on its way or waits from one address that others would find no room."""
        since = time.monotonic() - WAIT_SECONDS
        waiting = [one.size for one in [*uploads.waiting.values()] if one.address == address and one.since >= since]
        coming = [size for session, size in self._arriving.items() if self._from[session] == address]
        sizes = [*waiting, *coming]
        return len(sizes) > 1 and sum(sizes) > SHARE_OF_ONE * self._room


async def _in_pieces(send: Send, message: Message) -> None:
    """Sends an answer a piece at a time, each when the one before has left.

    A connection keeps a copy of what it is given until the other end has taken it: of a large file there would be one
    for each of those who take it slowly, or never.
    """
    body = message.get("body", b"")
    if len(body) <= PIECE:
        await send(message)
        return
    for start in range(0, len(body), PIECE):
        last = start + PIECE >= len(body)
        more = not last or message.get("more_body", False)
        await send({**message, "body": body[start : start + PIECE], "more_body": more})


class _NoRoomError(Exception):
    """More has come than there is room for."""


def _let_go_of_forgotten() -> None:
    """Lets go of files that no script has asked for: their pages are closed, or were never any."""
    now = time.monotonic()
    for session, one in [*uploads.waiting.items()]:
        if now - one.since > WAIT_SECONDS:
            _let_go(session)


def _let_go(session: str) -> None:
    uploads.waiting.pop(session, None)
    with contextlib.suppress(RuntimeError):  # no page was opened yet
        get_instance().uploaded_file_mgr.remove_session_files(session)


async def _refuse(send: Send, status: int, why: str) -> None:
    body = json.dumps({"detail": why}).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
