"""Every layer that a portable network can have, as Node.js and as Keras compute it."""

import math

import keras
import numpy as np
import pytest

from ae_core.models.layers.convolution import convolutional_pair
from ae_core.models.layers.quantizer import Quantizer, StraightThrough
from ae_core.models.layers.sparsity import keep_largest
from ae_core.portable import layers as words
from ae_core.portable.block import Block
from ae_core.portable.description import Part
from ae_core.settings import DataSpec
from tests.portable.networks import Made, by_node, check, packed, with_parts

layers = keras.layers
IMAGE, ROW, TABLE, SERIES = (9, 7, 3), (11,), (5, 4), (9, 3)  # odd, so that what stands out on one side alone is seen


LAYERS = {
    "convolution": (IMAGE, layers.Conv2D(4, 3, padding="same")),
    "convolution in steps": (IMAGE, layers.Conv2D(5, 3, padding="same", strides=2)),
    "wide convolution in steps": (IMAGE, layers.Conv2D(2, (5, 4), padding="same", strides=(3, 3))),
    "even convolution": (IMAGE, layers.Conv2D(3, (2, 4), padding="same")),
    "convolution inside": (IMAGE, layers.Conv2D(3, (3, 2), padding="valid", strides=(2, 2))),
    "convolution of one pixel": (IMAGE, layers.Conv2D(1, 1, use_bias=False)),
    "largest": (IMAGE, layers.MaxPooling2D(padding="same")),
    "largest of three": (IMAGE, layers.MaxPooling2D(3, strides=2, padding="same")),
    "largest inside": (IMAGE, layers.MaxPooling2D((2, 3), padding="valid")),
    "mean": (IMAGE, layers.AveragePooling2D(2, padding="same")),
    "mean of three": (IMAGE, layers.AveragePooling2D(3, strides=2, padding="same")),
    "upsampling": (IMAGE, layers.UpSampling2D((2, 3))),
    "cropping": (IMAGE, layers.Cropping2D(((1, 2), (0, 3)))),
    "convolution of series": (TABLE, layers.Conv1D(3, 3, padding="same")),
    "convolution of series in steps": (SERIES, layers.Conv1D(4, 4, padding="same", strides=2)),
    "convolution inside series": (SERIES, layers.Conv1D(2, 3, padding="valid", use_bias=False)),
    "largest of series": (SERIES, layers.MaxPooling1D(padding="same")),
    "mean of series": (SERIES, layers.AveragePooling1D(3, strides=2, padding="same")),
    "upsampling of series": (TABLE, layers.UpSampling1D(3)),
    "flatten": (IMAGE, layers.Flatten()),
    "reshape": (IMAGE, layers.Reshape((7, 27))),
    "dense": (ROW, layers.Dense(7)),
    "dense without bias": (ROW, layers.Dense(1, use_bias=False)),
    "dense on each row": (TABLE, layers.Dense(6)),
    "cropped rows": (TABLE, layers.Cropping1D((1, 2))),
    **{f"dense, {name}": (ROW, layers.Dense(6, activation=name)) for name in words.ACTIVATIONS},
    **{name: (ROW, layers.Activation(name)) for name in words.ACTIVATIONS},
}


def alone(shape: tuple[int, ...], layer: keras.layers.Layer) -> Made:
    """A network of one layer, whose decoder gives a sum of the code."""
    inputs = keras.Input(shape)
    encoder = keras.Model(inputs, layer(inputs))
    examples = np.random.default_rng(0).normal(0, 2, (6, *shape)).astype(np.float32)
    return packed(encoder, rest(encoder, shape), examples)


def rest(encoder: keras.Model, shape: tuple[int, ...]) -> keras.Model:
    code = keras.Input(encoder.output_shape[1:])
    hidden = layers.Dense(math.prod(shape))(layers.Flatten()(code))
    return keras.Model(code, layers.Reshape(shape)(hidden))


@pytest.mark.node
@pytest.mark.slow(seconds=8)
def test_layers_compute_what_keras_computes(tmp_path):
    networks = {name: alone(*given) for name, given in LAYERS.items()}

    inputs = keras.Input(ROW)
    both = [layers.Dense(4, activation="tanh")(inputs), layers.Dense(3)(inputs)]
    examples = np.random.default_rng(1).normal(0, 2, (7, *ROW)).astype(np.float32)
    for name, made in {"side by side": layers.Concatenate()(both), "the largest": keep_largest(both[0], 2)}.items():
        encoder = keras.Model(inputs, made)
        networks[name] = packed(encoder, rest(encoder, ROW), examples)

    for odd in (DataSpec((28, 27, 1)), DataSpec((27, 3))):
        pair = convolutional_pair(odd, (16, 8, 8), 4, activation="relu", output="sigmoid")
        made = packed(*pair, np.random.default_rng(2).random((5, *odd.shape)))
        networks[f"odd sizes on the way down and up: {odd.noun}"] = made

    for (name, one), found in zip(networks.items(), by_node([*networks.values()], tmp_path), strict=True):
        check(one, found, name)


