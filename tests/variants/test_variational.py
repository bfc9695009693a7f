"""The variational autoencoder against closed forms and direct simulation."""

import dataclasses
from typing import Any

import keras
import numpy as np
import pytest
from scipy import integrate, stats

from ae_core import variants
from ae_core.errors import SettingError
from ae_core.measuring.panels.posterior import Divergence
from ae_core.measuring.panels.samples import Samples
from ae_core.models.contracts import Look
from ae_core.models.layers.sampling import GaussianDivergence, GaussianSampling, gaussian_features
from ae_core.settings import DataSpec
from ae_core.training import cache, session

SPEC = DataSpec((8, 8, 1))
FEATURES = np.array([[0.5, -2.0, 0.0, 1.0], [1.5, 0.3, -1.0, 0.2]], np.float32)  # two codes of two dimensions: μ, ln σ²


def settings(**changes: Any) -> Any:
    return variants.read_settings({"variant": "variational", "dataset": "digits", "latent_dim": 3} | changes)


def built(**changes: Any) -> Any:
    """A model whose posteriors differ from image to image, as after training."""
    keras.utils.set_random_seed(0)
    model = variants.get("variational").build(settings(widths=(16,), **changes), SPEC)
    spread = model.features.get_layer("z_log_var")
    spread.kernel.assign(0.2 * np.random.default_rng(1).standard_normal(spread.kernel.shape))
    return model


@pytest.mark.slow(seconds=1)
def test_divergence_is_the_integral_over_densities():
    def integrand(z: float, mean: float, deviation: float) -> float:
        posterior = stats.norm(mean, deviation)
        return posterior.pdf(z) * (posterior.logpdf(z) - stats.norm.logpdf(z))

    expected = [
        sum(
            integrate.quad(integrand, -30, 30, args=(mean, np.exp(log_var / 2)), points=(mean,))[0]
            for mean, log_var in zip(row[:2], row[2:], strict=True)
        )
        for row in FEATURES
    ]
    layer = GaussianDivergence(weight=1.0, warm_up=0, size=1)
    assert float(layer(FEATURES)) == pytest.approx(np.mean(expected), rel=1e-5)
    assert float(layer(np.zeros((5, 4), np.float32))) == 0, "a code spread like the prior costs nothing"


def test_the_price_is_proportional_to_beta_and_shared_by_the_numbers_of_an_input():
    one = float(GaussianDivergence(1.0, 0, size=1)(FEATURES))
    assert float(GaussianDivergence(4.0, 0, size=784)(FEATURES)) == pytest.approx(4 * one / 784, rel=1e-6)


def test_warm_up_rises_in_a_straight_line_and_stays():
    layer = GaussianDivergence(2.0, warm_up=4.0, size=1)
    full = float(GaussianDivergence(2.0, warm_up=0.0, size=1)(FEATURES))
    assert full > 0
    shares = []
    for epoch in (0, 1, 2, 4, 7):
        layer.at_epoch(epoch)
        shares.append(float(layer(FEATURES)) / full)
    np.testing.assert_allclose(shares, [0, 0.25, 0.5, 1, 1], rtol=1e-6)


@pytest.mark.slow
def test_a_training_warms_up_and_a_second_one_begins_anew():
    given = settings(kl_warm_up=4.0, epochs=3, train_size=200, batch_size=32, widths=(16,))
    first: Any = session.train(given, emit=lambda message: None)
    ramp = cache.prepare(given).model.penalties["kl"].ramp
    assert float(np.asarray(ramp)) == 0, "the same compiled model, taken again"
    assert first.history["kl"][0] == 0
    again: Any = session.train(given, emit=lambda message: None)
    assert 0 < float(np.asarray(ramp)) < 0.75, "the last chunk began before the third epoch was over"
    np.testing.assert_allclose(again.history["loss"], first.history["loss"], rtol=2e-5)


