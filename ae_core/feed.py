"""How row numbers reach `fit`."""

from typing import Any

import keras
import numpy as np


def feed(order: np.ndarray, batch_size: int) -> dict[str, Any]:
    """The arguments of `fit` that give it these row numbers in this order, batch by batch.

    What TensorFlow's `fit` makes of an array tunes its own buffers, in a thread that looks again after twice as long
    each time and is not always woken when the training is over: seven of ten runs of six seconds ended two to ten
    seconds after their last step. A data set that does not tune itself ends at once.

    Args:
        order: Row numbers, ndarray of shape `(n_batches * batch_size,)`, int32.
        batch_size: Images per step.
    """
    if keras.backend.backend() != "tensorflow":
        return {"x": order, "batch_size": batch_size, "shuffle": False}
    import tensorflow as tf

    options = tf.data.Options()
    options.autotune.enabled = False
    batches = tf.data.Dataset.from_tensor_slices(order.reshape(-1, batch_size))
    return {"x": batches.with_options(options), "shuffle": False}
