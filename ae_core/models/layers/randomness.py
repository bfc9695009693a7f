"""Random numbers for compiled training."""

import functools

import keras
import numpy as np
from keras import ops

BANK_SIZE = 1 << 22  # 4 million normals: 16 MB


@functools.lru_cache(maxsize=1)
def _normals(seed: int, size: int) -> np.ndarray:
    """The numbers of a bank. Networks are built again and again, mostly with the same seed."""
    return np.random.default_rng(seed).standard_normal(size, dtype=np.float32)


class NormalBank(keras.layers.Layer):
    """Standard normal numbers, some for each example of a batch.

    Random numbers are the slow part of a compiled step on a CPU (about 0.35 µs a number), so they come from a resident
    bank: each example of each batch takes a stretch of it that starts at a fresh random place.

    Args:
        width: Numbers that one example needs.
        seed: Seed of the bank and of the places.
        size: Numbers in the bank; default 4 million.

    Shapes: anything of `(batch, ...)` → `(batch, width)`.
    """

    def __init__(self, width: int, seed: int, size: int = BANK_SIZE):
        super().__init__(trainable=False, name="normals")
        self.width, self.size = width, size
        self.bank = self.add_weight(
            shape=(size,), initializer=lambda shape, dtype: _normals(seed, size), trainable=False, name="bank"
        )
        self.random = keras.random.SeedGenerator(seed)
        self.built = True  # also for `steady`, which Keras does not know of

    def call(self, inputs):
        places = keras.random.randint((ops.shape(inputs)[0], 1), 0, self.size - self.width, seed=self.random)
        return ops.take(self.bank, places + ops.arange(self.width, dtype="int32"))  # (batch, width)

    def steady(self, inputs):
        """The same numbers for the same place in the batch, at every call: for validation."""
        places = ops.arange(ops.shape(inputs)[0], dtype="int32")[:, None] * self.width % (self.size - self.width)
        return ops.take(self.bank, places + ops.arange(self.width, dtype="int32"))
