"""Whoever has much drawn keeps neither all threads nor everybody else waiting."""

import asyncio
import threading
from typing import Any

import pytest
from starlette.requests import Request

from pages.ui.live import film
from pages.ui.live.lanes import Lanes
from tests.pages.one_run import until


def test_an_address_has_its_share_of_few_threads_and_others_come_in_between() -> None:
    free, begun = threading.Event(), []

    def draw(who: str) -> str:
        begun.append(who)
        free.wait(10)
        return who

    async def hall() -> list[str]:
        lanes = Lanes(3, 2)
        many = [asyncio.create_task(lanes.run("one", draw, "one")) for _ in range(50)]
        await until(lambda: len(begun) == 2)
        other = asyncio.create_task(lanes.run("another", draw, "another"))
        await until(lambda: len(begun) == 3)
        gone = asyncio.create_task(lanes.run("a third", draw, "a third"))
        await asyncio.sleep(0.05)
        assert begun == ["one", "one", "another"], "no more threads than there are lanes"
        gone.cancel()  # whoever leaves takes nobody's turn along
        free.set()
        return await asyncio.gather(other, *many)

    assert asyncio.run(hall()) == ["another", *["one"] * 50]
    assert begun.count("one") == 50


def test_frames_are_drawn_in_lanes(monkeypatch: pytest.MonkeyPatch) -> None:
    free, busy = threading.Event(), [0, 0]

    def draw(*_given: Any) -> bytes:
        busy[0] += 1
        busy[1] = max(busy)
        free.wait(10)
        busy[0] -= 1
        return b""

    def asked(place: int) -> Request:
        path = {"name": "recording-vanilla", "step": str(place)}
        scope = {"type": "http", "path_params": path, "query_string": b"", "headers": []}
        return Request({**scope, "client": (f"2001:db8::{place}", 1)})

    async def hall() -> set[int]:
        asking = [asyncio.create_task(film.frame(asked(place))) for place in range(1, 40)]
        await until(lambda: busy[0] == film.MOST_OF_ADDRESS)
        await asyncio.sleep(0.05)
        free.set()
        return {answer.status_code for answer in await asyncio.gather(*asking)}

    monkeypatch.setattr(film, "_frame", draw)
    assert asyncio.run(hall()) == {200} and busy == [0, film.MOST_OF_ADDRESS]
