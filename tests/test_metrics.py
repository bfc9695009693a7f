"""Metrics and PCA against scikit-learn, loops and closed forms."""

import numpy as np
import pytest
from sklearn.decomposition import PCA
from sklearn.metrics import log_loss, mean_squared_error
from sklearn.neighbors import KNeighborsClassifier

from ae_core import data, metrics
from ae_core.pca import PrincipalComponents

PIXEL, NOTHING = np.full(1, 1 / 255, np.float32), np.zeros(1, np.float32)


@pytest.fixture(scope="module")
def digits():
    dataset = data.load("digits")
    return dataset.x_train / np.float32(255), dataset.x_test / np.float32(255), dataset.y_train, dataset.y_test


def test_errors_are_those_of_scikit_learn(digits):
    _, images, *_ = digits
    noisy = np.clip(images + 0.1, 0.01, 0.99)
    flat, other = images.reshape(len(images), -1), noisy.reshape(len(images), -1)
    assert metrics.mean_squared_error(images, noisy) == pytest.approx(mean_squared_error(flat, other), rel=1e-5)
    assert metrics.squared_errors(images, noisy).sum() == pytest.approx(((images - noisy) ** 2).sum(), rel=1e-4)
    binary = (images > 0.5).astype(np.float32)
    assert metrics.cross_entropy(binary, noisy) == pytest.approx(log_loss(binary.ravel(), noisy.ravel()), rel=1e-5)


def test_signal_to_noise_of_a_constant_error():
    images = np.zeros((3, 8, 8, 1))
    assert metrics.peak_signal_to_noise(images, images + 0.1) == pytest.approx(20.0)


def test_structural_similarity_against_a_loop_over_windows():
    random = np.random.default_rng(0)
    one, other = random.random((2, 14, 14, 1)), random.random((2, 14, 14, 1))
    axis = np.arange(-5, 6)
    window = np.exp(-(axis[:, None] ** 2 + axis[None, :] ** 2) / (2 * 1.5**2))
    window /= window.sum()
    values = []
    for x, y in zip(one[..., 0], other[..., 0], strict=True):
        for row in range(4):
            for column in range(4):
                a, b = x[row : row + 11, column : column + 11], y[row : row + 11, column : column + 11]
                mean_a, mean_b = (window * a).sum(), (window * b).sum()
                var_a, var_b = (window * (a - mean_a) ** 2).sum(), (window * (b - mean_b) ** 2).sum()
                shared = (window * (a - mean_a) * (b - mean_b)).sum()
                values.append(
                    (2 * mean_a * mean_b + 1e-4)
                    * (2 * shared + 9e-4)
                    / ((mean_a**2 + mean_b**2 + 1e-4) * (var_a + var_b + 9e-4))
                )
    assert metrics.structural_similarity(one, other) == pytest.approx(np.mean(values), rel=1e-3)
    assert metrics.structural_similarity(one, one) == pytest.approx(1.0)


def test_nearest_neighbour_is_that_of_scikit_learn(digits):
    x_train, x_test, y_train, y_test = digits
    flat = [images.reshape(len(images), -1)[:, ::7] for images in (x_train, x_test)]
    expected = KNeighborsClassifier(1, algorithm="brute").fit(flat[0], y_train).score(flat[1], y_test)
    assert metrics.nearest_neighbour_accuracy(flat[0], y_train, flat[1], y_test) == pytest.approx(expected, abs=0.003)


def test_active_units():
    codes = np.random.default_rng(0).standard_normal((50, 4))
    codes[:, 1] = 3.0
    codes[:, 2] *= 1e-3
    assert metrics.active_units(codes) == 0.5
    assert metrics.active_units(np.zeros((5, 3))) == 0.0


@pytest.mark.parametrize("code_size", [2, 30])
def test_pca_is_that_of_scikit_learn(digits, code_size):
    x_train, x_test, *_ = digits
    ours = PrincipalComponents()
    ours.fit((x_train * 255).astype(np.uint8), PIXEL, NOTHING)
    reference = PCA(code_size, svd_solver="full").fit(x_train.reshape(len(x_train), -1))
    expected = reference.inverse_transform(reference.transform(x_test.reshape(len(x_test), -1)))
    np.testing.assert_allclose(ours.reconstruct(x_test, code_size).reshape(expected.shape), expected, atol=2e-4)
    np.testing.assert_allclose(
        ours.variances_[:code_size], reference.explained_variance_ * (1 - 1 / len(x_train)), rtol=1e-3
    )


def test_pca_of_large_examples_is_close_to_the_exact_one():
    random = np.random.default_rng(0)
    factors = random.standard_normal((300, 5)) * np.array([9, 7, 5, 4, 3])
    images = (factors @ random.standard_normal((5, 3000))).astype(np.float32).reshape(300, 50, 60, 1)
    ours = PrincipalComponents()
    ours.fit(images, np.ones(1, np.float32), NOTHING)
    assert metrics.mean_squared_error(images, ours.reconstruct(images, 5)) < 1e-6 * images.var()


@pytest.mark.mnist
def test_pca_of_mnist_leaves_the_published_error():
    # 13.87 squared error per test image with 30 components: Hinton & Salakhutdinov, Science 2006, Fig. 2B.
    dataset = data.load("mnist")
    pca = PrincipalComponents()
    pca.fit(dataset.x_train, PIXEL, NOTHING)
    images = dataset.x_test / np.float32(255)
    assert metrics.squared_errors(images, pca.reconstruct(images, 30)).mean() == pytest.approx(13.87, abs=0.01)
