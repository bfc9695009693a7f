"""Each of Keras's layers in the words of `description`, as far as it can be said in them."""

from collections.abc import Mapping, Sequence
from typing import Any, TypedDict

import keras
import numpy as np

from ae_core.portable.description import (
    Addition,
    Array,
    Concatenation,
    Convolution,
    Cropping,
    Dense,
    Input,
    KeepLargest,
    MatrixProduct,
    NearestEntry,
    Normalization,
    Padding,
    Permutation,
    Pooling,
    Recurrent,
    Repetition,
    Rescaling,
    Reshape,
    Slice,
    Softmax,
    Upsampling,
)
from ae_core.portable.graph import Node
from ae_core.portable.translation import Translation, Word, unknown

ACTIVATIONS = ("linear", "relu", "elu", "gelu", "tanh", "sigmoid")
CELLS = {"GRU": "gru", "LSTM": "lstm"}


class _Weights(TypedDict):
    kernel: Array
    bias: Array | None
    activation: str


class _Window(TypedDict):
    strides: list[int]
    before: list[int]


def _activation(node: Node) -> str:
    name = keras.activations.serialize(node.operation.activation)
    if name not in ACTIVATIONS:
        raise unknown(node, f"activation {name}")
    return str(name)


def _input(translation: Translation, node: Node) -> Input:
    return Input(**translation.facts(node))


def _weights(translation: Translation, node: Node, in_images: bool = False) -> _Weights:
    layer = node.operation
    kernel = np.moveaxis(np.asarray(layer.kernel), -1, 0)  # the numbers of one sum side by side
    if in_images and kernel.ndim == 3:
        kernel = kernel[:, None]  # a series is an image that is one pixel high
    bias = None if layer.bias is None else translation.block.add(np.asarray(layer.bias))
    return {"kernel": translation.block.add(kernel), "bias": bias, "activation": _activation(node)}


def _dense(translation: Translation, node: Node) -> Dense:
    return Dense(**translation.facts(node), **_weights(translation, node))


def _dense_by_place(translation: Translation, node: Node) -> Dense:
    """One kernel for all rows, and a bias for each, as `models.layers.transformer.embedding` has it."""
    if node.operation.equation != "abc,cd->abd":
        raise unknown(node, node.operation.equation)
    return _dense(translation, node)


def _convolution(translation: Translation, node: Node) -> Convolution:
    layer = node.operation
    if layer.data_format != "channels_last" or layer.groups != 1 or set(layer.dilation_rate) != {1}:
        raise unknown(node, "in groups, dilated, or with channels first")
    window = _window(layer, layer.kernel_size, layer.strides)
    return Convolution(**translation.facts(node), **_weights(translation, node, in_images=True), **window)


def _pooling(rule: str) -> Word:
    def word(translation: Translation, node: Node) -> Pooling:
        size, strides = node.operation.pool_size, node.operation.strides
        window = _window(node.operation, size, strides)
        return Pooling(**translation.facts(node), rule=rule, size=_of_image(size, 1), **window)

    return word


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


def _upsampling(translation: Translation, node: Node) -> Upsampling:
    if node.operation.interpolation != "nearest":
        raise unknown(node, f"interpolation {node.operation.interpolation}")
    return Upsampling(**translation.facts(node), size=list(node.operation.size))


def _repeated(translation: Translation, node: Node) -> Upsampling:
    return Upsampling(**translation.facts(node), size=_of_image([node.operation.size], 1))


def _cropping(translation: Translation, node: Node) -> Cropping:
    (above, _), (left, _) = node.operation.cropping
    return Cropping(**translation.facts(node), before=[above, left])


def _padding_of_images(translation: Translation, node: Node) -> Padding:
    (above, _), (left, _) = node.operation.padding
    return Padding(**translation.facts(node), before=[above, left])


def _padding_of_series(translation: Translation, node: Node) -> Padding:
    return Padding(**translation.facts(node), before=_of_image([node.operation.padding[0]], 0))


def _reshape(translation: Translation, node: Node) -> Reshape:
    return Reshape(**translation.facts(node))


def _activated(translation: Translation, node: Node) -> Reshape:
    return Reshape(**translation.facts(node), activation=_activation(node))


def _permutation(translation: Translation, node: Node) -> Permutation:
    return Permutation(**translation.facts(node), order=[axis - 1 for axis in node.operation.dims])


def _repetition(translation: Translation, node: Node) -> Repetition:
    return Repetition(**translation.facts(node))


def _along_the_last_axis(node: Node) -> None:
    if node.operation.axis not in (-1, len(node.shape)):
        raise unknown(node, "along another axis than the last")


def _concatenation(translation: Translation, node: Node) -> Concatenation:
    _along_the_last_axis(node)
    return Concatenation(**translation.facts(node))


def _addition(translation: Translation, node: Node) -> Addition:
    if len(node.inputs) < 2 or any(one.shape != node.shape for one in node.inputs):
        raise unknown(node, "of different shapes")
    return Addition(**translation.facts(node))


def _rescaling(translation: Translation, node: Node) -> Rescaling:
    if np.ndim(node.operation.scale) or np.any(node.operation.offset):
        raise unknown(node, "with an offset, or with many scales")
    return Rescaling(**translation.facts(node), factor=float(node.operation.scale))


