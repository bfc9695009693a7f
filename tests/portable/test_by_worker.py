"""Networks that answer from a worker: as Keras computes them, and only what fits."""

import json
from functools import partial

import keras
import numpy as np
import pytest

from ae_core import data
from ae_core.errors import DataError
from ae_core.portable import network as portable_network
from ae_core.portable.by_worker import Answering, Ready
from ae_core.training.stored_model import restore
from tests.long import rest_is_long
from tests.portable.networks import answer_of, settings_of

pytestmark = pytest.mark.slow(seconds=12)
VARIANTS = ("recurrent", "masked")


def floats(content: bytes) -> np.ndarray:
    return np.frombuffer(content, "<f4")


@pytest.mark.parametrize("variant", rest_is_long(VARIANTS, lambda name: name == "masked"))
def test_a_worker_answers_what_keras_computes(variant, tmp_path, monkeypatch):
    monkeypatch.setattr(portable_network, "MOST_BYTES", 5_000)  # as if it were too large for a browser
    settings = settings_of({"variant": variant})
    portable, model = answer_of(settings, tmp_path)
    tables = data.prepare(data.load(settings.dataset), settings)
    examples = tables.scaled(tables.x_test[:70])
    answering = Answering(restore(tmp_path / "model.keras", settings, tables.spec))
    codes = floats(answering.compute("encoder", examples.astype("<f4").tobytes()))
    wanted = model.encode(examples)
    np.testing.assert_allclose(codes, wanted.ravel(), rtol=1e-4, atol=1e-4)
    made = floats(answering.compute("decoder", codes.tobytes()))
    np.testing.assert_allclose(made, model.decode(wanted).ravel(), rtol=1e-4, atol=1e-4)
    length = int.from_bytes(portable.introduction[:4], "little")
    head = json.loads(portable.introduction[4 : 4 + length])
    assert portable.content == b"" and head["worker"] == portable.why
    assert head["encoder"]["layers"] == head["decoder"]["layers"] == []
    assert head["codes"]["mean"]["shape"] == [wanted[0].size] and head["codes"]["count"] > 100


def test_what_lies_between_entries_is_decoded_as_the_nearest(tmp_path):
    settings = settings_of({"variant": "vector_quantized", "codebook_size": 13, "code_dim": 3})
    _, model = answer_of(settings, tmp_path)
    tables = data.prepare(data.load(settings.dataset), settings)
    answering = Answering(restore(tmp_path / "model.keras", settings, tables.spec))
    codes = np.random.default_rng(1).normal(0, 1, (9, 8 * 3)).astype(np.float32)
    book = np.asarray(model.bottleneck.quantizer.codebook)
    vectors = codes.reshape(-1, 1, 3)
    nearest = book[np.sum((vectors - book) ** 2, axis=2).argmin(axis=1)].reshape(codes.shape)
    made = floats(answering.compute("decoder", codes.astype("<f4").tobytes()))
    np.testing.assert_allclose(made, model.decode(nearest).ravel(), rtol=1e-4, atol=1e-4)
    assert np.abs(model.decode(nearest) - model.decode(codes)).max() > 0.01, "and not as it lies there"


def test_what_does_not_fit_is_refused(tmp_path):
    settings = settings_of({"variant": "vanilla"})
    answer_of(settings, tmp_path)
    tables = data.prepare(data.load(settings.dataset), settings)
    answering = Answering(restore(tmp_path / "model.keras", settings, tables.spec))
    row = np.zeros(8, "<f4")
    assert floats(answering.compute("decoder", row.tobytes() * 2)).size == 2 * 784
    row[3] = np.nan
    for part, rows, message in (
        ("whole", b"", "part must be one of encoder, decoder. Received: 'whole'"),
        ("decoder", b"", "some rows of 8 numbers. Received: 0 bytes"),
        ("encoder", bytes(100), "some rows of 784 numbers. Received: 100 bytes"),
        ("decoder", row.tobytes(), "must be finite"),
        ("decoder", bytes(4 * 8 * 2049), "at most 2048 rows. Received: 2049"),
    ):
        with pytest.raises(DataError, match=message):
            answering.compute(part, rows)


def network(value: int) -> keras.Model:
    """A small network, of one layer on each side, whose weights are all alike."""
    parts = []
    for name, (given, made) in {"encoder": (3, 2), "decoder": (2, 3)}.items():
        parts.append(keras.Sequential([keras.Input((given,)), keras.layers.Dense(made)], name=name))
    whole = keras.Sequential([keras.Input((3,)), *parts])
    whole.set_weights([np.full(one.shape, value) for one in whole.get_weights()])
    return whole


def test_a_few_networks_are_kept_ready():
    ready = Ready(2)
    brought: list[str] = []

    def bring(name: str) -> keras.Model:
        brought.append(name)
        return network(ord(name))

    row = np.ones(3, "<f4").tobytes()
    for name in ("a", "b", "a", "c", "a", "b"):
        found = floats(ready.compute(name, 0, partial(bring, name), "encoder", row))
        assert found.tolist() == [4 * ord(name)] * 2
    assert brought == ["a", "b", "c", "b"], "the one that was asked for longest ago went"


def test_a_run_is_asked_at_one_step_and_at_another():
    ready = Ready(2)
    brought: list[int] = []

    def bring(step: int) -> keras.Model:
        brought.append(step)
        return network(step)

    row = np.ones(3, "<f4").tobytes()
    for step in (1, 2, 1, 2, 3, 1):
        found = floats(ready.compute("run", step, partial(bring, step), "encoder", row))
        assert found.tolist() == [4 * step] * 2
    assert brought == [1, 2, 3], "the weights of a few steps are kept"
    for step in (*range(4, 10), 2):
        ready.compute("run", step, partial(bring, step), "encoder", row)
    assert brought == [*range(1, 10), 2]
