"""Routes at which a page has something computed: an engine with one run, and questions as a page puts them."""

import asyncio
import json
import threading
from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from ae_core.engine import EngineError
from ae_core.engine.jobs import Shared, TrainingJob
from tests import demo
from tests.stored import SETTINGS


class OneRun:
    """An engine with one run that has ended. What is computed of it takes several parts; each waits until it is free.

    Args:
        moments: Steps of which frames are kept, beside the newest.
    """

    def __init__(self, *moments: int) -> None:
        self.job = TrainingJob(SETTINGS, "somebody", Shared())
        self.job.change(state="done", setup=demo.setup(), snapshot=demo.snapshot(40))
        self.free = threading.Semaphore(0)
        self.error = ""
        self.begun: list[Any] = []
        self.parts = 0
        self._moments = [*moments]

    def run(self, run_id: str) -> TrainingJob | None:
        return self.job if run_id == self.job.id else None

    def moments(self, run_id: str) -> list[int]:
        return self._moments

    def compute(self, what: Any, parts: Sequence[tuple[float, bytes]]) -> Iterator[tuple[float, bytes]]:
        """Notes what is asked for, and gives a part for each time that it is let go on."""
        self.begun.append(what)
        for part in parts:
            assert self.free.acquire(timeout=20)
            if self.error:
                raise EngineError(self.error)
            self.parts += 1
            yield part


async def ask(
    route: Callable[[Request], Awaitable[Response]],
    run: str,
    step: int | str,
    page: str = "mine",
    query: str = "",
    method: str = "POST",
    origin: str = "",
    host: str = "here",
) -> tuple[int, Any]:
    """Status and content of what a route answers."""
    headers = [(b"host", b"app.test")] + ([(b"origin", origin.encode())] if origin else [])
    path = {"run": run, "step": str(step), "page": page}
    scope: dict[str, Any] = {"type": "http", "method": method, "path_params": path, "headers": headers}
    scope |= {"query_string": query.encode(), "client": (host, 1)}
    answer = await route(Request(scope))
    return answer.status_code, json.loads(bytes(answer.body) or b"{}")


async def until(found: Callable[[], object]) -> None:
    """Waits for what a task and its thread do."""
    async with asyncio.timeout(20):
        while not found():
            await asyncio.sleep(0.005)
