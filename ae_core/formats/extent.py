"""Where the values of a file lie, and how many bits it takes to keep them."""

from dataclasses import dataclass

import numpy as np

SINGLE = 2.0**-24  # by which a number of 32 bits may be wrong, as a share of it
FINE = 1e-6  # error that 32 bits may make, as a share of a column's standard deviation; beyond it 64 are kept


@dataclass(frozen=True)
class Extent:
    """Where the values of a file's examples lie.

    Args:
        least: Smallest value of the training examples, after the split where there is no test set.
        most: Largest of them.
        unknown: Values of all examples that are unknown; those of all columns of one category count once, as one cell.
        kind: Type of the numbers in the file.
        table: Type in which they are kept: uint8 for images of whole numbers from 0 to 255, float64 for rows and
            series whose columns vary little against their mean, so that 32 bits would lose what varies; else float32.
    """

    least: float
    most: float
    unknown: int
    kind: np.dtype
    table: np.dtype


class Columns:
    """How much of what varies in each column 32 bits would lose."""

    def __init__(self) -> None:
        self._start = self._count = np.zeros(0)
        self._sum = self._squares = self._largest = np.zeros(0)

    def add(self, rows: np.ndarray) -> None:
        """Takes rows `(n_samples, length)` of 64 bits; NaN where a value is unknown."""
        rows = rows.astype(np.float64, copy=False)
        if not self._start.size:
            self._start = np.full(rows.shape[1], np.nan)
            self._count = self._sum = self._squares = self._largest = np.zeros(rows.shape[1])
        known = ~np.isnan(rows)
        # The first known value is taken away, so that the squares are those of what varies.
        firsts = rows[known.argmax(axis=0), np.arange(rows.shape[1])]
        self._start = np.where(np.isnan(self._start), firsts, self._start)
        off = np.where(known, rows - self._start, 0.0)
        self._count = self._count + known.sum(axis=0)
        self._sum = self._sum + off.sum(axis=0)
        self._squares = self._squares + np.square(off).sum(axis=0)
        self._largest = np.fmax(self._largest, np.fmax.reduce(np.abs(rows), axis=0))

    @property
    def lost(self) -> float:
        """The largest error of a number of 32 bits as a share of its column's standard deviation."""
        count = np.maximum(self._count, 1)
        variance = self._squares / count - np.square(self._sum / count)
        varies = variance > 0
        return float(np.max(self._largest[varies] * SINGLE / np.sqrt(variance[varies]), initial=0.0))