def test_samples_have_the_stated_mean_and_variance():
    layer = GaussianSampling(2, seed=1)
    many = np.repeat(FEATURES[:1], 50_000, axis=0)
    codes = keras.ops.convert_to_numpy(layer(many, training=True))
    np.testing.assert_allclose(codes.mean(axis=0), FEATURES[0, :2], atol=0.03)
    np.testing.assert_allclose(codes.var(axis=0), np.exp(FEATURES[0, 2:]), rtol=0.03)
    assert abs(np.corrcoef(codes.T)[0, 1]) < 0.02, "each dimension has a draw of its own"
    steady = keras.ops.convert_to_numpy(layer(many))
    np.testing.assert_allclose(steady.var(axis=0), np.exp(FEATURES[0, 2:]), rtol=0.03)


def test_samples_are_fresh_in_training_and_steady_in_validation():
    layer = GaussianSampling(2, seed=1)
    fresh = [keras.ops.convert_to_numpy(layer(FEATURES, training=True)) for _ in range(2)]
    steady = [keras.ops.convert_to_numpy(layer(FEATURES, training=False)) for _ in range(2)]
    assert not np.allclose(fresh[0], fresh[1])
    np.testing.assert_array_equal(steady[0], steady[1])
    assert not np.allclose(steady[0], FEATURES[:, :2]), "validation has chance too: the bound asks for it"
    np.testing.assert_array_equal(keras.ops.convert_to_numpy(layer.code(FEATURES)), FEATURES[:, :2])


def test_every_image_starts_with_the_spread_of_the_prior():
    encoder = variants.get("variational").build(settings(), SPEC).encoder
    features = gaussian_features(encoder)
    images = np.random.default_rng(0).random((4, *SPEC.shape), np.float32)
    both = keras.ops.convert_to_numpy(features(images))
    np.testing.assert_array_equal(both[:, 3:], 0)
    np.testing.assert_allclose(both[:, :3], keras.ops.convert_to_numpy(encoder(images)), rtol=1e-6)


def test_the_code_is_the_mean_and_the_saved_encoder_gives_it():
    model = built()
    images = np.random.default_rng(0).random((4, *SPEC.shape), np.float32)
    features = keras.ops.convert_to_numpy(model.features(images))
    np.testing.assert_allclose(model.encode(images), features[:, :3], rtol=1e-6)
    encoder, _ = model.standalone_parts()
    np.testing.assert_allclose(keras.ops.convert_to_numpy(encoder(images)), features[:, :3], rtol=1e-6)


def measured(model: Any, images: np.ndarray) -> dict[str, Any]:
    codes = model.encode(images)
    return Divergence(model.decoder).numbers(Look(model, images, images, codes, lambda shown: shown))


@pytest.mark.parametrize("beta", [1.0, 4.0])
def test_the_bound_is_a_direct_simulation_whatever_beta(beta):
    model = built(kl_weight=beta)
    random = np.random.default_rng(3)
    images = random.random((400, *SPEC.shape), np.float32)
    means, log_vars = np.split(keras.ops.convert_to_numpy(model.features(images)), 2, axis=1)
    draws = []
    for _ in range(20):  # ln q(z|x) - ln p(z) - ln p(x|z), without the closed form of KL
        codes = stats.norm.rvs(means, np.exp(log_vars / 2), random_state=random)
        shown = model.decode(codes.astype(np.float32)).astype(np.float64)
        likelihood = images * np.log(shown) + (1 - images) * np.log1p(-shown)
        terms = stats.norm.logpdf(codes, means, np.exp(log_vars / 2)) - stats.norm.logpdf(codes)
        draws.append(terms.sum(axis=1) - likelihood.reshape(len(images), -1).sum(axis=1))
    error = np.std([draw.mean() for draw in draws]) + 1e-3
    assert measured(model, images)["bound"] == pytest.approx(np.mean(draws), abs=4 * error)
    assert error < 0.2


