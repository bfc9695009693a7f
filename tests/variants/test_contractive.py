"""The contractive autoencoder: norms and spectra of Jacobians against numerical ones."""

from typing import Any

import keras
import numpy as np
import pytest
from keras import ops

from ae_core import variants
from ae_core.measuring.panels.spectrum import Spectrum
from ae_core.models.autoencoder import Autoencoder
from ae_core.models.contracts import Look
from ae_core.models.layers.contraction import SampledContraction, dense_layers, responses
from ae_core.models.layers.corruption import Corruption
from ae_core.models.layers.dense import dense_pair
from ae_core.settings import DataSpec
from ae_core.training import cache
from ae_core.training.session import TrainingSession
from tests.long import rest_is_long

SPEC = DataSpec((5, 4, 1))
IMAGES = np.random.default_rng(0).standard_normal((6, 5, 4, 1)).astype(np.float32)
FUNCTIONS = {
    "tanh": np.tanh,
    "sigmoid": lambda a: 1 / (1 + np.exp(-a)),
    "linear": lambda a: a,
    "elu": lambda a: np.where(a > 0, a, np.expm1(a)),
    "relu": lambda a: np.maximum(a, 0),
}


def deep(activation: str = "tanh", code_activation: str = "sigmoid") -> keras.Model:
    keras.utils.set_random_seed(3)
    return dense_pair(SPEC, (12, 9), 6, activation=activation, code_activation=code_activation, output="sigmoid")[0]


def jacobians(encoder: keras.Model, images: np.ndarray) -> np.ndarray:
    """By central differences, in double precision and without Keras: `(n_samples, code, pixels)`."""
    stack: list[Any] = [
        (np.asarray(layer.kernel, np.float64), np.asarray(layer.bias, np.float64), FUNCTIONS[layer.activation.__name__])
        for layer in dense_layers(encoder)
    ]

    def encode(rows: np.ndarray) -> np.ndarray:
        for kernel, bias, function in stack:
            rows = function(rows @ kernel + bias)
        return rows

    rows = images.reshape(len(images), -1).astype(np.float64)
    steps = 1e-6 * np.eye(rows.shape[1])
    return np.stack([(encode(rows + step) - encode(rows - step)) / 2e-6 for step in steps], axis=2)


def look_at(model: Any, images: np.ndarray) -> Look:
    return Look(model, images, images, np.zeros((len(images), 1)), lambda values: values)


