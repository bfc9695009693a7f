"""A network of large layers: against plain Keras, and against what the machine's processor can do at all."""

import statistics
from collections.abc import Iterator, Sequence
from itertools import pairwise

from ae_core.bench.line import Goal, Line, Measurement
from ae_core.bench.room import Room, pace, rate, ratio

SIZES = (784, 1000, 500, 250, 30)
WHAT = "dense 784-1000-500-250-30 and back, batch 256"


def measure(room: Room, wanted: Sequence[str]) -> Iterator[Line]:
    """Images a second; and multiply-adds a second as a share of what products of large matrices reach.

    One training step takes three times the multiply-adds of the way forwards.
    """
    settings = room.settings("stacked", widths="1000,500,250", latent_dim=30, batch_size=256)
    ours, keras, products = room.lab(settings), room.plain(settings), room.products()
    taking_part = [ours, *([keras] if "deep-keras" in wanted else []), *([products] if "deep-limit" in wanted else [])]
    with room.begun(*taking_part):
        said = dict(zip(map(id, taking_part), room.race(*taking_part), strict=True))
    if "deep-keras" in wanted:
        yield ratio(("deep-keras", WHAT, "plain keras.fit", 1.3), (ours, said[id(ours)]), (keras, said[id(keras)]))
    if "deep-limit" in wanted:
        image = 3 * 2 * sum(one * two for one, two in pairwise(SIZES))
        reached = rate(said[id(ours)]) * image
        large = [one["multiply_adds"] / one["seconds"] for one in said[id(products)]]
        share = statistics.median(image * pace(one) / most for one, most in zip(said[id(ours)], large, strict=True))
        yield Line(
            "deep-limit", WHAT, "the machine's matrix products", share, "", Goal(0.6, at_least=True),
            remark=f"{reached / 1e9:.1f} of {statistics.median(large) / 1e9:.1f} billion multiply-adds a second",
            details={"ours": said[id(ours)], "products": said[id(products)]},
        )  # fmt: skip


MEASUREMENT = Measurement("large dense network", ("deep-keras", "deep-limit"), measure)
