"""The decoded plane: what lies behind a point of the map is what the decoder makes of it."""

import io

import numpy as np
import pytest
from PIL import Image

from ae_core.formats.png_sheets import LEVELS, SMALL_GREYS, SMALL_TILE, small_sheet
from ae_core.measuring.plane import SIDE, Lattice, steady_range
from ae_core.measuring.probe import Probe
from ae_core.messages import Plane
from ae_core.training import cache
from ae_core.variants import read_settings


def probe_of(variant: str, **changes) -> Probe:
    ready = cache.prepare(
        read_settings({"variant": variant, "dataset": "digits", "latent_dim": 2, "train_size": 300} | changes)
    )
    return Probe(ready.model, ready.data, ready.pca, labelled=True, points=100)


def tiles_of(plane: Plane) -> np.ndarray:
    """From 0 to 1, `(rows, columns, height, width)`; the first row lies lowest."""
    height, width = plane.tile
    sheet = np.asarray(Image.open(io.BytesIO(plane.png)).convert("L")) / 255
    tiles = sheet.reshape(plane.columns, height, plane.columns, width).swapaxes(1, 2)
    return tiles[::-1]


@pytest.mark.slow(seconds=1)
@pytest.mark.parametrize("variant", ["undercomplete", "variational", "convolutional", "recurrent"])
def test_the_tile_at_a_code_is_what_the_decoder_makes_of_it(variant: str) -> None:
    probe = probe_of(variant)
    plane = probe.measure().plane
    assert plane is not None
    tiles = tiles_of(plane)
    height, width = plane.tile
    (left, right), (bottom, top) = plane.x, plane.y
    for row, column in ((0, 0), (0, SIDE - 1), (7, 7), (11, 3)):
        code = np.array([[left + (column + 0.5) / SIDE * (right - left), bottom + (row + 0.5) / SIDE * (top - bottom)]])
        picture = probe.display(probe.model.decode(code.astype(np.float32)))[0, ..., 0] / 255
        reduced = picture.reshape(height, picture.shape[0] // height, width, -1).mean(axis=(1, 3))
        np.testing.assert_allclose(tiles[row, column], reduced, atol=0.51 / (SMALL_GREYS - 1) + 1 / 255)


def test_the_sheet_holds_every_point_of_the_map_and_costs_little() -> None:
    measured = probe_of("undercomplete").measure()
    points, plane = np.frombuffer(measured.latent, "<f4").reshape(-1, 2), measured.plane
    assert plane is not None
    for (low, high), values in ((plane.x, points[:, 0]), (plane.y, points[:, 1])):
        assert (low, high) == steady_range(values)
        assert low < values.min() < values.max() < high
    assert len(plane.png) < 15_000, "a run has more than a hundred of them"


@pytest.mark.parametrize(
    ("variant", "changes"),
    [
        ("undercomplete", {"latent_dim": 3}),
        ("vector_quantized", {"latent_dim": 1, "code_dim": 2}),
        ("vector_quantized", {"latent_dim": 2, "code_dim": 1}),
        ("undercomplete", {"dataset": "breast_cancer"}),  # whose columns have units of their own
    ],
)
def test_without_two_plain_numbers_or_pictures_there_is_no_plane(variant: str, changes: dict[str, object]) -> None:
    assert probe_of(variant, **changes).measure().plane is None


def test_while_a_layer_is_trained_alone_whose_code_is_another_there_is_no_plane() -> None:
    ready = cache.prepare(
        read_settings(
            {"variant": "stacked", "dataset": "digits", "latent_dim": 2, "widths": [16, 8], "pretraining": True}
        )
    )
    probe = Probe(ready.model, ready.data, ready.pca, labelled=True, points=100)
    assert len(ready.model.phases) == 3, "two layers before the code's"
    seen = []
    for phase in ready.model.phases:
        probe.watch(phase.view)
        seen.append(probe.measure().plane is not None)
    assert seen == [False, False, True]


def test_a_lattice_lies_in_the_middle_of_its_tiles_the_highest_row_first() -> None:
    lattice = Lattice(np.array([[0.0, -1.0], [10.0, 1.0]], np.float32))
    codes = lattice.codes.reshape(SIDE, SIDE, 2)
    assert (np.diff(codes[..., 0], axis=1) > 0).all() and (np.diff(codes[..., 1], axis=0) < 0).all()
    for axis, (low, high) in enumerate((lattice.x, lattice.y)):
        values = np.unique(codes[..., axis])
        margin = (high - low) / SIDE / 2
        np.testing.assert_allclose([values[0] - low, high - values[-1]], margin, rtol=1e-4)


@pytest.mark.parametrize(
    ("shape", "tile"),
    [
        ((28, 28, 1), (14, 14)),
        ((28, 56, 1), (14, 28)),
        ((32, 32, 3), (16, 16)),
        ((8, 8, 1), (8, 8)),
        ((1, 3000, 1), (1, 40)),
    ],
)
def test_a_small_sheet_keeps_means_in_few_colours(shape: tuple[int, ...], tile: tuple[int, int]) -> None:
    grey = np.linspace(0, 255, 6).round().astype(np.uint8)
    tiles = np.broadcast_to(grey[:, None, None, None], (6, *shape))
    png, size = small_sheet(tiles, 3)
    assert size == tile and tile[0] * tile[1] <= SMALL_TILE
    sheet = np.asarray(Image.open(io.BytesIO(png)).convert("RGB"))
    assert sheet.shape == (2 * tile[0], 3 * tile[1], 3)
    middles = sheet[tile[0] // 2 :: tile[0], tile[1] // 2 :: tile[1]].reshape(6, 3)
    levels = SMALL_GREYS if shape[-1] == 1 else LEVELS
    np.testing.assert_allclose(middles, np.stack([grey] * 3, axis=1), atol=0.51 * 255 / (levels - 1))


def test_a_small_sheet_of_colours_keeps_them_apart() -> None:
    colours = np.array([[255, 0, 0], [0, 255, 0], [0, 0, 255], [255, 255, 0]], np.uint8)
    png, (height, width) = small_sheet(np.broadcast_to(colours[:, None, None], (4, 30, 30, 3)), 4)
    sheet = np.asarray(Image.open(io.BytesIO(png)).convert("RGB"))
    np.testing.assert_array_equal(sheet[height // 2, width // 2 :: width], colours)
