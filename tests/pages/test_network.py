"""The route from which a browser gets the trained network of a run."""

import asyncio
import gzip
import json
import threading
import time
from types import SimpleNamespace

import pytest
from starlette.requests import Request
from starlette.responses import Response

from ae_core.engine import EngineError, Portable
from ae_core.engine.jobs import Shared, TrainingJob
from pages.ui import shared
from pages.ui.live import network
from tests import demo
from tests.pages.one_run import until
from tests.stored import SETTINGS

WEIGHTS = b"\x00weights" * 100


class OneRun:
    """An engine with one run, which counts the questions to its worker."""

    def __init__(self) -> None:
        self.job = TrainingJob(SETTINGS, "somebody", Shared())
        self.job.change(state="done", snapshot=demo.snapshot(40))
        self.answer: Portable | EngineError = Portable(WEIGHTS)
        self.asked = 0
        self.kept: list[int] = []
        self.wanted: int | None = None

    def run(self, run_id: str) -> TrainingJob | None:
        return self.job if run_id == self.job.id else None

    def moments(self, run_id: str) -> list[int]:
        return self.kept

    def network(self, run_id: str, step: int | None = None) -> Portable:
        self.asked += 1
        self.wanted = step
        time.sleep(0.05)  # so that others ask meanwhile
        if isinstance(self.answer, EngineError):
            raise self.answer
        return self.answer


@pytest.fixture
def engine(monkeypatch) -> OneRun:
    one = OneRun()
    monkeypatch.setattr(shared, "engine", lambda: one)
    return one


def get(run_id: str, known: str = "", query: str = "") -> Response:
    """What the app answers a browser that keeps a network with this mark."""
    headers = [(b"if-none-match", known.encode())] if known else []
    scope = {"type": "http", "path_params": {"run": run_id}, "query_string": query.encode(), "headers": headers}
    return asyncio.run(network.network(Request(scope)))


def test_a_browser_gets_the_network_once_and_keeps_it_while_it_is_the_same(engine):
    first = get(engine.job.id)
    assert gzip.decompress(first.body) == WEIGHTS and first.headers["Content-Encoding"] == "gzip"
    same = get(engine.job.id, first.headers["ETag"])
    assert (same.status_code, same.body, engine.asked) == (304, b"", 1)
    engine.answer = Portable(WEIGHTS + b"more")
    engine.job.change(snapshot=demo.snapshot(80))  # it was given more epochs
    more = get(engine.job.id, first.headers["ETag"])
    assert gzip.decompress(more.body) == WEIGHTS + b"more" and more.headers["ETag"] != first.headers["ETag"]


def test_a_hall_asks_a_worker_once(engine):
    async def hall() -> list[bytes]:
        key = engine.job.id, 40, True
        return [one.content for one in await asyncio.gather(*(network._packed(key) for _ in range(30)))]

    assert {gzip.decompress(content) for content in asyncio.run(hall())} == {WEIGHTS}
    assert engine.asked == 1


def told(engine, status: int = 200) -> dict:
    answer = get(engine.job.id)
    assert (answer.status_code, answer.headers["Cache-Control"]) == (status, "no-store")
    return json.loads(bytes(answer.body))


def test_what_has_no_network_says_why_and_whether_to_ask_again(engine):
    engine.answer = Portable(why="It has a layer that browsers are not told to compute: read_1 (GRU).")
    assert told(engine) == {"browser": False, "why": engine.answer.why, "later": False}
    engine.job.change(state="running", snapshot=demo.snapshot(50))
    waits = told(engine)
    assert waits["later"] and "still trains" in waits["why"]
    engine.job.change(state="done")
    engine.answer = EngineError("No answer came.")
    assert told(engine, 503) == {"browser": False, "why": "No answer came.", "later": True}
    engine.answer = Portable(WEIGHTS)
    assert gzip.decompress(get(engine.job.id).body) == WEIGHTS, "what went wrong once is asked again"
    engine.job = SimpleNamespace(id="gone")
    engine.run = lambda run_id: None
    assert told(engine, 404)["later"] is False


def test_the_network_of_an_earlier_step_is_the_kept_one_at_it_or_before(engine):
    def moments() -> dict:
        scope = {"type": "http", "path_params": {"run": engine.job.id}, "query_string": b"", "headers": []}
        return json.loads(bytes(asyncio.run(network.moments(Request(scope))).body))

    engine.kept = [0, 10, 30, 50]
    assert moments() == {"steps": [0, 10, 30, 40], "moving": False}, "what lies beyond was left by another attempt"
    for query, step, asked in (("29", "10", 10), ("10", "10", 10), ("0", "0", 0), ("99", "40", None)):
        answer = get(engine.job.id, query=f"step={query}")
        assert (answer.headers["X-Step"], engine.wanted) == (step, asked)
    engine.job.change(state="running", snapshot=demo.snapshot(60))
    assert moments() == {"steps": [0, 10, 30, 50], "moving": True}
    for query, step in (("", "50"), ("step=49", "30"), ("step=nonsense", "50")):
        assert get(engine.job.id, query=query).headers["X-Step"] == step
    assert engine.asked == 5, "each network once"
    scope = {"type": "http", "path_params": {"run": "gone"}, "query_string": b"", "headers": []}
    assert asyncio.run(network.moments(Request(scope))).status_code == 404


def test_whoever_asks_for_many_networks_takes_no_more_than_a_few_threads(engine, monkeypatch):
    monkeypatch.setattr(network, "MOST_OF_ADDRESS", 12)
    monkeypatch.setattr(network, "MOST_WAITING", 13)
    monkeypatch.setattr(network, "_kept", network.Kept(2**20, 100, lambda one: len(one.content)))
    busy, free = [0, 0], threading.Event()

    def slow(run_id: str, step: int | None = None) -> Portable:
        busy[0] += 1
        busy[1] = max(busy)
        free.wait(10)
        busy[0] -= 1
        return Portable(WEIGHTS)

    async def ask(step: int, host: str) -> Response:
        query = f"step={step}".encode()
        scope = {"type": "http", "path_params": {"run": engine.job.id}, "query_string": query, "headers": []}
        return await network.network(Request({**scope, "client": (host, 1)}))

    async def hall() -> list[int]:
        many = [asyncio.create_task(ask(step, "one")) for step in range(16)]
        await until(lambda: len(network._coming) == 12 and busy[0] == network.MOST_OF_ONE)
        other = asyncio.create_task(ask(20, "another"))
        await until(lambda: len(network._coming) == 13 and busy[0] == network.MOST_OF_ONE + 1)
        full = await ask(30, "a third")
        assert full.status_code == 503 and json.loads(bytes(full.body))["later"] is True
        same = asyncio.create_task(ask(3, "a third"))
        await asyncio.sleep(0)
        free.set()
        return [one.status_code for one in await asyncio.gather(*many, other, same)]

    engine.network = slow
    engine.kept = [*range(31)]
    statuses = asyncio.run(hall())
    assert sorted(statuses[:16]) == [200] * 12 + [503] * 4 and statuses[16:] == [200, 200]
    assert busy == [0, network.MOST_OF_ONE + 1] and not network._coming and not network._asked_from
