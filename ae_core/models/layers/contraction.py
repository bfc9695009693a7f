"""Penalties that keep the code calm when the image moves."""

import keras
import numpy as np
from keras import ops

from ae_core.models.layers.randomness import NormalBank

# Derivatives of activations, from their outputs: all that the Jacobian of a dense layer needs besides its weights.
SLOPES = {
    "sigmoid": lambda code: code * (1.0 - code),
    "tanh": lambda code: 1.0 - ops.square(code),
    "relu": lambda code: ops.cast(code > 0.0, code.dtype),
    "elu": lambda code: ops.where(code > 0.0, 1.0, code + 1.0),
    "linear": ops.ones_like,
}

STEP = 0.003  # of a finite difference, in units of a pixel: few ReLUs bend within it, and rounding is far smaller


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
        self._source = lambda: source  # not tracked as a part of this layer: it belongs to the encoder
        self.slope = SLOPES[activation]
        self._given = {"activation": activation, "weight": weight}
        self.weight = self.add_weight(
            shape=(), initializer=keras.initializers.Constant(weight), trainable=False, name="contraction_weight"
        )

    def get_config(self):
        """The constructor's arguments; `source` is the encoder's layer itself, not a copy of it."""
        return super().get_config() | {"source": self._source(), **self._given}

    def call(self, code, inputs=None, training=False):
        """`(batch, units)` → the weighted penalty, a scalar."""
        return self.weight * ops.mean(self.squared_norms(code))

    def squared_norms(self, code):
        """`(batch, units)` → `‖∂z/∂x‖²` of each example, `(batch,)`."""
        return ops.sum(ops.square(self.slope(code)) * ops.sum(ops.square(self._source().kernel), axis=0), axis=-1)


class SampledContraction(keras.layers.Layer):
    """The same penalty for an encoder of any depth, from one random direction for each image of each batch.

    For u of independent standard normal numbers `E ‖J u‖² = ‖J‖²`, the squared Frobenius norm of the Jacobian
    `J = ∂z/∂x`, and `J u ≈ (f(x + s u) - f(x)) / s` for a short step s. So the encoder's response to a little noise is
    an unbiased estimate, up to an error of order s² where f is smooth, and of order s where a ReLU bends. Its standard
    deviation is at most √2 times its mean for one image, and less for a batch.

    Args:
        encoder: What makes the code from the images.
        size: Numbers in an image.
        weight: β, at least 0. A variable, so that it can be changed while a training runs.
        seed: Seed of the directions.

    References:
        Hutchinson, A stochastic estimator of the trace of the influence matrix, Communications in Statistics 19, 1990
        (`E uᵀ A u = tr A`, here with `A = Jᵀ J`);
        Rifai et al., Higher order contractive auto-encoder, ECML 2011 (the same difference, one derivative higher).
    """

    def __init__(self, encoder: keras.Model, size: int, weight: float, seed: int):
        super().__init__(trainable=False, name="contraction")
        self._encoder = lambda: encoder  # its weights do not belong to this layer
        self._given = {"size": size, "weight": weight, "seed": seed}
        self.weight = self.add_weight(
            shape=(), initializer=keras.initializers.Constant(weight), trainable=False, name="contraction_weight"
        )
        self.normals = NormalBank(size, seed)

    def get_config(self):
        """The constructor's arguments; `encoder` is the encoder itself, not a copy of it."""
        return super().get_config() | {"encoder": self._encoder(), **self._given}

    def build(self, code_shape):
        """Nothing to build."""

    def call(self, code, inputs, training=False):
        """`(batch, units)` and the images it was made from → the weighted penalty, a scalar."""
        directions = self.normals(inputs) if training else self.normals.steady(inputs)
        directions = ops.reshape(directions, ops.shape(inputs))
        return self.weight * ops.mean(self.squared_norms(code, inputs, directions))

    def squared_norms(self, code, inputs, directions):
        """Estimates of `‖∂z/∂x‖²` of each example, `(batch,)`, from one direction each, shaped as the images."""
        moved = self._encoder()(inputs + STEP * directions)
        return ops.sum(ops.square((moved - code) / STEP), axis=-1)


def responses(encoder: keras.Model, images: np.ndarray) -> np.ndarray:
    """`J Jᵀ` of each image: how the code varies, to first order, when white noise is added to the image.

    Noise of covariance C becomes `D Wᵀ C W D` behind a dense layer of weights W whose activation has the slopes D at
    this image, so layer by layer the chain rule gives the exact Jacobian. The trace is `‖J‖²`, and the eigenvalues are
    the squared singular values of J.

    Args:
        encoder: Dense layers only, with activations out of `SLOPES`.
        images: ndarray of shape `(n_samples, *spec.shape)`.

    Returns:
        ndarray of shape `(n_samples, units, units)`.
    """
    hidden = images.reshape(len(images), -1)
    noise: np.ndarray | None = None
    for layer in dense_layers(encoder):
        kernel = np.asarray(layer.kernel)
        hidden = ops.convert_to_numpy(layer(hidden))
        slopes = ops.convert_to_numpy(SLOPES[layer.activation.__name__](ops.convert_to_tensor(hidden)))
        spread = kernel.T @ kernel if noise is None else kernel.T @ (noise @ kernel)
        noise = slopes[:, :, None] * spread * slopes[:, None, :]  # (n_samples, units, units)
    if noise is None:
        raise ValueError("encoder must have a dense layer. Received: none.")
    return noise


def dense_layers(encoder: keras.Model) -> list:
    """The layers of an encoder that have weights, from the image on."""
    return [layer for layer in encoder.layers if isinstance(layer, keras.layers.Dense)]
