"""The numbers of rows and series that a figure draws with names, units and a time axis."""

from typing import TYPE_CHECKING

import numpy as np

from ae_core.measuring import metrics
from ae_core.messages import GridValues

if TYPE_CHECKING:
    from ae_core.data.preparation import Prepared

MOST_NUMBERS = 6000  # of one kind in a frame
MOST_LENGTH = 600  # columns of a row, or moments of a series: as many as a view has pixels, roughly


class ShownValues:
    """Held-out rows or series and their reconstructions, in the units of the file.

    Args:
        data: The prepared data.
        images: All held-out examples that are reconstructed, as the network takes them, ndarray of shape
            `(n_samples, *spec.shape)`.
        known: Which of their values are known, bool of the same shape; None: all are.
        few: Places of those that are shown.
    """

    def __init__(self, data: "Prepared", images: np.ndarray, known: np.ndarray | None, few: np.ndarray):
        self._data, self._images, self._known = data, images, known
        length = data.spec.shape[0]
        self._stride = -(-length // MOST_LENGTH)
        kept = -(-length // self._stride) * (data.spec.size // length)
        self._few = few[: max(1, MOST_NUMBERS // kept)]
        # What stands for one thing: a column over all rows, a channel over all series and moments.
        self._axes = (0, 1) if data.spec.is_series else (0,)
        cells = np.ones(images.shape, bool) if known is None else known
        counts = np.maximum(np.count_nonzero(cells, axis=self._axes), 1)
        mean = np.where(cells, images, 0).sum(axis=self._axes, dtype=np.float64) / counts
        spread = np.sqrt(np.where(cells, np.square(images - mean), 0).sum(axis=self._axes, dtype=np.float64) / counts)
        self._counts = np.count_nonzero(cells, axis=self._axes)
        self._spread = np.where(spread > 0, spread, 1.0)
        values = self._in_the_file_s_units(images)
        lows = np.where(cells, values, np.inf).min(axis=self._axes)
        highs = np.where(cells, values, -np.inf).max(axis=self._axes)
        never = self._counts == 0
        self._ends = np.stack([np.where(never, 0.0, lows), np.where(never, 1.0, highs)])

    def of(self, reconstructions: np.ndarray) -> GridValues:
        """The message.

        Args:
            reconstructions: What the network makes of all of them, ndarray of shape `(n_samples, *spec.shape)`.
        """
        every = slice(None, None, self._stride)
        columns = slice(None) if self._data.spec.is_series else every
        original = self._in_the_file_s_units(self._images[self._few])
        if self._known is not None:
            original = np.where(self._known[self._few], original, np.nan)
        made = self._in_the_file_s_units(reconstructions[self._few])
        return GridValues(
            original=_packed(original[:, every]),
            reconstruction=_packed(made[:, every]),
            count=len(self._few),
            stride=self._stride,
            ends=_packed(self._ends[:, columns]),
            errors=_packed(self._errors(reconstructions)[columns]),
        )

    def _errors(self, reconstructions: np.ndarray) -> np.ndarray:
        """Root mean squared error of each column or channel, as a share of its standard deviation."""
        squares = np.square((self._images - reconstructions).astype(np.float64))
        if self._known is not None:
            squares = np.where(self._known, squares, 0.0)
        means = squares.sum(axis=self._axes) / np.maximum(self._counts, 1)
        return np.where(self._counts > 0, np.sqrt(means) / self._spread, np.nan)

    def _in_the_file_s_units(self, values: np.ndarray) -> np.ndarray:
        return (metrics.roomy(values) - self._data.raw_offset) / self._data.raw_scale


def _packed(values: np.ndarray) -> bytes:
    return np.ascontiguousarray(values, dtype="<f4").tobytes()
