"""The weights of the first layer as pictures: what each hidden unit looks for."""

from typing import TYPE_CHECKING, Any

import keras
import numpy as np

from ae_core.measuring.panels import COLUMNS, ROWS, BeforeAndNow
from ae_core.measuring.panels.kernels import Kernels, first_convolution, first_with_weights
from ae_core.models.contracts import Panel

if TYPE_CHECKING:
    from ae_core.models.autoencoder import Autoencoder
    from ae_core.settings import DataSpec

SHADES = 9  # of grey are enough for the eye, and noise takes half the room of 256


class Filters(BeforeAndNow):
    """Weights of the first units, before the training above and now below.

    Each tile shows one unit's weights over the pixels, scaled by its own largest: white where a bright pixel excites
    the unit, black where it inhibits it, grey where it does not matter.
    """

    name = "filters"
    title = "First-layer filters"
    help = (
        "Each tile is what one unit of the first layer looks for: white pixels excite it, black ones inhibit it. "
        "Noise at first; strokes and edges when it has learnt."
    )

    def __init__(self, model: "Autoencoder", spec: "DataSpec"):
        super().__init__(lambda: self._drawn(model, spec), SHADES)

    def _drawn(self, model: "Autoencoder", spec: "DataSpec") -> np.ndarray:
        kernel = np.ascontiguousarray(np.asarray(first_kernel(model))[:, : COLUMNS * ROWS].T)  # (units, size)
        largest = np.abs(kernel).max(axis=1, keepdims=True)
        shown = (1 + kernel / np.maximum(largest, 1e-12)) * (255 / 2)
        return shown.round().astype(np.uint8).reshape(-1, *spec.shape)


def first_kernel(model: "Autoencoder") -> Any:
    """The weights `(size, units)` that meet the image first, or None where that layer is not dense."""
    first = first_with_weights(model.encoder)
    size = np.prod(model.encoder.input_shape[1:])
    return first.kernel if isinstance(first, keras.layers.Dense) and first.kernel.shape[0] == size else None


def common_panels(model: "Autoencoder", spec: "DataSpec") -> tuple[Panel, ...]:
    """The panels that every model of a kind has: filters, where the first layer is dense or a convolution of images."""
    if not spec.is_image:
        return ()
    if first_convolution(model) is not None:
        return (Kernels(model),)
    return (Filters(model, spec),) if first_kernel(model) is not None else ()
