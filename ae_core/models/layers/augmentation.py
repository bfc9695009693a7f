"""Training images moved and turned, afresh at every step."""

import keras
import numpy as np
from keras import ops


class Augmentation(keras.layers.Layer):
    """Moves an image by whole pixels and turns it about its centre, afresh for every image of every batch.

    Args:
        kind: `shift` (up to 2 pixels each way), `rotate` (up to 15 degrees) or `shift_rotate`.
        seed: Seed of the random numbers.

    Shapes: `(batch, height, width, channels)` in and out. What moves in from outside is 0 (black).
    """

    SHIFT_PIXELS = 2
    ROTATE_DEGREES = 15.0

    def __init__(self, kind: str, seed: int):
        super().__init__(trainable=False, name="augmentation")
        self.shift = self.SHIFT_PIXELS if "shift" in kind else 0
        self.angle = np.deg2rad(self.ROTATE_DEGREES) if "rotate" in kind else 0.0
        self.random = keras.random.SeedGenerator(seed)

    def call(self, images):
        batch, (height, width) = ops.shape(images)[0], images.shape[1:3]
        turn = keras.random.uniform((batch,), -self.angle, self.angle, seed=self.random)
        moves = keras.random.randint((2, batch), -self.shift, self.shift + 1, seed=self.random)
        across, down = ops.cast(moves[0], "float32"), ops.cast(moves[1], "float32")
        centre_x, centre_y = (width - 1) / 2, (height - 1) / 2
        cosine, sine = ops.cos(turn), ops.sin(turn)
        # The transform takes a place in the output to its place in the input: x' = a x + b y + c, y' = d x + e y + f.
        nothing = ops.zeros_like(turn)
        transforms = ops.stack(
            [
                cosine,
                -sine,
                centre_x - cosine * centre_x + sine * centre_y + across,
                sine,
                cosine,
                centre_y - sine * centre_x - cosine * centre_y + down,
                nothing,
                nothing,
            ],
            axis=1,
        )  # (batch, 8)
        return ops.image.affine_transform(images, transforms, interpolation="bilinear", fill_mode="constant")
