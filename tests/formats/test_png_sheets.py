"""Sheets of small pictures, read back as a browser reads them."""

import io

import numpy as np
import pytest
from PIL import Image

from ae_core.formats.png_sheets import CIVIDIS, mosaic, sheet, sheet_with_errors

SIDE, COLUMNS, GAP = 6, 3, 1


def tiles(count: int, channels: int) -> np.ndarray:
    shape = (count, SIDE, SIDE, channels)
    made = np.random.default_rng(channels).integers(0, 256, shape).astype(np.uint8)
    made[0].flat[:3] = 0, 1, 255  # black, the shade that stands for nothing, and white
    return made


def read(png: bytes) -> np.ndarray:
    """`(height, width, 4)`: colours and opacity, as whole numbers."""
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGBA")).astype(int)


def tile(picture: np.ndarray, number: int) -> np.ndarray:
    top, left = ((SIDE + GAP) * place for place in divmod(number, COLUMNS))
    return picture[top : top + SIDE, left : left + SIDE]


@pytest.mark.parametrize("channels", [1, 3])
def test_tiles_are_opaque_and_what_lies_between_is_not(channels):
    given = tiles(5, channels)
    picture = read(sheet(given, COLUMNS, GAP))
    assert picture.shape == (2 * SIDE + GAP, 3 * SIDE + 2 * GAP, 4)
    for number, expected in enumerate(given):
        found = tile(picture, number)
        assert (found[..., 3] == 255).all()
        assert np.abs(found[..., :3] - expected).max() <= 1, "only the shade that stands for nothing is another"
    assert (picture[SIDE, :, 3] == 0).all() and (picture[:, SIDE, 3] == 0).all()
    assert (tile(picture, 5)[..., 3] == 0).all(), "there are five tiles only"


@pytest.mark.parametrize("channels", [1, 3])
def test_with_fewer_shades_each_pixel_has_the_nearest_one_in_fewer_bytes(channels):
    given = tiles(5, channels)
    picture = read(sheet(given, COLUMNS, GAP, 24))
    allowed = np.linspace(0, 255, 24).round().astype(int)
    for number, expected in enumerate(given.astype(int)):
        found = tile(picture, number)
        assert (found[..., 3] == 255).all()
        distances = np.abs(expected[..., None] - allowed).min(axis=-1)
        assert np.abs(found[..., :3] - expected).max() <= distances.max() + 1
        assert set(np.unique(found[..., :3])) <= set(allowed)
    assert (picture[SIDE, :, 3] == 0).all() and (tile(picture, 5)[..., 3] == 0).all()
    assert len(sheet(given, COLUMNS, GAP, 4)) < len(sheet(given, COLUMNS, GAP))


def test_with_few_greys_and_colours_a_sheet_says_the_same():
    given, errors = tiles(3, 1), np.broadcast_to(np.linspace(0, 1, SIDE), (3, SIDE, SIDE))
    many, few = (read(sheet_with_errors(given, errors, COLUMNS, GAP, *kinds)) for kinds in ((128, 127), (40, 20)))
    np.testing.assert_array_equal(few[..., 3], many[..., 3])
    assert np.abs(few - many)[: SIDE + GAP].max() <= 255 / 39 / 2 + 2
    assert np.abs(few - many)[SIDE + GAP :].max() <= 10


@pytest.mark.parametrize("channels", [1, 3])
def test_errors_below_have_the_colours_of_cividis(channels):
    given = tiles(3, channels)
    errors = np.broadcast_to(np.linspace(0, 1, SIDE), (3, SIDE, SIDE)).copy()
    errors[1] = np.array([-0.5, 0, 0.25, 0.5, 1, 7])[:, None]
    picture = read(sheet_with_errors(given, errors, COLUMNS, GAP))
    for number, expected in enumerate(given):
        assert np.abs(tile(picture, number)[..., :3] - expected).max() <= 2
    places = np.clip(errors, 0, 1) * (len(CIVIDIS) - 1)
    for number, place in enumerate(places, 3):
        assert (tile(picture, number)[..., 3] == 255).all()
        for channel in range(3):
            expected = np.interp(place, range(len(CIVIDIS)), CIVIDIS[:, channel])
            assert np.abs(tile(picture, number)[..., channel] - expected).max() <= 2
    assert (picture[:, SIDE, 3] == 0).all()


def test_without_a_gap_tiles_lie_side_by_side():
    given = tiles(4, 1)
    rows = [np.concatenate(given[:2], axis=1), np.concatenate(given[2:], axis=1)]
    np.testing.assert_array_equal(mosaic(given, 2, 0), np.concatenate(rows))
