"""From which score on an example is called odd. Chosen on validation examples alone: the test set only judges.

An example is odd if its score is above the threshold.
"""

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


def confusion(scores: np.ndarray, odd: np.ndarray, threshold: float) -> Confusion:
    """What a threshold makes of some examples.

    Args:
        scores: ndarray of shape `(n_samples,)`.
        odd: Which of them are odd, bool of the same shape.
        threshold: From `by_quantile`.
    """
    above = scores > threshold
    return Confusion(
        hits=int(np.sum(above & odd)),
        misses=int(np.sum(~above & odd)),
        false_alarms=int(np.sum(above & ~odd)),
        passed=int(np.sum(~above & ~odd)),
    )
