"""The training set as one table on the device."""

import keras
import numpy as np
from keras import ops


class ResidentTable(keras.layers.Layer):
    """The whole training set on the device, once; a training step is fed row numbers only.

    A row becomes `row * scale + offset`, so a table of bytes stays bytes. Its weights are data, not something learned,
    so they are left out of every saved file.

    Args:
        shape: `(n_samples, *example)`.
        dtype: Of the raw values.
        gaps: Whether some of them are unknown, which is NaN in the table. Without, nothing is asked or computed for it.

    Shapes: `(batch,)` int32 row numbers → `(batch, *example)` float32.
    """

    def __init__(self, shape: tuple[int, ...], dtype: str, gaps: bool = False):
        super().__init__(trainable=False, name="table", dtype="float32", autocast=False)  # whatever networks compute in
        self.gaps = gaps
        self.rows = self.add_weight(shape=shape, dtype=dtype, initializer="zeros", trainable=False, name="rows")
        self.scale = self.add_weight(shape=shape[1:], initializer="ones", trainable=False, name="scale")
        self.offset = self.add_weight(shape=shape[1:], initializer="zeros", trainable=False, name="offset")
        self.black = self.add_weight(shape=(), initializer="zeros", trainable=False, name="black")

    def fill(self, rows: np.ndarray, scale: np.ndarray, offset: np.ndarray, black: float = 0.0) -> None:
        """Puts data into the table.

        Args:
            rows: Raw values, ndarray of shape `(n_samples, *example)` and the table's dtype.
            scale: Factor, broadcastable to one example.
            offset: Summand, broadcastable to one example.
            black: Raw value of what lies around a picture.
        """
        self.rows.assign(rows)
        self.scale.assign(np.broadcast_to(scale, rows.shape[1:]))
        self.offset.assign(np.broadcast_to(offset, rows.shape[1:]))
        self.black.assign(black)

    def gather(self, indices):
        """Raw rows as float32: `(batch,)` → `(batch, *example)`."""
        return ops.cast(ops.take(self.rows, indices, axis=0), "float32")

    def known(self, raw):
        """1 where a raw value is known and 0 where it is not, float32 of the same shape; None where all are known."""
        return ops.cast(ops.logical_not(ops.isnan(raw)), "float32") if self.gaps else None

    def filled(self, raw):
        """Raw values with 0 where one is unknown: the mean, as tables with gaps are kept without theirs."""
        return ops.where(ops.isnan(raw), 0.0, raw) if self.gaps else raw

    def scaled(self, raw):
        """Raw values → network input."""
        return raw * self.scale + self.offset

    def call(self, indices):
        return self.scaled(self.filled(self.gather(indices)))

    def save_own_variables(self, store):
        """Nothing: data do not belong into a saved model."""

    def load_own_variables(self, store):
        """Nothing: data do not come from a saved model."""
