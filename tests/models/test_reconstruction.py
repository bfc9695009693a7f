"""The errors that a training makes small, against NumPy in double precision."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from ae_core.models.reconstruction import reconstruction_error

SHAPES = [(5, 28, 28, 1), (3, 7, 3), (2, 13), (1, 1)]  # four pixels share a logarithm, three, or each has its own


def of_pixels(name: str, target: np.ndarray, logits: np.ndarray) -> np.ndarray:
    """The errors by their definitions, from probabilities."""
    shares = 1 / (1 + np.exp(-logits.astype(np.float64)))
    if name == "cross_entropy":
        return -(target * np.log(shares) + (1 - target) * np.log1p(-shares))
    squares = (shares - target) ** 2
    return squares / np.mean(target.astype(np.float64) ** 2) if name == "relative" else squares


def an_example(shape: tuple[int, ...], spread: float = 4.0) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(0)
    return random.random(shape, np.float32), spread * random.standard_normal(shape, np.float32)


def error(name, target, logits, weights=None) -> tf.Tensor:
    return reconstruction_error(name, target, logits, keras.activations.sigmoid, weights)


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("name", ["cross_entropy", "mse", "relative"])
def test_an_error_is_the_mean_over_all_pixels(name, shape):
    target, logits = an_example(shape)
    expected = of_pixels(name, target, logits)
    np.testing.assert_allclose(error(name, target, logits), expected.mean(), rtol=2e-6)
    weights = np.random.default_rng(1).random(shape, np.float32)
    weighted = np.sum(expected * weights) / max(weights.sum(), 1.0)
    np.testing.assert_allclose(error(name, target, logits, weights), weighted, rtol=2e-6)


@pytest.mark.parametrize("compiled", [False, True])
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_the_slope_of_cross_entropy_is_what_a_logistic_unit_has_too_much(shape, compiled):
    target, logits = an_example(shape)

    @tf.function(jit_compile=compiled)
    def slopes(target, logits):
        with tf.GradientTape() as tape:
            tape.watch((target, logits))
            twice = 2 * error("cross_entropy", target, logits)
        return tape.gradient(twice, (target, logits))

    by_target, by_logits = slopes(tf.constant(target), tf.constant(logits))
    shares = 1 / (1 + np.exp(-logits.astype(np.float64)))
    np.testing.assert_allclose(by_logits, 2 * (shares - target) / target.size, rtol=1e-5, atol=1e-8)
    np.testing.assert_allclose(by_target, -2 * logits / target.size, rtol=1e-5)


def test_cross_entropy_of_sure_answers_is_finite():
    target = np.array([[0, 1, 0, 1]], np.float32)
    assert float(error("cross_entropy", target, np.array([[-500, 500, -90, 90]], np.float32))) == 0
    wrong = error("cross_entropy", target, np.array([[500, -500, 500, -500]], np.float32))
    np.testing.assert_allclose(wrong, 500)
