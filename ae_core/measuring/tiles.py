"""Each example as a small picture: an image as it is, a table's row as a strip of shades, a series as its curves."""

from typing import TYPE_CHECKING

import numpy as np

from ae_core.formats.png_sheets import CURVE_HEIGHT, NARROWEST, WIDEST, draw_curves, largest

if TYPE_CHECKING:
    from ae_core.data.preparation import Prepared

MOST_CHANNELS = 4  # of a series that lie over one another in its picture
WIDEST_SHARE = 0.995  # of the values lie within the height of a curve
DARK, LIGHT = 0.35, 0.6  # the greys of the stripes that stand for what is hidden or unknown
STRIPES = 4  # pixels from one stripe to the next


class Tiles:
    """How the examples of a data set are shown.

    Args:
        data: The prepared data.

    Attributes:
        low: Value that is shown black, or at the bottom.
        high: Value that is shown white, or at the top.
        strips: Whether they are rows of columns with units of their own, each shown as a strip of shades.
    """

    def __init__(self, data: "Prepared"):
        self._data = data
        # Columns of a table have units of their own, which only standardising makes comparable.
        self._standardised = not data.spec.is_image and data.scale.size > 1
        self.strips = self._standardised and not data.spec.is_series
        if data.spec.is_image:
            self.low, self.high = data.values.ends
            return
        values = data.filled(data.x_test)
        if self._standardised:
            values = data.fed(data.x_test)
        if not self._standardised and values.min() >= 0 and values.max() <= 1:
            self.low, self.high = 0.0, 1.0
        else:
            widest = float(np.quantile(np.abs(values), WIDEST_SHARE)) or 1.0
            self.low, self.high = -widest, widest

    def display(self, images: np.ndarray, known: np.ndarray | None = None) -> np.ndarray:
        """Network values → bytes for the eye, `(n_samples, height, width, channels)`.

        Args:
            images: ndarray of shape `(n_samples, *spec.shape)`.
            known: Which values of rows or series are known, bool of the same shape: stripes stand for the others. None:
                all are.
        """
        raw = images if self._standardised else (images - self._data.offset) / self._data.scale
        if self._data.spec.is_image:
            return (np.clip((raw - self.low) / (self.high - self.low), 0, 1) * 255).round().astype(np.uint8)
        if self.strips:
            tiles = self._strips(raw)
        else:
            series = raw.reshape(*raw.shape[:2], -1)
            channels = range(min(series.shape[2], MOST_CHANNELS))
            tiles = np.max([draw_curves(series[..., one], self.low, self.high) for one in channels], axis=0)
        if known is None:
            return tiles
        seen = np.any(known.reshape(*raw.shape[:2], -1), axis=2)[:, self._places(tiles.shape[2])]  # (n_samples, width)
        return np.where(seen[:, None, :, None], tiles, _stripes(tiles.shape[1:3])[..., None])

    def _strips(self, rows: np.ndarray) -> np.ndarray:
        """Rows whose columns have units of their own as shades side by side: nothing lies between two of them."""
        shades = (np.clip((rows - self.low) / (self.high - self.low), 0, 1) * 255).round().astype(np.uint8)
        width = int(np.clip(rows.shape[1], NARROWEST, WIDEST))
        return shades[:, None, self._places(width), None].repeat(CURVE_HEIGHT, axis=1)

    def _places(self, width: int) -> np.ndarray:
        """Which value stands in each column of pixels."""
        length = self._data.spec.shape[0]
        return np.minimum((np.arange(width) + 0.5) / width * length, length - 1).astype(int)

    def hatch(self) -> np.ndarray:
        """Grey stripes that stand for what is hidden, as network values of the shape of one example."""
        places = np.indices(self._data.spec.shape)[:2].sum(axis=0)
        grey = np.where(places % STRIPES < STRIPES // 2, DARK, LIGHT)
        shown = self.low + grey * (self.high - self.low)
        return shown if self._standardised else shown * self._data.scale + self._data.offset

    def differences(self, original: np.ndarray, reconstruction: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
        """Errors of rows and series as parts of the shown range, each below its place of the curve.

        Args:
            original: Network values, ndarray of shape `(n_samples, *spec.shape)`.
            reconstruction: The same shape.
            shape: `(n_samples, height, width)` of what is returned.
        """
        unit = 1.0 if self._standardised else self._data.scale
        errors = np.abs((original - reconstruction) / unit) / (self.high - self.low)
        errors = largest(errors.reshape(len(errors), self._data.spec.shape[0], -1).max(axis=-1), shape[2])
        return np.broadcast_to(errors[:, None], shape)


def _stripes(shape: tuple[int, ...]) -> np.ndarray:
    places = np.indices(shape).sum(axis=0)
    return np.where(places % STRIPES < STRIPES // 2, round(255 * DARK), round(255 * LIGHT)).astype(np.uint8)
