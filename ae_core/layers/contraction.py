"""Penalties that keep the code calm when the image moves."""

import keras
from keras import ops

# Derivatives of activations, from their outputs: all that the Jacobian of a dense layer needs besides its weights.
SLOPES = {
    "sigmoid": lambda code: code * (1.0 - code),
    "tanh": lambda code: 1.0 - ops.square(code),
    "relu": lambda code: ops.cast(code > 0.0, code.dtype),
    "linear": ops.ones_like,
}


class ContractivePenalty(keras.layers.Layer):
    """Makes the code move little when the image moves: `β ‖∂z/∂x‖²`, averaged over the batch.

    The squared Frobenius norm of the Jacobian of one dense layer `z = f(x W + b)` has a closed form,
    `Σⱼ f'(aⱼ)² Σᵢ Wᵢⱼ²`, in which f' follows from z.

    Args:
        source: The built dense layer that makes the code; its activation is one of `SLOPES`.
        activation: Name of that activation.
        weight: β, at least 0. A variable, so that it can be changed while a training runs.

    References:
        Rifai, Vincent, Muller, Glorot & Bengio, Contractive auto-encoders, ICML 2011, eq. 5 and section 5.3.
    """

    def __init__(self, source: keras.layers.Dense, activation: str, weight: float):
        super().__init__(trainable=False, name="contraction")
        self._kernel = lambda: source.kernel  # not tracked as a weight of this layer: it belongs to the encoder
        self.slope = SLOPES[activation]
        self.weight = self.add_weight(
            shape=(), initializer=keras.initializers.Constant(weight), trainable=False, name="contraction_weight"
        )

    def call(self, code, training=False):
        """`(batch, units)` → the weighted penalty, a scalar."""
        return self.weight * ops.mean(self.squared_norms(code))

    def squared_norms(self, code):
        """`(batch, units)` → `‖∂z/∂x‖²` of each example, `(batch,)`."""
        return ops.sum(ops.square(self.slope(code)) * ops.sum(ops.square(self._kernel()), axis=0), axis=-1)