REFUSED = {
    "LSTM": (TABLE, layers.LSTM(3)),
    "Conv2D, in groups, dilated": (IMAGE, layers.Conv2D(2, 3, dilation_rate=2)),
    "Conv1D, in groups, dilated": (TABLE, layers.Conv1D(2, 2, dilation_rate=2)),
    "UpSampling2D, interpolation bilinear": (IMAGE, layers.UpSampling2D(interpolation="bilinear")),
    "Dense, activation mish": (ROW, layers.Dense(3, activation="mish")),
    "Dropout": (ROW, layers.Dropout(0.5)),
}


@pytest.mark.parametrize(("said", "given"), REFUSED.items(), ids=REFUSED)
def test_what_has_no_word_is_refused_by_name(said, given):
    shape, layer = given
    inputs = keras.Input(shape)
    with pytest.raises(words.NotPortableError, match=said) as refused:
        words.part(keras.Model(inputs, layer(inputs)), Block())
    assert layer.name in str(refused.value)


def entries_of(vectors: np.ndarray, book: np.ndarray) -> np.ndarray:
    return book[np.sum((vectors.reshape(-1, 1, book.shape[1]) - book) ** 2, axis=2).argmin(axis=1)].reshape(
        vectors.shape
    )


@pytest.mark.node
@pytest.mark.slow
@pytest.mark.parametrize("entries", [1, 5, 8])
def test_the_nearest_entries_are_those_of_numpy(entries, tmp_path):
    """An encoder that chooses entries, and a decoder that is given codes between them."""
    book = np.random.default_rng(entries).normal(0, 1, (entries, 3)).astype(np.float32)
    quantizer = Quantizer(entries, 3, seed=0)
    inputs = keras.Input((2, 6))
    plain = keras.Model(inputs, layers.Activation("linear")(inputs))
    quantizer(np.zeros((1, 2, 6), np.float32))
    quantizer.codebook.assign(book)
    bottleneck = StraightThrough(quantizer)
    encoder = bottleneck.plain(plain, plain)
    code = keras.Input((2, 6))
    decoder = keras.Model(code, layers.Activation("tanh")(code))
    examples = np.random.default_rng(1).normal(0, 1, (7, 2, 6)).astype(np.float32)

    block = Block()
    coding = words.part(encoder, block)
    decoding = words.behind_codebook(coding, words.part(decoder, block))
    assert [type(layer).__name__ for layer in decoding.layers] == ["Input", "NearestEntry", "Reshape"]
    given = Part([coding.layers[0]])  # the code itself, which lies between entries
    one = with_parts(given, decoding, block, examples)
    (found,) = by_node([one], tmp_path)
    np.testing.assert_allclose(found["reconstructions"], np.tanh(entries_of(examples, book)).ravel(), atol=1e-6)
    one = with_parts(coding, decoding, block, examples)
    (found,) = by_node([one], tmp_path)
    np.testing.assert_allclose(found["codes"], entries_of(examples, book).ravel(), atol=1e-6)
    np.testing.assert_allclose(found["reconstructions"], np.tanh(entries_of(examples, book)).ravel(), atol=1e-6)


def test_a_table_that_is_no_codebook_is_refused():
    inputs = keras.Input(TABLE)
    chosen = keras.ops.argmax(layers.Dense(6)(inputs), axis=-1)
    for table in (layers.Embedding(6, 4)(chosen), layers.Embedding(9, 4)(keras.ops.cast(inputs[:, 0], "int32"))):
        with pytest.raises(words.NotPortableError, match="Embedding"):
            words.part(keras.Model(inputs, table), Block())


def test_a_product_that_does_not_keep_the_largest_is_refused():
    one = keras.Input(ROW)
    for product in (one * layers.Dense(11)(one), one * keras.ops.cast(one >= 0.5, "float32")):
        with pytest.raises(words.NotPortableError, match="Multiply"):
            words.part(keras.Model(one, product), Block())
