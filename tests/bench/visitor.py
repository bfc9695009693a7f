"""A visitor without a browser: speaks Streamlit's protocol as the page's script does, and draws nothing.

Opens the stream, asks for the page, remembers elements as long as a browser does, listens where the stage of the page
listens, asks for the page again when a token changes, and notes when it got which step. Fifty of them cost little
enough to leave the app its processor.
"""

import asyncio
import json
import re
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from http.client import HTTPConnection
from http.cookies import SimpleCookie
from urllib.parse import urlsplit

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

STAGE = "stage"
_TOKEN = re.compile(rb'^\{"token":"([^"]*)"')
_STEP = re.compile(rb'"frame":\{"step":(\d+)')
_STATUS = re.compile(rb'"status":\["[^"]*","([^"]*)","([^"]*)"')
MOST_BYTES = 50_000_000


@dataclass
class Visitor:
    """One open page.

    Args:
        stream: The open connection.
        query: The address's query string, without the question mark.
        host: Name and port of the server.
        page: Name of the page in the address; empty for the first one.
        steps: Every new step that is seen, and when it came, on the wall clock.
        messages: How many messages came.
        received: Their bytes.
        finished: How often the server had drawn the page.
        session: What the server calls this page.
        timers: How often it asked for a part of the page to be drawn again by a timer.
    """

    stream: ClientConnection
    query: str
    host: str
    page: str = ""
    steps: list[tuple[int, float]] = field(default_factory=list)
    messages: int = 0
    received: int = 0
    finished: int = 0
    session: str = ""
    timers: int = 0
    refusal: str = ""
    _words: str = ""
    _buttons: dict[str, tuple[str, bool]] = field(default_factory=dict)
    _known: dict[str, tuple[bytes, int]] = field(default_factory=dict)  # message, when last used
    _runs: int = 0
    _oldest: int = 2
    _token: str = ""
    _heard: str = ""
    _ear: asyncio.Task[None] | None = None

    async def ask(self, press: str = "") -> None:
        """Asks for the page to be drawn.

        Args:
            press: Id of a button that is pressed.
        """
        message = BackMsg()
        wanted = message.rerun_script
        wanted.query_string = self.query
        wanted.page_name = self.page
        wanted.cached_message_hashes.extend(self._known)
        wanted.context_info.url = "http://127.0.0.1/"
        wanted.context_info.locale = "en-US"
        if press:
            state = wanted.widget_states.widgets.add()
            state.id, state.trigger_value = press, True
        await self.stream.send(message.SerializeToString())

    def drawn(self) -> bool:
        """Whether the page was drawn at least once."""
        return self.finished > 0

    def offers(self, key: str) -> bool:
        """Whether a button can be pressed, by its key."""
        return key in self._buttons and not self._buttons[key][1]

    async def press(self, key: str) -> None:
        """Presses a button by its key, as soon as it can be pressed."""
        await self.until(lambda: self.offers(key))
        await self.ask(press=self._buttons[key][0])

    def put(self, name: str, size: int) -> int:
        """Uploads a file of zeros for this page, as a field of it does, and waits; the status of the answer."""
        with closing(HTTPConnection(self.host)) as connection:
            connection.request("GET", "/_stcore/health")
            answer = connection.getresponse()
            answer.read()
            cookie = answer.headers["Set-Cookie"]
            headers = {
                "Content-Type": "multipart/form-data; boundary=b",
                "Cookie": cookie.split(";")[0],
                "X-Xsrftoken": SimpleCookie(cookie)["_streamlit_xsrf"].value,
            }
            start = b'--b\r\nContent-Disposition: form-data; name="f"; filename="f"\r\n\r\n'
            place = f"/_stcore/upload_file/{self.session}/{name}"
            connection.request("PUT", place, start + bytes(size) + b"\r\n--b--\r\n", headers)
            return connection.getresponse().status

    @property
    def status(self) -> str:
        """What the page says of the run."""
        return self._words

    def says(self, *words: str) -> bool:
        """Whether the status badge holds one of these words."""
        return any(one in self._words for one in words)

    async def until_said(self, *words: str) -> None:
        """Waits until the status badge holds one of these words."""
        await self.until(lambda: self.says(*words))

    async def until_seen(self) -> None:
        """Waits until a step was shown."""
        await self.until(lambda: self.steps)

    async def until(self, test: Callable[[], object], seconds: float = 120.0) -> None:
        """Waits until something is so.

        Raises:
            TimeoutError: If it takes too long.
        """
        end = time.monotonic() + seconds
        while not test():
            if time.monotonic() > end:
                raise TimeoutError(f"The page does not come that far: {self._words[:200]!r}")
            await asyncio.sleep(0.02)

    async def listen(self) -> None:
        """Reads all that comes, until the connection ends."""
        async for frame in self.stream:
            assert isinstance(frame, bytes)
            self.messages += 1
            self.received += len(frame)
            self._take(ForwardMsg.FromString(frame), frame)

    def _take(self, message: ForwardMsg, frame: bytes) -> None:
        if message.WhichOneof("type") == "ref_hash":
            frame, _ = self._known[message.ref_hash]  # a browser's page dies here where there is none
            self._known[message.ref_hash] = frame, self._runs
            return
        if message.metadata.cacheable:
            self._known[message.hash] = frame, self._runs
        match message.WhichOneof("type"):
            case "new_session":
                self.session = message.new_session.initialize.session_id
                self._oldest = message.new_session.config.max_cached_message_age or self._oldest
            case "auto_rerun":
                self.timers += 1
            case "script_finished":
                self.finished += 1
                self._forget()
            case "page_info_changed":
                self.query = message.page_info_changed.query_string
            case "delta":
                self._draw(message)

    def _draw(self, message: ForwardMsg) -> None:
        element = message.delta.new_element
        match element.WhichOneof("type"):
            case "button":
                self._buttons[element.button.id.rsplit("-", 1)[-1]] = element.button.id, element.button.disabled
            case "bidi_component" if element.bidi_component.id.endswith(f"-{STAGE}"):
                content = json.loads(element.bidi_component.bytes)
                self._token, self._words = content["token"], " ".join(content["status"])
                self.refusal = " ".join(content["said"] or [])
                for one in content["frames"]:
                    self._see(one["step"])
                self._listen_to(content["address"])

    def _see(self, step: int) -> None:
        if not self.steps or self.steps[-1][0] != step:
            self.steps.append((step, time.time()))

    async def _hear(self, message: bytes) -> None:
        self.received += len(message)
        if found := _STEP.search(message, 0, 2000):
            self._see(int(found[1]))
        if found := _STATUS.search(message, 0, 500):
            self._words = b" ".join(found.groups()).decode()
        if (found := _TOKEN.match(message)) and found[1].decode() != self._token:
            self._token = found[1].decode()  # asked for once
            await self.ask()

    def _listen_to(self, address: str) -> None:
        async def listen() -> None:
            async with connect(f"ws://{self.host}/{address}", max_size=MOST_BYTES) as stream:
                async for message in stream:
                    await self._hear(message if isinstance(message, bytes) else message.encode())

        if address != self._heard:
            self._heard = address
            self._stop_listening()
            self._ear = asyncio.create_task(listen()) if address else None

    def _stop_listening(self) -> None:
        if self._ear is not None:
            self._ear.cancel()

    def _forget(self) -> None:
        """As the browser does: what was not shown for a while."""
        self._runs += 1
        for hash, (_, used) in list(self._known.items()):
            if self._runs - used > self._oldest:
                del self._known[hash]


@asynccontextmanager
async def visitor(url: str, query: str = "") -> AsyncIterator[Visitor]:
    """Opens the app, and closes it at the end.

    Args:
        url: The app's address, perhaps with the name of a page.
        query: The query string of the page, without the question mark.
    """
    parts = urlsplit(url)
    place, origin = f"ws://{parts.netloc}/_stcore/stream", f"http://{parts.netloc}"
    async with connect(
        place, subprotocols=[Subprotocol("streamlit")], max_size=MOST_BYTES, origin=Origin(origin)
    ) as stream:
        opened = Visitor(stream, query, parts.netloc, parts.path.strip("/"))
        listening = asyncio.create_task(opened.listen())
        try:
            await opened.ask()
            yield opened
        finally:
            if opened._ear is not None:
                opened._ear.cancel()
                await asyncio.gather(opened._ear, return_exceptions=True)  # its connection is closed by then
            await stream.close()  # which is read by who listens
            await listening
