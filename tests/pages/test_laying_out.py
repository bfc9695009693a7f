"""The route at which a page has codes laid out by t-SNE."""

import asyncio
from collections.abc import Iterator

import numpy as np
import pytest

from pages.ui import shared
from pages.ui.live import laying_out
from pages.ui.live import works as live_works
from tests import demo
from tests.pages import one_run
from tests.pages.one_run import until

PLACES = np.array([[1, 2], [-3, 4.5]], "<f4")


class OneRun(one_run.OneRun):
    """Its layouts take four stretches."""

    def lay_out(self, run_id: str, step: int, count: int) -> Iterator[tuple[float, bytes]]:
        return self.compute((step, count), [(share, PLACES.tobytes()) for share in (0.25, 0.5, 0.75, 1.0)])


@pytest.fixture
def engine(monkeypatch) -> OneRun:
    one = OneRun(10, 20, 30)
    monkeypatch.setattr(shared, "engine", lambda: one)
    monkeypatch.setattr(laying_out, "_works", live_works.Works(laying_out.MOST))
    return one


async def ask(run: str, step: int | str = 40, **others: str):
    return await one_run.ask(laying_out.layout, run, step, **others)


def works() -> int:
    return len(laying_out._works)


def test_pages_hear_how_far_a_layout_is_and_get_it_computed_once(engine):
    async def hall() -> None:
        run = engine.job.id
        assert await ask(run, origin="http://app.test") == (200, {"share": 0.0})
        assert await ask(run, page="other") == (200, {"share": 0.0})
        engine.free.release()
        await until(lambda: engine.parts == 1 and laying_out._works[run, 40].share)
        assert await ask(run) == (200, {"share": 0.25})
        engine.free.release(3)
        await until(lambda: not works())
        for page in ("mine", "other", "later"):
            assert await ask(run, page=page) == (200, {"share": 1.0, "places": [1, 2, -3, 4.5]})
        assert engine.begun == [(40, demo.setup().atlas.count)]

    asyncio.run(hall())


def test_a_layout_ends_when_the_last_page_has_given_it_up_or_is_closed(engine, monkeypatch):
    async def leave() -> None:
        run = engine.job.id
        for page in ("mine", "other"):
            await ask(run, page=page)
        assert await ask(run, method="DELETE") == (204, {})
        engine.free.release()
        await until(lambda: engine.parts == 1 and laying_out._works[run, 40].share)
        assert works() == 1, "the other one waits for it"
        await ask(run, page="other", method="DELETE")
        engine.free.release()
        await until(lambda: not works())
        await ask(run)
        await until(lambda: len(engine.begun) == 2)
        monkeypatch.setattr(live_works, "PATIENCE", 0.0)
        engine.free.release()
        await until(lambda: not works())
        assert len(engine.begun) == 2 and engine.parts == 3, "one stretch after the last page has gone"

    asyncio.run(leave())


def test_a_page_has_one_layout_on_its_way_and_all_pages_a_few(engine):
    async def hall() -> None:
        run = engine.job.id
        await ask(run, 10)
        await ask(run, 20)
        assert [[*work.pages] for work in laying_out._works.values()] == [[], ["mine"]]
        status, told = await ask(run, 30, page="other")
        assert status == 429 and "next" in told["why"]
        engine.free.release(9)  # of the first, its page has gone, one
        await until(lambda: not works())
        assert await ask(run, 30, page="other") == (200, {"share": 0.0})
        await until(lambda: not works())
        assert (await ask(run, 30))[1]["share"] == 1

    asyncio.run(hall())


def test_an_address_has_one_layout_at_a_time_and_others_come_in_between(engine):
    async def hall() -> None:
        run = engine.job.id
        assert (await ask(run, 10, page="loop1", host="greedy"))[0] == 200
        assert (await ask(run, 20, page="loop2", host="greedy"))[0] == 429, "the other place is for others"
        assert (await ask(run, 10, page="loop3", host="greedy"))[0] == 200, "it is on its way already"
        assert (await ask(run, 20, page="first", host="other"))[0] == 200
        assert (await ask(run, 30, page="honest", host="third"))[0] == 429
        engine.free.release(8)
        await until(lambda: not works())
        for loop in range(20):
            assert (await ask(run, 30, page=f"ever new {loop}", host="greedy"))[0] == 429, "its own loop2 came before"
        assert (await ask(run, 30, page="honest", host="third"))[0] == 200
        assert (await ask(run, 10, page="first", host="other"))[0] == 200, "laid out already"
        assert [work.address for work in laying_out._works.values()] == ["third"]
        engine.free.release(4)
        await until(lambda: not works())

    asyncio.run(hall())


def test_what_cannot_be_laid_out_says_why(engine):
    async def refused() -> None:
        run = engine.job.id
        assert await ask("gone") == (404, {"why": "There is no such run any more."})
        assert (await ask(run, 39))[0] == (await ask(run, "9" * 5000))[0] == 409
        assert (await ask(run, origin="http://elsewhere.test"))[0] == 403
        engine.error = "t-SNE needs at least 5 images; this run shows 4."
        await ask(run)
        engine.free.release()
        await until(lambda: laying_out._works[run, 40].why)
        assert await ask(run) == (503, {"why": engine.error})
        assert works() == 0, "whoever asks again has it tried again"
        await ask(run)
        engine.free.release()
        await until(lambda: laying_out._works[run, 40].why)
        await ask(run, method="DELETE")
        assert works() == 0, "nobody has asked why"

    asyncio.run(refused())


def test_a_fault_that_nobody_has_thought_of_is_said_and_logged(engine, monkeypatch, caplog):
    def fault(*_given: object) -> Iterator[tuple[float, bytes]]:
        raise ZeroDivisionError("in our own code")

    async def hall() -> None:
        run = engine.job.id
        monkeypatch.setattr(engine, "lay_out", fault)
        await ask(run)
        await until(lambda: laying_out._works[run, 40].why)
        status, said = await ask(run)
        assert status == 503 and "fault in the app" in said["why"]
        assert not works(), "whoever asks again has it tried again"

    asyncio.run(hall())
    assert "in our own code" in caplog.text
