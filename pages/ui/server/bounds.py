"""What one address, and all together, may hold of the web process: sockets, and files on their way.

A script bounds what it is given; these are there before one runs. Addresses are what uvicorn makes of them, see README,
and counted as `addresses.py` says.
"""

import asyncio
import contextlib
import json
import re
from collections import Counter

from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.runtime import get_instance
from streamlit.runtime.stats import CacheStat

from ae_core.limits import limit
from pages.ui.server import addresses

MEBIBYTE = 2**20
SOCKETS, SOCKETS_OF_ONE = 3000, 1000  # a hall of 300 with three each may sit behind one address
UPLOADS = 8  # on their way at one moment
UPLOADS_MB = 400  # of files that wait for a page's script, and of those on their way
UPLOADS_MB_PUBLIC = 200
UPLOAD_SECONDS = 600.0
BUSY = "So many files are on their way to this server that there is no room for one more; try again in a minute."
TWICE = "A file of this page is still on its way; try again when it has arrived."
SLOW = f"A file must arrive within {UPLOAD_SECONDS / 60:.0f} minutes."
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
        _let_go(session)
        if len(self._arriving) >= UPLOADS or self._held() >= self._room:
            await _refuse(send, 503, BUSY)
            return
        self._arriving[session] = 0
        begun = False

        async def counted() -> Message:
            message = await receive()
            self._arriving[session] += len(message.get("body", b""))
            if self._held() > self._room:
                raise _NoRoomError
            return message

        async def noted(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            async with asyncio.timeout(UPLOAD_SECONDS):
                await self._app(scope, counted, noted)
        except (_NoRoomError, TimeoutError) as error:
            if not begun:
                status, why = (503, BUSY) if isinstance(error, _NoRoomError) else (408, SLOW)
                await _refuse(send, status, why)
        finally:
            del self._arriving[session]

    def _held(self) -> float:
        stats = get_instance().uploaded_file_mgr.get_stats()
        waiting = [one.byte_length for family in stats.values() for one in family if isinstance(one, CacheStat)]
        return sum(waiting) + sum(self._arriving.values())


class _NoRoomError(Exception):
    """More has come than there is room for."""


def _let_go(session: str) -> None:
    with contextlib.suppress(RuntimeError):  # no page was opened yet
        get_instance().uploaded_file_mgr.remove_session_files(session)


async def _refuse(send: Send, status: int, why: str) -> None:
    body = json.dumps({"detail": why}).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
