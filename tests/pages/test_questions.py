"""What comes with a question may come slowly, never, or all at once: others are answered meanwhile."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Message

from pages.ui.live import computing, questions, walking
from pages.ui.live.questions import body, whole


def question(pieces: list[Any], host: str = "one") -> Request:
    """One whose body comes in pieces; in the place of a piece an event is waited for, and None hangs up."""
    coming = [*pieces]

    async def receive() -> Message:
        while coming and isinstance(coming[0], asyncio.Event):
            await coming.pop(0).wait()
        piece = coming.pop(0)
        if piece is None:
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": piece, "more_body": bool(coming)}

    path = {"run": "gone", "step": "40", "part": "encoder", "kind": "gif", "frames": "3"}
    scope = {"type": "http", "method": "POST", "path_params": path, "headers": [], "client": (host, 1)}
    return Request(scope, receive)


def why(answer: bytes | Response) -> tuple[int, str]:
    assert isinstance(answer, Response)
    return answer.status_code, json.loads(bytes(answer.body))["why"]


@pytest.mark.parametrize("route", [computing.compute, walking.walked])
def test_those_whose_bodies_never_come_take_nobody_s_place(route: Callable[..., Any], monkeypatch: Any) -> None:
    monkeypatch.setattr(computing, "_answer", lambda *_given: Response(status_code=200))
    monkeypatch.setattr(walking, "walk", lambda *_given: b"GIF")

    async def hall() -> None:
        slow = [asyncio.create_task(route(question([b"x", asyncio.Event(), b"y"]))) for _ in range(20)]
        await asyncio.sleep(0)
        assert (await route(question([b"rows"]))).status_code == 200
        for one in slow:
            one.cancel()

    asyncio.run(hall())


def test_a_body_that_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(questions, "SECONDS", 0.01)
    assert why(asyncio.run(body(question([b"x", asyncio.Event(), b"y"]), 9, "")))[0] == 408
    assert not questions._arriving


@pytest.mark.parametrize("route", [computing.compute, walking.walked])
def test_who_hangs_up_is_no_error(route: Callable[..., Any]) -> None:
    assert asyncio.run(route(question([b"x", None]))).status_code == 400
    assert not questions._arriving


def test_a_body_has_a_largest_size_and_all_together_have_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(questions, "ROOM", 12)
    monkeypatch.setattr(questions, "ROOM_OF_ONE", 8)

    async def hall() -> None:
        assert await body(question([b"12345", b"678"]), 8, "") == b"12345678"
        assert why(await body(question([b"12345", b"6789"]), 8, "Too large.")) == (413, "Too large.")
        come = asyncio.Event()
        first = asyncio.create_task(body(question([b"12345", come, b"6"]), 9, ""))
        await asyncio.sleep(0)
        assert why(await body(question([b"1234"]), 9, ""))[0] == 429, "of one address"
        second = asyncio.create_task(body(question([b"12345", come, b"6"], "other"), 9, ""))
        await asyncio.sleep(0)
        assert why(await body(question([b"123"], "third"), 9, ""))[0] == 429, "of all"
        come.set()
        assert [await first, await second] == [b"123456"] * 2
        assert not questions._arriving

    asyncio.run(hall())


def test_whole_numbers_in_addresses_are_short() -> None:
    assert [whole(text) for text in ("0", "40", "9" * 15)] == [0, 40, 10**15 - 1]
    assert [whole(text) for text in ("", "-1", "1.5", "²", "9" * 16, "9" * 5000)] == [None] * 6
