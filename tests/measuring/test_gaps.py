"""Measures of rows of which some values are unknown, against loops, known factors and scikit-learn."""

from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest
from sklearn.decomposition import PCA

from ae_core.measuring import imputation, metrics, pca_of_gaps
from ae_core.measuring.pca import PrincipalComponents

ONE, NOTHING = np.ones(1, np.float32), np.zeros(1, np.float32)
RANDOM = np.random.default_rng(0)


def factors(rows: int = 600, columns: int = 12, size: int = 3, noise: float = 0.05) -> np.ndarray:
    """Rows of known rank, with a little noise, far from zero."""
    random = np.random.default_rng(1)
    made = random.normal(size=(rows, size)) @ random.normal(size=(size, columns)) + 5
    return made + noise * random.normal(size=made.shape)


def with_gaps(rows: np.ndarray, share: float = 0.3) -> np.ndarray:
    return np.where(np.random.default_rng(2).random(rows.shape) < share, np.nan, rows)


def test_unknown_values_enter_no_error() -> None:
    original = with_gaps(RANDOM.random((5, 4, 3)))
    original[2] = np.nan
    made, known = RANDOM.random(original.shape), ~np.isnan(original)
    squares = [[(a - b) ** 2 for a, b in zip(x, y, strict=True) if not np.isnan(a)] for x, y in _flat(original, made)]
    sums = [sum(one) for one in squares]
    np.testing.assert_allclose(metrics.squared_errors(original, made, known), sums)
    means = [sum(one) / len(one) if one else np.nan for one in squares]
    np.testing.assert_allclose(metrics.mean_squared_errors(original, made, known), means)
    every = np.concatenate([one for one in squares if one])
    assert metrics.mean_squared_error(original, made, known) == pytest.approx(every.mean())
    seen = np.clip(made[known], metrics.HALF_GREY_LEVEL, 1 - metrics.HALF_GREY_LEVEL)
    entropy = -(original[known] * np.log(seen) + (1 - original[known]) * np.log1p(-seen)).mean()
    assert metrics.cross_entropy(original, made, known) == pytest.approx(entropy)
    decibels = [10 * np.log10(1 / mean) for mean in means if not np.isnan(mean)]
    assert metrics.peak_signal_to_noise(original, made, known) == pytest.approx(np.mean(decibels))
    assert np.isnan(metrics.mean_squared_error(original[2:3], made[2:3], known[2:3])), "nothing is known there"


def _flat(*arrays: np.ndarray) -> Any:
    return zip(*(array.reshape(len(array), -1) for array in arrays), strict=True)


def test_the_bound_sums_over_what_is_known() -> None:
    images, logits = RANDOM.random((6, 5)), RANDOM.normal(size=(6, 5))
    mean, log_var, known = RANDOM.normal(size=(6, 2)), RANDOM.normal(size=(6, 2)), RANDOM.random((6, 5)) < 0.6
    whole = metrics.bound_in_nats(images, logits, mean, log_var, from_logits=True, known=known)
    errors = np.maximum(logits, 0) - images * logits + np.log1p(np.exp(-np.abs(logits)))
    kl = metrics.gaussian_kl(mean, log_var).sum(axis=1)
    assert whole == pytest.approx(np.mean([e[k].sum() + d for e, k, d in zip(errors, known, kl, strict=True)]))


def test_without_gaps_the_iterative_pca_is_that_of_scikit_learn() -> None:
    rows = factors()
    mean, components, variances = pca_of_gaps.fitted(rows, 3)
    reference = PCA(3, svd_solver="full").fit(rows)
    np.testing.assert_allclose(mean, reference.mean_)
    np.testing.assert_allclose(np.abs(components @ reference.components_.T), np.eye(3), atol=1e-6)
    np.testing.assert_allclose(variances, reference.explained_variance_ * (1 - 1 / len(rows)), rtol=1e-6)
    ours = PrincipalComponents()
    ours.fit(rows, ONE, NOTHING)
    assert ours.of_size(3) is ours, "where nothing is unknown one fit serves all sizes"


