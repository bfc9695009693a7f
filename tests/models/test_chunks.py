"""A chunk of steps is one call, and trains as its steps would one by one."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from ae_core.models.chunks import feed
from ae_core.training import cache
from ae_core.variants import read_settings

STEPS, BATCH = 6, 32
ROWS = np.random.default_rng(3).integers(0, 500, STEPS * BATCH).astype(np.int32)


def ready(variant: str) -> cache.Stage:
    settings = read_settings({"variant": variant, "dataset": "digits", "batch_size": BATCH, "epochs": 1, "seed": 2})
    return cache.prepare(settings).stages[-1]


def test_row_numbers_reach_a_step_in_their_order_and_nothing_tunes_itself():
    order = np.random.default_rng(0).permutation(24).astype(np.int32)
    given = feed(order, 4, 3)
    chunks = given["x"]
    assert (given["epochs"], given["steps_per_epoch"]) == (2, 1)
    assert np.array_equal([chunk.numpy() for chunk in chunks], order.reshape(2, 3, 4))
    assert chunks.element_spec.shape == (3, 4) and chunks.element_spec.dtype == "int32"
    assert chunks.options().autotune.enabled is False, "else a training may end seconds after its last step"


class Ends(keras.callbacks.Callback):
    """Counts what `fit` takes for batches, and keeps its means."""

    def __init__(self):
        super().__init__()
        self.batches, self.losses = 0, []

    def on_train_batch_end(self, batch: int, logs: dict | None = None) -> None:
        self.batches += 1

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        self.losses.append(float((logs or {})["loss"]))


def trained(variant: str, chunk: int) -> tuple[list[np.ndarray], Ends]:
    model, ends = ready(variant).model, Ends()
    model.fit(**feed(ROWS, BATCH, chunk), callbacks=[ends])
    return [np.asarray(weight) for weight in model.trainable_variables], ends


@pytest.mark.slow
@pytest.mark.parametrize("variant", ["denoising", "variational", "convolutional"])
def test_a_chunk_trains_as_its_steps_one_by_one(variant):
    together, once = trained(variant, STEPS)
    single, often = trained(variant, 1)
    assert (once.batches, often.batches) == (1, STEPS)
    np.testing.assert_allclose(once.losses, [np.mean(often.losses)], rtol=1e-5)
    for left, right in zip(together, single, strict=True):
        np.testing.assert_allclose(left, right, rtol=1e-4, atol=1e-5)


@pytest.mark.slow
def test_the_steps_of_a_chunk_are_one_loop_inside_of_what_is_compiled():
    model = ready("stacked").model
    assert model.jit_compile
    chunk = tf.function(model.train_step, jit_compile=True)
    compiled = chunk.experimental_get_compiler_ir(tf.constant(ROWS.reshape(STEPS, BATCH)))(stage="optimized_hlo")
    assert "while(" in compiled
    assert not [word for word in ("infeed", "outfeed", "send(", "recv(", "host_compute") if word in compiled]
