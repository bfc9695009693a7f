"""How much arithmetic a network takes, counted from its layers."""

from collections.abc import Iterable
from typing import Any

import keras
import numpy as np


def simple_layers(layers: Iterable[Any]) -> list:
    """The same layers, but instead of a model inside the network its own layers."""
    found: list = []
    for layer in layers:
        found.extend(simple_layers(layer.layers) if isinstance(layer, keras.Model) else [layer])
    return found


def multiply_adds(layers: Iterable[Any]) -> float:
    """Multiply-adds that one example takes on its way through built layers, forwards.

    A layer uses its weights once for each place of its output: a dense layer once, or once for each step of a series;
    a convolution at each pixel. A recurrent layer uses them at each step of its input. Biases and activations are left
    out, but not what attention adds: every place is held against every other one.

    Args:
        layers: Layers of functional models, so that their inputs and outputs are known.
    """
    return float(sum(_places(layer) * _weights(layer) + _comparisons(layer) for layer in simple_layers(layers)))


def is_recurrent(layer: Any) -> bool:
    """Whether a layer goes through its input step by step."""
    return isinstance(layer, keras.layers.RNN | keras.layers.Bidirectional)


def _places(layer: Any) -> float:
    return layer.input.shape[1] if is_recurrent(layer) else np.prod(layer.output.shape[1:-1])


def _weights(layer: Any) -> float:
    """Numbers in a layer's matrices, those of the layers inside it as well; its other weights are biases and scales."""
    return sum(np.prod(weight.shape) for weight in layer.weights if "kernel" in weight.name)


def _comparisons(layer: Any) -> float:
    """Products of queries with keys, and of what they find with values."""
    if not isinstance(layer, keras.layers.MultiHeadAttention):
        return 0.0
    return 2.0 * layer.output.shape[1] ** 2 * layer.num_heads * layer.key_dim
