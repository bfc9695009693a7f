"""A network of large layers: against plain Keras, and against what the machine's processor can do at all."""

import statistics
from collections.abc import Iterator, Sequence
from itertools import pairwise

from ae_core.bench.contest import Contest
from ae_core.bench.line import Goal, Line
from ae_core.bench.measurement import Measurement
from ae_core.bench.race import ratio
from ae_core.bench.rounds import pace, rate

SIZES = (784, 1000, 500, 250, 30, 250, 500, 1000, 784)
BATCH = 256
LARGE = 2048
WHAT = "dense 784-1000-500-250-30 and back, batch 256"


def step_products(batch: int = BATCH) -> list[tuple[int, int, int]]:
    """Rows, terms in each sum and columns of the products in a training step.

    Each layer makes three: its outputs, the loss's derivatives by its weights, and those by its inputs, which the first
    layer does not need.

    Args:
        batch: Images per step, at least 1.
    """
    layers = list(pairwise(SIZES))
    forwards = [(batch, inputs, outputs) for inputs, outputs in layers]
    by_weights = [(inputs, batch, outputs) for inputs, outputs in layers]
    by_inputs = [(batch, outputs, inputs) for inputs, outputs in layers[1:]]
    return forwards + by_weights + by_inputs


def measure(contest: Contest, wanted: Sequence[str]) -> Iterator[Line]:
    """Images a second; and multiply-adds a second as a share of what products of large matrices reach."""
    settings = contest.settings("stacked", widths="1000,500,250", latent_dim=30, batch_size=BATCH)
    ours, keras = contest.lab(settings), contest.plain(settings)
    large = contest.products("products of large matrices", (LARGE, LARGE, LARGE))
    same = contest.products("products of a step", *step_products())
    taking_part = [
        ours,
        *([keras] if "deep-keras" in wanted else []),
        *([large, same] if "deep-limit" in wanted else []),
    ]
    with contest.begun(*taking_part):
        said = dict(zip(map(id, taking_part), contest.race(*taking_part), strict=True))
    if "deep-keras" in wanted:
        yield ratio(("deep-keras", WHAT, "plain keras.fit", 1.3), (ours, said[id(ours)]), (keras, said[id(keras)]))
    if "deep-limit" in wanted:
        image = sum(rows * terms * columns for rows, terms, columns in step_products()) / BATCH
        most, alone = ([one["multiply_adds"] / one["seconds"] for one in said[id(which)]] for which in (large, same))
        share = statistics.median(image * pace(one) / limit for one, limit in zip(said[id(ours)], most, strict=True))
        reached = rate(said[id(ours)]) * image
        yield Line(
            "deep-limit",
            WHAT,
            "the machine's matrix products",
            share,
            "",
            Goal(0.6, at_least=True),
            remark=f"{reached / 1e9:.1f} of {statistics.median(most) / 1e9:.1f} billion multiply-adds a second; "
            f"such products alone {statistics.median(alone) / 1e9:.1f}",
            details={"ours": said[id(ours)], "products": said[id(large)], "same_sizes": said[id(same)]},
        )


MEASUREMENT = Measurement("large dense network", ("deep-keras", "deep-limit"), measure)
