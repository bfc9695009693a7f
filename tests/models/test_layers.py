"""Shared layers against NumPy and closed forms."""

import keras
import numpy as np
import pytest
from keras import ops
from scipy.stats import entropy, kstest

from ae_core.models.layers.augmentation import Augmentation
from ae_core.models.layers.contraction import ContractivePenalty
from ae_core.models.layers.corruption import Corruption
from ae_core.models.layers.dense import TiedDense, dense_pair
from ae_core.models.layers.sparsity import SparsityPenalty, kl_to_target
from ae_core.models.layers.table import ResidentTable
from ae_core.models.seeding import building
from ae_core.settings import DataSpec

SPEC = DataSpec((28, 28, 1))
GREY = np.full((200, 28, 28, 1), 0.5, np.float32)


def test_table_gathers_scales_and_stays_bytes():
    rows = np.random.default_rng(0).integers(0, 256, (20, 4, 4, 1), np.uint8)
    table = ResidentTable(rows.shape, "uint8")
    table.fill(rows, np.array([1 / 255], np.float32), np.array([-0.5], np.float32))
    got = ops.convert_to_numpy(table(np.array([3, 3, 19], np.int32)))
    np.testing.assert_allclose(got, rows[[3, 3, 19]] / 255 - 0.5, atol=1e-6)
    assert table.rows.dtype == "uint8"


def test_gaussian_noise_is_normal_with_the_stated_deviation():
    layer = Corruption("gaussian", 0.1, SPEC, seed=1)
    noise = (ops.convert_to_numpy(layer(GREY)) - GREY).ravel()
    assert kstest(noise / 0.1, "norm").statistic < 0.01


@pytest.mark.parametrize("factor", [0.0, 0.25, 0.8, 1.0])
def test_masking_hides_the_stated_share(factor):
    layer = Corruption("masking", factor, SPEC, seed=1)
    damaged = ops.convert_to_numpy(layer(GREY))
    assert np.mean(damaged == 0) == pytest.approx(factor, abs=0.01)
    assert set(np.unique(damaged)) <= {0.0, 0.5}


@pytest.mark.parametrize("factor", [0.0, 0.3, 1.0])
def test_salt_and_pepper_hits_the_stated_share_equally(factor):
    layer = Corruption("salt_and_pepper", factor, SPEC, seed=1)
    damaged = ops.convert_to_numpy(layer(GREY))
    assert np.mean(damaged == 0) == pytest.approx(factor / 2, abs=0.01)
    assert np.mean(damaged == 1) == pytest.approx(factor / 2, abs=0.01)


def test_noise_is_fresh_at_every_step_and_stays_in_range():
    layer = Corruption("gaussian", 1.0, SPEC, seed=1)
    first, second = (ops.convert_to_numpy(layer(GREY)) for _ in range(2))
    assert not np.array_equal(first, second)
    assert first.min() == 0 and first.max() == 1
    assert len(np.unique(first.reshape(200, -1), axis=0)) == 200, "each image gets its own noise"


def test_noise_outside_the_unit_range_is_not_clipped():
    layer = Corruption("gaussian", 1.0, DataSpec((100,), unit_range=False), seed=1)
    assert ops.convert_to_numpy(layer(np.zeros((50, 100), np.float32))).min() < -1


def test_kl_to_target_is_the_divergence_between_coins():
    activations, target = np.array([0.02, 0.05, 0.4], np.float32), 0.05
    expected = sum(entropy([target, 1 - target], [value, 1 - value]) for value in activations)
    assert float(kl_to_target(activations, target)) == pytest.approx(expected, rel=1e-4)
    assert float(kl_to_target(np.full(3, target, np.float32), target)) == pytest.approx(0, abs=1e-6)


def test_kl_penalty_keeps_a_running_average():
    layer = SparsityPenalty("kl", 2.0, target=0.1, momentum=0.9, units=4)
    code = np.random.default_rng(0).random((64, 4), np.float32)
    average = np.full(4, 0.1)
    for _ in range(3):
        value = float(layer(code, training=True))
        average = 0.9 * average + 0.1 * code.mean(axis=0)
    np.testing.assert_allclose(np.asarray(layer.mean_activation), average, rtol=1e-5)
    assert value == pytest.approx(2.0 * float(kl_to_target(average.astype(np.float32), 0.1)), rel=1e-4)
    layer(code)
    np.testing.assert_allclose(
        np.asarray(layer.mean_activation), average, rtol=1e-5, err_msg="a look must not change it"
    )


