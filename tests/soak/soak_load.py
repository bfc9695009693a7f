"""A hall of thirty, six starts at once, and somebody beside them who means harm in each way that is known."""

import asyncio
import contextlib
import http.client
import itertools
import time
from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack
from urllib.parse import urlencode

import numpy as np
import psutil
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException

from tests.bench.visitor import Visitor, visitor
from tests.browser import App, running_app

pytestmark = pytest.mark.workers

VISITORS, STARTS = 30, 6
MOST_MEMORY = 250e6  # bytes of the web process
MOST_SECONDS = 1.0  # of 95 % of clicks
SMALL = {"variant": "stacked", "dataset": "digits", "latent_dim": 2, "epochs": 30, "pace": "full"}
HUGE = {"dataset": "digits", "batch_size": 1, "widths": "4096,4096", "latent_dim": 700, "epochs": 500, "pace": "slow"}
NONSENSE = [
    "../../etc/passwd",
    "<script>alert(1)</script>",
    "1e999",
    "-1",
    "\0",
    "nan",
    "💣" * 60,
    "![p](http://x/y.png)",
]


async def click(page: Visitor) -> float:
    """Seconds from any press until the page is drawn."""
    drawn, begun = page.finished, time.monotonic()
    await page.ask()
    await page.until(lambda: page.finished > drawn)
    return time.monotonic() - begun


async def honest(url: str, number: int, clicks: list[float], told: list[str]) -> str:
    """Starts a run and looks at it to its end; what the page says then. What refused a start is noted in `told`."""
    async with visitor(url, urlencode(SMALL | {"seed": number})) as page:
        await page.press("start")
        for _ in range(600):
            clicks.append(await click(page))
            if page.says("Done", "Failed", "Stopped", "Diverged"):
                break
            if page.refusal:  # strangers share this address: whoever is told to wait presses again
                told.append(page.refusal)
                await page.press("start")
            await asyncio.sleep(0.5)
        return page.status


async def looks_on(url: str, clicks: list[float], over: asyncio.Event) -> None:
    """Opens pages and goes from one to the other."""
    for place in itertools.cycle(["", "/learn", "/compare", "/explore"]):
        if over.is_set():
            return
        async with visitor(f"{url}{place}") as page:
            await page.until(page.drawn)
            clicks.append(await click(page))
            await asyncio.sleep(2)


async def fills_memory(url: str, over: asyncio.Event) -> None:
    """Puts one large file after the other."""

    async with visitor(url) as page:
        await page.until(page.drawn)
        for number in itertools.count():
            if over.is_set():
                return
            with contextlib.suppress(OSError, http.client.HTTPException):
                await asyncio.to_thread(page.put, f"file{number}", 20 * 2**20)


async def opens_sockets(url: str, over: asyncio.Event) -> None:
    """Listens two hundred times, each time with another wish."""
    async with AsyncExitStack() as opened:
        for number in range(200):
            wish = f"{url.replace('http', 'ws')}/live/engine?words=w{number}&variant=v{number}"
            with contextlib.suppress(WebSocketException, OSError):
                await opened.enter_async_context(connect(wish))
        await over.wait()


async def asks_for_too_much(url: str, over: asyncio.Event) -> None:
    """Starts what would hold the only slot for months, again and again, each time as somebody else."""
    for seed in itertools.count():
        if over.is_set():
            return
        with contextlib.suppress(TimeoutError):
            async with visitor(url, urlencode(HUGE | {"seed": seed})) as page:
                async with asyncio.timeout(10):
                    await page.press("start")
                await asyncio.sleep(2)


async def sends_nonsense(url: str, over: asyncio.Event) -> None:
    """Opens addresses that mean nothing."""
    for text in itertools.cycle(NONSENSE):
        if over.is_set():
            return
        async with visitor(url, urlencode({"variant": text, "dataset": text, "run": text, "epochs": text})) as page:
            await page.until(page.drawn)


ATTACKS: list[Callable[[str, asyncio.Event], Coroutine[None, None, None]]] = [
    fills_memory,
    opens_sockets,
    asks_for_too_much,
    sends_nonsense,
]


async def hall(app: App) -> tuple[list[str], list[float], float, list[str]]:
    """What honest runs' pages say at the end, seconds of clicks, most memory of the web process, refused starts."""
    clicks: list[float] = []
    told: list[str] = []
    over, process, most = asyncio.Event(), psutil.Process(app.process.pid), 0.0

    async def weigh() -> None:
        nonlocal most
        while not over.is_set():
            most = max(most, float(process.memory_info().rss))
            await asyncio.sleep(0.2)

    others = [weigh(), *(looks_on(app.url, clicks, over) for _ in range(VISITORS - STARTS))]
    beside = [asyncio.create_task(one) for one in [*others, *(attack(app.url, over) for attack in ATTACKS)]]
    ended = await asyncio.gather(*(honest(app.url, number, clicks, told) for number in range(STARTS)))
    over.set()
    await asyncio.gather(*beside)
    return ended, clicks, most, told


def test_honest_runs_end_and_pages_answer_whatever_strangers_do() -> None:
    with running_app(AE_PUBLIC="1", AE_MAX_RUN_MINUTES="2") as app:
        ended, clicks, most, told = asyncio.run(hall(app))
    slow = float(np.quantile(clicks, 0.95))
    print(f"{len(clicks)} clicks: median {np.median(clicks):.2f} s, 95 % within {slow:.2f} s; {most / 1e6:.0f} MB")  # noqa: T201
    print(f"{len(told)} starts were refused: {set(told)}")  # noqa: T201
    assert all("Done" in words for words in ended), ended
    assert slow <= MOST_SECONDS
    assert most <= MOST_MEMORY
