"""What the first convolution looks for, and what it answers to one image."""

from typing import TYPE_CHECKING, Any

import keras
import numpy as np

from ae_core.measuring.panels import COLUMNS, ROWS, BeforeAndNow, pictures
from ae_core.messages import Numbers, Pictures
from ae_core.models.contracts import Look

if TYPE_CHECKING:
    from ae_core.models.autoencoder import Autoencoder

ENLARGED = 4  # pixels of a tile for one weight, beside which the gap between tiles is narrow


class Kernels(BeforeAndNow):
    """Weights of the first filters, before the training above and now below.

    Each tile shows one filter's weights over its few pixels, scaled by its own largest: white where a bright pixel
    excites it, black where it inhibits it, grey where it does not matter.
    """

    name = "filters"
    title = "First-layer filters"
    help = (
        "Each tile is what one filter looks for, wherever it lies in the image: white pixels excite it, black ones "
        "inhibit it. Noise at first; edges and spots when it has learnt."
    )

    def __init__(self, model: "Autoencoder"):
        super().__init__(lambda: self._shades(model))

    def _shades(self, model: "Autoencoder") -> np.ndarray:
        kernel = np.asarray(first_convolution(model).kernel)  # (height, width, channels, filters)
        # A training that has gone astray has weights that are no numbers.
        kernel = np.nan_to_num(np.moveaxis(kernel, -1, 0)[: COLUMNS * ROWS], posinf=0.0, neginf=0.0)
        largest = np.abs(kernel).max(axis=(1, 2, 3), keepdims=True)
        shown = ((1 + kernel / np.maximum(largest, 1e-12)) * 127.5).round().astype(np.uint8)
        return shown.repeat(ENLARGED, axis=1).repeat(ENLARGED, axis=2)


class FeatureMaps:
    """What the first filters answer to one held-out image: always the same one, shown first.

    All answers are drawn on one scale: white is the strongest of them, black is none, or the lowest where an activation
    lets them be negative.

    Args:
        encoder: Its first layer with weights is a convolution.
    """

    name = "maps"
    title = "Feature maps"
    help = (
        "The first picture is a held-out image, the others are the answers of the first layer's filters to it, before "
        "pooling: bright where a filter finds what it looks for. Filters that stay black have died."
    )

    def __init__(self, encoder: keras.Model):
        self._layer = first_with_weights(encoder)

    def numbers(self, look: Look) -> Numbers:
        """None."""
        return {}

    def measure(self, look: Look) -> Pictures:
        """The image and the answers, row by row."""
        image = look.show(look.images[:1])  # (1, height, width, channels)
        answers = np.asarray(self._layer(look.images[:1]))[0]  # (height, width, filters)
        answers = np.nan_to_num(np.moveaxis(answers, -1, 0)[: COLUMNS * ROWS - 1, ..., None], posinf=0.0, neginf=0.0)
        low = min(0.0, float(answers.min()))
        shown = (answers - low) / max(float(answers.max()) - low, 1e-12)
        maps = np.clip(255 * shown, 0, 255).round().astype(np.uint8).repeat(image.shape[-1], axis=-1)
        tiles = np.concatenate([image, maps])
        columns = min(COLUMNS, len(tiles))
        return pictures(tiles, columns, ["image, maps", *[""] * (-(-len(tiles) // columns) - 1)])


def first_with_weights(encoder: keras.Model) -> Any:
    """The layer with weights that meets the image first."""
    return next(layer for layer in encoder.layers if layer.weights)


def first_convolution(model: "Autoencoder") -> Any:
    """The layer with weights that meets the image first, or None where that is not a convolution."""
    first = first_with_weights(model.encoder)
    return first if isinstance(first, keras.layers.Conv2D) else None
