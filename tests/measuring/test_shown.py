"""Rows and series as small pictures, and as the numbers that figures draw."""

from types import SimpleNamespace
from typing import Any, cast

import numpy as np

from ae_core.formats.png_sheets import CURVE_HEIGHT, draw_curves
from ae_core.measuring import shown_values
from ae_core.measuring.shown_values import ShownValues
from ae_core.measuring.tiles import Tiles
from ae_core.settings import DataSpec

RANDOM = np.random.default_rng(0)


def prepared(rows: np.ndarray, scale: np.ndarray | float = 1.0, offset: np.ndarray | float = 0.0) -> Any:
    """Rows or series that a network sees as `rows * scale + offset`, as far as they are looked at here."""
    scale, offset = np.asarray(scale, np.float32).reshape(-1), np.asarray(offset, np.float32).reshape(-1)

    def filled(part: np.ndarray) -> np.ndarray:
        return np.nan_to_num(part)

    return SimpleNamespace(
        spec=DataSpec(rows.shape[1:], unit_range=False),
        x_test=rows,
        scale=scale,
        offset=offset,
        raw_scale=scale.astype(np.float64),
        raw_offset=offset.astype(np.float64),
        filled=filled,
        fed=lambda part: filled(part) * scale + offset,
    )


def unpacked(packed: bytes, *shape: int) -> np.ndarray:
    return np.frombuffer(packed, "<f4").reshape(shape)


def test_a_row_is_a_strip_of_shades_with_stripes_where_nothing_is_known() -> None:
    rows = RANDOM.normal(size=(9, 4)).astype(np.float32) * [1, 1000, 0.001, 1]
    rows[3, 1] = np.nan
    data = prepared(rows, 1 / np.nanstd(rows, axis=0))
    tiles = Tiles(data)
    seen, known = data.fed(rows), ~np.isnan(rows)
    shown = tiles.display(seen, known)
    assert shown.shape == (9, CURVE_HEIGHT, 28, 1) and shown.dtype == np.uint8
    parts = shown.reshape(9, CURVE_HEIGHT, 4, 7)
    shades = np.clip((seen - tiles.low) / (tiles.high - tiles.low), 0, 1) * 255
    for row, column in np.ndindex(rows.shape):
        if known[row, column]:
            np.testing.assert_allclose(parts[row, :, column], round(float(shades[row, column])), atol=1)
        else:
            assert len(np.unique(parts[row, :, column])) == 2, "stripes"
    np.testing.assert_array_equal(tiles.display(seen)[known.all(axis=1)], shown[known.all(axis=1)])


def test_channels_of_a_series_lie_over_one_another() -> None:
    series = RANDOM.normal(size=(3, 40, 2)).astype(np.float32)
    tiles = Tiles(prepared(series))
    shown = tiles.display(series)
    single = [draw_curves(series[..., one], tiles.low, tiles.high) for one in (0, 1)]
    np.testing.assert_array_equal(shown, np.maximum(*single))
    errors = tiles.differences(series, series + np.array([0.0, 0.5]), shown.shape[:3])
    np.testing.assert_allclose(errors, 0.5 / (tiles.high - tiles.low), rtol=1e-5)


def test_columns_are_told_in_their_units_with_their_errors(monkeypatch: Any) -> None:
    monkeypatch.setattr(shown_values, "MOST_LENGTH", 3)
    rows = (RANDOM.normal(size=(20, 6)) * 50 + 100).astype(np.float32)
    rows[RANDOM.random(rows.shape) < 0.3] = np.nan
    rows[:, 4] = np.nan
    data = prepared(rows, 0.02, -2.0)
    seen, known = data.fed(rows), ~np.isnan(rows)
    made = seen + RANDOM.normal(size=rows.shape).astype(np.float32)
    told = ShownValues(data, seen, known, np.array([2, 0, 5])).of(made)
    assert (told.count, told.stride) == (3, 2), "six columns are too many for three places"
    np.testing.assert_allclose(unpacked(told.original, 3, 3), rows[[2, 0, 5]][:, ::2], rtol=1e-4)
    np.testing.assert_allclose(unpacked(told.reconstruction, 3, 3), ((made + 2) / 0.02)[[2, 0, 5]][:, ::2], rtol=1e-4)
    with np.errstate(all="ignore"):
        for place, column in enumerate((0, 2)):
            mine, cells = seen[:, column], known[:, column]
            share = np.sqrt(np.mean(np.square(made[:, column] - mine)[cells])) / np.std(mine[cells])
            np.testing.assert_allclose(unpacked(told.errors, 3)[place], share, rtol=1e-4)
            ends = np.nanmin(rows[:, column]), np.nanmax(rows[:, column])
            np.testing.assert_allclose(unpacked(told.ends, 2, 3)[:, place], ends, rtol=1e-4)
    assert np.isnan(unpacked(told.errors, 3)[2]), "of a column that is never known"


def test_channels_are_told_over_all_moments() -> None:
    series = RANDOM.normal(size=(12, 30, 2)).astype(np.float32) * [1, 10]
    made = series + np.array([0.1, 5.0])
    told = ShownValues(cast(Any, prepared(series)), series, None, np.arange(3)).of(made.astype(np.float32))
    assert (told.count, told.stride) == (3, 1)
    np.testing.assert_allclose(unpacked(told.original, 3, 30, 2), series[:3], rtol=1e-6)
    np.testing.assert_allclose(unpacked(told.errors, 2), [0.1, 5.0] / series.std(axis=(0, 1)), rtol=1e-4)
    np.testing.assert_allclose(unpacked(told.ends, 2, 2), [series.min(axis=(0, 1)), series.max(axis=(0, 1))])
