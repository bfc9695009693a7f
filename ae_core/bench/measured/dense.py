"""A dense network: this program, watched by one viewer, against plain Keras and a PyTorch loop."""

from collections.abc import Iterator, Sequence

from ae_core.bench.line import Line, Measurement
from ae_core.bench.room import Room, rivals

SIZES = (784, 128, 32)
WHAT = "dense 784-128-32-128-784, batch 256, one viewer"


def measure(room: Room, wanted: Sequence[str]) -> Iterator[Line]:
    """Images a second, snapshots and all, from one snapshot to another one some seconds later."""
    settings = room.settings("stacked", widths="128", latent_dim=32, batch_size=256)
    yield from rivals(
        room,
        wanted,
        WHAT,
        settings,
        room.watched(settings),
        {"sizes": SIZES},
        {"dense-keras": 2.5, "dense-pytorch": 1.6},
    )


MEASUREMENT = Measurement("dense network", ("dense-keras", "dense-pytorch"), measure)
