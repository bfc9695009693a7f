"""Cuts images into square patches, puts them together again, and hides some of them."""

import keras
import numpy as np
from keras import ops

from ae_core.models.layers.randomness import NormalBank
from ae_core.settings import DataSpec

HIDDEN = -1.0  # a pixel value that no clean image has


def patch_grid(spec: DataSpec, patch_size: int) -> tuple[int, int]:
    """Rows and columns of patches that cover an image; the last ones may reach over its edge."""
    return -(-spec.shape[0] // patch_size), -(-spec.shape[1] // patch_size)


def to_patches(images, spec: DataSpec, patch_size: int):
    """Layers that cut images into patches: `(batch, *spec.shape)` → `(batch, patches, patch_size² · channels)`.

    What reaches over the edge is filled up with zeros.
    """
    rows, columns = patch_grid(spec, patch_size)
    height, width, channels = spec.shape
    extra = rows * patch_size - height, columns * patch_size - width
    if any(extra):
        images = keras.layers.ZeroPadding2D(((0, extra[0]), (0, extra[1])), name="fill")(images)
    hidden = keras.layers.Reshape((rows, patch_size, columns, patch_size, channels), name="grid")(images)
    hidden = keras.layers.Permute((1, 3, 2, 4, 5), name="by_patch")(hidden)
    return keras.layers.Reshape((rows * columns, patch_size * patch_size * channels), name="patches")(hidden)


def from_patches(patches, spec: DataSpec, patch_size: int):
    """Layers that put patches together again: the inverse of `to_patches`."""
    rows, columns = patch_grid(spec, patch_size)
    height, width, channels = spec.shape
    hidden = keras.layers.Reshape((rows, columns, patch_size, patch_size, channels), name="ungrid")(patches)
    hidden = keras.layers.Permute((1, 3, 2, 4, 5), name="by_row")(hidden)
    hidden = keras.layers.Reshape((rows * patch_size, columns * patch_size, channels), name="image")(hidden)
    extra = rows * patch_size - height, columns * patch_size - width
    return keras.layers.Cropping2D(((0, extra[0]), (0, extra[1])), name="cut")(hidden) if any(extra) else hidden


class PatchMask(keras.layers.Layer):
    """Hides a share of the patches of each image, different ones at every step: their pixels become −1.

    Exactly `factor · patches` are hidden, rounded, but at least one, and at least one stays. A linear layer turns every
    hidden patch into the same numbers, whatever it held: that is its mask token. Each patch draws one normal number;
    those with the smallest are hidden.

    Args:
        factor: Share hidden, 0 to 1. A variable, so that it can be changed while a training runs.
        patch_size: Side of a patch in pixels.
        hidden_only: Whether the loss counts hidden pixels alone.
        spec: Shape of the images, of values in [0, 1].
        seed: Seed of the choice.

    Shapes: `(batch, *spec.shape)` in and out.

    References:
        He, Chen, Xie, Li, Dollár & Girshick, Masked autoencoders are scalable vision learners, CVPR 2022.
        Xie et al., SimMIM: a simple framework for masked image modeling, CVPR 2022 (mask tokens in the encoder).
    """

    def __init__(self, factor: float, patch_size: int, hidden_only: bool, spec: DataSpec, seed: int):
        super().__init__(trainable=False, name="corruption")
        self.patch_size, self.hidden_only, self.spec = patch_size, hidden_only, spec
        self._given = {
            "factor": factor,
            "patch_size": patch_size,
            "hidden_only": hidden_only,
            "spec": spec,
            "seed": seed,
        }
        self.grid = patch_grid(spec, patch_size)
        self.factor = self.add_weight(
            shape=(), initializer=keras.initializers.Constant(factor), trainable=False, name="noise_factor"
        )
        self.normals = NormalBank(self.grid[0] * self.grid[1], seed)

    def get_config(self):
        """The constructor's arguments."""
        return super().get_config() | self._given

    def hidden(self, normals):
        """Which patches are hidden: `(batch, patches)` normal numbers → bool `(batch, patches)`."""
        patches = self.grid[0] * self.grid[1]
        count = ops.cast(ops.round(self.factor * patches), "int32")
        last = ops.clip(count, 1, patches - 1) - 1
        limit = ops.take(ops.sort(normals, axis=-1), last, axis=-1)  # (batch,)
        return normals <= ops.expand_dims(limit, -1)

    def _hide(self, inputs, normals):
        height, width = self.spec.shape[:2]
        hidden = ops.reshape(self.hidden(normals), (-1, *self.grid, 1))
        hidden = ops.repeat(ops.repeat(hidden, self.patch_size, axis=1), self.patch_size, axis=2)
        return ops.where(hidden[:, :height, :width], HIDDEN, inputs)

    def apply(self, inputs, normals):
        """Hides patches with given normal numbers, one a pixel; the one at a patch's upper left corner decides."""
        corners = normals[:, :: self.patch_size, :: self.patch_size, 0]
        return self._hide(inputs, ops.reshape(corners, (-1, self.grid[0] * self.grid[1])))

    def call(self, inputs):
        return self._hide(inputs, self.normals(inputs))

    def pixel_weights(self, target, damaged):
        """How much each pixel counts in the loss: 1 where it is hidden, else 0; or 1 everywhere."""
        return ops.cast(damaged < 0.0, "float32") if self.hidden_only else ops.ones_like(target)

    def filled(self, damaged: np.ndarray, values: np.ndarray) -> np.ndarray:
        """Damaged images with these values, which broadcast to them, where pixels are hidden."""
        return np.where(damaged < 0, values, damaged).astype(np.float32)
