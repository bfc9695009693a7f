"""What stays behind: memory of the web process after visits and watched runs, and of a worker after trainings."""

import asyncio
import itertools
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import urlencode

import psutil

from ae_core import variants
from ae_core.bench.contest import Contest
from ae_core.bench.line import Goal, Line
from ae_core.bench.measurement import Measurement
from tests.bench.hall import Hall, audience, hall
from tests.bench.visitor import visitor

RUNS = 50
VISITS_A_RUN = 4  # the owner's, two that watch, one that only looks at the form
FIRST_RUNS, FIRST_TRAININGS, TRAININGS = 10, 5, 30
MIXED = {"dataset": "digits", "epochs": 4}


def measure(contest: Contest, wanted: Sequence[str]) -> Iterator[Line]:
    """Fifty small runs of mixed variants, one after the other, each of them watched."""
    with tempfile.TemporaryDirectory() as folder, hall(Path(folder)) as opened:
        found = asyncio.run(_visited(contest, opened))
    yield from (line for line in _lines(found) if line.name in wanted)


def _lines(found: list[dict[str, float]]) -> Iterator[Line]:
    for name, what, key, first, last, most in (
        ("memory-web", f"web process after {VISITS_A_RUN * RUNS} visits and {RUNS} runs", "web", FIRST_RUNS, RUNS, 1.1),
        (
            "memory-worker",
            f"worker after {TRAININGS} trainings of mixed variants",
            "worker",
            FIRST_TRAININGS,
            TRAININGS,
            1.15,
        ),
    ):
        before, after = found[first - 1][key], found[last - 1][key]
        yield Line(
            name,
            what,
            f"itself after {first}",
            after / before,
            "×",
            Goal(most, at_least=False),
            remark=f"{before:.0f} and {after:.0f} MB",
            details={"megabytes": [one[key] for one in found]},
        )


async def _visited(contest: Contest, opened: Hall) -> list[dict[str, float]]:
    found = []
    web = psutil.Process(opened.app.process.pid)
    names = itertools.cycle(variants.registry())
    for number in range(RUNS):
        settings = {"variant": next(names), "seed": number, **MIXED}
        async with opened.lecture(settings) as (lecturer, query), audience(opened.app.url, query, 2):
            await lecturer.until_said("Done")
        async with visitor(opened.app.url, urlencode(settings)) as passing:
            await passing.until_seen()
        # A fresh one may be warming up beside it, or the old one end at this moment.
        worker = max(opened.client.run(_resident, on_error="ignore").values())
        found.append({"web": web.memory_info().rss / 1e6, "worker": worker / 1e6})
        contest.say(f"{number + 1} of {RUNS} runs: {found[-1]['web']:.0f} MB web, {found[-1]['worker']:.0f} MB worker")
    return found


def _resident() -> int:
    return psutil.Process().memory_info().rss


MEASUREMENT = Measurement("memory", ("memory-web", "memory-worker"), measure)
