"""What is shown of a first convolution: its filters as they are, and its answers to one image."""

import io

import numpy as np
import pytest
from PIL import Image

from ae_core import figures, variants
from ae_core.measuring.panels import Look
from ae_core.measuring.panels.filters import common_panels
from ae_core.measuring.panels.kernels import FeatureMaps, Kernels, first_convolution
from ae_core.messages import PanelTitle
from ae_core.settings import DataSpec
from tests.stored import setup, snapshot


def model_for(channels: int, filters: str = "4"):
    settings = variants.read_settings({"variant": "convolutional", "channels": filters, "latent_dim": 3})
    return variants.get("convolutional").build(settings, DataSpec((8, 8, channels)))


def look_at(model, channels: int) -> Look:
    images = np.random.default_rng(0).random((2, 8, 8, channels), np.float32)
    return Look(model, images, images, np.zeros((2, 3)), lambda values: (255 * values).round().astype(np.uint8))


def tiles_of(content) -> np.ndarray:
    """The pictures of a panel: `(rows, columns, height, width, 3)`."""
    sheet = np.asarray(Image.open(io.BytesIO(content.png)).convert("RGB")).astype(int)
    height, width = content.tile
    rows = [sheet[top : top + height] for top in range(0, len(sheet), height + content.gap)]
    step = width + content.gap
    return np.stack([[row[:, at : at + width] for at in range(0, row.shape[1], step)] for row in rows])


@pytest.mark.parametrize("channels", [1, 3])
def test_filters_are_drawn_before_and_now(channels):
    model = model_for(channels)
    (panel,) = common_panels(model, DataSpec((8, 8, channels)))
    assert isinstance(panel, Kernels)
    layer = first_convolution(model)
    kernel = np.zeros(layer.kernel.shape, np.float32)
    kernel[0, 2, :, 1], kernel[2, 0, :, 1] = 2.0, -1.0
    layer.kernel.assign(kernel)
    before, now = tiles_of(panel.measure(look_at(model, channels)))
    assert now.shape == (4, 12, 12, 3)
    corners = now[1][[1, 1, 10, 10], [1, 10, 1, 10], 0]
    assert corners.tolist() == [128, 255, 64, 128], "grey for nothing, white for the largest, darker for less"
    assert np.ptp(now[0]) == 0
    assert np.ptp(before[0]) > 100, "the first, random weights are remembered"


@pytest.mark.parametrize("channels", [1, 3])
def test_maps_are_what_the_filters_answer_to_the_first_image(channels):
    model = model_for(channels)
    look, layer = look_at(model, channels), first_convolution(model)
    (row,) = tiles_of(FeatureMaps(model.encoder).measure(look))
    np.testing.assert_allclose(row[0], np.broadcast_to(look.show(look.images[0]), (8, 8, 3)), atol=1)
    padded = np.pad(look.images[0], ((1, 1), (1, 1), (0, 0)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), axis=(0, 1))  # (8, 8, channels, 3, 3)
    answers = np.maximum(np.einsum("hwcij,ijcf->fhw", windows, np.asarray(layer.kernel)), 0.0)
    np.testing.assert_allclose(row[1:, ..., 0], 255 * answers / answers.max(), atol=2)


def test_many_filters_fill_two_rows_and_a_lost_training_is_black():
    model = model_for(1, "200")
    panel, look = FeatureMaps(model.encoder), look_at(model, 1)
    assert tiles_of(panel.measure(look)).shape[:2] == (2, 10)
    layer = first_convolution(model)
    layer.kernel.assign(np.full(layer.kernel.shape, np.nan))
    content = panel.measure(look)
    assert tiles_of(content)[:, 1:].max() == 0
    given = setup(settings={"variant": "convolutional"}, panels=[PanelTitle(name="maps", title="Maps", help="")])
    figure = figures.panel(given, snapshot(1, panels={"maps": content}), "maps")
    assert figure["layout"]["yaxis"]["ticktext"] == ["image, maps", ""]
