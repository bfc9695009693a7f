"""What is seen of the batch of one training step: its images, and what the model makes of them after the step."""

from collections.abc import Callable

import numpy as np

from ae_core.formats.png_sheets import FEW_SHADES
from ae_core.measuring.panels import pictures
from ae_core.messages import Batch
from ae_core.models.autoencoder import Autoencoder

Display = Callable[[np.ndarray], np.ndarray]

COLUMNS = 16
MOST_SHOWN = 32  # images of a batch


def look_at(
    model: Autoencoder, images: np.ndarray, display: Display, hatch: np.ndarray, size: int, loss: float
) -> Batch:
    """The message.

    The damage is not that of the step, which drew it from chance: nothing may be drawn again because somebody looks.

    Args:
        model: From image to image.
        images: The first images of the batch as the network takes them, ndarray of shape `(n_samples, *spec.shape)`.
        display: Turns network values into bytes for the eye, `(n, height, width, channels)`.
        hatch: What stands for hidden pixels, network values of the shape of one example.
        size: Images in the batch.
        loss: Its loss.
    """
    seen, shown = images, {"original": display(images)}
    if model.corruption is not None:
        noise = np.random.default_rng(0).standard_normal(images.shape, np.float32)
        seen = np.asarray(model.corruption.apply(images, noise))
        shown["corrupted"] = display(model.without_gaps(seen, hatch))
    shown["reconstruction"] = display(model.decode(model.encode(seen)))
    tile, columns = shown["original"].shape[1:], min(COLUMNS, len(images))
    blank = np.zeros((-len(images) % columns, *tile), np.uint8)
    lines = [np.concatenate([tiles, blank]).reshape(-1, columns, *tile) for tiles in shown.values()]
    sheet = np.stack(lines, axis=1)  # (lines, kinds, columns, *tile)
    return Batch(
        pictures=pictures(sheet.reshape(-1, *tile), columns, [*shown] * len(sheet), shades=FEW_SHADES),
        size=size,
        loss=loss,
    )
