"""A convolutional network against plain Keras and a PyTorch loop."""

from collections.abc import Iterator, Sequence

from ae_core.bench.contest import Contest
from ae_core.bench.line import Line
from ae_core.bench.measurement import Measurement
from ae_core.bench.race import rivals

CHANNELS = (16, 8, 8)
FEWER = 12000  # images, so that an epoch lasts no longer than a round
WHAT = "convolutional 16-8-8, batch 256, a snapshot a second"


def measure(contest: Contest, wanted: Sequence[str]) -> Iterator[Line]:
    """Images a second, snapshots and all, with the snapshots and the validation of each epoch."""
    settings = contest.settings("convolutional", channels="16,8,8", spatial=True, batch_size=256, train_size=FEWER)
    yield from rivals(
        contest,
        wanted,
        WHAT,
        settings,
        contest.lab(settings, pace=1.0),
        {"channels": CHANNELS, "spatial": True},
        {"convolutional-keras": 1.1, "convolutional-pytorch": 1.5},
    )


MEASUREMENT = Measurement("convolutional network", ("convolutional-keras", "convolutional-pytorch"), measure)
