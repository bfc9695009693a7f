"""The masked autoencoder: which patches are hidden, what the loss counts, and that nothing hidden leaks."""

import dataclasses
import io

import keras
import numpy as np
import pytest
from keras import ops
from PIL import Image

from ae_core import variants
from ae_core.errors import SettingError
from ae_core.measuring import metrics, probe
from ae_core.models.layers.patches import PatchMask, from_patches, to_patches
from ae_core.models.layers.transformer import embedding, transformer_block
from ae_core.settings import DataSpec
from ae_core.training import cache

SPEC = DataSpec((12, 8, 2))


def settings(**changes):
    small = {"latent_dim": 8, "token_dim": 8, "heads": 2, "depth": 1}
    return dataclasses.replace(variants.get("masked").settings(), **small | changes)


def images(count=50, spec=SPEC):
    return np.random.default_rng(0).random((count, *spec.shape), np.float32)


def hidden_patches(damaged, size=4):
    """Which patches are hidden: bool `(n, rows, columns)`; each must be hidden as a whole or not at all."""
    count, height, width, _ = damaged.shape
    gone = (damaged == -1).reshape(count, height // size, size, width // size, size, -1)
    whole = gone.all(axis=(2, 4, 5))
    np.testing.assert_array_equal(whole, gone.any(axis=(2, 4, 5)))
    return whole


@pytest.mark.parametrize(
    ("shape", "size", "grid"), [((12, 8, 2), 4, (3, 2)), ((9, 9, 1), 4, (3, 3)), ((5, 4, 3), 2, (3, 2))]
)
def test_patches_are_squares_of_the_image_and_there_is_a_way_back(shape, size, grid):
    spec = DataSpec(shape)
    inputs = keras.Input(shape)
    patches = to_patches(inputs, spec, size)
    model = keras.Model(inputs, [patches, from_patches(patches, spec, size)])
    given = images(3, spec)
    cut, back = (ops.convert_to_numpy(output) for output in model(given))
    np.testing.assert_array_equal(back, given)
    assert cut.shape == (3, grid[0] * grid[1], size * size * shape[2])
    row, column = 1, 1
    square = given[:, row * size : row * size + size, column * size : column * size + size]
    seen = cut[:, row * grid[1] + column].reshape(3, size, size, shape[2])
    np.testing.assert_array_equal(seen[:, : square.shape[1], : square.shape[2]], square)
    assert cut.sum() == pytest.approx(given.sum(), rel=1e-5), "what reaches over the edge is zero"


@pytest.mark.parametrize(("share", "count"), [(0.0, 1), (0.1, 1), (0.5, 3), (0.75, 4), (1.0, 5)])
def test_the_stated_share_of_six_patches_is_hidden_in_each_image(share, count):
    layer = PatchMask(share, 4, True, SPEC, seed=1)
    given = images()
    damaged = ops.convert_to_numpy(layer(given))
    hidden = hidden_patches(damaged)
    np.testing.assert_array_equal(hidden.sum(axis=(1, 2)), count)
    np.testing.assert_array_equal(damaged[damaged >= 0], given[damaged >= 0])


def test_each_patch_is_hidden_equally_often_and_others_at_each_step():
    layer = PatchMask(0.5, 4, True, SPEC, seed=1)
    given = images(2000)
    first, second = (hidden_patches(ops.convert_to_numpy(layer(given))) for _ in range(2))
    np.testing.assert_allclose(first.mean(axis=0), 0.5, atol=0.05)  # 4.5 standard deviations
    assert not np.array_equal(first, second)
    together = np.mean(first[:, 0, 0] & first[:, 2, 1])
    assert together == pytest.approx(0.5 * 2 / 5, abs=0.05), "chosen without regard to each other"


def test_given_numbers_choose_always_the_same_patches_and_a_share_can_be_changed():
    layer = PatchMask(0.5, 4, True, SPEC, seed=1)
    normals = np.random.default_rng(1).standard_normal((50, *SPEC.shape)).astype(np.float32)
    first, again = (ops.convert_to_numpy(layer.apply(images(), normals)) for _ in range(2))
    np.testing.assert_array_equal(first, again)
    corners = normals[:, ::4, ::4, 0].reshape(50, -1)
    chosen = hidden_patches(first).reshape(50, -1)
    assert all(row[mine].max() < row[~mine].min() for row, mine in zip(corners, chosen, strict=True))
    layer.factor.assign(0.75)
    more = hidden_patches(ops.convert_to_numpy(layer.apply(images(), normals)))
    assert (more.sum(axis=(1, 2)) == 4).all() and (more.reshape(50, -1) | ~chosen).all()


@pytest.mark.parametrize("loss", ["mse", "cross_entropy"])
def test_a_copy_of_the_input_is_a_bad_answer(loss):
    model = variants.get("masked").build(settings(loss=loss), SPEC)
    target = images()
    damaged = ops.convert_to_numpy(model.corruption(target))
    weights = model.corruption.pixel_weights(target, damaged)
    hidden = damaged < 0

    def reconstruction(answer):
        logits = np.log(answer / (1 - answer)).astype(np.float32)
        terms = model.loss_terms(target=target, features=None, logits=logits, pixel_weights=weights)
        return float(terms["reconstruction"])

    copy = np.clip(damaged, 0.01, 0.99)  # the best that copying can do: hidden pixels come out black
    error = {"mse": metrics.mean_squared_error, "cross_entropy": metrics.cross_entropy}[loss]
    assert reconstruction(copy) == pytest.approx(error(target[hidden][None], copy[hidden][None]), rel=1e-3)
    grey = np.full_like(target, 0.5)
    assert reconstruction(copy) > 1.5 * reconstruction(grey), "worse than knowing nothing"
    spoilt = np.where(hidden, np.clip(target, 0.01, 0.99), 0.5)
    assert reconstruction(spoilt) == pytest.approx(reconstruction(np.clip(target, 0.01, 0.99)), rel=1e-5)


def test_the_loss_may_count_all_pixels():
    model = variants.get("masked").build(settings(loss_on="all"), SPEC)
    target = images()
    damaged = ops.convert_to_numpy(model.corruption(target))
    weights = model.corruption.pixel_weights(target, damaged)
    np.testing.assert_array_equal(ops.convert_to_numpy(weights), 1)


def test_hidden_pixels_cannot_reach_the_code():
    model = variants.get("masked").build(settings(), SPEC)
    normals = np.random.default_rng(1).standard_normal((50, *SPEC.shape)).astype(np.float32)
    given = images()
    damaged = ops.convert_to_numpy(model.corruption.apply(given, normals))
    other = np.where(damaged < 0, 1 - given, given)
    assert np.abs(other - given).max() > 0.5
    codes = model.encode(ops.convert_to_numpy(model.corruption.apply(other, normals)))
    np.testing.assert_array_equal(codes, model.encode(damaged))
    visible = np.where(damaged < 0, given, 1 - given)
    codes = model.encode(ops.convert_to_numpy(model.corruption.apply(visible, normals)))
    assert np.abs(codes - model.encode(damaged)).max(axis=1).min() > 1e-4, "but visible ones do"
    assert [tuple(part.shape) for part in model.decoder.inputs] == [(None, 8)]


def test_a_hidden_patch_is_one_token_whatever_was_there_and_its_place_is_known():
    model = variants.get("masked").build(settings(), SPEC)
    embedded = keras.Model(model.encoder.input, model.encoder.get_layer("embed").output)
    layer = PatchMask(1.0, 4, True, SPEC, seed=1)
    damaged = ops.convert_to_numpy(layer(images()))
    tokens, hidden = ops.convert_to_numpy(embedded(damaged)), hidden_patches(damaged).reshape(50, -1)
    for place in range(6):
        mine = tokens[hidden[:, place], place]
        np.testing.assert_allclose(mine, np.broadcast_to(mine[0], mine.shape), atol=1e-6)
    assert np.abs(tokens[0, hidden[0]][0] - tokens[0, hidden[0]][1]).max() > 1e-3


def norm(values):
    return (values - values.mean(axis=-1, keepdims=True)) / np.sqrt(values.var(axis=-1, keepdims=True) + 1e-6)


def test_a_block_does_what_its_formula_says():
    from scipy.special import erf, softmax

    keras.utils.set_random_seed(3)
    block = transformer_block(5, 6, 2, "block")
    for weight in block.weights:  # also those that begin at 0 or 1
        weight.assign(np.random.default_rng(len(weight.path)).normal(0, 0.5, weight.shape))
    tokens = np.random.default_rng(0).standard_normal((3, 5, 6)).astype(np.float32)
    scale, shift = block.get_layer("norm_1").get_weights()
    normed = norm(tokens) * scale + shift

    def dense(name, given):
        kernel, bias = block.get_layer(name).get_weights()
        return given @ kernel + bias

    parts = (dense(f"to_{name}", normed) for name in ("query", "key", "value"))
    query, key, value = (part.reshape(3, 5, 2, 3).swapaxes(1, 2) for part in parts)  # (batch, heads, places, units)
    found = softmax(query @ key.swapaxes(2, 3) / np.sqrt(3), axis=-1) @ value
    first = tokens + dense("attended", found.swapaxes(1, 2).reshape(3, 5, 6))
    scale, shift = block.get_layer("norm_2").get_weights()
    wide = dense("widen", norm(first) * scale + shift)
    wide = wide * 0.5 * (1 + erf(wide / np.sqrt(2)))
    expected = first + dense("narrow", wide)
    np.testing.assert_allclose(ops.convert_to_numpy(block(tokens)), expected, rtol=1e-3, atol=1e-4)


def test_an_embedding_shares_its_kernel_and_has_a_vector_for_each_place():
    inputs = keras.Input((4, 3))
    model = keras.Model(inputs, embedding(inputs, 5, "embed"))
    kernel, places = model.get_layer("embed").get_weights()
    assert (kernel.shape, places.shape) == ((3, 5), (4, 5))
    given = np.random.default_rng(0).random((2, 4, 3), np.float32)
    np.testing.assert_allclose(ops.convert_to_numpy(model(given)), given @ kernel + places, rtol=1e-4, atol=1e-5)


@pytest.fixture(scope="module")
def looked():
    """A probe of an untrained model, and its first snapshot."""
    given = settings(dataset="digits", train_size=300, patch_size=7)
    ready = cache.prepare(given)
    looks = probe.Probe(ready.model, ready.data, ready.pca, labelled=True, points=100)
    return ready, looks, looks.measure()


def test_the_grid_shows_hidden_patches_as_stripes(looked):
    _, looks, measured = looked
    grid = measured.grid
    row = grid.rows.index("corrupted")
    picture = np.asarray(Image.open(io.BytesIO(grid.png)).convert("RGB"))
    shown = picture[row * 29 : row * 29 + 28, :28, 0]
    hidden = looks.inputs[looks._few[0]][..., 0] < 0
    assert 0 < hidden.sum() < 784
    stripes = np.unique(shown[hidden])
    np.testing.assert_allclose(stripes, [0.35 * 255, 0.6 * 255], atol=3.5)  # a sheet has forty greys
    original = picture[:28, :28, 0]
    np.testing.assert_array_equal(shown[~hidden], original[~hidden])


def test_pca_sees_the_mean_image_where_pixels_are_hidden(looked):
    ready, looks, _ = looked
    mean = ready.pca.mean_.reshape(28, 28, 1)
    known = np.where(looks.inputs < 0, mean, looks.images)
    expected = ready.pca.reconstruct(known[: looks.measured], 8)
    np.testing.assert_allclose(looks.pca_images, expected, atol=1e-5)
    assert looks.pca_mse == pytest.approx(metrics.mean_squared_error(looks.images[: looks.measured], expected))


def test_pca_s_line_counts_the_pixels_that_the_loss_counts(looked):
    ready, looks, _ = looked
    hidden = looks.validation_inputs < 0
    known = np.where(hidden, ready.pca.mean_.reshape(28, 28, 1), looks.validation)
    expected = ready.pca.reconstruct(known, 8)
    assert looks.pca_loss == pytest.approx(
        metrics.cross_entropy(looks.validation[hidden][None], expected[hidden][None])
    )
    perfect = metrics.cross_entropy(looks.validation[hidden][None], looks.validation[hidden][None])
    assert looks.loss_floor() == pytest.approx(perfect, abs=0.003)


@pytest.mark.slow(seconds=1)
def test_the_test_compares_with_the_whole_clean_image(looked):
    from ae_core.measuring import evaluation

    ready, looks, _ = looked
    numbers = evaluation.evaluate(ready.model, ready.data, ready.pca, looks)
    clean = ready.data.x_test / np.float32(255)
    normals = evaluation.test_normals(clean.shape)
    damaged = np.asarray(ready.model.corruption.apply(clean, normals))
    answer = ready.model.decode(ready.model.encode(damaged))
    assert numbers["mse"] == pytest.approx(float(np.mean((clean - answer) ** 2)), rel=1e-5)


@pytest.mark.parametrize(
    ("spec", "changes", "message"),
    [
        (DataSpec((100,)), {}, "^dataset must hold images"),
        (DataSpec((28, 28, 1), unit_range=False), {"scaling": "standardize"}, "^scaling must be unit"),
        (DataSpec((9, 9, 1)), {"patch_size": 9}, "^patch_size must be below 9"),
    ],
)
def test_what_cannot_be_hidden_is_refused(spec, changes, message):
    with pytest.raises(SettingError, match=message):
        settings(**changes).check(spec)
