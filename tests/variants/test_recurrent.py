"""The recurrent autoencoder: what it reads, what it writes, and that nothing but the code passes."""

import dataclasses
from typing import Any

import keras
import numpy as np
import pytest
from keras import ops

from ae_core import variants
from ae_core.errors import SettingError
from ae_core.settings import DataSpec

IMAGE, SERIES = DataSpec((6, 5, 2)), DataSpec((10,), unit_range=False)


def settings(**changes):
    values: dict[str, Any] = {"recurrent_units": (7,), "latent_dim": 3} | changes
    return dataclasses.replace(variants.get("recurrent").settings(), **values)


def built(spec, **changes):
    keras.utils.set_random_seed(0)
    return variants.get("recurrent").build(settings(**changes), spec)


def examples(spec, count=4):
    return np.random.default_rng(0).random((count, *spec.shape), np.float32)


def sigmoid(values):
    return 1 / (1 + np.exp(-values))


def lstm(series, kernel, recurrent, bias):
    """Hochreiter and Schmidhuber's cell with a forget gate; gates in the order input, forget, candidate, output."""
    hidden = cell = np.zeros((len(series), recurrent.shape[0]))
    for step in range(series.shape[1]):
        i, f, g, o = np.split(series[:, step] @ kernel + hidden @ recurrent + bias, 4, axis=1)
        cell = sigmoid(f) * cell + sigmoid(i) * np.tanh(g)
        hidden = sigmoid(o) * np.tanh(cell)
    return hidden


def gru(series, kernel, recurrent, bias):
    """Cho's cell, reset after the matrix product; gates in the order update, reset, candidate."""
    hidden = np.zeros((len(series), recurrent.shape[0]))
    for step in range(series.shape[1]):
        z, r, h = np.split(series[:, step] @ kernel + bias[0], 3, axis=1)
        from_z, from_r, from_h = np.split(hidden @ recurrent + bias[1], 3, axis=1)
        update = sigmoid(z + from_z)
        hidden = update * hidden + (1 - update) * np.tanh(h + sigmoid(r + from_r) * from_h)
    return hidden


@pytest.mark.parametrize(("cell", "reference"), [("lstm", lstm), ("gru", gru)])
@pytest.mark.parametrize(("spec", "form"), [(IMAGE, (6, 10)), (SERIES, (3, 4))], ids=["rows", "series"])
def test_the_code_is_made_of_the_last_state(cell, reference, spec, form):
    model = built(spec, cell=cell)
    images = examples(spec)
    flat = images.reshape(len(images), -1)
    steps = np.pad(flat, ((0, 0), (0, np.prod(form) - flat.shape[1]))).reshape(-1, *form)
    state = reference(steps, *model.encoder.get_layer("read_1").get_weights())
    kernel, bias = model.encoder.get_layer("code").get_weights()
    np.testing.assert_allclose(model.encode(images), state @ kernel + bias, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("cell", ["lstm", "gru"])
def test_nothing_passes_but_the_code(cell):
    model = built(IMAGE, cell=cell)
    images = examples(IMAGE)
    logits = model._forwards(images, images, training=True)["logits"]
    np.testing.assert_allclose(sigmoid(ops.convert_to_numpy(logits)), model.decode(model.encode(images)), atol=1e-5)
    assert [tuple(part.shape) for part in model.decoder.inputs] == [(None, 3)]


@pytest.mark.slow
@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("row", [0, -1])
def test_every_row_changes_the_code_and_the_code_changes_every_row(bidirectional, row):
    model = built(IMAGE, bidirectional=bidirectional)
    images = examples(IMAGE)
    changed = images.copy()
    changed[:, row] = 1 - changed[:, row]
    codes, others = model.encode(images), model.encode(changed)
    assert np.abs(codes - others).max(axis=1).min() > 1e-4
    difference = np.abs(model.decode(codes) - model.decode(codes + 1)).max(axis=(0, 2, 3))
    assert difference.shape == (6,) and difference.min() > 1e-4


def test_both_directions_are_read():
    one, both = built(IMAGE), built(IMAGE, bidirectional=True)
    assert one.encoder.get_layer("code").kernel.shape == (7, 3)
    assert both.encoder.get_layer("code").kernel.shape == (14, 3)


@pytest.mark.slow(seconds=3)
@pytest.mark.parametrize(
    ("spec", "values", "expected"),
    [
        (DataSpec((28, 28, 1)), 0, (28, 28)),
        (DataSpec((32, 24, 3)), 0, (32, 72)),
        (DataSpec((28, 28, 1)), 14, (56, 14)),
        (DataSpec((128,)), 0, (32, 4)),
        (DataSpec((101,)), 0, (26, 4)),
        (DataSpec((101,)), 1, (101, 1)),
        (DataSpec((3,)), 0, (1, 3)),
        (DataSpec((100,)), 1024, (1, 100)),
    ],
)
def test_steps_follow_the_data(spec, values, expected):
    given = settings(values_per_step=values)
    assert given.steps(spec) == expected
    model = variants.get("recurrent").build(given, spec)
    assert model.decode(model.encode(examples(spec))).shape == (4, *spec.shape)


def test_a_network_without_a_recurrent_layer_is_refused():
    empty = dataclasses.replace(settings(), recurrent_units=())
    with pytest.raises(SettingError, match=r"^recurrent_units must have"):
        empty.check(IMAGE)
