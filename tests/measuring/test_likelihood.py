"""The importance-weighted likelihood, against a linear model whose likelihood is known in closed form."""

import numpy as np
import pytest
from scipy.stats import multivariate_normal

from ae_core.measuring.likelihood import importance_weighted

SIZE, CODE, SPREAD = 6, 2, 0.7
# Columns at right angles, so that the posterior of the code has a diagonal covariance, as q has.
WEIGHTS = np.linalg.qr(np.random.default_rng(0).normal(size=(SIZE, CODE)))[0] * [1.5, 0.8]
SHIFT = np.linspace(-1, 1, SIZE)


def examples(count: int) -> tuple[np.ndarray, np.ndarray]:
    """`x = W z + b + σ n`, and its exact ln p(x) in nats."""
    random = np.random.default_rng(1)
    rows = random.normal(size=(count, CODE)) @ WEIGHTS.T + SHIFT + SPREAD * random.normal(size=(count, SIZE))
    exact = multivariate_normal(SHIFT, WEIGHTS @ WEIGHTS.T + SPREAD**2 * np.eye(SIZE)).logpdf(rows)
    return rows, exact


def posterior(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean and ln variance of p(z | x)."""
    variance = 1 / (1 + np.square(WEIGHTS).sum(axis=0) / SPREAD**2)
    return (rows - SHIFT) @ WEIGHTS / SPREAD**2 * variance, np.tile(np.log(variance), (len(rows), 1))


def likelihood(rows: np.ndarray):
    """Codes → ln p(x | z)."""
    part = multivariate_normal(np.zeros(SIZE), SPREAD**2 * np.eye(SIZE))
    return lambda codes: part.logpdf(rows - codes @ WEIGHTS.T - SHIFT)


def test_with_the_true_posterior_one_draw_is_exact():
    rows, exact = examples(50)
    found = importance_weighted(*posterior(rows), likelihood(rows), draws=1)
    np.testing.assert_allclose(found, exact, atol=1e-9)
    assert found.shape == (50,) and found.dtype == np.float64


def test_with_another_one_it_rises_from_the_evidence_lower_bound_to_the_truth():
    rows, exact = examples(4000)
    mean, log_var = posterior(rows)
    wrong, wide = mean + 0.3, log_var + 0.8
    found = {draws: importance_weighted(wrong, wide, likelihood(rows), draws) for draws in (1, 10, 100)}
    missing = 0.5 * np.sum(np.exp(wide - log_var) + 0.09 / np.exp(log_var) - 1 - (wide - log_var), axis=1)
    standard = (found[1] - exact).std() / np.sqrt(len(rows))
    assert np.mean(found[1] - exact) == pytest.approx(-missing.mean(), abs=4 * standard), "the divergence of q"
    gaps = [float(np.mean(exact - found[draws])) for draws in (1, 10, 100)]
    assert gaps[0] > 3 * gaps[1] > 9 * gaps[2] > 0
    assert gaps[2] < 0.02, "nats"
    again = importance_weighted(wrong, wide, likelihood(rows), 10)
    np.testing.assert_array_equal(again, found[10], err_msg="the same seed")
