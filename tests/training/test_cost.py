"""How much arithmetic a network takes, against counts by hand."""

import keras
import pytest

from ae_core.models.layers.transformer import transformer_block
from ae_core.training.work import multiply_adds

L = keras.layers


def count(*layers, shape):
    hidden = inputs = keras.Input(shape)
    for layer in layers:
        hidden = layer(hidden)
    return multiply_adds(keras.Model(inputs, hidden).layers)


@pytest.mark.parametrize(
    ("layer", "shape", "expected"),
    [
        (L.Dense(7), (5,), 5 * 7),
        (L.Dense(7), (3, 5), 3 * 5 * 7),
        (L.EinsumDense("abc,cd->abd", (3, 7)), (3, 5), 3 * 5 * 7),
        (L.Conv2D(4, 3, padding="same"), (8, 6, 2), 8 * 6 * 3 * 3 * 2 * 4),
        (L.Conv2D(4, 3, strides=2, padding="same"), (8, 6, 2), 4 * 3 * 3 * 3 * 2 * 4),
        (L.GRU(10), (28, 5), 28 * (5 + 10) * 3 * 10),
        (L.LSTM(10, return_sequences=True), (28, 5), 28 * (5 + 10) * 4 * 10),
        (L.Bidirectional(L.LSTM(10)), (28, 5), 2 * 28 * (5 + 10) * 4 * 10),
        (L.Flatten(), (28, 5), 0),
    ],
    ids=lambda value: getattr(value, "name", None),
)
def test_weights_count_once_for_each_place_where_they_are_used(layer, shape, expected):
    assert count(layer, shape=shape) == expected


def test_attention_holds_every_place_against_every_other():
    places, width = 9, 8
    projections, widening = 4 * width * width, 2 * width * 2 * width
    comparisons = 2 * places * places * width
    expected = places * (projections + widening) + comparisons
    assert count(transformer_block(places, width, 2, "block"), shape=(places, width)) == expected
