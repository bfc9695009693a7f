"""What the frames of a run cost: the same training with those that every run has, and with none."""

import statistics
from collections.abc import Iterator, Sequence

from ae_core.bench.contest import Contest
from ae_core.bench.line import Goal, Line
from ae_core.bench.measurement import Measurement
from ae_core.bench.turns import take_turns

SECONDS = 10.0  # of a round at least: the frames cost the same in a longer run
MOST = 3.6  # seconds: 3 % of two minutes; what a longer run has more of them takes 2 % of its time
CASES = {
    "snapshots-dense": ("stacked", {"widths": "128", "latent_dim": 32, "batch_size": 256}),
    "snapshots-convolutional": (
        "convolutional",
        {"channels": "16,8,8", "spatial": True, "batch_size": 256, "train_size": 12000},
    ),
}


def measure(contest: Contest, wanted: Sequence[str]) -> Iterator[Line]:
    """Time for the same images, with frames and without, in the same process, as seconds on top."""
    for name in wanted:
        variant, values = CASES[name]
        lab = contest.lab(contest.settings(variant, **values), seconds=max(contest.seconds, SECONDS))
        with contest.begun(lab):
            with_them, without = take_turns([lab, lab], contest.rounds, [{"pace": "frames"}, {"pace": None}])
        cost = statistics.median(
            one["seconds"] - other["seconds"] for one, other in zip(with_them, without, strict=True)
        )
        count = statistics.median(one["snapshots"] for one in with_them)
        each = [one["snapshot_seconds"] / one["snapshots"] for one in with_them if one["snapshots"]]
        yield Line(
            name,
            f"frames of a run, {variant}",
            "the same without",
            cost,
            "s",
            Goal(MOST, at_least=False),
            remark=f"{count:.0f} frames, {1000 * statistics.median(each):.0f} ms each" if each else "",
            details={"with": with_them, "without": without},
        )


MEASUREMENT = Measurement("cost of snapshots", tuple(CASES), measure)
