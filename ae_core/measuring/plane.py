"""The plane of codes of two numbers: how far it reaches, and what the decoder makes of it.

`steady_range` serves the map of the codes as well, so that the plane lies exactly behind its points.
"""

import math

import numpy as np

from ae_core.formats.png_sheets import small_sheet
from ae_core.messages import Plane

SIDE = 15  # codes each way


def steady_range(values: np.ndarray) -> tuple[float, float]:
    """Ends of an axis, on a coarse lattice: they stay put from one snapshot to the next while a cloud breathes.

    The lattice's step is the power of two next above a sixteenth of the span, so that an eighth of it at most is
    empty at either end.

    Args:
        values: What the axis must hold, ndarray of any shape; what is not finite counts for nothing.

    Returns:
        The lower and the upper end; -1 and 1 where there is nothing to hold.
    """
    finite = values[np.isfinite(values)].astype(np.float64)
    if not finite.size:
        return -1.0, 1.0
    low, high = float(finite.min()), float(finite.max())
    span = high - low
    if span <= 1e-6 * max(1.0, abs(low)):
        span = 1.0  # a dead code is a point, not a cloud of rounding errors
    step = 2.0 ** math.ceil(math.log2(span / 16))
    return step * math.floor((low - span / 50) / step), step * math.ceil((high + span / 50) / step)


class Lattice:
    """Codes at equal distances over the part of the plane where the map's points lie.

    Args:
        places: The map's points as a snapshot has them, ndarray of shape `(n_samples, 2)`.
    """

    def __init__(self, places: np.ndarray):
        self.x, self.y = steady_range(places[:, 0]), steady_range(places[:, 1])
        shares = (np.arange(SIDE) + 0.5) / SIDE  # each in the middle of its tile
        across, up = (low + shares * (high - low) for low, high in (self.x, self.y))
        self.codes = np.array([(right, above) for above in up[::-1] for right in across], np.float32)  # (225, 2)

    def plane(self, pictures: np.ndarray) -> Plane:
        """The message.

        Args:
            pictures: What the decoder makes of `codes`, as bytes of shape `(225, height, width, channels)`.
        """
        png, tile = small_sheet(pictures, SIDE)
        return Plane(png=png, columns=SIDE, tile=tile, x=self.x, y=self.y)
