"""What snapshots cost: the same training with one a second, and with none."""

import statistics
from collections.abc import Iterator, Sequence

from ae_core.bench.contest import Contest
from ae_core.bench.line import Goal, Line
from ae_core.bench.measurement import Measurement
from ae_core.bench.race import times
from ae_core.bench.turns import take_turns

PACE = 1.0
CASES = {
    "snapshots-dense": ("stacked", {"widths": "128", "latent_dim": 32, "batch_size": 256}, 3.0),
    "snapshots-convolutional": (
        "convolutional",
        {"channels": "16,8,8", "spatial": True, "batch_size": 256, "train_size": 12000},
        5.0,
    ),
}


def measure(contest: Contest, wanted: Sequence[str]) -> Iterator[Line]:
    """Time for the same images, with snapshots and without, in the same process, as a percentage on top."""
    for name in wanted:
        variant, values, most = CASES[name]
        lab = contest.lab(contest.settings(variant, **values), seconds=max(contest.seconds, 5.0))
        with contest.begun(lab):
            with_them, without = take_turns([lab, lab], contest.rounds, [{"pace": PACE}, {"pace": None}])
        cost = times(without, with_them) - 1.0
        each = [one["snapshot_seconds"] / one["snapshots"] for one in with_them if one["snapshots"]]
        yield Line(
            name,
            f"a snapshot a second, {variant}",
            "the same without",
            100 * cost,
            "%",
            Goal(most, at_least=False),
            remark=f"{1000 * statistics.median(each):.0f} ms each" if each else "",
            details={"with": with_them, "without": without},
        )


MEASUREMENT = Measurement("cost of snapshots", tuple(CASES), measure)
