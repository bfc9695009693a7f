"""Training in chunks of steps: each chunk is one compiled call, fed with row numbers."""

from typing import Any

import keras
import numpy as np
from keras import ops

NO_ROW = -1  # fills up a chunk that is shorter than the longest


class ChunkedModel(keras.Model):
    """A model that trains a chunk of steps at a time: row numbers `(steps, batch)`, one row a step.

    The loop over the steps is compiled together with the step. Keras's own `steps_per_execution` loops around the
    compiled step instead: each step starts by asking the data set and ends by allocating all weights anew.

    Images a second of 784-128-32 mirrored, batch 256, on two cores, in turns: 41,400 with Keras's loop, 51,300 so.

    Chunks of any length are one compiled program: a shorter one is filled up with rows that are no rows, and the loop
    counts in its graph how often it goes round. A program for each length would cost seconds of compilation each.
    """

    def build(self, input_shape: Any) -> None:
        """Nothing to build: all parts come built."""

    def compile(self, *given: Any, **named: Any) -> None:
        """Compiles as Keras does, and says that all is built: JAX would try the model on a chunk otherwise."""
        super().compile(*given, **named)
        for layer in (self, *self.layers):
            layer.built = True

    def at_epoch(self, epoch: float) -> None:
        """Told between chunks how many epochs are done: nothing in this model changes with time."""

    def train_chunk(self, rows: np.ndarray, longest: int) -> dict[str, float]:
        """Trains some steps in one call.

        Args:
            rows: Row numbers, ndarray of shape `(steps, batch)`, int32.
            longest: Steps of the longest chunk, at least as many; always the same, or it is compiled anew.

        Returns:
            Each loss by name, mean over the steps.
        """
        padded = np.full((longest, rows.shape[1]), NO_ROW, np.int32)
        padded[: len(rows)] = rows
        # By hand, not with `fit`: how many steps come next is known only when the chunk before is done.
        return self.train_on_batch(ops.convert_to_tensor(padded), return_dict=True)

    def train_step(self, *given: Any) -> Any:
        """Trains the steps of a chunk; returns what one step returns, averaged over all of them."""
        step = super().train_step
        rows, *_ = given[-1]  # (longest, batch)
        steps = ops.sum(ops.cast(rows[:, 0] != NO_ROW, "int32"))
        if keras.backend.backend() == "tensorflow":

            def one(at, _):
                step(rows[at])
                return at

            ops.fori_loop(0, steps, one, 0)
            return self.get_metrics_result()
        # JAX: variables are given and returned.
        state = ops.fori_loop(0, steps, lambda at, now: step(now, rows[at])[1], given[0])
        *_, metrics = state
        with keras.StatelessScope(state_mapping=list(zip(self.metrics_variables, metrics, strict=True))):
            return self.get_metrics_result(), state
