"""The vector-quantised autoencoder against NumPy, scikit-learn and closed forms."""

from typing import Any

import keras
import numpy as np
import pytest
from keras import ops
from sklearn.metrics import pairwise_distances_argmin

from ae_core import variants
from ae_core.measuring.panels.codebook import CodebookUse, Replacements, choices
from ae_core.models.contracts import Look
from ae_core.models.layers.quantizer import DECAY, CommitmentPenalty, Quantizer, StraightThrough
from ae_core.settings import DataSpec
from ae_core.training import cache, session

SPEC = DataSpec((8, 8, 1))


def vectors(*shape: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal(shape).astype(np.float32)


def array(tensor: Any) -> np.ndarray:
    return ops.convert_to_numpy(tensor)


def settings(**changes: Any) -> Any:
    given = {"variant": "vector_quantized", "dataset": "digits", "latent_dim": 5, "code_dim": 3, "codebook_size": 12}
    return variants.read_settings(given | {"widths": (16,)} | changes)


def built(**changes: Any) -> Any:
    keras.utils.set_random_seed(0)
    return variants.get("vector_quantized").build(settings(**changes), SPEC)


@pytest.mark.parametrize("shape", [(40, 15), (10, 2, 2, 3), (6, 4, 6)])
def test_each_piece_becomes_its_nearest_entry(shape):
    layer = Quantizer(12, 3, seed=0)
    codes = vectors(*shape)
    first, second = np.split(array(layer(codes)), 2, axis=-1)
    np.testing.assert_array_equal(first, codes)
    book = np.asarray(layer.codebook)
    expected = book[pairwise_distances_argmin(codes.reshape(-1, 3), book)].reshape(shape)
    np.testing.assert_allclose(second, expected, rtol=1e-6)


class Slope(keras.Model):
    """Its weights are codes, its loss is `Σ slope · seen`, so a step of plain descent shows the gradient."""

    def __init__(self, codes: np.ndarray, slope: np.ndarray):
        super().__init__()
        self.codes = self.add_weight(shape=codes.shape, initializer="zeros")
        self.codes.assign(codes)
        self.slope, self.quantizer = slope, Quantizer(12, 3, seed=0)
        self.through = StraightThrough(self.quantizer)

    def call(self, inputs):
        return self.through(self.quantizer(self.codes)) + inputs

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        return ops.sum(self.slope * y_pred)


def test_the_gradient_passes_as_if_nothing_lay_between():
    codes, slope = vectors(4, 6), vectors(4, 6, seed=1)
    model = Slope(codes, slope)
    seen = array(model(np.zeros((4, 6), np.float32)))
    np.testing.assert_allclose(seen, array(model.quantizer(codes))[:, 6:], atol=1e-6, err_msg="the entries are seen")
    assert not np.allclose(seen, codes, atol=0.1)
    model.compile(optimizer=keras.optimizers.SGD(1.0))
    model.fit(np.zeros((4, 6), np.float32), batch_size=4, verbose=0)
    np.testing.assert_allclose(codes - np.asarray(model.codes), slope, rtol=1e-4, atol=1e-6)


def test_entries_are_running_means_of_the_vectors_that_chose_them():
    layer = Quantizer(4, 2, seed=0)
    centres = np.array([[5, 5], [5, -5], [-5, 5], [-5, -5]], np.float32)
    layer.codebook.assign(centres)
    layer.counts.assign(np.full(4, 50.0))
    layer.sums.assign(50 * centres)
    codes = centres[np.arange(200) % 3] + vectors(200, 2)  # the last entry is never chosen
    layer(codes, training=True)
    members = [codes[np.arange(200) % 3 == entry] for entry in range(3)]
    for entry, own in enumerate(members):
        count = DECAY * 50 + (1 - DECAY) * len(own)
        expected = (DECAY * 50 * centres[entry] + (1 - DECAY) * own.sum(axis=0)) / count
        np.testing.assert_allclose(np.asarray(layer.codebook)[entry], expected, rtol=1e-4)
    np.testing.assert_allclose(np.asarray(layer.codebook)[3], centres[3], rtol=1e-5, err_msg="rare, but not dead yet")
    before = np.asarray(layer.codebook).copy()
    layer(vectors(50, 2, seed=9))
    np.testing.assert_array_equal(np.asarray(layer.codebook), before, err_msg="a look must not change it")


@pytest.mark.slow
def test_entries_settle_on_clusters():
    layer = Quantizer(3, 2, seed=0)
    centres = np.array([[4, 0], [-4, 0], [0, 4]], np.float32)
    for step in range(400):
        random = np.random.default_rng(step)
        codes = centres[random.integers(0, 3, 90)] + 0.1 * random.standard_normal((90, 2)).astype(np.float32)
        layer(codes, training=True)
    book = np.asarray(layer.codebook)
    np.testing.assert_allclose(book[pairwise_distances_argmin(centres, book)], centres, atol=0.1)


def test_dead_entries_begin_anew_as_vectors_of_the_batch():
    layer = Quantizer(8, 2, seed=0)
    codes = vectors(100, 2)
    before = np.asarray(layer.codebook).copy()
    before[5:] += 100
    layer.codebook.assign(before)
    layer(codes, training=True)
    first = pairwise_distances_argmin(codes, before)
    for entry, now in enumerate(np.asarray(layer.codebook)):
        if entry in first:
            np.testing.assert_allclose(now, codes[first == entry].mean(axis=0), rtol=1e-4, atol=1e-6)
        else:
            assert np.isclose(codes, now).all(axis=1).any(), "an entry that nothing chose becomes a vector of the batch"
    assert len(np.unique(np.asarray(layer.codebook), axis=0)) == 8
    far = np.full((8, 2), 1000.0, np.float32)
    far[0] = 0
    layer.codebook.assign(far)
    layer.sums.assign(far * np.asarray(layer.counts)[:, None])
    steps = 0
    while np.abs(np.asarray(layer.codebook)).max() > 100:
        layer(codes, training=True)
        steps += 1
        assert steps < 2000, "entries that nothing chooses must not stay"
    assert steps > 10, "one batch without it does not kill an entry"
    chosen = pairwise_distances_argmin(codes, np.asarray(layer.codebook))
    assert len(np.unique(chosen)) == 8


def test_commitment_is_the_mean_squared_distance_to_the_chosen_entries():
    layer = Quantizer(12, 3, seed=0)
    codes = vectors(20, 6)
    both = array(layer(codes))
    expected = 0.25 * np.mean((codes - both[:, 6:]) ** 2)
    assert float(CommitmentPenalty(0.25)(both)) == pytest.approx(expected, rel=1e-5)


@pytest.mark.slow(seconds=1)
@pytest.mark.parametrize("network", ["dense", "convolutional"])
def test_the_saved_encoder_gives_the_same_code_without_this_package(network, tmp_path):
    model = built(network=network, channels=(4, 4))
    images = np.random.default_rng(0).random((6, *SPEC.shape), np.float32)
    model.features(images, training=True)  # a codebook of the encoder's own vectors
    codes = model.encode(images)
    assert codes.shape == (6, *model.code_shape)
    encoder, _ = model.standalone_parts()
    encoder.save(tmp_path / "encoder.keras")
    loaded = keras.models.load_model(tmp_path / "encoder.keras", safe_mode=True)
    np.testing.assert_allclose(array(loaded(images)), codes, rtol=1e-6)
    book = np.asarray(model.bottleneck.quantizer.codebook)
    pieces = codes.reshape(-1, 3)
    distances = np.abs(pieces[:, None] - book).max(axis=-1).min(axis=1)
    np.testing.assert_allclose(distances, 0, atol=1e-6, err_msg="every piece is an entry")
    assert len(np.unique(pieces, axis=0)) > 1


def look(model: Any, codes: np.ndarray) -> Look:
    images = np.zeros((len(codes), *SPEC.shape), np.float32)
    return Look(model, images, images, codes, lambda shown: (255 * shown).astype(np.uint8))


def test_numbers_of_a_codebook_whose_use_is_known():
    model = built(latent_dim=2, codebook_size=8)
    quantizer = model.bottleneck.quantizer
    book = np.asarray(quantizer.codebook)
    words = np.array([[0, 1], [2, 3]] * 10)
    found = CodebookUse(quantizer).numbers(look(model, book[words].reshape(20, -1)))
    assert found["perplexity"] == pytest.approx(4), "four entries, all alike"
    assert found["codebook_used"] == pytest.approx(4 / 8)
    assert found["codebook_size"] == 8
    assert found["code_bits"] == pytest.approx(2 * 3)
    uneven = np.array([[0, 0], [0, 1]])
    numbers = CodebookUse(quantizer).numbers(look(model, book[uneven].reshape(2, -1)))
    share = np.array([3 / 4, 1 / 4])
    assert numbers["perplexity"] == pytest.approx(np.exp(-(share * np.log(share)).sum()))


def test_bars_show_the_use_of_every_entry():
    model = built(latent_dim=2, codebook_size=8)
    quantizer = model.bottleneck.quantizer
    words = np.array([[5, 5], [5, 1]])
    content = CodebookUse(quantizer).measure(look(model, np.asarray(quantizer.codebook)[words].reshape(2, -1)))
    np.testing.assert_allclose(content.values, [0.75, 0.25, 0, 0, 0, 0, 0, 0])
    assert content.faint == [2, 3, 4, 5, 6, 7]
    assert content.line == pytest.approx(1 / 8)
    assert content.caption == "6 of 8 entries are not used."


def test_pictures_begin_with_the_unchanged_image_and_change_one_position():
    model = built(latent_dim=5, codebook_size=4)
    quantizer = model.bottleneck.quantizer
    words = np.random.default_rng(0).integers(0, 4, (30, 5))
    words[:, 2] = 1  # the position that never varies is not shown
    codes = np.asarray(quantizer.codebook)[words].reshape(30, -1)
    seen: list[np.ndarray] = []
    decode = model.decode

    def watched(given: np.ndarray) -> np.ndarray:
        seen.append(given)
        return decode(given)

    model.decode = watched
    content = Replacements(quantizer).measure(look(model, codes))
    assert content.columns == 4
    assert content.rows == ["1", "2", "4", "5"]
    tried = choices(quantizer, seen[0]).reshape(4, 4, 5)
    for row, position in enumerate([0, 1, 3, 4]):
        np.testing.assert_array_equal(tried[row, 0], words[0])
        others = np.delete(tried[row], position, axis=1)
        np.testing.assert_array_equal(others, np.tile(np.delete(words[0], position), (4, 1)))
        assert sorted(tried[row, :, position]) == [0, 1, 2, 3], "each entry once"


@pytest.mark.slow
def test_a_second_training_of_the_same_model_gives_the_same_codebook():
    given = settings(latent_dim=4, epochs=2, train_size=200, batch_size=32, codebook_size=16)
    books, starts = [], []
    used: list[Any] = []
    for _ in range(2):
        # The compiled model is kept: this is the one that the training uses.
        quantizer = cache.prepare(given).model.bottleneck.quantizer
        starts.append(np.asarray(quantizer.codebook).copy())
        used.append(session.train(given, emit=lambda message: None).test["perplexity"])
        books.append(np.asarray(quantizer.codebook).copy())
    np.testing.assert_array_equal(starts[0], starts[1])
    assert not np.allclose(books[0], starts[0], atol=0.1)
    np.testing.assert_allclose(books[0], books[1], rtol=1e-4, atol=1e-6)
    assert used[0] == pytest.approx(used[1], rel=1e-4)
    assert used[0] > 2


def test_the_codebook_counts_as_trained_numbers():
    small, large = built(codebook_size=12), built(codebook_size=20)
    assert cache.parameter_count(large) - cache.parameter_count(small) == 8 * 3
