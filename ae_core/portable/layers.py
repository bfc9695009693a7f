"""Keras's layers in the words of `description`, and those that have none refused by name."""

from collections.abc import Callable, Sequence
from typing import Any, TypedDict

import keras
import numpy as np
from msgspec.structs import replace

from ae_core.portable.block import Block
from ae_core.portable.description import (
    AnyLayer,
    Array,
    Concatenation,
    Convolution,
    Cropping,
    Dense,
    Input,
    KeepLargest,
    NearestEntry,
    Part,
    Pooling,
    Reshape,
    Slice,
    Upsampling,
)

ACTIVATIONS = ("linear", "relu", "elu", "gelu", "tanh", "sigmoid")
SPREAD = "z_log_var"  # what the layer of log-variances is called


class _Facts(TypedDict):
    """What every layer has."""

    name: str
    inputs: list[int]
    shape: list[int]


class _Weights(TypedDict):
    kernel: Array
    bias: Array | None
    activation: str


class _Window(TypedDict):
    strides: list[int]
    before: list[int]


class NotPortableError(Exception):
    """Why a network cannot be expressed, in one sentence."""


def part(network: keras.Model, block: Block) -> Part:
    """Encoder or decoder as a list of layers.

    Args:
        network: Layers and operations of Keras itself, with one input and one output.
        block: Where their weights go.

    Raises:
        NotPortableError: If one of them has no word in `description`.
    """
    translation = _Translation(network, block)
    translation.place_of(network.output)
    names = [layer.name for layer in translation.layers]
    return Part(translation.layers, names.index(SPREAD) if SPREAD in names else None)


def behind_codebook(encoder: Part, decoder: Part) -> Part:
    """The decoder as a person may give it any code: where the encoder chooses entries, so does it first.

    Args:
        encoder: The network's encoder.
        decoder: Its decoder.
    """
    found = next((layer for layer in encoder.layers if isinstance(layer, NearestEntry)), None)
    if found is None:
        return decoder
    code, *rest = decoder.layers
    chosen = replace(found, inputs=[0], shape=code.shape)
    return Part([code, chosen, *(replace(layer, inputs=[place + 1 for place in layer.inputs]) for layer in rest)])


class _Translation:
    """Goes from a network's output back to its input; layers are noted once all that they take is noted."""

    def __init__(self, network: keras.Model, block: Block) -> None:
        self.block = block
        self.layers: list[AnyLayer] = []
        self._makers = {
            id(tensor): operation for operation in network.operations for tensor in keras.tree.flatten(operation.output)
        }
        self._places: dict[int, int] = {}

    def maker(self, tensor: Any) -> Any:
        """The operation whose output a tensor is."""
        return self._makers[id(tensor)]

    def place_of(self, tensor: Any) -> int:
        """Where the layer that makes a tensor stands in the list."""
        if id(tensor) not in self._places:
            operation = self.maker(tensor)
            translate = _WORDS.get(type(operation).__name__)
            if translate is None:
                raise _unknown(operation)
            layer = translate(self, operation, tensor)
            self._places[id(tensor)] = len(self.layers)
            self.layers.append(layer)
        return self._places[id(tensor)]

    def facts(self, operation: Any, tensor: Any, inputs: Sequence[Any] | None = None) -> _Facts:
        """What every layer says of itself; its inputs are noted first."""
        taken = keras.tree.flatten(operation.input) if inputs is None else inputs
        return {
            "name": operation.name,
            "inputs": [self.place_of(one) for one in taken],
            "shape": [int(length) for length in tensor.shape[1:]],
        }


def _unknown(operation: Any, what: str = "") -> NotPortableError:
    kind = type(operation).__name__
    return NotPortableError(
        f"It has a layer that browsers are not told to compute: {operation.name} ({kind}{f', {what}' if what else ''})."
    )


def _activation(layer: Any) -> str:
    name = keras.activations.serialize(layer.activation)
    if name not in ACTIVATIONS:
        raise _unknown(layer, f"activation {name}")
    return name


def _input(translation: _Translation, layer: Any, tensor: Any) -> Input:
    return Input(**translation.facts(layer, tensor, inputs=()))


def _weights(translation: _Translation, layer: Any, in_images: bool = False) -> _Weights:
    kernel = np.moveaxis(np.asarray(layer.kernel), -1, 0)  # the numbers of one sum side by side
    if in_images and kernel.ndim == 3:
        kernel = kernel[:, None]  # a series is an image that is one pixel high
    bias = translation.block.add(np.asarray(layer.bias)) if layer.use_bias else None
    return {"kernel": translation.block.add(kernel), "bias": bias, "activation": _activation(layer)}


def _dense(translation: _Translation, layer: Any, tensor: Any) -> Dense:
    return Dense(**translation.facts(layer, tensor), **_weights(translation, layer))


def _convolution(translation: _Translation, layer: Any, tensor: Any) -> Convolution:
    if layer.data_format != "channels_last" or layer.groups != 1 or set(layer.dilation_rate) != {1}:
        raise _unknown(layer, "in groups, dilated, or with channels first")
    window = _window(layer, layer.kernel_size, layer.strides)
    return Convolution(**translation.facts(layer, tensor), **_weights(translation, layer, in_images=True), **window)


