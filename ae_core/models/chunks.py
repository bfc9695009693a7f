"""Training in chunks of steps: each chunk is one compiled call of `fit`, fed with row numbers."""

import time
from collections.abc import Callable
from typing import Any

import keras
import numpy as np
from keras import ops

LONGEST_ORDER = 1_000_000  # row numbers handed to `fit` at a time


class ChunkedModel(keras.Model):
    """A model that takes a chunk of steps for each batch of `fit`: row numbers `(steps, batch)`, one row a step.

    The loop over the steps is compiled together with the step. Keras's own `steps_per_execution` loops around the
    compiled step instead: each step starts by asking the data set and ends by allocating all weights anew.

    Images a second of 784-128-32 mirrored, batch 256, on two cores, in turns: 41,400 with Keras's loop, 51,300 so.
    """

    def build(self, input_shape: Any) -> None:
        """Nothing to build: all parts come built."""

    def compile(self, *given: Any, **named: Any) -> None:
        """Compiles as Keras does, and says that all is built: JAX's `fit` would try the model on a chunk otherwise."""
        super().compile(*given, **named)
        for layer in (self, *self.layers):
            layer.built = True

    def at_epoch(self, epoch: float) -> None:
        """Told between chunks how many epochs are done: nothing in this model changes with time."""

    def train_step(self, *given: Any) -> Any:
        """Trains a chunk of steps; returns what one step returns, averaged over all of them."""
        step = super().train_step
        if keras.backend.backend() == "tensorflow":
            (rows,) = given

            def one(at, _):
                step(rows[at])
                return at

            ops.fori_loop(0, ops.shape(rows)[0], one, 0)
            return self.get_metrics_result()
        # JAX: variables are given and returned.
        state, rows = given
        state, logs = ops.scan(lambda now, batch: step(now, batch)[::-1], state, rows)
        return {name: values[-1] for name, values in logs.items()}, state


def feed(order: np.ndarray, batch_size: int, chunk: int) -> dict[str, Any]:
    """The arguments of `fit` that train a `ChunkedModel` on these row numbers: an epoch of `fit` is one chunk.

    From an array TensorFlow's `fit` makes a data set that tunes its own buffers, in a thread that sleeps twice as long
    each time and is not always woken at the end: seven of ten six-second runs ended two to ten seconds after their last
    step. A data set without that tuning ends at once.

    Args:
        order: Row numbers, ndarray of shape `(chunks * chunk * batch_size,)`, int32.
        batch_size: Images per step.
        chunk: Steps between two ends of an epoch of `fit`.
    """
    batches = order.reshape(-1, batch_size)
    once = {"steps_per_epoch": 1, "epochs": len(batches) // chunk, "shuffle": False, "verbose": 0}
    if keras.backend.backend() != "tensorflow":
        return once | {"x": batches, "batch_size": chunk}
    import tensorflow as tf

    options = tf.data.Options()
    options.autotune.enabled = False
    chunks = tf.data.Dataset.from_tensor_slices(batches.reshape(-1, chunk, batch_size))
    return once | {"x": chunks.with_options(options)}


class ChunkEnd(keras.callbacks.Callback):
    """Hands over the mean losses of each chunk, and how many seconds it took.

    A Keras epoch is one chunk here. Its end is the only moment at which every backend has written all variables back,
    so that a probe may read them and a tuned rate takes effect.
    """

    def __init__(self, hand_over: Callable[[dict[str, float], float], None]):
        super().__init__()
        self._hand_over = hand_over

    def on_epoch_begin(self, epoch: int, logs: dict | None = None) -> None:
        self._begun = time.perf_counter()

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        values = {name: float(value) for name, value in (logs or {}).items()}
        self._hand_over(values, time.perf_counter() - self._begun)