def _normalization(translation: Translation, node: Node) -> Normalization:
    layer, last = node.operation, len(node.shape)
    axes = [layer.axis] if isinstance(layer.axis, int) else list(layer.axis)
    if axes not in ([-1], [last]) or layer.gamma is None or layer.beta is None:
        raise unknown(node, "along another axis than the last, or without its two weights")
    return Normalization(
        **translation.facts(node),
        scale=translation.block.add(np.asarray(layer.gamma)),
        shift=translation.block.add(np.asarray(layer.beta)),
        epsilon=layer.epsilon,
    )


def _softmax(translation: Translation, node: Node) -> Softmax:
    _along_the_last_axis(node)
    return Softmax(**translation.facts(node))


def _two(node: Node) -> tuple[Node, Node]:
    """The inputs of an operation of two, neither of them a constant."""
    if len(node.inputs) != 2:
        raise unknown(node, "with a constant")
    return node.inputs[0], node.inputs[1]


def _matrix_product(translation: Translation, node: Node) -> MatrixProduct:
    first, second = _two(node)
    if len(first.shape) != len(second.shape) or first.shape[:-2] != second.shape[:-2]:
        raise unknown(node, "of different shapes")
    return MatrixProduct(**translation.facts(node))


def _slice(translation: Translation, node: Node) -> Slice:
    """Rows cut off before and behind: what is left lies side by side."""
    first, _ = node.operation.cropping
    return Slice(**translation.facts(node), start=first * node.shape[-1])


def _keep_largest(translation: Translation, node: Node) -> KeepLargest:
    """Knows again the operations of `models.layers.sparsity.keep_largest`, `code * (code >= smallest that stays)`."""
    code, chosen = _two(node)
    chain = [chosen]
    while len(chain) < len(_KEEPING) and chain[-1].inputs:
        chain.append(chain[-1].inputs[-1])
    if tuple(one.kind for one in chain) != _KEEPING:
        raise unknown(node)
    _, compared, _, largest = chain
    if compared.inputs[0] is not code or largest.inputs[0] is not code:
        raise unknown(node)
    return KeepLargest(**translation.facts(node, [code]), count=largest.operation.k)


def _nearest_entry(translation: Translation, node: Node) -> NearestEntry:
    """Knows again the layers of `models.layers.quantizer`, whose scores are largest where an entry is nearest."""
    (chosen,) = node.inputs
    (scores,) = chosen.inputs or (chosen,)
    if (chosen.kind, scores.kind) != ("Argmax", "Dense") or chosen.operation.axis != -1:
        raise unknown(node)
    layer = scores.operation
    entries, kernel, bias = (np.asarray(one) for one in (node.operation.embeddings, layer.kernel, layer.bias))
    if not (np.array_equal(kernel.T, entries) and np.allclose(bias, -0.5 * np.sum(entries**2, axis=1), atol=1e-4)):
        raise unknown(node)
    return NearestEntry(
        **translation.facts(node, scores.inputs),
        entries=translation.block.add(entries),
        bias=translation.block.add(bias),
    )


def _recurrent(translation: Translation, node: Node) -> Recurrent:
    if node.operation.go_backwards:
        raise unknown(node, "read backwards")  # alone it would give its states in that order
    return _reading(translation, node, node.operation, node.name)


def _reading(translation: Translation, node: Node, layer: Any, name: str) -> Recurrent:
    """A recurrent layer; of one that reads both ways, one of the two in it."""
    cell = CELLS.get(type(layer).__name__)
    functions = [keras.activations.serialize(one) for one in (layer.activation, layer.recurrent_activation)]
    plain = layer.use_bias and not layer.stateful and getattr(layer, "reset_after", True)
    if cell is None or functions != ["tanh", "sigmoid"] or not plain:
        raise unknown(node, "of an unusual kind")
    kernel, recurrent, bias = layer.get_weights()
    return Recurrent(
        name=name,
        inputs=[translation.place_of(one) for one in node.inputs],
        shape=[*node.shape[:-1], layer.units],
        cell=cell,
        kernel=translation.block.add(kernel.T),
        recurrent=translation.block.add(recurrent.T),
        bias=translation.block.add(bias),
        backwards=layer.go_backwards,
    )


def _both_ways(translation: Translation, node: Node) -> Concatenation:
    layer = node.operation
    if layer.merge_mode != "concat":
        raise unknown(node, f"merged by {layer.merge_mode}")
    ways = {"forward": layer.forward_layer, "backward": layer.backward_layer}
    read = [translation.note(_reading(translation, node, one, f"{node.name}/{way}")) for way, one in ways.items()]
    return Concatenation(name=node.name, inputs=read, shape=list(node.shape))


_KEEPING = ("Cast", "GreaterEqual", "GetItem", "TopK")
WORDS: Mapping[str, Word] = {
    "InputLayer": _input,
    "Dense": _dense,
    "EinsumDense": _dense_by_place,
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
    "ZeroPadding1D": _padding_of_series,
    "ZeroPadding2D": _padding_of_images,
    "Flatten": _reshape,
    "Reshape": _reshape,
    "Permute": _permutation,
    "RepeatVector": _repetition,
    "Activation": _activated,
    "Concatenate": _concatenation,
    "Add": _addition,
    "Rescaling": _rescaling,
    "LayerNormalization": _normalization,
    "Softmax": _softmax,
    "Matmul": _matrix_product,
    "Multiply": _keep_largest,
    "Embedding": _nearest_entry,
    "GRU": _recurrent,
    "LSTM": _recurrent,
    "Bidirectional": _both_ways,
}
