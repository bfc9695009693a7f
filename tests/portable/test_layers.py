"""Every layer that a portable network can have, as Node.js and as Keras compute it."""

import math

import keras
import numpy as np
import pytest

from ae_core.models.layers.convolution import convolutional_pair
from ae_core.models.layers.quantizer import Quantizer, StraightThrough
from ae_core.models.layers.sparsity import keep_largest
from ae_core.models.layers.transformer import transformer_block
from ae_core.portable.block import Block
from ae_core.portable.description import Part
from ae_core.portable.layers import behind_codebook, part
from ae_core.portable.translation import NotPortableError
from ae_core.portable.words import ACTIVATIONS
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
    "zeros around images": (IMAGE, layers.ZeroPadding2D(((1, 2), (3, 0)))),
    "zeros around series": (TABLE, layers.ZeroPadding1D((2, 1))),
    "a bias for each row": (
        TABLE,
        layers.EinsumDense("abc,cd->abd", (5, 3), bias_axes="bd", bias_initializer="normal"),
    ),
    "axes in another order": (IMAGE, layers.Permute((3, 1, 2))),
    "again and again": (ROW, layers.RepeatVector(3)),
    "scaled": (TABLE, layers.Rescaling(-0.7)),
    "normalised": (TABLE, layers.LayerNormalization(epsilon=1e-3)),
    "shares": (TABLE, layers.Softmax()),
    "GRU": (SERIES, layers.GRU(4)),
    "GRU, all states": (SERIES, layers.GRU(4, return_sequences=True)),
    "LSTM": (SERIES, layers.LSTM(4)),
    "LSTM, all states": (SERIES, layers.LSTM(4, return_sequences=True)),
    "both ways": (SERIES, layers.Bidirectional(layers.GRU(3))),
    "both ways, all states": (SERIES, layers.Bidirectional(layers.LSTM(3, return_sequences=True))),
    **{f"dense, {name}": (ROW, layers.Dense(6, activation=name)) for name in ACTIVATIONS},
    **{name: (ROW, layers.Activation(name)) for name in ACTIVATIONS},
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
    same = layers.Dense(4)(inputs)
    made = {
        "side by side": layers.Concatenate()(both),
        "the largest": keep_largest(both[0], 2),
        "a sum": layers.Add()([both[0], same, same]),
    }
    for name, output in made.items():
        encoder = keras.Model(inputs, output)
        networks[name] = packed(encoder, rest(encoder, ROW), examples)

    tokens = keras.Input(TABLE)
    wide = keras.ops.matmul(tokens, layers.Permute((2, 1))(tokens))
    block = transformer_block(*TABLE, 3, "block")
    examples = np.random.default_rng(3).normal(0, 2, (7, *TABLE)).astype(np.float32)
    made = {
        "a product of tables": wide,
        "a block": block(tokens),
        "side by side, rows": layers.Concatenate()([tokens, wide]),
    }
    for name, output in made.items():
        encoder = keras.Model(tokens, output)
        networks[name] = packed(encoder, rest(encoder, TABLE), examples)

    for odd in (DataSpec((28, 27, 1)), DataSpec((27, 3))):
        pair = convolutional_pair(odd, (16, 8, 8), 4, activation="relu", output="sigmoid")
        images = np.random.default_rng(2).random((5, *odd.shape))
        networks[f"odd sizes on the way down and up: {odd.noun}"] = packed(*pair, images)

    for (name, one), found in zip(networks.items(), by_node([*networks.values()], tmp_path), strict=True):
        check(one, found, name)


REFUSED = {
    "SimpleRNN": (TABLE, layers.SimpleRNN(3)),
    "LSTM, of an unusual kind": (TABLE, layers.LSTM(3, activation="relu")),
    "GRU, of an unusual kind": (TABLE, layers.GRU(3, reset_after=False)),
    "GRU, read backwards": (TABLE, layers.GRU(3, go_backwards=True)),
    "Bidirectional, merged by sum": (TABLE, layers.Bidirectional(layers.GRU(3), merge_mode="sum")),
    "EinsumDense, abc,bd->acd": (TABLE, layers.EinsumDense("abc,bd->acd", (4, 6))),
    "Rescaling, with an offset": (ROW, layers.Rescaling(2.0, offset=1.0)),
    "LayerNormalization, along another": (TABLE, layers.LayerNormalization(axis=1)),
    "Softmax, along another": (TABLE, layers.Softmax(axis=1)),
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
    with pytest.raises(NotPortableError, match=said) as refused:
        part(keras.Model(inputs, layer(inputs)), Block())
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
    coding = part(encoder, block)
    decoding = behind_codebook(coding, part(decoder, block))
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
        with pytest.raises(NotPortableError, match="Embedding"):
            part(keras.Model(inputs, table), Block())


def test_a_layer_that_is_used_twice_is_refused_by_name():
    inputs = keras.Input(TABLE)
    twice = layers.Dense(4, name="twice")
    with pytest.raises(NotPortableError, match="the layer twice more than once"):
        part(keras.Model(inputs, twice(twice(inputs))), Block())


def test_operations_with_constants_are_refused():
    one = keras.Input(ROW)
    for output in (one + 1.0, one * 2.0, keras.ops.matmul(one, np.eye(11, dtype=np.float32))):
        with pytest.raises(NotPortableError, match=r"Add|Multiply|Matmul"):
            part(keras.Model(one, output), Block())


def test_a_product_that_does_not_keep_the_largest_is_refused():
    one = keras.Input(ROW)
    for product in (one * layers.Dense(11)(one), one * keras.ops.cast(one >= 0.5, "float32")):
        with pytest.raises(NotPortableError, match="Multiply"):
            part(keras.Model(one, product), Block())
