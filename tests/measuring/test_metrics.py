"""Metrics and PCA against scikit-learn, loops and closed forms."""

import ast
import subprocess
import sys
from typing import Any

import numpy as np
import pytest
from scipy import integrate, stats
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss, mean_squared_error
from sklearn.neighbors import KNeighborsClassifier
from sklearn.preprocessing import StandardScaler

from ae_core import data, variants
from ae_core.measuring import metrics
from ae_core.measuring.pca import PrincipalComponents
from ae_core.training import session
from tests.conftest import ROOT

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


def test_active_dimensions_are_counted_by_the_variance_of_their_means():
    z_mean = np.random.default_rng(0).standard_normal((5000, 4)) * np.sqrt([1.0, 0.02, 0.005, 0.0]) + 3.0
    assert metrics.active_latent_dimensions(z_mean) == 2
    assert metrics.active_latent_dimensions(z_mean[:, 2:].astype(np.float32)) == 0


def test_sparsity_of_known_codes():
    one_hot, constant = np.eye(7), np.full((7, 5), 0.3, np.float32)
    for measured in (metrics.lifetime_sparsity, metrics.population_sparsity):
        assert measured(one_hot) == pytest.approx(1.0)
        assert measured(constant) == pytest.approx(0.0, abs=1e-6)
        assert measured(-1e-30 * one_hot) == pytest.approx(1.0), "neither sign nor scale matters"
        assert measured(np.zeros((4, 3))) == 0.0
    # The ends of a range: a unit that answers k of n images has a = k/n.
    codes = np.zeros((10, 3))
    codes[:4, 0] = codes[:1, 1] = 2.0  # the third unit never responds
    assert metrics.lifetime_sparsity(codes) == pytest.approx(((1 - 0.4) + (1 - 0.1)) / 2 / (1 - 1 / 10))
    assert metrics.population_sparsity(codes) == pytest.approx((3 * (1 - 1 / 3) + (1 - 2 / 3)) / 4 / (1 - 1 / 3))
    # Half-normal responses: a = (E|r|)² / E r² = 2/π.
    normal = np.random.default_rng(0).standard_normal((20_000, 4))
    assert metrics.lifetime_sparsity(normal) == pytest.approx(1 - 2 / np.pi, abs=0.01)


def test_mean_activation_of_each_unit():
    codes = np.arange(24, dtype=np.float32).reshape(4, 1, 2, 3)
    np.testing.assert_allclose(metrics.mean_activation(codes), np.arange(6) + 9.0)


def test_a_linear_probe_is_a_logistic_regression_on_standardised_codes(digits):
    x_train, x_test, y_train, y_test = digits
    scales = 10.0 ** np.arange(-2, 3).repeat(4)  # units of very different size
    pca = PCA(20, random_state=0).fit(x_train.reshape(len(x_train), -1))
    known, asked = (pca.transform(images.reshape(len(images), -1)) * scales for images in (x_train, x_test))
    scaler = StandardScaler().fit(known)
    reference = LogisticRegression(max_iter=1000, tol=1e-5).fit(scaler.transform(known), y_train)
    expected = reference.score(scaler.transform(asked), y_test)
    assert metrics.linear_probe_accuracy(known, y_train, asked, y_test) == pytest.approx(expected, abs=0.006)
    assert expected > 0.85


def test_a_linear_probe_needs_lines_and_says_nothing_of_one_class():
    random = np.random.default_rng(0)
    codes = random.standard_normal((4000, 2, 1))
    checkers = (codes[:, 0, 0] > 0) ^ (codes[:, 1, 0] > 0)
    side = codes[:, 0, 0] > codes[:, 1, 0]
    known, asked = slice(0, 2000), slice(2000, 4000)

    def score(measured, labels):
        return measured(codes[known], labels[known], codes[asked], labels[asked])

    assert score(metrics.linear_probe_accuracy, side) > 0.99
    assert score(metrics.linear_probe_accuracy, checkers) < 0.7
    assert score(metrics.nearest_neighbour_accuracy, checkers) > 0.95
    assert metrics.linear_probe_accuracy(codes, np.zeros(4000), codes[:4], np.array([0, 0, 0, 1])) == 0.75


def test_a_linear_probe_is_silent_where_no_end_is_reached():
    # Codes that hardly vary, dead units, and classes that a plane parts: warnings are errors here.
    codes = np.random.default_rng(0).standard_normal((300, 400)) * 1e-12
    codes[:, :50] = 0.0
    labels = np.arange(300) % 30
    codes[np.arange(300), 60 + labels] = 1e6
    assert metrics.linear_probe_accuracy(codes, labels, codes, labels) == 1.0