def test_the_loss_with_beta_one_is_the_bound_by_pixel():
    model = built(kl_warm_up=0.0)
    images = np.random.default_rng(3).random((400, *SPEC.shape), np.float32)
    terms = model.evaluate_terms(images, images)
    assert set(terms) == {"loss", "reconstruction", "kl"}
    found = measured(model, images)
    assert terms["kl"] * SPEC.size == pytest.approx(found["kl"], rel=1e-4)
    assert terms["loss"] * SPEC.size == pytest.approx(found["bound"], rel=5e-3), "two sets of draws"


def test_numbers_by_dimension():
    model = built()
    means = model.features.get_layer("code")
    means.kernel.assign(np.asarray(means.kernel) * [1, 1, 0.02])  # the third hardly says anything
    images = np.random.default_rng(3).random((50, *SPEC.shape), np.float32)
    found = measured(model, images)
    assert found["kl"] == pytest.approx(sum(found["kl_per_dimension"]))
    assert len(found["kl_per_dimension"]) == 3
    spread = model.encode(images).var(axis=0)
    assert found["active_latent_dimensions"] == np.count_nonzero(spread > 0.01) == 2
    assert "bound" not in measured(built(loss="mse"), images), "squared errors are not nats"


def test_a_dimension_that_says_nothing_is_faint_and_named():
    model = built(latent_dim=4)
    for layer, value in (("code", 0.0), ("z_log_var", 0.0)):
        kernel = np.array(model.features.get_layer(layer).kernel)
        kernel[:, 1] = value
        model.features.get_layer(layer).kernel.assign(kernel)
    images = np.random.default_rng(3).random((50, *SPEC.shape), np.float32)
    panel = Divergence(model.decoder)
    content = panel.measure(Look(model, images, images, model.encode(images), lambda shown: shown))
    assert content.faint == [1]
    assert content.values[1] == 0
    assert content.caption.startswith("Dimension 2 says nothing")


def test_a_plane_of_codes_is_shown_by_quantiles_of_the_prior():
    decoded: list[np.ndarray] = []

    class Model:
        def decode(self, codes: np.ndarray) -> np.ndarray:
            decoded.append(codes)
            return np.zeros((len(codes), 4, 4, 1))

    nothing = np.zeros((1, 2))
    look = Look(Model(), nothing, nothing, nothing, lambda images: images.astype(np.uint8))  # type: ignore[arg-type]
    content = Samples(2).measure(look)
    plane = decoded[0].reshape(10, 10, 2)
    assert content.columns == len(content.rows) == 10
    shares = (np.arange(10) + 0.5) / 10
    np.testing.assert_allclose(stats.norm.cdf(plane[4, :, 0]), shares, atol=1e-5, err_msg="rising to the right")
    np.testing.assert_allclose(stats.norm.cdf(plane[::-1, 7, 1]), shares, atol=1e-5, err_msg="rising upwards")


@pytest.mark.long
@pytest.mark.slow
def test_a_higher_price_buys_fewer_nats():
    spent: list[Any] = []
    for beta in (0.5, 4.0):
        given = settings(
            kl_weight=beta, epochs=12, latent_dim=6, learning_rate=0.005, train_size=800, batch_size=32, widths=(64,)
        )
        spent.append(session.train(given, emit=lambda message: None).test["kl"])
    assert 0 < spent[1] < 0.7 * spent[0]


def test_convolutions_are_refused_where_they_do_not_fit():
    convolutional = dataclasses.replace(settings(), network="convolutional")
    with pytest.raises(SettingError, match=r"^network must be dense"):
        convolutional.check(DataSpec((64,)))
    with pytest.raises(SettingError, match=r"^channels must have fewer"):
        dataclasses.replace(convolutional, channels=(4, 4, 4, 4)).check(SPEC)
    model = variants.get("variational").build(convolutional, DataSpec((9, 9, 3)))
    assert model.encode(np.zeros((2, 9, 9, 3), np.float32)).shape == (2, 3)