@pytest.mark.parametrize("activation", ["tanh", "sigmoid", "elu", "relu", "linear"])
def test_responses_are_the_jacobian_times_its_transpose(activation):
    encoder = deep(activation, "tanh")
    expected = jacobians(encoder, IMAGES)
    np.testing.assert_allclose(responses(encoder, IMAGES), expected @ expected.transpose(0, 2, 1), rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize("activation", ["tanh", "sigmoid"])
def test_the_estimate_is_right_on_average(activation):
    encoder = deep(activation)
    exact = (jacobians(encoder, IMAGES) ** 2).sum(axis=(1, 2))
    draws = 4000
    found = estimates(encoder, np.repeat(IMAGES, draws, axis=0)).reshape(len(IMAGES), draws)
    error = found.std(axis=1) / np.sqrt(draws)
    assert np.all(np.abs(found.mean(axis=1) - exact) < 4 * error + 0.01 * exact)
    assert np.all(error < 0.03 * exact), "so this test is a narrow one"
    assert np.all(found.std(axis=1) < 1.1 * np.sqrt(2) * exact), "the deviation that the docstring states"


def test_relus_that_bend_within_a_step_cancel_over_images():
    encoder = deep("relu")
    images = np.random.default_rng(5).standard_normal((2000, 5, 4, 1)).astype(np.float32)
    exact = (jacobians(encoder, images) ** 2).sum(axis=(1, 2))
    found = estimates(encoder, np.repeat(images, 10, axis=0))
    assert found.mean() == pytest.approx(exact.mean(), rel=0.03)


def estimates(encoder: keras.Model, images: np.ndarray) -> np.ndarray:
    layer = SampledContraction(encoder, SPEC.size, weight=1.0, seed=0)
    directions = np.random.default_rng(1).standard_normal(images.shape).astype(np.float32)
    return ops.convert_to_numpy(layer.squared_norms(encoder(images), images, directions))


def test_for_a_linear_encoder_one_direction_is_exact():
    encoder = deep("linear", "linear")
    layer = SampledContraction(encoder, SPEC.size, weight=0.5, seed=0)
    direction = np.random.default_rng(1).standard_normal(IMAGES.shape).astype(np.float32)
    moved = np.einsum("nij,nj->ni", jacobians(encoder, IMAGES), direction.reshape(len(IMAGES), -1))
    found = ops.convert_to_numpy(layer.squared_norms(encoder(IMAGES), IMAGES, direction))
    np.testing.assert_allclose(found, (moved**2).sum(axis=1), rtol=2e-3)


def test_the_penalty_is_weighted_fresh_in_training_and_steady_beside_it():
    encoder = deep()
    layer = SampledContraction(encoder, SPEC.size, weight=0.5, seed=0)
    many = np.repeat(IMAGES, 500, axis=0)
    codes = encoder(many)
    exact = (jacobians(encoder, IMAGES) ** 2).sum(axis=(1, 2)).mean()
    assert float(layer(codes, inputs=many)) == pytest.approx(0.5 * exact, rel=0.1)
    assert float(layer(codes, inputs=many)) == float(layer(codes, inputs=many))
    first, second = (float(layer(codes, inputs=many, training=True)) for _ in range(2))
    assert first != second
    layer.weight.assign(0.0)
    assert float(layer(codes, inputs=many)) == 0
    assert not layer.trainable_variables, "the encoder's weights are not this layer's"


class MeanInput(keras.layers.Layer):
    """A penalty that tells what it was given."""

    def __init__(self) -> None:
        super().__init__(name="mean_input")
        self.weight = self.add_weight(shape=(), initializer="ones", trainable=False)

    def call(self, code, inputs, training=False):
        return ops.mean(inputs)


def test_a_penalty_that_needs_the_input_gets_what_the_encoder_saw():
    settings = variants.read_settings({"variant": "vanilla"})
    encoder, decoder = dense_pair(SPEC, (), 6, output="sigmoid")
    corruption = Corruption("masking", 0.5, SPEC, seed=0)
    model = Autoencoder(encoder, decoder, settings, SPEC, corruption=corruption, penalties={"mean_input": MeanInput()})
    clean, damaged = np.ones((8, 5, 4, 1), np.float32), np.full((8, 5, 4, 1), 0.25, np.float32)
    terms = model.evaluate_terms(clean, damaged)
    assert terms["mean_input"] == pytest.approx(0.25)
    assert terms["loss"] == pytest.approx(terms["reconstruction"] + 0.25)


def test_the_spectrum_is_the_mean_of_singular_values():
    encoder, decoder = deep(), None
    model = type("Model", (), {"encoder": encoder, "decoder": decoder})()
    panel = Spectrum()
    content, numbers = panel.measure(look_at(model, IMAGES)), panel.numbers(look_at(model, IMAGES))
    values = np.linalg.svd(jacobians(encoder, IMAGES), compute_uv=False)  # (n_samples, code)
    np.testing.assert_allclose(content.values, values.mean(axis=0), atol=2e-4)
    assert numbers["jacobian_norm"] == pytest.approx(np.sqrt((values**2).sum(axis=1)).mean(), rel=1e-4)
    shares = np.cumsum(values.mean(axis=0) ** 2) / np.sum(values.mean(axis=0) ** 2)
    assert content.faint == [place for place in range(1, 6) if shares[place - 1] >= 0.95]


def trained(**changes: Any) -> tuple[TrainingSession, dict[str, Any]]:
    settings = variants.read_settings(
        {
            "variant": "contractive",
            "dataset": "digits",
            "latent_dim": 16,
            "epochs": 40,
            "train_size": 600,
            "batch_size": 32,
            "learning_rate": 0.002,
            "scaling": "standardize",
        }
        | changes
    )
    messages: list[Any] = []
    run = TrainingSession(settings, emit=messages.append)
    run.train()
    return run, messages[-1].numbers


@pytest.mark.slow
@pytest.mark.parametrize("widths", rest_is_long(["", "64"], bool))
def test_the_penalty_calms_the_code(widths):
    """Under noise, measured in units of the code's own spread, and its Jacobian has a smaller norm."""
    moved, norms, errors = [], [], []
    for weight in (0.0, 0.01):
        run, numbers = trained(contraction_weight=weight, widths=widths)
        images = run.probe.images[:300]
        noise = 0.1 * np.random.default_rng(0).standard_normal(images.shape, np.float32)
        codes = run.model.encode(images)
        drift = run.model.encode(images + noise) - codes
        moved.append(np.sqrt((drift**2).sum() / ((codes - codes.mean(axis=0)) ** 2).sum()))
        norms.append(numbers["jacobian_norm"])
        errors.append(numbers["test_mse"])
    assert norms[1] < 0.7 * norms[0]
    assert moved[1] < 0.9 * moved[0]
    assert errors[1] < 3 * errors[0], "and it still tells images apart"


@pytest.mark.slow
def test_the_default_learns_images_and_the_penalty_is_seen():
    """With pixels in [0, 1] a decoder that began grey would drive every sigmoid to one end, with or without penalty."""
    found = []
    for weight in (0.0, 0.001):
        settings = variants.read_settings({"variant": "contractive", "dataset": "digits", "contraction_weight": weight})
        messages: list[Any] = []
        run = TrainingSession(settings, emit=messages.append)
        blurred = run.probe.images - run.probe.images.mean(axis=0)
        run.train()
        numbers = messages[-1].numbers
        assert numbers["test_mse"] < 0.25 * np.square(blurred).mean(), "far better than the mean image"
        assert numbers["active_units"] > 0.5
        found.append(numbers)
    assert found[1]["jacobian_norm"] < 0.7 * found[0]["jacobian_norm"]
    assert found[1]["test_mse"] < 1.5 * found[0]["test_mse"]


@pytest.mark.parametrize(("scaling", "output"), [("unit", "auto"), ("unit", "linear"), ("standardize", "auto")])
def test_an_untrained_decoder_answers_the_mean_image(scaling, output):
    settings = variants.read_settings(
        {"variant": "contractive", "dataset": "digits", "scaling": scaling, "output": output, "loss": "mse"}
    )
    ready = cache.prepare(settings)
    mean = ready.data.x_train.mean(axis=0) * ready.data.scale + ready.data.offset
    answer = ready.stages[-1].model.decode(np.zeros((1, 32), np.float32))[0]
    np.testing.assert_allclose(answer, mean, atol=0.011)  # black and white begin at 1 %