def test_trustworthiness_of_maps_that_are_known():
    random = np.random.default_rng(0)
    flat = random.standard_normal((1500, 2))
    images = (flat @ np.linalg.qr(random.standard_normal((9, 2)))[0].T).reshape(-1, 3, 3, 1)
    assert metrics.trustworthiness(images, 5 * flat) == pytest.approx(1.0)
    assert metrics.trustworthiness(images, random.permutation(flat)) == pytest.approx(0.5, abs=0.03)
    # The definition, with loops.
    some, places, k = random.standard_normal((40, 5)), random.standard_normal((40, 2)), 4
    penalty = 0.0
    for one in range(40):
        by_image = np.argsort(np.linalg.norm(some - some[one], axis=1)).tolist()
        by_place = np.argsort(np.linalg.norm(places - places[one], axis=1))
        penalty += sum(max(0, by_image.index(other) - k) for other in by_place[1 : k + 1])
    expected = 1 - 2 / (40 * k * (2 * 40 - 3 * k - 1)) * penalty
    assert metrics.trustworthiness(some, places, k) == pytest.approx(expected)
    assert 0 <= metrics.trustworthiness(some[:5], places[:5]) <= 1
    with pytest.raises(ValueError, match="at least 4 points"):
        metrics.trustworthiness(some[:3], places[:3])


@pytest.mark.parametrize(("mean", "log_var"), [(0.0, 0.0), (1.5, -2.0), (-0.3, 1.0), (0.0, -9.0)])
def test_gaussian_kl_is_the_integral(mean, log_var):
    one, prior = stats.norm(mean, np.exp(log_var / 2)), stats.norm()
    expected, _ = integrate.quad(
        lambda z: one.pdf(z) * (one.logpdf(z) - prior.logpdf(z)), *one.interval(1 - 1e-14), points=[mean]
    )
    measured = metrics.gaussian_kl(np.array([[mean, 0.0]]), np.array([[log_var, 0.0]], np.float32))
    np.testing.assert_allclose(measured, [[expected, 0.0]], atol=1e-7)


def test_the_bound_is_a_sum_over_pixels_plus_kl():
    random = np.random.default_rng(0)
    images, logits = (random.random((6, 4, 4, 1)) > 0.5).astype(float), 3 * random.standard_normal((6, 4, 4, 1))
    z_mean, z_log_var = random.standard_normal((2, 6, 3))
    probabilities = 1 / (1 + np.exp(-logits))
    log_likelihood = stats.bernoulli(probabilities).logpmf(images.astype(int)).reshape(6, -1).sum(axis=1)
    deviations = np.exp(z_log_var / 2)
    kl = np.sum(np.log(1 / deviations) + (deviations**2 + z_mean**2) / 2 - 0.5, axis=1)
    expected = np.mean(kl - log_likelihood)
    assert metrics.bound_in_nats(images, logits, z_mean, z_log_var, from_logits=True) == pytest.approx(expected)
    assert metrics.bound_in_nats(images, probabilities, z_mean, z_log_var) == pytest.approx(expected)
    sure = metrics.bound_in_nats(images, 1e4 * (2 * images - 1), 0 * z_mean, 0 * z_log_var, from_logits=True)
    assert sure == 0.0
    assert metrics.bound_in_nats(images, 1 - images, 0 * z_mean, 0 * z_log_var) == pytest.approx(16 * np.log(1e7))


def test_the_bound_is_below_the_evidence_and_touches_it_at_the_true_posterior():
    # z ~ N(0, 1) and one pixel with p(x = 1 | z) = Φ(z): ln p(x) = ln ½, and the posterior's own bound is reached from
    # below. Its expectation over z is taken by many draws, each of them an "image" here.
    random = np.random.default_rng(0)
    losses = {}
    for mean, log_var in ((0.0, 0.0), (np.sqrt(1 / np.pi), np.log(1 - 1 / np.pi)), (2.0, 0.0)):
        z = mean + np.exp(log_var / 2) * random.standard_normal((200_000, 1))
        moments = [np.full_like(z, moment) for moment in (mean, log_var)]
        losses[mean] = metrics.bound_in_nats(np.ones_like(z), stats.norm.cdf(z), *moments)
    best = losses[np.sqrt(1 / np.pi)]
    assert np.log(2) < best < np.log(2) + 0.01
    assert losses[0.0] == pytest.approx(1.0, abs=0.01)  # E[-ln Φ(z)] with Φ(z) uniform
    assert losses[2.0] > best + 0.5


def test_perplexity():
    assert metrics.perplexity(np.full(16, 3)) == pytest.approx(16)
    assert metrics.perplexity(np.array([0, 5, 0])) == pytest.approx(1)
    counts = np.array([1, 2, 3, 4, 0])
    assert metrics.perplexity(counts) == pytest.approx(np.exp(stats.entropy(counts / 10)))
    assert metrics.perplexity(np.zeros(4)) == 0.0


def test_max_mean_discrepancy_is_the_unbiased_estimate():
    random = np.random.default_rng(0)
    a, b = random.standard_normal((7, 3)), random.standard_normal((5, 3)) + 0.5

    def kernel(x, y):
        return 6 / (6 + np.sum((x - y) ** 2))

    expected = (
        np.mean([kernel(a[i], a[j]) for i in range(7) for j in range(7) if i != j])
        + np.mean([kernel(b[i], b[j]) for i in range(5) for j in range(5) if i != j])
        - 2 * np.mean([kernel(x, y) for x in a for y in b])
    )
    assert metrics.max_mean_discrepancy(a, b) == pytest.approx(expected)


