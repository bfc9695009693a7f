"""A dense network: this program, watched by one viewer, against plain Keras and a PyTorch loop."""

from collections.abc import Iterator, Sequence

from ae_core.bench.contest import Contest
from ae_core.bench.line import Line
from ae_core.bench.measurement import Measurement
from ae_core.bench.race import rivals

SIZES = (784, 128, 32)
WHAT = "dense 784-128-32-128-784, batch 256, one viewer"


def measure(contest: Contest, wanted: Sequence[str]) -> Iterator[Line]:
    """Images a second, snapshots and all, from one snapshot to another one some seconds later."""
    settings = contest.settings("stacked", widths="128", latent_dim=32, batch_size=256)
    yield from rivals(
        contest,
        wanted,
        WHAT,
        settings,
        contest.watched(settings),
        {"sizes": SIZES},
        {"dense-keras": 2.5, "dense-pytorch": 1.6},
    )


MEASUREMENT = Measurement("dense network", ("dense-keras", "dense-pytorch"), measure)
