"""What strangers may hold of the web process before any script runs: sockets, files, and listening from elsewhere."""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from types import SimpleNamespace
from typing import Any

import psutil
import pytest
from starlette.types import Message, Receive, Scope, Send
from streamlit.proto.Common_pb2 import FileURLs
from streamlit.runtime.stats import CacheStat
from streamlit.runtime.uploaded_file_manager import UploadedFile, UploadedFileRec
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from pages.ui.live import streaming
from pages.ui.server import bounds, origins, uploads
from tests.bench import visitor
from tests.browser import App

PLACE = "/_stcore/upload_file/{session}/{file}"


class Held:
    """Streamlit's memory of files."""

    def __init__(self) -> None:
        self.bytes = 0
        self.removed: list[str] = []

    def get_stats(self) -> dict[str, list[Any]]:
        return {"files": [CacheStat("files", "", self.bytes)]} if self.bytes else {}

    def remove_session_files(self, session: str) -> None:
        self.removed.append(session)


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Held:
    made = Held()
    monkeypatch.setattr(bounds, "get_instance", lambda: SimpleNamespace(uploaded_file_mgr=made))
    monkeypatch.setenv("AE_UPLOADS_MB", "1")
    monkeypatch.setattr(uploads, "waiting", {})
    return made


async def ask(app: bounds.Bounds, session: str, chunks: list[bytes], host: str = "here") -> tuple[int, str]:
    """Puts a file, and gives the status and the text of the answer."""
    said: list[Message] = []
    coming = [{"type": "http.request", "body": one, "more_body": True} for one in chunks]
    coming.append({"type": "http.request", "body": b"", "more_body": False})

    async def receive() -> Message:
        await asyncio.sleep(0)
        return coming.pop(0)

    async def send(message: Message) -> None:
        said.append(message)

    scope = {"type": "http", "method": "PUT", "path": "/lab" + PLACE.format(session=session, file="f")}
    await app({**scope, "client": (host, 1)}, receive, send)
    return said[0]["status"], said[1].get("body", b"").decode()


async def streamlit(scope: Scope, receive: Receive, send: Send) -> None:
    """Reads a body, and is content with it."""
    while (await receive())["more_body"]:
        pass
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body", "body": b""})


def test_a_new_file_of_a_page_takes_the_place_of_the_one_before(held: Held) -> None:
    app = bounds.Bounds(streamlit)
    assert asyncio.run(ask(app, "one", [b"x" * 1000])) == (204, "")
    assert held.removed == ["one"]


def test_files_have_no_more_room_than_the_host_gives(held: Held) -> None:
    app = bounds.Bounds(streamlit)
    half = [b"x" * 2**18] * 2
    assert asyncio.run(ask(app, "one", half, "one"))[0] == 204
    status, said = asyncio.run(ask(app, "two", half * 2 + [b"x"], "two"))
    assert status == 503 and json.loads(said) == {"detail": bounds.BUSY}
    held.bytes = 2**20
    assert asyncio.run(ask(app, "three", [b"x"], "three"))[0] == 503
    held.bytes = 2**19
    assert asyncio.run(ask(app, "four", half, "four"))[0] == 204


def test_one_file_of_a_page_and_a_few_of_all_are_on_their_way(held: Held, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "UPLOADS", 2)

    async def together(sessions: list[str]) -> list[int]:
        app = bounds.Bounds(streamlit)
        return [status for status, _ in await asyncio.gather(*(ask(app, one, [b"x"] * 3) for one in sessions))]

    assert asyncio.run(together(["one", "one"])) == [204, 429]
    assert asyncio.run(together(["one", "two", "three"])) == [204, 204, 503]


def test_files_on_their_way_from_one_address_leave_places_for_others(
    held: Held, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounds, "UPLOADS_OF_ONE", 2)

    async def together(hosts: list[str]) -> list[int]:
        app = bounds.Bounds(streamlit)
        coming = [ask(app, str(place), [b"x"] * 3, host) for place, host in enumerate(hosts)]
        return [status for status, _ in await asyncio.gather(*coming)]

    hosts = ["2001:db8::1", "2001:db8::2", "2001:db8::3", "2001:db8:1::1"]
    assert asyncio.run(together(hosts)) == [204, 204, 503, 204]


def test_files_that_no_script_reads_leave_room_for_others(held: Held, monkeypatch: pytest.MonkeyPatch) -> None:
    app = bounds.Bounds(streamlit)
    quarter = [b"x" * 2**18]
    assert [asyncio.run(ask(app, one, quarter, "there"))[0] for one in ("one", "two")] == [204, 204]
    assert asyncio.run(ask(app, "three", [b"x"], "there"))[0] == 503, "one address has half of the room"
    assert asyncio.run(ask(app, "one", quarter, "there"))[0] == 204, "a new file in the place of one's own"
    assert asyncio.run(ask(app, "large", quarter * 3, "elsewhere"))[0] == 204, "a file alone may have more"
    held.bytes = 2**20
    held.removed.clear()
    assert asyncio.run(ask(app, "four", [b"x"], "a third"))[0] == 503
    monkeypatch.setattr(bounds, "WAIT_SECONDS", 0.0)
    asyncio.run(ask(app, "five", [b"x"], "a third"))
    assert {"one", "two", "large"} <= set(held.removed), "whoever never reads a file has had it long enough"