def test_max_mean_discrepancy_tells_distributions_apart():
    random = np.random.default_rng(0)
    same = [metrics.max_mean_discrepancy(*random.standard_normal((2, 200, 8))) for _ in range(40)]
    assert np.mean(same) == pytest.approx(0.0, abs=3 * np.std(same) / np.sqrt(40))
    assert min(same) < 0, "unbiased, so it may fall below"
    prior = random.standard_normal((1200, 8))
    near, far = (metrics.max_mean_discrepancy(random.standard_normal((1200, 8)) + shift, prior) for shift in (0.3, 2))
    assert max(same) < near < far
    assert metrics.max_mean_discrepancy(0.1 * prior, prior) > near, "the same mean, another spread"


@pytest.mark.slow
def test_every_number_that_is_shown_or_printed_is_in_the_table():
    messages: list[Any] = []
    given = variants.read_settings({"variant": "vanilla", "dataset": "digits", "epochs": 1, "train_size": 200})
    result = session.train(given, emit=messages.append)
    snapshot = messages[-1]
    shown = {*result.test, *snapshot.numbers} | {"loss", "val_loss", "reconstruction", "pca_loss", "loss_floor"}
    assert shown <= set(variants.metrics())


@pytest.mark.slow(seconds=1)
def test_what_the_panels_measure_is_in_the_table_too():
    found = set()
    for path in (ROOT / "ae_core").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef) and node.name == "numbers":
                keys = [key for part in ast.walk(node) if isinstance(part, ast.Dict) for key in part.keys]
                keys += [part.slice for part in ast.walk(node) if isinstance(part, ast.Subscript)]
                found |= {key.value for key in keys if isinstance(key, ast.Constant) and isinstance(key.value, str)}
    assert "kl_per_dimension" in found
    assert found <= set(variants.metrics())


def test_the_table_is_complete_and_light():
    for name, metric in variants.metrics().items():
        assert metric.name == name
        assert metric.better in ("lower", "higher", "")
        assert 1 <= len(metric.title.split()) <= 4, name
        assert len(metric.title) <= 20, name
        assert metric.help[-1] == ".", name
        assert len(metric.help) <= 125, name
    code = "import sys, ae_core.measuring.metric_table; print('numpy' in sys.modules)"
    result = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "False"


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


@pytest.mark.slow
def test_pca_of_large_examples_is_close_to_the_exact_one():
    random = np.random.default_rng(0)
    factors = random.standard_normal((300, 5)) * np.array([9, 7, 5, 4, 3])
    images = (factors @ random.standard_normal((5, 3000))).astype(np.float32).reshape(300, 50, 60, 1)
    ours = PrincipalComponents()
    ours.fit(images, np.ones(1, np.float32), NOTHING)
    assert metrics.mean_squared_error(images, ours.reconstruct(images, 5)) < 1e-6 * images.var()


@pytest.mark.slow
@pytest.mark.mnist
def test_pca_of_mnist_leaves_the_published_error():
    # 13.87 squared error per test image with 30 components: Hinton & Salakhutdinov, Science 2006, Fig. 2B.
    dataset = data.load("mnist")
    pca = PrincipalComponents()
    pca.fit(dataset.x_train, PIXEL, NOTHING)
    images = dataset.x_test / np.float32(255)
    assert metrics.squared_errors(images, pca.reconstruct(images, 30)).mean() == pytest.approx(13.87, abs=0.01)


def far_away(mean, spread=1.0):
    """Three factors and a little noise in nine columns, far from zero, of which one hardly varies."""
    random = np.random.default_rng(0)
    rows = random.normal(size=(1000, 3)) @ random.normal(size=(3, 9)) + 0.1 * random.normal(size=(1000, 9))
    return spread * rows + mean


@pytest.mark.parametrize(("mean", "spread"), [(0, 1), (2000, 1), (1e6, 1), (1e5, 1e-1), (-1e3, 1e-3)])
def test_pca_is_that_of_scikit_learn_however_large_the_mean(mean, spread):
    rows = far_away(mean, spread)
    ours, reference = PrincipalComponents(), PCA(3, svd_solver="full").fit(rows)
    ours.fit(rows, np.ones(1, np.float32), NOTHING)
    expected = np.mean(np.square(reference.inverse_transform(reference.transform(rows)) - rows))
    assert metrics.mean_squared_error(rows, ours.reconstruct(rows, 3)) == pytest.approx(expected, rel=1e-4)
    assert expected == pytest.approx(0.0065 * spread**2, rel=0.05)
    np.testing.assert_allclose(ours.variances_[:3], reference.explained_variance_ * 0.999, rtol=1e-4)
