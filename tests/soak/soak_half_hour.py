"""Half an hour of people who come, train, look and go: at its end the app holds what it held after five minutes."""

import asyncio
import contextlib
import functools
import itertools
import time
from collections.abc import Callable
from urllib.parse import urlencode

import psutil
import pytest

from tests.bench.visitor import Visitor, visitor
from tests.browser import App, running_app

pytestmark = pytest.mark.workers

MINUTES, SETTLED = 30.0, 5.0
PEOPLE = 3
LONGEST = 600.0  # seconds of a visit's run, on a machine that does much else
REST = 90.0  # seconds until nothing is kept of pages that are gone, see `disconnectedSessionTTL`
EVERY = 10.0  # seconds between two looks at the processes
MORE = 1.1  # times as much memory as after the first minutes
VARIANTS = ("stacked", "sparse", "variational", "convolutional", "denoising")
SMALL = {"dataset": "digits", "latent_dim": 2, "epochs": 10, "pace": "full"}


async def comes_and_goes(url: str, person: int, over: Callable[[], bool], ended: list[str]) -> None:
    """One visit after the other, each as somebody else: a run, the other pages, and away."""
    for number in itertools.count():
        if over():
            return
        wish = SMALL | {"variant": VARIANTS[(person + number) % len(VARIANTS)], "seed": number}
        async with visitor(url, urlencode(wish)) as page:
            await page.press("start")
            await page.until(functools.partial(over_with, page), LONGEST)
            ended.append(page.refusal or page.status)
        for place in ("/explore", "/compare", "/learn"):
            async with visitor(f"{url}{place}") as page:
                await page.until(page.drawn, LONGEST)
        await asyncio.sleep(5)


def over_with(page: Visitor) -> bool:
    """Whether a visitor's run has ended, or could not begin."""
    return page.says("Done", "Failed", "Stopped", "Diverged") or bool(page.refusal)


def weighed(process: psutil.Process) -> dict[str, float]:
    """Memory in MB of the web process and of all; open files and threads of the web process."""
    family = [process, *process.children(recursive=True)]
    memory = 0.0
    for one in family:
        with contextlib.suppress(psutil.NoSuchProcess):  # a worker that is just renewed
            memory += one.memory_info().rss / 1e6
    return {
        "web": process.memory_info().rss / 1e6,
        "all": memory,
        "files": float(process.num_fds()),
        "threads": float(process.num_threads()),
    }


async def half_hour(app: App) -> tuple[list[dict[str, float]], list[dict[str, float]], dict[str, float], list[str]]:
    """What was weighed in the minutes after the first five and in the last ones, and at rest; and how runs ended."""
    begun, process = time.monotonic(), psutil.Process(app.process.pid)
    ended: list[str] = []
    looks: list[tuple[float, dict[str, float]]] = []

    def minute() -> float:
        return (time.monotonic() - begun) / 60

    people = [
        asyncio.create_task(comes_and_goes(app.url, person, lambda: minute() > MINUTES, ended))
        for person in range(PEOPLE)
    ]
    while minute() < MINUTES:
        await asyncio.sleep(EVERY)
        looks.append((minute(), weighed(process)))
    await asyncio.gather(*people)
    early = [seen for at, seen in looks if SETTLED <= at < 2 * SETTLED]
    late = [seen for at, seen in looks if at >= MINUTES - SETTLED]
    await asyncio.sleep(REST)
    async with visitor(app.url) as page:  # when somebody comes, Streamlit puts away the pages that are long gone
        await page.until(page.drawn, LONGEST)
    return early, late, weighed(process), ended


def test_after_half_an_hour_the_app_holds_what_it_held_after_five_minutes() -> None:
    with running_app() as app:
        early, late, rest, ended = asyncio.run(half_hour(app))
    before, after = ({name: max(seen[name] for seen in some) for name in some[0]} for some in (early, late))
    print(f"{len(ended)} runs; most in minutes 5 to 10: {before}; in the last five: {after}; at rest: {rest}")  # noqa: T201
    assert all("Done" in words for words in ended), {*ended}
    for name in ("web", "all", "threads"):
        assert after[name] <= MORE * before[name], name
    # A page that is gone holds three files for a minute, so their number goes by how many have come just then.
    assert rest["files"] <= min(seen["files"] for seen in early)
