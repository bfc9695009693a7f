"""How much arithmetic a network takes, counted from its layers."""

from collections.abc import Iterable
from typing import Any

import keras
import numpy as np


def operations(parts: Iterable[Any]) -> list:
    """The same layers and bare operations, but instead of a model inside the network what that one is made of."""
    found: list = []
    for part in parts:
        if isinstance(part, keras.Model):
            found += operations(part.layers if isinstance(part, keras.Sequential) else part.operations)
        else:
            found.append(part)
    return found


def multiply_adds(parts: Iterable[Any]) -> float:
    """Multiply-adds that one example takes on its way through built layers, forwards.

    A layer uses its weights once for each place of its output: a dense layer once, or once for each step of a series;
    a convolution at each pixel. A recurrent layer uses them at each step of its input. Biases and activations are left
    out, but not products of one thing computed with another, as in attention.

    Args:
        parts: Operations of functional models, so that their inputs and outputs are known.
    """
    return float(sum(_of_product(one) if is_product(one) else _of_layer(one) for one in operations(parts)))


def is_product(operation: Any) -> bool:
    """Whether it multiplies two things that were computed."""
    return type(operation).__name__ == "Matmul"  # Keras has no public name for the class


def is_recurrent(layer: Any) -> bool:
    """Whether a layer goes through its input step by step."""
    return isinstance(layer, keras.layers.RNN | keras.layers.Bidirectional)


def _of_product(operation: Any) -> float:
    first, second = operation.input
    return float(np.prod(first.shape[1:]) * second.shape[-1])


def _of_layer(layer: Any) -> float:
    # Those of the layers inside it as well; weights that are no matrices are biases and scales.
    weights = layer.weights if isinstance(layer, keras.layers.Layer) else ()  # a bare operation has none
    kernels = sum(np.prod(weight.shape) for weight in weights if "kernel" in weight.name)
    if not kernels:
        return 0.0
    places = layer.input.shape[1] if is_recurrent(layer) else np.prod(layer.output.shape[1:-1])
    return float(places * kernels)
