"""From which score on an example is called odd. Chosen on validation examples alone: the test set only judges.

An example is odd if its score is above the threshold.
"""

from collections.abc import Callable

import numpy as np

from ae_core.messages import Confusion

QUANTILE = 0.95


def by_quantile(normal: np.ndarray, quantile: float = QUANTILE) -> float:
    """The score that this share of normal validation examples does not exceed.

    Args:
        normal: Scores of normal validation examples, ndarray of shape `(n_samples,)`.
        quantile: Above 0 and below 1.
    """
    return float(np.quantile(normal, quantile, method="higher"))


def by_f1(scores: np.ndarray, odd: np.ndarray) -> float:
    """The threshold with the largest `F1 = 2 hits / (2 hits + misses + false alarms)` on validation examples.

    Args:
        scores: ndarray of shape `(n_samples,)`.
        odd: Which of them are odd, bool of the same shape, at least one.
    """
    return _best(scores, odd, lambda hits, alarms, count: 2 * hits / (hits + alarms + count))


def by_cost(scores: np.ndarray, odd: np.ndarray, cost: float) -> float:
    """The threshold at which `cost · misses + false alarms` is smallest on validation examples.

    Args:
        scores: ndarray of shape `(n_samples,)`.
        odd: Which of them are odd, bool of the same shape, at least one.
        cost: How many false alarms a missed odd example is worth, above 0.
    """
    return _best(scores, odd, lambda hits, alarms, count: -(cost * (count - hits) + alarms))


def _best(scores: np.ndarray, odd: np.ndarray, gain: Callable[[np.ndarray, np.ndarray, int], np.ndarray]) -> float:
    """The threshold with the largest gain; of several, the one that calls the fewest odd."""
    order = np.argsort(-scores, kind="stable")
    falling, kind = scores[order], odd[order]
    ends = np.flatnonzero(np.append(np.diff(falling) != 0, True))
    hits, alarms = np.cumsum(kind)[ends], np.cumsum(~kind)[ends]
    gains = gain(np.append(0, hits), np.append(0, alarms), int(odd.sum()))
    taken = int(np.argmax(gains))
    if taken == 0:
        return float(falling[0])  # nothing lies above it
    last = ends[taken - 1]
    below = falling[last + 1] if last + 1 < len(falling) else np.nextafter(falling[last], -np.inf)
    return float((falling[last] + below) / 2)


def confusion(scores: np.ndarray, odd: np.ndarray, threshold: float) -> Confusion:
    """What a threshold makes of some examples.

    Args:
        scores: ndarray of shape `(n_samples,)`.
        odd: Which of them are odd, bool of the same shape.
        threshold: From one of the functions above.
    """
    above = scores > threshold
    return Confusion(
        hits=int(np.sum(above & odd)),
        misses=int(np.sum(~above & odd)),
        false_alarms=int(np.sum(above & ~odd)),
        passed=int(np.sum(~above & ~odd)),
    )
