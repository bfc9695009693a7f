"""Damage to the input."""

import keras
import numpy as np
from keras import ops

from ae_core.models.layers.randomness import NormalBank
from ae_core.settings import DataSpec


class Corruption(keras.layers.Layer):
    """Damages the input so that a copy is no longer enough (Vincent et al. 2010, section 3.3).

    - `gaussian`: `x + factor · n`, `n` standard normal
    - `masking`: each value becomes 0 with probability `factor`
    - `salt_and_pepper`: with probability `factor` a value becomes 0 or 1, each equally often

    then clipped to [0, 1] where the data lie there. One normal number decides each value's fate, also for masking,
    by comparing it with a quantile. The numbers come from a bank, see `NormalBank`.

    Args:
        kind: `gaussian`, `masking` or `salt_and_pepper`.
        factor: Strength, 0 to 1. A variable, so that it can be changed while a training runs.
        spec: Shape and range of the data.
        seed: Seed of the bank and of the places.

    Shapes: `(batch, *example)` in and out.
    """

    def __init__(self, kind: str, factor: float, spec: DataSpec, seed: int):
        super().__init__(trainable=False, name="corruption")
        self.rule = CORRUPTIONS[kind]
        self._given = {"kind": kind, "factor": factor, "spec": spec, "seed": seed}
        self.spec = spec
        self.factor = self.add_weight(
            shape=(), initializer=keras.initializers.Constant(factor), trainable=False, name="noise_factor"
        )
        self.normals = NormalBank(spec.size, seed)

    def get_config(self):
        """The constructor's arguments."""
        return super().get_config() | self._given

    def apply(self, inputs, normals):
        """Corrupts with given normal numbers: the probe's way to the same noise each time."""
        damaged = self.rule(inputs, normals, self.factor)
        return ops.clip(damaged, 0.0, 1.0) if self.spec.unit_range else damaged

    def call(self, inputs):
        return self.apply(inputs, ops.reshape(self.normals(inputs), (-1, *self.spec.shape)))


def _normal_quantile(probability):
    return ops.erfinv(2.0 * probability - 1.0) * np.sqrt(2.0)


def _gaussian(inputs, normals, factor):
    return inputs + factor * normals


def _masking(inputs, normals, factor):
    return ops.where(normals < _normal_quantile(factor), 0.0, inputs)


def _salt_and_pepper(inputs, normals, factor):
    pepper = _normal_quantile(factor / 2.0)
    return ops.where(normals < pepper, 0.0, ops.where(normals > -pepper, 1.0, inputs))


CORRUPTIONS = {"gaussian": _gaussian, "masking": _masking, "salt_and_pepper": _salt_and_pepper}