def _pooling(rule: str) -> Callable[[_Translation, Any, Any], Pooling]:
    def translate(translation: _Translation, layer: Any, tensor: Any) -> Pooling:
        window = _window(layer, layer.pool_size, layer.strides)
        return Pooling(**translation.facts(layer, tensor), rule=rule, size=_of_image(layer.pool_size, 1), **window)

    return translate


def _window(layer: Any, size: Sequence[int], strides: Sequence[int]) -> _Window:
    """How a window goes over an image: with `same`, what stands out is shared, and the odd row is below or right."""
    lengths = layer.input.shape[1:-1]
    before = [0] * len(lengths)
    if layer.padding == "same":
        missing = [
            max((-(-length // step) - 1) * step + wide - length, 0)
            for length, wide, step in zip(lengths, size, strides, strict=True)
        ]
        before = [count // 2 for count in missing]
    return {"strides": _of_image(strides, 1), "before": _of_image(before, 0)}


def _of_image(lengths: Sequence[int], height: int) -> list[int]:
    """Two numbers, down and across: a series is an image that is one pixel high."""
    return [height] * (2 - len(lengths)) + list(lengths)


def _upsampling(translation: _Translation, layer: Any, tensor: Any) -> Upsampling:
    if layer.interpolation != "nearest":
        raise _unknown(layer, f"interpolation {layer.interpolation}")
    return Upsampling(**translation.facts(layer, tensor), size=list(layer.size))


def _repeated(translation: _Translation, layer: Any, tensor: Any) -> Upsampling:
    return Upsampling(**translation.facts(layer, tensor), size=_of_image([layer.size], 1))


def _cropping(translation: _Translation, layer: Any, tensor: Any) -> Cropping:
    (above, _), (left, _) = layer.cropping
    return Cropping(**translation.facts(layer, tensor), before=[above, left])


def _reshape(translation: _Translation, layer: Any, tensor: Any) -> Reshape:
    return Reshape(**translation.facts(layer, tensor))


def _activated(translation: _Translation, layer: Any, tensor: Any) -> Reshape:
    return Reshape(**translation.facts(layer, tensor), activation=_activation(layer))


def _concatenation(translation: _Translation, layer: Any, tensor: Any) -> Concatenation:
    if len(tensor.shape) != 2:
        raise _unknown(layer, "of more than rows")
    return Concatenation(**translation.facts(layer, tensor))


def _slice(translation: _Translation, layer: Any, tensor: Any) -> Slice:
    """Rows cut off before and behind: what is left lies side by side."""
    first, _ = layer.cropping
    return Slice(**translation.facts(layer, tensor), start=first * tensor.shape[2])


def _keep_largest(translation: _Translation, product: Any, tensor: Any) -> KeepLargest:
    """Knows again the operations of `models.layers.sparsity.keep_largest`, `code * (code >= smallest that stays)`."""
    code, chosen = keras.tree.flatten(product.input)
    chain = [translation.maker(chosen)]
    for _ in range(len(_KEEPING) - 1):
        chain.append(translation.maker(keras.tree.flatten(chain[-1].input)[-1]))
        if type(chain[-1]).__name__ == "InputLayer":
            break
    if tuple(type(operation).__name__ for operation in chain) != _KEEPING:
        raise _unknown(product)
    _, compared, _, largest = chain
    if compared.input[0] is not code or largest.input is not code:
        raise _unknown(product)
    return KeepLargest(**translation.facts(product, tensor, [code]), count=largest.k)


def _nearest_entry(translation: _Translation, lookup: Any, tensor: Any) -> NearestEntry:
    """Knows again the layers of `models.layers.quantizer`, whose scores are largest where an entry is nearest."""
    chosen = translation.maker(lookup.input)
    scores = translation.maker(keras.tree.flatten(chosen.input)[0])
    if type(chosen).__name__ != "Argmax" or type(scores).__name__ != "Dense":
        raise _unknown(lookup)
    entries, kernel, bias = (np.asarray(one) for one in (lookup.embeddings, scores.kernel, scores.bias))
    if not (np.array_equal(kernel.T, entries) and np.allclose(bias, -0.5 * np.sum(entries**2, axis=1), atol=1e-4)):
        raise _unknown(lookup)
    return NearestEntry(
        **translation.facts(lookup, tensor, [scores.input]),
        entries=translation.block.add(entries),
        bias=translation.block.add(bias),
    )


# By the name of the class, because Keras does not export the classes of its operations.
_KEEPING = ("Cast", "GreaterEqual", "GetItem", "TopK")
_WORDS: dict[str, Callable[[_Translation, Any, Any], AnyLayer]] = {
    "InputLayer": _input,
    "Dense": _dense,
    "Conv1D": _convolution,
    "Conv2D": _convolution,
    "MaxPooling1D": _pooling("max"),
    "MaxPooling2D": _pooling("max"),
    "AveragePooling1D": _pooling("mean"),
    "AveragePooling2D": _pooling("mean"),
    "UpSampling1D": _repeated,
    "UpSampling2D": _upsampling,
    "Cropping1D": _slice,
    "Cropping2D": _cropping,
    "Flatten": _reshape,
    "Reshape": _reshape,
    "Activation": _activated,
    "Concatenate": _concatenation,
    "Multiply": _keep_largest,
    "Embedding": _nearest_entry,
}
