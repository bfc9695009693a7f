"""Axes of a film: they stay put for as long as they fit, so that what moves is the cloud."""

import math
from collections.abc import Sequence

import numpy as np

from ae_core.measuring.plane import steady_range

Range = tuple[float, float]

EDGE = 0.01  # of an axis at either end, which is left to the symbols of its last points
LEAST_FILLED = 0.5  # of an axis; where a cloud leaves more empty, a narrower axis takes over


def steady_ranges(columns: Sequence[np.ndarray]) -> list[Range]:
    """Ends of one axis for each frame: those of the frame before while the cloud fits and fills at least half.

    Args:
        columns: The points' places along the axis, frame by frame, each an ndarray of shape `(n_samples,)`.
    """
    found: list[Range] = []
    for values in columns:
        finite = values[np.isfinite(values)]
        if found and (not finite.size or _fits(finite, *found[-1])):
            found.append(found[-1])
        else:
            found.append(steady_range(values))
    return found


def _fits(values: np.ndarray, low: float, high: float) -> bool:
    lowest, highest, span = float(values.min()), float(values.max()), high - low
    inside = low + EDGE * span <= lowest and highest <= high - EDGE * span
    return inside and highest - lowest >= LEAST_FILLED * span


def ticks(low: float, high: float, most: int = 6) -> list[float]:
    """Round numbers along an axis, at most so many."""
    rough = (high - low) / most
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * times for times in (1, 2, 5, 10) if power * times >= rough)
    return [step * place for place in range(math.ceil(low / step), math.floor(high / step) + 1)]
