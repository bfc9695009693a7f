"""Codes laid out by t-SNE in stretches: as good as scikit-learn's own in one go, and better than a plane."""

import numpy as np
import pytest
from sklearn.datasets import load_digits
from sklearn.manifold import TSNE, trustworthiness

from ae_core.errors import DataError
from ae_core.portable.tsne import FEWEST, MOST_DIRECTIONS, STRETCHES, narrowed, stretch


def codes_of_digits(count: int, size: int = 32) -> np.ndarray:
    """What a layer of rectified units, drawn by chance, makes of digits."""
    weights = np.random.default_rng(3).normal(size=(64, size))
    return np.maximum(load_digits().data[:count] / 16 @ weights, 0).astype(np.float32)


def laid_out(codes: np.ndarray) -> np.ndarray:
    rows, places = narrowed(codes), None
    for _ in range(STRETCHES):
        places = stretch(rows, places)
    assert places is not None
    return places


@pytest.mark.slow(seconds=6)
def test_neighbours_are_kept_as_well_as_by_scikit_learn_in_one_go():
    codes = codes_of_digits(400)
    own = trustworthiness(codes, laid_out(codes), n_neighbors=10)
    in_one_go = trustworthiness(codes, TSNE(random_state=0).fit_transform(codes), n_neighbors=10)
    plane = trustworthiness(codes, narrowed(codes)[:, :2], n_neighbors=10)
    assert own > plane + 0.05
    assert own > in_one_go - 0.01


def test_the_same_codes_give_the_same_layout_however_large_they_are():
    codes = codes_of_digits(60)
    first = stretch(narrowed(codes))
    assert first.shape == (60, 2) and first.dtype == np.float32
    np.testing.assert_array_equal(stretch(narrowed(codes)), first)
    np.testing.assert_allclose(narrowed(1e-30 * codes.astype(np.float64)), narrowed(codes), atol=1e-3)


def test_codes_are_turned_so_that_distances_stay():
    codes = codes_of_digits(40)
    rows = narrowed(codes)
    assert rows[:, 0].std() == pytest.approx(1, abs=1e-3) and np.all(np.diff(rows.std(axis=0)) < 1e-3)
    ratio = np.linalg.norm(rows[1:] - rows[0], axis=1) / np.linalg.norm(codes[1:] - codes[0], axis=1)
    assert np.ptp(ratio) < 1e-3 * ratio.mean()
    maps = np.random.default_rng(0).normal(size=(70, 7, 7, 4))
    assert narrowed(maps).shape == (70, MOST_DIRECTIONS)


@pytest.mark.parametrize("shape", [(FEWEST, 32), (20, 1), (6, 2)])
def test_few_images_and_short_codes_are_laid_out_too(shape):
    places = laid_out(np.random.default_rng(1).normal(size=shape))
    assert places.shape == (shape[0], 2) and np.isfinite(places).all()
    assert np.all(np.ptp(places, axis=0) > 0)


def test_what_cannot_be_laid_out_says_why():
    broken = codes_of_digits(10)
    broken[3, 4] = np.nan
    for codes, message in (
        (codes_of_digits(4), "at least 5 images; this run shows 4"),
        (broken, "no numbers any more"),
        (np.full((10, 3), 0.5), "the same code"),
    ):
        with pytest.raises(DataError, match=message):
            narrowed(codes)
