"""While the server's own loop does something for one visitor, all others wait: so it reads no disk, packs nothing, and
waits for no lock that somebody holds who writes to a disk."""

import asyncio
import threading
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import Response

from ae_core.engine import Engine, TrainingJob
from ae_core.runs import RunStore
from pages.ui import shared
from pages.ui.live import computing, film, laying_out, network, streaming
from pages.ui.live import works as live_works
from pages.ui.live.works import Works
from pages.ui.odd import scoring
from tests import demo
from tests.stored import SETTINGS


class Socket:
    """A page that listens and never speaks."""

    def __init__(self, place: str, runs: str) -> None:
        self.query_params, self.path_params = {"runs": runs}, {"place": place}
        self.headers: dict[str, str] = {}
        self.sent = 0

    async def accept(self) -> None:
        pass

    async def close(self, code: int) -> None:
        pass

    async def send_bytes(self, message: bytes) -> None:
        self.sent += 1

    async def receive(self) -> dict[str, str]:
        await asyncio.Event().wait()
        return {}


@pytest.fixture
def job(store: RunStore, monkeypatch: pytest.MonkeyPatch) -> TrainingJob:
    """A run that has ended, of an engine whose workers answer at once."""
    engine = Engine(store=store)
    made = engine.submit(SETTINGS, "me")
    made.change(state="done", setup=demo.setup(panels=[]), snapshot=demo.snapshot(40))
    monkeypatch.setattr(shared, "engine", lambda: engine)
    monkeypatch.setattr(network, "_ask", lambda key: network.Packed(b"network", '"mark"', ""))
    monkeypatch.setattr(Engine, "compute", lambda *given: b"")
    for kind in (laying_out, scoring):
        monkeypatch.setattr(kind, "_works", Works(1))
    monkeypatch.setattr(live_works, "AGAIN_SECONDS", 60.0)
    return made


def question(job: TrainingJob, name: str = "") -> Request:
    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": b""}

    path = {"run": name or job.id, "name": name or job.id, "step": "40", "part": "encoder", "page": "mine"}
    scope = {"type": "http", "method": "POST", "path_params": path, "headers": [], "query_string": b""}
    return Request(scope, receive)


ROUTES: dict[str, Callable[[Request], Awaitable[Response]]] = {
    "moments": network.moments,
    "network": network.network,
    "compute": computing.compute,
    "layout": laying_out.layout,
    "odd": scoring.odd,
    "steps": film.steps,
    "frame": film.frame,
}


@pytest.mark.parametrize("name", [*ROUTES, "one run", "all runs"])
def test_whoever_writes_to_a_disk_keeps_nobody_waiting_but_those_who_ask_for_it(name: str, job: TrainingJob) -> None:
    freed: list[bool] = []
    free, held = threading.Event(), threading.Event()

    def write() -> None:  # as the engine does while it stores a new run
        with job.lock:
            held.set()
            freed.append(free.wait(5))

    async def serve() -> None:
        places = {"one run": job.id, "all runs": streaming.TOGETHER}
        socket: Any = Socket(places.get(name, ""), job.id)
        listening = name in places
        if listening:
            asking: asyncio.Task[Any] = asyncio.create_task(streaming.stream(socket))
            while not socket.sent:
                await asyncio.sleep(0.01)
        writing = threading.Thread(target=write)
        writing.start()
        held.wait(5)
        if not listening:
            asking = asyncio.create_task(_answer(ROUTES[name], question(job)))
        for _ in range(15):
            await asyncio.sleep(0.01)
        free.set()
        if listening:
            asking.cancel()
        else:
            assert (await asking).status_code == 200
        await asyncio.to_thread(writing.join)

    # The loop of a page that listens notes every so often that somebody looks at the run.
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(streaming, "ALIVE_SECONDS", 0.02)
        asyncio.run(serve())
    assert freed == [True], "the loop went round meanwhile"


def test_the_disk_is_read_elsewhere(job: TrainingJob, store: RunStore, monkeypatch: pytest.MonkeyPatch) -> None:
    readers: set[threading.Thread] = set()
    open_run = store.open

    def noted(run_id: str) -> Any:
        readers.add(threading.current_thread())
        return open_run(run_id)

    monkeypatch.setattr(store, "open", noted)
    assert asyncio.run(_answer(film.steps, question(job))).status_code == 200
    assert readers and threading.current_thread() not in readers


def test_the_network_of_a_recording_is_packed_once_and_elsewhere(
    job: TrainingJob, monkeypatch: pytest.MonkeyPatch
) -> None:
    packers: list[threading.Thread] = []

    def packed(content: bytes, worker: str = "") -> network.Packed:
        packers.append(threading.current_thread())
        return network.Packed(content, '"mark"', "")

    monkeypatch.setattr(network, "_packed_of", packed)
    network._packed_once.cache_clear()
    for _ in range(3):
        assert asyncio.run(_answer(network.network, question(job, "recording-vanilla"))).status_code == 200
    network._packed_once.cache_clear()
    assert len(packers) == 1 and packers[0] is not threading.current_thread()


async def _answer(route: Callable[[Request], Awaitable[Response]], asked: Request) -> Response:
    return await route(asked)