def test_a_file_counts_until_what_is_done_with_it_is_done(held: Held, monkeypatch: pytest.MonkeyPatch) -> None:
    record = UploadedFileRec("f", "run.zip", "application/zip", b"x" * 2**20)
    uploads.waiting["mine"] = uploads.Waiting("here", 2**20, time.monotonic())
    context = SimpleNamespace(session_id="mine", uploaded_file_mgr=held)
    monkeypatch.setattr(uploads, "get_script_run_ctx", lambda: context)
    monkeypatch.setattr(uploads.st, "session_state", {"field": UploadedFile(record, FileURLs()), "empty": None})
    app = bounds.Bounds(streamlit)
    with uploads.given("field") as file:
        assert file == ("run.zip", record.data) and held.removed == ["mine"] and not uploads.waiting
        assert asyncio.run(ask(app, "another", [b"x"], "there"))[0] == 503, "it waits for a worker, say"
    assert asyncio.run(ask(app, "another", [b"x"], "there"))[0] == 204
    with uploads.given("empty") as file:
        assert file is None


def test_a_file_that_never_arrives_is_given_up(held: Held, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "UPLOAD_SECONDS", 0.05)

    async def endless(scope: Scope, receive: Receive, send: Send) -> None:
        await asyncio.Event().wait()

    status, said = asyncio.run(ask(bounds.Bounds(endless), "one", []))
    assert status == 408 and json.loads(said) == {"detail": bounds.SLOW}


def test_a_large_answer_leaves_in_pieces_each_after_the_one_before() -> None:
    content = bytes(range(256)) * 4096
    left: list[Message] = []

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": content})

    async def scene() -> None:
        slow = asyncio.Semaphore(2)

        async def send(message: Message) -> None:
            await slow.acquire()
            left.append(message)

        async def receive() -> Message:
            return {"type": "http.disconnect"}

        scope = {"type": "http", "method": "GET", "path": "/media/run.zip"}
        asking = asyncio.ensure_future(bounds.Bounds(answer)(scope, receive, send))
        for _ in range(20):
            await asyncio.sleep(0)
        assert len(left) == 2, "nothing more is handed over before that has left"
        for _ in range(10):
            slow.release()
        await asking

    asyncio.run(scene())
    assert left[0]["status"] == 200 and b"".join(one["body"] for one in left[1:]) == content
    assert {len(one["body"]) for one in left[1:]} == {bounds.PIECE}
    assert [one["more_body"] for one in left[1:]] == [True, True, True, False]


def test_sockets_of_one_address_leave_room_for_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AE_MAX_SOCKETS_PER_ADDRESS", "2")
    monkeypatch.setenv("AE_MAX_SOCKETS", "3")
    free = asyncio.Event()

    async def hold(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "websocket.accept"})
        await free.wait()

    async def open_one(app: Callable[..., Awaitable[None]], address: str) -> list[Message]:
        said: list[Message] = []

        async def receive() -> Message:
            return {"type": "websocket.connect"}

        async def send(message: Message) -> None:
            said.append(message)

        await app({"type": "websocket", "path": "/", "client": (address, 1)}, receive, send)
        return said

    async def scene() -> list[str]:
        app = bounds.Bounds(hold)
        # Of IPv6 a whole network is one address.
        opened = [
            asyncio.create_task(open_one(app, one)) for one in ("2001:db8::1", "2001:db8::2", "2001:db8::3", "b", "c")
        ]
        await asyncio.sleep(0)
        free.set()
        first = [said[0]["type"] for said in await asyncio.gather(*opened)]
        return [*first, (await open_one(app, "2001:db8::4"))[0]["type"]]

    accept, close = "websocket.accept", "websocket.close"
    assert asyncio.run(scene()) == [accept, accept, close, accept, close, accept], "and whoever leaves makes room"


def test_one_address_that_listens_as_often_as_it_may_leaves_others_room_to_listen() -> None:
    assert bounds.SOCKETS_OF_ONE <= streaming.MOST / 2 < bounds.SOCKETS


@pytest.mark.parametrize(
    ("origin", "expected"),
    [
        (None, True),
        ("http://lab.example:8501", True),
        ("https://lab.example:8501", True),
        ("http://evil.example", False),
        ("http://lab.example.evil.example", False),
        ("null", False),
        ("http://[", False),
        ("http://lab.example\uff0f:8501", False),
    ],
)
def test_only_our_own_pages_listen(origin: str | None, expected: bool) -> None:
    headers = {"host": "lab.example:8501"} | ({"origin": origin} if origin is not None else {})
    socket: Any = SimpleNamespace(headers=headers)
    assert origins.allowed(socket) is expected


@pytest.mark.workers
def test_a_page_of_another_site_hears_nothing(app: App) -> None:
    async def listen(origin: str) -> int:
        async with connect(f"{app.url.replace('http', 'ws')}/live/engine", origin=origin) as stream:  # type: ignore[arg-type]
            return len(await stream.recv())

    assert asyncio.run(listen(app.url))
    with pytest.raises(InvalidStatus):
        asyncio.run(listen("http://evil.example"))


@pytest.mark.workers
def test_one_page_cannot_fill_the_memory_with_files(app: App) -> None:
    async def attack() -> list[int]:
        async with visitor.visitor(app.url) as one:
            await one.until(lambda: one.finished)
            return [await asyncio.to_thread(one.put, f"file{number}", 40 * 2**20) for number in range(8)]

    process = psutil.Process(app.process.pid)
    before = process.memory_info().rss
    assert asyncio.run(attack()) == [204] * 8
    assert process.memory_info().rss - before < 160 * 2**20, "of 320 MB at most the newest file is held"