@pytest.mark.parametrize(("kind", "power"), [("l1", 1), ("l2", 2)])
def test_l1_and_l2_are_sums_over_units_averaged_over_the_batch(kind, power):
    code = np.random.default_rng(0).standard_normal((64, 4)).astype(np.float32)
    layer = SparsityPenalty(kind, 0.5, 0.1, 0.9, units=4)
    assert float(layer(code)) == pytest.approx(0.5 * (np.abs(code) ** power).sum(axis=1).mean(), rel=1e-4)


@pytest.mark.parametrize("activation", ["sigmoid", "tanh", "relu", "linear"])
def test_contraction_is_the_norm_of_the_jacobian(activation):
    with building(0):  # other weights may have a unit bend within a step
        encoder, _ = dense_pair(DataSpec((5, 4, 1)), (), 6, code_activation=activation, output="sigmoid")
    layer = ContractivePenalty(encoder.get_layer("code"), activation, weight=0.5)
    images = np.random.default_rng(0).standard_normal((3, 5, 4, 1)).astype(np.float32)
    squares = np.zeros(3)
    for pixel in range(20):  # central differences, one pixel at a time
        step = np.zeros(20, np.float32)
        step[pixel] = 5e-3
        ahead, behind = (encoder(images + sign * step.reshape(5, 4, 1)) for sign in (1, -1))
        slope = ops.convert_to_numpy(ahead) - ops.convert_to_numpy(behind)
        squares += ((slope / 1e-2) ** 2).sum(axis=1)
    codes = ops.convert_to_numpy(encoder(images))
    np.testing.assert_allclose(ops.convert_to_numpy(layer.squared_norms(codes)), squares, rtol=5e-3)
    assert float(layer(codes)) == pytest.approx(0.5 * squares.mean(), rel=5e-3)


def test_tied_layers_share_one_kernel():
    encoder, decoder = dense_pair(SPEC, (16,), 4, activation="relu", output="sigmoid", tied=True)
    last = next(layer for layer in decoder.layers if layer.name == "pixels")
    assert isinstance(last, TiedDense)
    first = encoder.get_layer("encode_1")
    hidden = np.random.default_rng(0).random((3, 16), np.float32)
    expected = hidden @ np.asarray(first.kernel).T + np.asarray(last.bias)
    np.testing.assert_allclose(ops.convert_to_numpy(last(hidden)), expected, rtol=1e-5, atol=1e-5)
    assert sum(np.prod(weight.shape) for weight in decoder.trainable_weights) == 784 + 16, "biases are all it owns"


@pytest.mark.parametrize("kind", ["shift", "rotate", "shift_rotate"])
def test_augmentation_moves_little_and_differs_between_images(kind):
    picture = np.zeros((40, 28, 28, 1), np.float32)
    picture[:, 10:18, 12:16] = 1
    moved = ops.convert_to_numpy(Augmentation(kind, seed=0)(picture))
    assert len(np.unique(moved.reshape(40, -1), axis=0)) > 10
    rows, columns = np.mgrid[:28, :28]
    mass = moved.sum(axis=(1, 2, 3))
    np.testing.assert_allclose(mass, picture.sum(axis=(1, 2, 3)), rtol=0.1)
    centre = np.stack([(moved[..., 0] * grid).sum(axis=(1, 2)) / mass for grid in (rows, columns)])
    drift = np.abs(centre - np.array([[13.5], [13.5]]))
    limit = 2.0 * ("shift" in kind) + 0.35 * ("rotate" in kind) + 1e-4
    assert drift.max() <= limit
    if "shift" in kind:
        assert drift.max() > 1.9, "of forty images one is moved as far as any may be"
    down, across = (grid[None] - place[:, None, None] for grid, place in zip((rows, columns), centre, strict=True))
    spread = [(moved[..., 0] * one).sum(axis=(1, 2)) for one in (down * across, down**2 - across**2)]
    degrees = np.rad2deg(0.5 * np.arctan2(2 * spread[0], spread[1]))  # of the long side, to the vertical
    if "rotate" in kind:
        assert 12 < np.abs(degrees).max() <= 15.5
    else:
        np.testing.assert_allclose(degrees, 0, atol=1e-4)
    if kind == "shift":
        assert set(np.unique(moved)) == {0.0, 1.0}, "whole pixels need no interpolation"


def test_augmentation_leaves_a_model_without_it_alone():
    keras.utils.set_random_seed(0)
    still = Augmentation("shift", seed=0)
    still.shift = 0
    picture = np.random.default_rng(0).random((4, 28, 28, 1), np.float32)
    np.testing.assert_allclose(ops.convert_to_numpy(still(picture)), picture, atol=1e-6)
