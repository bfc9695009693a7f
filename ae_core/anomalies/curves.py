"""How well scores tell odd examples from normal ones: areas under curves, with intervals.

Throughout, `odd` is a bool ndarray of shape `(n_samples,)` with at least one example of each kind, and a larger score
means odder.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

Interval = tuple[float, float]

LEVEL = 0.95
NORMAL_QUANTILE = 1.959963984540054  # of 97.5 %
RESAMPLES, SEED = 1000, 0


@dataclass(frozen=True)
class Areas:
    """Areas under the ROC curves of several scores of the same examples.

    Args:
        values: ndarray of shape `(n_scores,)`.
        covariance: ndarray of shape `(n_scores, n_scores)`.
    """

    values: np.ndarray
    covariance: np.ndarray

    def interval(self, which: int) -> Interval:
        """The 95 % interval of one of them: `A ± 1.96 · σ`, cut to 0 and 1."""
        half = NORMAL_QUANTILE * math.sqrt(max(float(self.covariance[which, which]), 0.0))
        area = float(self.values[which])
        return max(area - half, 0.0), min(area + half, 1.0)

    def p_value(self, one: int, other: int) -> float:
        """How probable a difference as large as that of two of them is, were there none: two-sided, normal."""
        contrast = self.covariance[one, one] + self.covariance[other, other] - 2 * self.covariance[one, other]
        difference = abs(float(self.values[one] - self.values[other]))
        if contrast <= 1e-18:  # both put all pairs in the same order, or in the wrong one
            return 1.0 if difference < 1e-9 else 0.0
        return math.erfc(difference / math.sqrt(2 * float(contrast)))


def areas(scores: Sequence[np.ndarray], odd: np.ndarray) -> Areas:
    """Areas under ROC curves, with DeLong's covariance.

    The area is `A = P(S_odd > S_normal) + ½ P(S_odd = S_normal)`. Each example has a placement: the share of the other
    kind that it is on the right side of. A is the mean placement, and the covariance is
    `cov(V_odd) / m + cov(V_normal) / n`.

    Args:
        scores: Each an ndarray of shape `(n_samples,)`.
        odd: Which examples are odd.

    References:
        DeLong, DeLong & Clarke-Pearson, Comparing the areas under two or more correlated receiver operating
        characteristic curves, Biometrics 1988; Sun & Xu, Fast implementation of DeLong's algorithm, IEEE Signal
        Processing Letters 2014 (placements from ranks).
    """
    m, n = int(odd.sum()), int((~odd).sum())
    of_odd, of_normal = np.empty((len(scores), m)), np.empty((len(scores), n))
    for place, one in enumerate(scores):
        ranks = midranks(one)
        of_odd[place] = (ranks[odd] - midranks(one[odd])) / n
        of_normal[place] = 1.0 - (ranks[~odd] - midranks(one[~odd])) / m
    covariance = _covariance(of_odd) / m + _covariance(of_normal) / n
    return Areas(of_odd.mean(axis=1), covariance)


def _covariance(rows: np.ndarray) -> np.ndarray:
    if rows.shape[1] < 2:
        return np.zeros((len(rows), len(rows)))  # a single example has no spread
    return np.atleast_2d(np.cov(rows))


def midranks(values: np.ndarray) -> np.ndarray:
    """Ranks from 1; equal values share the mean of theirs."""
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    return (last - (counts - 1) / 2)[place]


def average_precision(scores: np.ndarray, odd: np.ndarray) -> float:
    """Area under the precision-recall curve, in steps: `Σ_k (R_k - R_{k-1}) P_k` over falling thresholds.

    Args:
        scores: ndarray of shape `(n_samples,)`.
        odd: Which examples are odd.
    """
    order, ends = _falling(scores)
    return float(_precision(np.ones((1, len(scores))), odd[order], ends)[0])


def average_precision_interval(scores: np.ndarray, odd: np.ndarray, resamples: int = RESAMPLES) -> Interval:
    """The 95 % interval of the average precision, by bootstrap with a fixed seed.

    Odd and normal examples are drawn anew apart, with repetition, so that odd ones stay as frequent as they are; the
    interval goes from the 2.5 % to the 97.5 % quantile of what they give.

    Args:
        scores: ndarray of shape `(n_samples,)`.
        odd: Which examples are odd.
        resamples: How many times they are drawn.

    References:
        Efron & Tibshirani, An introduction to the bootstrap, 1993, chapter 13 (percentile interval).
    """
    order, ends = _falling(scores)
    sorted_odd, random = odd[order], np.random.default_rng(SEED)
    kinds = [np.flatnonzero(sorted_odd), np.flatnonzero(~sorted_odd)]
    found = []
    together = max(1, 2_000_000 // len(scores))  # resamples at a time, so that memory stays bounded
    for first in range(0, resamples, together):
        counts = np.zeros((min(together, resamples - first), len(scores)))
        for kind in kinds:
            drawn = random.integers(len(kind), size=(len(counts), len(kind)))
            for row, places in zip(counts, drawn, strict=True):
                row[kind] = np.bincount(places, minlength=len(kind))
        found.append(_precision(counts, sorted_odd, ends))
    low, high = np.quantile(np.concatenate(found), [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(low), float(high)


def _falling(scores: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The examples from the oddest on, and the last place of each run of equal scores."""
    order = np.argsort(-scores, kind="stable")
    ends = np.flatnonzero(np.append(np.diff(scores[order]) != 0, True))
    return order, ends


def _precision(counts: np.ndarray, odd: np.ndarray, ends: np.ndarray) -> np.ndarray:
    """Average precision of examples that count so many times each: `(n, n_samples)` → `(n,)`."""
    hits = np.cumsum(counts * odd, axis=1)[:, ends]
    taken = np.cumsum(counts, axis=1)[:, ends]
    gained = np.diff(hits, axis=1, prepend=0.0)
    return (gained * hits / np.maximum(taken, 1.0)).sum(axis=1) / hits[:, -1]
