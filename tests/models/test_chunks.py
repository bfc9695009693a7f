"""A chunk of steps is one call of one program, and trains as its steps would one by one."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
import tensorflow as tf

from ae_core import variants
from ae_core.models.chunks import NO_ROW
from ae_core.training import cache
from tests.long import rest_is_long
from tests.small import SMALL, small

STEPS, BATCH = 6, SMALL["batch_size"]
ROWS = np.random.default_rng(3).integers(0, 500, (STEPS, BATCH)).astype(np.int32)


def ready(variant: str, **changes: Any) -> cache.Stage:
    return cache.prepare(small(variant, seed=2, **changes)).stages[-1]


def trained(variant: str, chunks: Sequence[int]) -> tuple[list[np.ndarray], float]:
    """Weights after the steps in chunks of these lengths, and their mean loss."""
    stage, losses, first = ready(variant), [], 0
    model, longest = stage.model, max(stage.chunk, STEPS)  # of a chunk in the program that trainings share
    for steps in chunks:
        losses.append(model.train_chunk(ROWS[first : first + steps], longest)["loss"])
        first += steps
    assert first == STEPS
    return [np.asarray(weight) for weight in model.trainable_variables], float(np.average(losses, weights=chunks))


@pytest.mark.slow(seconds=15)
@pytest.mark.parametrize(
    "variant", rest_is_long(variants.registry(), ("sparse", "convolutional", "variational").__contains__)
)
def test_chunks_of_any_length_train_as_their_steps_one_by_one(variant):
    together, loss = trained(variant, [STEPS])
    for chunks in ([1] * STEPS, [2, 3, 1]):
        weights, mean = trained(variant, chunks)
        assert mean == pytest.approx(loss, rel=1e-5)
        for left, right in zip(together, weights, strict=True):
            np.testing.assert_array_equal(left, right)


@pytest.mark.slow
def test_the_steps_of_a_chunk_are_one_loop_inside_of_what_is_compiled():
    model = ready("stacked").model
    assert model.jit_compile
    chunk = tf.function(model.train_step, jit_compile=True)
    compiled = chunk.experimental_get_compiler_ir((tf.constant(ROWS),))(stage="optimized_hlo")
    assert "while(" in compiled
    assert not [word for word in ("infeed", "outfeed", "send(", "recv(", "host_compute") if word in compiled]


@pytest.mark.slow
def test_one_program_serves_chunks_of_every_length(monkeypatch):
    model = ready("vanilla", latent_dim=9).model  # its program is made by hand, so nobody else shall have it
    fed: list[np.ndarray] = []
    traced: list[int] = []  # a graph is made by calling Python
    compute_loss = type(model).compute_loss

    def watched(self, *given, **more):
        traced.append(len(fed))
        return compute_loss(self, *given, **more)

    monkeypatch.setattr(type(model), "compute_loss", watched)
    model.make_train_function(force=True)
    train = model.train_on_batch

    def fed_with(rows, **more):
        fed.append(np.asarray(rows))
        return train(rows, **more)

    monkeypatch.setattr(model, "train_on_batch", fed_with)
    for steps in (STEPS, 1, 4):
        model.train_chunk(ROWS[:steps], STEPS)
    assert set(traced) == {1}, "for the first chunk only"
    assert {(rows.shape, rows.dtype.name) for rows in fed} == {((STEPS, BATCH), "int32")}
    assert [int(np.sum(rows[:, 0] != NO_ROW)) for rows in fed] == [STEPS, 1, 4]
