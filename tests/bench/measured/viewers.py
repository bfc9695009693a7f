"""What a hall costs: fifty pages that watch one run, against one. All of them on the machine that trains."""

import asyncio
import statistics
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from ae_core.bench.contest import Contest
from ae_core.bench.line import Goal, Line
from ae_core.bench.measurement import Measurement
from tests.bench.hall import LECTURE, hall, watched

VIEWERS = 50


def measure(contest: Contest, wanted: Sequence[str]) -> Iterator[Line]:
    """One and fifty take turns in front of the same run."""
    with tempfile.TemporaryDirectory() as folder, hall(Path(folder)) as opened:
        counts = [count for _ in range(contest.rounds) for count in (1, VIEWERS)]
        rounds = asyncio.run(watched(opened, LECTURE | {"dataset": contest.dataset}, counts))
    one, many = rounds[::2], rounds[1::2]
    share = statistics.median(full["pace"] / alone["pace"] for alone, full in zip(one, many, strict=True))
    late = statistics.median(full["delay_95"] for full in many)
    lines = {
        "viewers-speed": Line(
            "viewers-speed",
            f"training with {VIEWERS} viewers, dense",
            "with one viewer",
            share,
            "×",
            Goal(0.85, at_least=True),
            details={"rounds": rounds},
            remark=f"{_middle(many, 'pace'):.0f} and {_middle(one, 'pace'):.0f} steps a second",
        ),
        "viewers-delay": Line(
            "viewers-delay",
            f"from a snapshot to {VIEWERS} viewers, 95th percentile",
            "",
            late,
            "s",
            Goal(1.5, at_least=False),
            remark=f"with one viewer {_middle(one, 'delay_95'):.2f} s",
        ),
    }
    yield from (lines[name] for name in wanted)


def _middle(rounds: Sequence[dict[str, float]], key: str) -> float:
    return statistics.median(one[key] for one in rounds)


MEASUREMENT = Measurement("viewers", ("viewers-speed", "viewers-delay"), measure)
