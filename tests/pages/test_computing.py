"""The route at which a browser has a worker compute."""

import asyncio
import json
import threading

import pytest
from starlette.requests import Request
from starlette.responses import Response

from ae_core.engine import EngineError
from ae_core.engine.jobs import Shared, TrainingJob
from pages.ui import shared
from pages.ui.live import computing
from tests import demo
from tests.stored import SETTINGS


class OneRun:
    """An engine with one run, whose network gives back what it is given."""

    def __init__(self) -> None:
        self.job = TrainingJob(SETTINGS, "somebody", Shared())
        self.job.change(state="done", snapshot=demo.snapshot(40))
        self.error = ""
        self.free = threading.Event()
        self.free.set()

    def run(self, run_id: str) -> TrainingJob | None:
        return self.job if run_id == self.job.id else None

    def moments(self, run_id: str) -> list[int]:
        return [10, 30, 50]

    def compute(self, run_id: str, step: int, part: str, rows: bytes) -> bytes:
        self.free.wait(10)
        if self.error:
            raise EngineError(self.error)
        return part.encode() + rows


@pytest.fixture
def engine(monkeypatch) -> OneRun:
    one = OneRun()
    monkeypatch.setattr(shared, "engine", lambda: one)
    return one


def question(run_id: str, rows: bytes = b"rows", step: int | str = 40, origin: str = "", host: str = "") -> Request:
    pieces = [rows[place : place + 2**16] for place in range(0, max(len(rows), 1), 2**16)]

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": pieces.pop(0), "more_body": bool(pieces)}

    headers = [(b"host", b"app.test")] + ([(b"origin", origin.encode())] if origin else [])
    path = {"run": run_id, "step": str(step), "part": "encoder"}
    scope = {"type": "http", "method": "POST", "path_params": path, "headers": headers, "client": (host, 1)}
    return Request(scope, receive)


def ask(*given, **more) -> Response:
    return asyncio.run(computing.compute(question(*given, **more)))


def test_numbers_go_to_a_worker_and_come_back(engine):
    answer = ask(engine.job.id, origin="http://app.test")
    assert (answer.status_code, answer.body) == (200, b"encoderrows")
    assert answer.headers["Cache-Control"] == "no-store"


def test_what_cannot_be_answered_says_why(engine):
    def refused(*given, **more) -> tuple[int, str]:
        answer = ask(*given, **more)
        return answer.status_code, json.loads(bytes(answer.body))["why"]

    assert refused("gone") == (404, "There is no such run any more.")
    assert refused(engine.job.id, step=39)[0] == 409, "another network"
    assert refused(engine.job.id, step="9" * 5000)[0] == refused(engine.job.id, step="²")[0] == 409
    assert refused(engine.job.id, bytes(computing.LARGEST + 1))[0] == 413
    assert refused(engine.job.id, origin="http://elsewhere.test")[0] == 403
    engine.error = "No worker is ready."
    assert refused(engine.job.id) == (503, "No worker is ready.")
    engine.job.change(state="running")
    assert refused(engine.job.id)[0] == 409


def test_a_worker_answers_for_every_step_whose_weights_are_kept(engine):
    assert [ask(engine.job.id, step=step).status_code for step in (10, 20, 30, 40, 50)] == [200, 409, 200, 200, 409]
    engine.job.change(state="running")
    assert [ask(engine.job.id, step=step).status_code for step in (30, 40, 50)] == [200, 409, 200]


def test_more_than_workers_can_do_is_refused_at_once(engine):
    async def hall() -> list[int]:
        engine.free.clear()
        hosts = [str(place % 2) for place in range(computing.MOST)]
        asking = [asyncio.create_task(computing.compute(question(engine.job.id, host=host))) for host in hosts]
        await asyncio.sleep(0)
        one_more = await computing.compute(question(engine.job.id, host="another"))
        engine.free.set()
        return [one_more.status_code, *(one.status_code for one in await asyncio.gather(*asking))]

    assert asyncio.run(hall()) == [429] + [200] * computing.MOST
    assert ask(engine.job.id).status_code == 200


def test_an_address_leaves_places_for_others_however_much_it_asks(engine):
    async def hall() -> list[int]:
        engine.free.clear()
        hosts = [f"2001:db8::{place}" for place in range(1, 100)]
        asking = [asyncio.create_task(computing.compute(question(engine.job.id, host=host))) for host in hosts]
        await asyncio.sleep(0)
        asking.append(asyncio.create_task(computing.compute(question(engine.job.id, host="another"))))
        await asyncio.sleep(0)
        engine.free.set()
        return [one.status_code for one in await asyncio.gather(*asking)]

    statuses = asyncio.run(hall())
    assert statuses[-1] == 200 and 0 < statuses[:-1].count(200) < computing.MOST
    assert not computing._places.taken
