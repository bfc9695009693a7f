"""What more of it costs: images, numbers in the code, viewers, stored runs. Straight lines or better are wanted."""

import asyncio
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from ae_core.bench.contest import Contest
from ae_core.bench.line import Goal, Line
from ae_core.bench.measurement import Measurement
from ae_core.bench.rounds import rate
from ae_core.runs import RunStore
from ae_core.variants import read_settings
from tests import stored
from tests.bench.hall import LECTURE, hall, watched
from tests.bench.visitor import visitor
from tests.browser import running_app

IMAGES = (10_000, 20_000, 40_000, 60_000)
CODES = (2, 8, 32, 128, 256)
VIEWERS = (1, 10, 25, 50, 100)
RUNS = (10, 100, 1000)
STRAIGHT = 1.05  # power of a straight line, and what a small sample may add


def measure(contest: Contest, wanted: Sequence[str]) -> Iterator[Line]:
    """Each as a power: 1 is a straight line through zero, 0 costs nothing more."""
    for name in wanted:
        yield GROWING[name](contest)


def images(contest: Contest) -> Line:
    """Seconds of an epoch against training images."""
    return _line("growth-images", "an epoch, by training images", _epochs(contest, "train_size", IMAGES), "s")


def codes(contest: Contest) -> Line:
    """Seconds of an epoch against numbers in the code."""
    return _line("growth-code", "an epoch, by numbers in the code", _epochs(contest, "latent_dim", CODES), "s")


def viewers(contest: Contest) -> Line:
    """Seconds of a thousand steps against viewers."""
    with tempfile.TemporaryDirectory() as folder, hall(Path(folder)) as opened:
        rounds = asyncio.run(watched(opened, LECTURE | {"dataset": contest.dataset}, VIEWERS))
    points = {float(one["viewers"]): 1000 / one["pace"] for one in rounds}
    late = ", ".join(f"{one['delay_95']:.2f}" for one in rounds)
    return _line("growth-viewers", "1,000 steps, by viewers", points, "s", f"delays {late} s", rounds=rounds)


def runs(contest: Contest) -> Line:
    """Seconds until the Compare page is there, against stored runs."""
    points: dict[float, float] = {}
    for count in RUNS:
        with tempfile.TemporaryDirectory() as folder:
            store = RunStore(Path(folder))
            for number in range(count):
                stored.stored(store, 0, stored.TOTAL, title=f"Run {number}")
            with running_app(AE_RUNS_DIR=folder) as app:
                asyncio.run(_compare(app.url))  # the first reads all that was stored
                points[count] = float(np.median([asyncio.run(_compare(app.url)) for _ in range(contest.rounds)]))
    return _line("growth-runs", "the Compare page, by stored runs", points, "s")


def _epochs(contest: Contest, name: str, values: Sequence[int]) -> dict[float, float]:
    """Seconds of an epoch for each value. They take turns, as a machine may be slower from one minute to the next."""
    labs = [
        contest.lab(read_settings(LECTURE | {"dataset": contest.dataset, name: value, "epochs": 1}).to_dict())
        for value in values
    ]
    with contest.begun(*labs):
        raced = contest.race(*labs)
    images = values if name == "train_size" else [max(IMAGES)] * len(values)
    return {float(value): count / rate(rounds) for value, count, rounds in zip(values, images, raced, strict=True)}


async def _compare(url: str) -> float:
    begun = time.perf_counter()
    async with visitor(f"{url}/compare") as one:
        await one.until(lambda: one.finished)
    return time.perf_counter() - begun


def _line(name: str, what: str, points: Mapping[float, float], unit: str, more: str = "", **details: Any) -> Line:
    """The power with which the cost grows, fitted in the logarithms."""
    across, cost = np.array(list(points)), np.array(list(points.values()))
    power = float(np.polyfit(np.log(across), np.log(cost), 1)[0])
    (first, *_, last), (least, *_, most) = across, cost
    remark = f"{first:,.0f} to {last:,.0f}: {least:.2g} to {most:.2g} {unit}" + (f"; {more}" if more else "")
    return Line(
        name,
        what,
        "a straight line has 1",
        power,
        "",
        Goal(STRAIGHT, at_least=False),
        remark,
        details={"points": [[float(x), float(y)] for x, y in points.items()], **details},
    )


GROWING: Mapping[str, Callable[[Contest], Line]] = MappingProxyType(
    {"growth-images": images, "growth-code": codes, "growth-viewers": viewers, "growth-runs": runs}
)
MEASUREMENT = Measurement("cost as work grows", tuple(GROWING), measure)
