"""Mirrored dense stacks, with weights of their own or tied ones."""

import keras
import numpy as np
from keras import ops

from ae_core.settings import DataSpec


class TiedDense(keras.layers.Layer):
    """A dense layer whose kernel is the transpose of another one's: `y = x Wᵀ + b`, with a bias of its own.

    Args:
        source: The built `keras.layers.Dense` of kernel shape `(inputs, units)`.
        activation: Name of an activation, or None.

    Shapes: `(batch, units)` → `(batch, inputs)`.
    """

    def __init__(self, source: keras.layers.Dense, activation: str | None = None, name: str | None = None):
        super().__init__(name=name)
        self._source = lambda: source  # not tracked as a part of this layer: it belongs to the encoder
        self.activation = keras.activations.get(activation)
        self.bias = self.add_weight(shape=(source.kernel.shape[0],), initializer="zeros", name="bias")

    def get_config(self):
        """The constructor's arguments; `source` is the other layer itself, not a copy of it."""
        given = {"source": self._source(), "activation": keras.activations.serialize(self.activation)}
        return super().get_config() | given

    def call(self, inputs):
        return self.activation(self.logits(inputs))

    def logits(self, inputs):
        """What stands before the activation, `x Wᵀ + b`."""
        return ops.matmul(inputs, ops.transpose(self._source().kernel)) + self.bias

    def compute_output_shape(self, input_shape):
        return (*input_shape[:-1], self.bias.shape[0])

    def untied(self) -> keras.layers.Dense:
        """An ordinary dense layer of the same shape, for a saved decoder that must stand alone."""
        return keras.layers.Dense(self.bias.shape[0], activation=self.activation, name=self.name)

    def untied_weights(self) -> list[np.ndarray]:
        """Kernel and bias for `untied`."""
        return [np.transpose(np.asarray(self._source().kernel)), np.asarray(self.bias)]


class Preactivation(keras.layers.Layer):
    """What a dense layer computes before its activation, `x W + b`, with that layer's own weights.

    The activation then stands alone, as a decoder's last layer must: only from logits is cross-entropy exact.

    Args:
        source: The built layer, `keras.layers.Dense` or `TiedDense`.

    Shapes: `(batch, units)` → `(batch, source units)`.
    """

    def __init__(self, source: keras.layers.Layer):
        super().__init__(name=f"{source.name}_logits")
        self.source = source

    def call(self, inputs):
        if isinstance(self.source, TiedDense):
            return self.source.logits(inputs)
        return ops.matmul(inputs, self.source.kernel) + self.source.bias

    def compute_output_shape(self, input_shape):
        return self.source.compute_output_shape(input_shape)


def dense_pair(
    spec: DataSpec,
    widths: tuple[int, ...],
    latent_dim: int,
    *,
    activation: str = "linear",
    code_activation: str = "linear",
    output: str,
    tied: bool = False,
) -> tuple[keras.Model, keras.Model]:
    """A dense encoder and its mirror image: input → widths → code → widths reversed → reconstruction.

    Args:
        spec: Shape of one example.
        widths: Units of the hidden layers, from the input on; may be empty.
        latent_dim: Units of the code.
        activation: Activation of the hidden layers.
        code_activation: Activation of the code.
        output: Last activation, `sigmoid` or `linear`: a layer of its own, so that the loss can use the logits.
        tied: Whether each decoder layer takes the transposed kernel of its mirror image instead of one of its own.

    Returns:
        The encoder, `(batch, *spec.shape)` → `(batch, latent_dim)`, and the decoder, the other way round.
    """
    inputs = keras.Input(spec.shape, name="input")
    hidden = keras.layers.Flatten(name="flatten")(inputs)  # (batch, size)
    dense = []
    for index, width in enumerate(widths, start=1):
        dense.append(keras.layers.Dense(width, activation=activation, name=f"encode_{index}"))
        hidden = dense[-1](hidden)
    dense.append(keras.layers.Dense(latent_dim, activation=code_activation, name="code"))
    encoder = keras.Model(inputs, dense[-1](hidden), name="encoder")

    code = hidden = keras.Input((latent_dim,), name="code_input")
    mirrored = [*widths[::-1], spec.size]
    for index, (source, width) in enumerate(zip(dense[::-1], mirrored, strict=True), start=1):
        last = index == len(mirrored)
        name = "pixels" if last else f"decode_{index}"
        kind = None if last else activation
        layer = TiedDense(source, kind, name) if tied else keras.layers.Dense(width, activation=kind, name=name)
        hidden = layer(hidden)
    hidden = keras.layers.Reshape(spec.shape, name="shape")(hidden)
    decoder = keras.Model(code, keras.layers.Activation(output, name="reconstruction")(hidden), name="decoder")
    return encoder, decoder
