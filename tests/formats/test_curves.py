"""Vectors drawn as curves."""

import dataclasses

import numpy as np
import pytest

from ae_core import variants
from ae_core.formats.png_sheets import CURVE_HEIGHT, CURVE_MARGIN, draw_curves, largest
from ae_core.measuring import probe
from ae_core.training import cache


def centres(tile):
    """Mean row of each column's white, in pixels from the top."""
    ink = tile[..., 0].astype(float)
    return (ink * np.arange(CURVE_HEIGHT)[:, None]).sum(axis=0) / ink.sum(axis=0)


@pytest.mark.parametrize(("length", "width"), [(1, 28), (3, 28), (28, 28), (40, 40), (56, 56), (128, 56), (5000, 56)])
def test_a_curve_s_tile_has_a_bounded_size(length, width):
    tiles = draw_curves(np.zeros((3, length)), -1.0, 1.0)
    assert tiles.shape == (3, CURVE_HEIGHT, width, 1) and tiles.dtype == np.uint8
    np.testing.assert_allclose(centres(tiles[0]), (CURVE_HEIGHT - 1) / 2, atol=0.01)


@pytest.mark.parametrize("length", [5, 40, 128, 1000])
def test_a_curve_runs_where_its_values_lie(length):
    along = np.linspace(0, 1, length)
    values = 0.8 * np.sin(2 * np.pi * along)[None]
    tile = draw_curves(values, -1.0, 1.0)[0]
    columns = (np.arange(tile.shape[1]) + 0.5) / tile.shape[1]
    level = (np.interp(columns, along, values[0]) + 1) / 2
    expected = CURVE_MARGIN + (1 - level) * (CURVE_HEIGHT - 1 - 2 * CURVE_MARGIN)
    np.testing.assert_allclose(centres(tile), expected, atol=0.6)
    assert tile.max(axis=0).min() > 120, "a line has no gaps"


def test_the_ends_are_the_stated_values_and_what_is_beyond_stays_inside():
    tile = draw_curves(np.array([[-1.0, 1.0, 9.0, -9.0, np.nan, np.inf]]).repeat(10, axis=1), -1.0, 1.0)[0]
    rows = np.flatnonzero(tile.any(axis=(1, 2)))
    assert rows.min() == pytest.approx(CURVE_MARGIN, abs=1) and rows.max() == pytest.approx(
        CURVE_HEIGHT - 1 - CURVE_MARGIN, abs=1
    )
    np.testing.assert_allclose(
        centres(tile[:, -6:]), (CURVE_HEIGHT - 1) / 2, atol=0.5, err_msg="what is not finite is 0"
    )


def test_no_peak_is_lost_where_a_pixel_stands_for_many_values():
    for place in range(0, 5000, 391):
        values = np.zeros((1, 5000))
        values[0, place] = 1.0
        assert draw_curves(values, -1.0, 1.0)[0, : CURVE_HEIGHT // 3].any(), place


def test_the_grid_shows_curves_and_errors_below_their_place():
    settings = dataclasses.replace(variants.get("vanilla").settings(), dataset="waves", latent_dim=4, train_size=200)
    ready = cache.prepare(settings)
    looks = probe.Probe(ready.model, ready.data, ready.pca, labelled=True, points=100)
    grid = looks.measure().grid
    assert grid.tile == (28, 56)
    errors = np.zeros((1, 128))
    errors[0, 100] = 0.5
    bands = looks.tiles.differences(errors, np.zeros_like(errors), (1, 28, 56))
    assert {int(column) for column in np.nonzero(bands[0])[1]} == {44}, "below its place, and not lost"
    np.testing.assert_allclose(bands[0, :, 44], 0.5 / (looks.tiles.high - looks.tiles.low))


@pytest.mark.parametrize("length", [1, 3, 28, 55, 56, 57, 128, 5000])
def test_every_value_below_a_curve_is_in_one_of_its_columns(length):
    values = np.arange(length)[None]
    shown = largest(values, 56)[0]
    assert len(shown) == 56 and (np.diff(shown) >= 0).all() and shown[-1] == length - 1
    assert shown[0] == max(0, length // 56 - 1), "the last of those that the first column stands for"
    lone = np.eye(length) if length < 5000 else np.eye(1, length, 3333)
    assert (largest(lone, 56).max(axis=1) == 1).all()