@pytest.mark.parametrize("columns", [12, pca_of_gaps.LARGEST_COVARIANCE + 1])
def test_gaps_are_filled_from_known_factors(columns: int) -> None:
    everything = factors(400, columns)
    (whole, other), (rows, held) = ((part[:300], part[300:]) for part in (everything, with_gaps(everything)))
    unknown = np.isnan(rows)
    ours = PrincipalComponents()
    ours.fit(rows, ONE, NOTHING)
    made = ours.of_size(3).reconstruct(rows, 3)
    spread, filled = whole.std(), np.sqrt(np.mean(np.square(made - whole)[unknown]))
    assert filled < 0.1 * spread, "nearly to the noise, where the mean misses by the whole spread"
    naive = np.sqrt(np.mean(np.square(ours.reconstruct(np.where(unknown, ours.mean_, rows), 3) - whole)[unknown]))
    assert filled < 0.3 * naive, "than PCA that takes gaps for the mean"
    assert ours.of_size(3) is ours.of_size(3), "fitted once"
    again = ours.of_size(3).reconstruct(held, 3)
    assert np.sqrt(np.mean(np.square(again - other)[np.isnan(held)])) < 0.3 * spread, "rows it was not fitted to"


def test_a_column_and_a_row_without_any_value_are_no_harm() -> None:
    rows = with_gaps(factors(50))
    rows[:, 4], rows[7] = np.nan, np.nan
    ours = PrincipalComponents()
    ours.fit(rows, ONE, NOTHING)
    made = ours.of_size(2).reconstruct(rows, 2)
    assert np.isfinite(made).all() and np.isfinite(ours.reconstruct(rows, 2)).all()
    np.testing.assert_allclose(made[7], ours.of_size(2).mean_, err_msg="of nothing the mean is expected")


def test_the_columns_of_a_category_are_hidden_together() -> None:
    random = np.random.default_rng(4)
    raw = np.column_stack([random.normal(size=(500, 2)), np.eye(3)[random.integers(0, 3, 500)], np.ones(500)])
    raw[:50, 2:5] = np.nan
    hidden = imputation.hide(raw, (0, 1, 2, 2, 2, 5))
    assert not hidden[:50, 2:5].any() and 0.05 < hidden[50:, 2].mean() < 0.15
    np.testing.assert_array_equal(hidden[:, [3, 4]], hidden[:, [2, 2]], err_msg="else the sum of 1 gives them away")
    np.testing.assert_array_equal(hidden[:, [0, 1, 2, 5]], imputation.hide(raw)[:, [0, 1, 2, 5]], err_msg="as ever")


def test_filling_is_scored_on_what_was_hidden_alone() -> None:
    raw = with_gaps(factors() - 5).astype(np.float32)
    hidden = imputation.hide(raw)
    assert np.mean(hidden[~np.isnan(raw)]) == pytest.approx(0.1, abs=0.01) and not np.isnan(raw[hidden]).any()
    pca = PrincipalComponents()
    pca.fit(raw, ONE, NOTHING)
    data = SimpleNamespace(exact=lambda part: part.astype(np.float64), fed=np.nan_to_num, variables=())
    fed: list[np.ndarray] = []

    def encode(images: np.ndarray) -> np.ndarray:
        fed.append(images)
        return images

    model = SimpleNamespace(encode=encode, decode=lambda codes: codes + 1, code_shape=(3,))
    found = cast("dict[str, float]", imputation.imputation(cast(Any, model), cast(Any, data), pca.of_size(3), raw))
    assert (fed[0][hidden] == 0).all(), "it never sees what it is to fill"
    assert found["imputation_rmse"] == pytest.approx(np.sqrt(np.mean(np.square(raw[hidden] - 1))), rel=1e-5)
    assert found["imputation_rmse_of_mean"] == pytest.approx(np.sqrt(np.mean(np.square(raw[hidden]))), rel=1e-5)
    assert found["imputation_rmse_of_pca"] < 0.2 * found["imputation_rmse_of_mean"]
    nothing = np.full((2, 12), np.nan, np.float32)
    assert set(imputation.imputation(cast(Any, model), cast(Any, data), pca.of_size(3), nothing).values()) == {None}
