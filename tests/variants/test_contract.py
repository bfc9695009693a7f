"""The one contract that every variant keeps."""

import dataclasses
import itertools
from typing import Any

import keras
import numpy as np
import pytest

from ae_core import variants
from ae_core.messages import Setup, Snapshot, TrainingMessage, decode, encode
from ae_core.settings import DataSpec, options
from ae_core.training import cache, description, session
from tests.small import LIGHT, SMALL, small

IMAGE = DataSpec((28, 28, 1))
TIED = [name for name, one in variants.registry().items() if "tied" in options(one.settings)]


@pytest.fixture(scope="module", params=variants.registry())
def name(request) -> str:
    return request.param


def train(name: str, **changes: Any) -> Any:
    """Messages and result of a short training."""
    messages: list[TrainingMessage] = []
    result = session.train(small(name, **changes), emit=messages.append)
    return messages, result


@pytest.fixture(scope="module")
def trained(name):
    return train(name)


def test_it_says_what_it_is(name):
    variant = variants.get(name)
    assert variant.name == name == variant.settings.variant
    assert variant.title
    assert "\\" in variant.formula or "=" in variant.formula
    assert len(variant.idea.split(". ")) >= 2
    assert variant.references
    assert all(any(character.isdigit() for character in reference) for reference in variant.references)
    assert all(option.help.endswith(".") and option.label for option in options(variant.settings).values())


@pytest.mark.parametrize("shape", [(28, 28, 1), (32, 24, 3), (9, 9, 1)])
def test_shapes(name, shape):
    spec = DataSpec(shape)
    model = variants.get(name).build(small(name), spec)
    images = np.random.default_rng(0).random((5, *shape), np.float32)
    codes = model.encode(images)
    assert codes.shape == (5, *model.code_shape)
    reconstructions = model.decode(codes)
    assert reconstructions.shape == images.shape
    assert reconstructions.min() >= 0 and reconstructions.max() <= 1
    assert cache.parameter_count(model) > 0


@pytest.mark.slow
def test_loss_falls_on_held_out_images(trained):
    messages, result = trained
    history = result.history
    assert len(history["loss"]) == SMALL["epochs"]
    assert history["loss"][-1] < 0.96 * history["loss"][0]
    assert history["val_loss"][-1] < 0.96 * history["val_loss"][0]
    snapshots: list[Any] = [message for message in messages if isinstance(message, Snapshot)]
    for message in messages:
        assert decode(encode(message)) == message, "it arrives as it was sent"
    assert snapshots[-1].numbers["test_mse"] < 0.85 * snapshots[0].numbers["test_mse"]


@pytest.mark.slow
def test_loss_is_the_sum_of_its_terms(trained):
    messages, result = trained
    setup = next(message for message in messages if isinstance(message, Setup))
    for prefix in ("", "val_"):
        total = np.sum([result.history[prefix + term] for term in setup.terms], axis=0)
        np.testing.assert_allclose(result.history[prefix + "loss"], total, rtol=1e-4)


@pytest.mark.long
@pytest.mark.slow
def test_the_same_seed_gives_the_same_numbers(name, trained):
    again: Any = session.train(small(name, epochs=2), emit=lambda message: None).history
    for key, values in trained[1].history.items():
        np.testing.assert_allclose(again[key], values[:2], rtol=2e-5, err_msg=key)
    other: Any = session.train(small(name, epochs=1, seed=1), emit=lambda message: None).history
    assert not np.isclose(other["loss"][0], again["loss"][0], rtol=1e-4)


@pytest.mark.slow
def test_save_and_load_give_the_same_outputs(name, tmp_path):
    training = session.TrainingSession(small(name, epochs=1))
    begun = outputs(training.model.standalone())
    training.train()
    training.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras", safe_mode=True)
    output = check_outputs(training.model, loaded)
    assert not np.allclose(output, begun, atol=1e-3), "trained weights were saved"
    check_that_no_layer_is_ours(loaded)


@pytest.mark.parametrize("tying", TIED)
def test_save_and_load_give_the_same_outputs_where_decoder_and_encoder_share_weights(tying, tmp_path):
    model = variants.get(tying).build(small(tying, tied=True), IMAGE)
    random = np.random.default_rng(1)
    for weight in model.learnt:  # as if they were trained
        weight.assign(np.asarray(weight) + random.normal(0, 0.1, weight.shape).astype(np.float32))
    model.standalone().save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras", safe_mode=True)
    check_outputs(model, loaded)
    check_that_no_layer_is_ours(loaded)


PICTURES = np.random.default_rng(0).random((3, 28, 28, 1), np.float32)


def outputs(network: Any) -> np.ndarray:
    return keras.ops.convert_to_numpy(network(PICTURES))


def check_outputs(model: Any, network: Any) -> np.ndarray:
    """Whether a plain network gives what the autoencoder gives; what that is."""
    found = outputs(network)
    np.testing.assert_allclose(found, model.decode(model.encode(PICTURES)), rtol=1e-5, atol=1e-6)
    return found


def check_that_no_layer_is_ours(network: Any) -> None:
    parts = [layer for part in network.layers for layer in part.layers]
    assert {type(layer).__module__.split(".")[0] for layer in parts} == {"keras"}, "no layer needs this package"


@pytest.mark.long
@pytest.mark.slow
def test_every_setting_at_both_bounds_builds(name):
    kind = variants.get(name).settings
    spec = DataSpec((16, 16, 1))
    for key, option in options(kind).items():
        values: list[Any]
        if option.choices:
            values = list(option.choices)
        elif option.low is None or option.high is None:
            values = [True, False] if isinstance(getattr(kind(), key), bool) else []
        elif option.longest > 1:
            values = [(int(option.low),) * option.longest, (int(option.high),)]
        else:
            values = [option.low, option.high]
        if key == "latent_dim" and name == "undercomplete":
            values = [1, spec.size - 1]
        for value in values:
            if key == "output" and value == "linear":
                settings = kind(output="linear", loss="mse", latent_dim=8)
            else:
                settings = dataclasses.replace(kind(latent_dim=8, **LIGHT.get(name, {})), **{key: value})
            settings.check(spec)
            model = variants.get(name).build(settings, spec)
            assert model.decoder.output_shape[1:] == spec.shape, f"{key} = {value}"


def test_wrong_settings_are_refused_by_name(name):
    for key, option in options(variants.get(name).settings).items():
        if option.high is not None:
            value = (int(option.high) + 1,) if option.longest > 1 else option.high + 1
            with pytest.raises(ValueError, match=rf"^{key} must be"):
                variants.read_settings({"variant": name, key: value})


def test_a_tuned_rate_is_one_that_the_settings_call_live(name):
    live = {key for key, option in options(variants.get(name).settings).items() if option.live}
    model = cache.prepare(small(name)).model
    assert set(model.tunable) == live


def test_layers_are_described(name):
    facts = description.describe(small(name))
    assert facts["input_shape"] == [28, 28, 1]
    model = variants.get(name).build(small(name), IMAGE)
    assert facts["parameters"] == cache.parameter_count(model)
    assert facts["code_shape"] == list(model.code_shape)
    parts = [layer["part"] for layer in facts["layers"]]
    assert [part for part, _ in itertools.groupby(parts)] == ["encoder", "decoder"]
