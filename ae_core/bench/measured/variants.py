"""Every variant with its usual settings against a plain Keras version of the same."""

from collections.abc import Iterator, Sequence

from ae_core import variants
from ae_core.bench.contest import Contest
from ae_core.bench.line import Line
from ae_core.bench.measurement import Measurement
from ae_core.bench.race import ratio

PREFIX = "variant-"
FEWER = 10000  # images, so that an epoch of the slowest lasts some seconds


def measure(contest: Contest, wanted: Sequence[str]) -> Iterator[Line]:
    """Images a second, validation at the end of each epoch included, snapshots not."""
    for name in wanted:
        settings = contest.settings(name.removeprefix(PREFIX), batch_size=256, train_size=FEWER)
        ours, keras = contest.lab(settings), contest.plain(settings)
        with contest.begun(ours, keras):
            mine, theirs = contest.race(ours, keras)
        title = variants.get(settings["variant"]).title
        yield ratio((name, f"{title}, usual settings, batch 256", "plain Keras", 1.0), (ours, mine), (keras, theirs))


MEASUREMENT = Measurement("every variant", tuple(PREFIX + name for name in variants.registry()), measure)
