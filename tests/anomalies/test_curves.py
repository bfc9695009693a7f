"""Areas under curves against scikit-learn, and their intervals against definitions written out."""

import math

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, roc_auc_score

from ae_core.anomalies import curves, thresholds


def made(seed: int, count: int = 300, tied: bool = False) -> tuple[np.ndarray, np.ndarray]:
    """Scores that say something of which examples are odd; where they are tied, of few different values."""
    random = np.random.default_rng(seed)
    odd = random.random(count) < 0.2
    scores = random.normal(size=count) + 1.2 * odd
    return (np.round(scores) if tied else scores), odd


@pytest.mark.parametrize("tied", [False, True])
@pytest.mark.parametrize("seed", range(4))
def test_areas_are_those_of_scikit_learn(seed, tied):
    scores, odd = made(seed, tied=tied)
    found = curves.areas([scores, -scores], odd)
    assert found.values[0] == pytest.approx(roc_auc_score(odd, scores), abs=1e-12)
    assert found.values[1] == pytest.approx(1 - found.values[0], abs=1e-12)
    assert curves.average_precision(scores, odd) == pytest.approx(average_precision_score(odd, scores), abs=1e-12)


def psi(odd: float, normal: float) -> float:
    return 1.0 if odd > normal else 0.5 if odd == normal else 0.0


@pytest.mark.parametrize("tied", [False, True])
def test_the_covariance_is_delong_s_pair_by_pair(tied):
    first, odd = made(1, 80, tied)
    scores = [first, first + np.random.default_rng(2).normal(size=80), made(9, 80, tied)[0]]
    placements = []
    for one in scores:
        pairs = np.array([[psi(high, low) for low in one[~odd]] for high in one[odd]])
        placements.append((pairs.mean(axis=1), pairs.mean(axis=0)))
    m, n = odd.sum(), (~odd).sum()
    expected = np.cov([of_odd for of_odd, _ in placements]) / m + np.cov([of_normal for _, of_normal in placements]) / n
    found = curves.areas(scores, odd)
    np.testing.assert_allclose(found.covariance, expected, rtol=1e-9, atol=1e-15)
    low, high = found.interval(0)
    assert high - low == pytest.approx(2 * 1.959964 * math.sqrt(expected[0, 0]), rel=1e-5)
    z = (found.values[0] - found.values[2]) / math.sqrt(expected[0, 0] + expected[2, 2] - 2 * expected[0, 2])
    assert found.p_value(0, 2) == pytest.approx(math.erfc(abs(z) / math.sqrt(2)))
    assert found.p_value(1, 1) == 1.0


def test_what_parts_them_wholly_has_an_area_of_one_and_no_spread():
    odd = np.array([False] * 6 + [True] * 3)
    found = curves.areas([np.arange(9.0), np.arange(9.0) ** 2, -np.arange(9.0)], odd)
    assert found.values.tolist() == [1.0, 1.0, 0.0]
    assert found.interval(0) == (1.0, 1.0)
    assert (found.p_value(0, 1), found.p_value(0, 2)) == (1.0, 0.0)
    assert curves.average_precision_interval(np.arange(9.0), odd, 50) == (1.0, 1.0)
    lonely = curves.areas([np.arange(4.0)], np.array([False, False, True, False]))
    assert np.isfinite(lonely.covariance).all()


@pytest.mark.parametrize("tied", [False, True])
def test_the_bootstrap_is_that_of_scikit_learn_on_the_same_draws(tied):
    scores, odd = made(3, 120, tied)
    # The same draws, in the order in which they are made: all odd ones of a number of resamples, then the normal ones.
    order = np.argsort(-scores, kind="stable")
    scores, odd = scores[order], odd[order]
    random, count = np.random.default_rng(curves.SEED), 200
    kinds = [np.flatnonzero(odd), np.flatnonzero(~odd)]
    drawn = [kind[random.integers(len(kind), size=(count, len(kind)))] for kind in kinds]
    found = [
        average_precision_score(odd[rows], scores[rows])
        for rows in (np.concatenate([one[at] for one in drawn]) for at in range(count))
    ]
    assert curves.average_precision_interval(scores, odd, count) == pytest.approx(
        tuple(np.quantile(found, [0.025, 0.975])), abs=1e-12
    )


@pytest.mark.parametrize("tied", [False, True])
def test_a_threshold_is_a_score_that_few_normal_examples_exceed(tied):
    scores, odd = made(5, tied=tied)
    normal = scores[~odd]
    limit = thresholds.by_quantile(normal, 0.9)
    assert limit in normal and np.mean(normal > limit) <= 0.1 < np.mean(normal >= limit)
    told = thresholds.confusion(scores, odd, limit)
    assert (told.hits, told.misses) == (np.sum(scores[odd] > limit), np.sum(scores[odd] <= limit))
    assert (told.false_alarms, told.passed) == (np.sum(normal > limit), np.sum(normal <= limit))
    assert min(told.hits, told.misses, told.false_alarms, told.passed) > 0
