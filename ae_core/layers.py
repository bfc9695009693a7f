"""Keras layers that variants share: mirrored dense stacks, tied weights, corruption, penalties, resident data."""

import keras
import numpy as np
from keras import ops

from ae_core.config import DataSpec

NOISE_BANK_SIZE = 1 << 22  # 4 million normals: 16 MB


class ResidentTable(keras.layers.Layer):
    """The whole training set on the device, once; a training step is fed row numbers only.

    A row becomes `row * scale + offset`, so a table of bytes stays bytes. Its weights are data, not something learned,
    so they are left out of every saved file.

    Shapes: `(batch,)` int32 row numbers → `(batch, *example)` float32.
    """

    def __init__(self, shape: tuple[int, ...], dtype: str):
        super().__init__(trainable=False, name="table")
        self.rows = self.add_weight(shape=shape, dtype=dtype, initializer="zeros", trainable=False, name="rows")
        self.scale = self.add_weight(shape=shape[1:], initializer="ones", trainable=False, name="scale")
        self.offset = self.add_weight(shape=shape[1:], initializer="zeros", trainable=False, name="offset")

    def fill(self, rows: np.ndarray, scale: np.ndarray, offset: np.ndarray) -> None:
        """Puts data into the table.

        Args:
            rows: Raw values, ndarray of shape `(n_samples, *example)` and the table's dtype.
            scale: Factor, broadcastable to one example.
            offset: Summand, broadcastable to one example.
        """
        self.rows.assign(rows)
        self.scale.assign(np.broadcast_to(scale, rows.shape[1:]))
        self.offset.assign(np.broadcast_to(offset, rows.shape[1:]))

    def gather(self, indices):
        """Raw rows as float32: `(batch,)` → `(batch, *example)`."""
        return ops.cast(ops.take(self.rows, indices, axis=0), "float32")

    def scaled(self, raw):
        """Raw values → network input."""
        return raw * self.scale + self.offset

    def call(self, indices):
        return self.scaled(self.gather(indices))

    def save_own_variables(self, store):
        """Nothing: data do not belong into a saved model."""

    def load_own_variables(self, store):
        """Nothing: data do not come from a saved model."""


class Augmentation(keras.layers.Layer):
    """Moves an image by whole pixels and turns it about its centre, afresh for every image of every batch.

    Args:
        kind: `shift` (up to 2 pixels each way), `rotate` (up to 15 degrees) or `shift_rotate`.
        seed: Seed of the random numbers.

    Shapes: `(batch, height, width, channels)` in and out. What moves in from outside is 0 (black).
    """

    SHIFT_PIXELS = 2
    ROTATE_DEGREES = 15.0

    def __init__(self, kind: str, seed: int):
        super().__init__(trainable=False, name="augmentation")
        self.shift = self.SHIFT_PIXELS if "shift" in kind else 0
        self.angle = np.deg2rad(self.ROTATE_DEGREES) if "rotate" in kind else 0.0
        self.random = keras.random.SeedGenerator(seed)

    def call(self, images):
        batch, (height, width) = ops.shape(images)[0], images.shape[1:3]
        turn = keras.random.uniform((batch,), -self.angle, self.angle, seed=self.random)
        moves = keras.random.randint((2, batch), -self.shift, self.shift + 1, seed=self.random)
        across, down = ops.cast(moves[0], "float32"), ops.cast(moves[1], "float32")
        centre_x, centre_y = (width - 1) / 2, (height - 1) / 2
        cosine, sine = ops.cos(turn), ops.sin(turn)
        # The transform takes a place in the output to its place in the input: x' = a x + b y + c, y' = d x + e y + f.
        nothing = ops.zeros_like(turn)
        transforms = ops.stack(
            [
                cosine,
                -sine,
                centre_x - cosine * centre_x + sine * centre_y + across,
                sine,
                cosine,
                centre_y - sine * centre_x - cosine * centre_y + down,
                nothing,
                nothing,
            ],
            axis=1,
        )  # (batch, 8)
        return ops.image.affine_transform(images, transforms, interpolation="bilinear", fill_mode="constant")


class Corruption(keras.layers.Layer):
    """Damages the input so that a copy is no longer enough (Vincent et al. 2010, section 3.3).

    - `gaussian`: `x + factor · n`, `n` standard normal
    - `masking`: each value becomes 0 with probability `factor`
    - `salt_and_pepper`: with probability `factor` a value becomes 0 or 1, each equally often

    then clipped to [0, 1] where the data lie there. One normal number decides each value's fate, also for masking,
    by comparing it with a quantile.

    Random numbers are the slow part of a compiled step on a CPU (about 0.35 µs a number), so they come from a resident
    bank of 4 million normals, of which each image of each batch takes a stretch at a fresh random place.

    Args:
        kind: `gaussian`, `masking` or `salt_and_pepper`.
        factor: Strength, 0 to 1. A variable, so that it can be changed while a training runs.
        spec: Shape and range of the data.
        seed: Seed of the bank and of the places.

    Shapes: `(batch, *example)` in and out.
    """

    def __init__(self, kind: str, factor: float, spec: DataSpec, seed: int):
        super().__init__(trainable=False, name="corruption")
        self.rule = CORRUPTIONS[kind]
        self.spec = spec
        self.factor = self.add_weight(
            shape=(), initializer=keras.initializers.Constant(factor), trainable=False, name="noise_factor"
        )
        normals = np.random.default_rng(seed).standard_normal(NOISE_BANK_SIZE, dtype=np.float32)
        self.bank = self.add_weight(shape=normals.shape, initializer="zeros", trainable=False, name="bank")
        self.bank.assign(normals)
        self.random = keras.random.SeedGenerator(seed)

    def apply(self, inputs, normals):
        """Corrupts with given normal numbers: the probe's way to the same noise each time."""
        damaged = self.rule(inputs, normals, self.factor)
        return ops.clip(damaged, 0.0, 1.0) if self.spec.unit_range else damaged

    def call(self, inputs):
        batch = ops.shape(inputs)[0]
        places = keras.random.randint((batch, 1), 0, NOISE_BANK_SIZE - self.spec.size, seed=self.random)
        normals = ops.take(self.bank, places + ops.arange(self.spec.size, dtype="int32"))  # (batch, size)
        return self.apply(inputs, ops.reshape(normals, (-1, *self.spec.shape)))


def _normal_quantile(probability):
    return ops.erfinv(2.0 * probability - 1.0) * np.sqrt(2.0)


def _gaussian(inputs, normals, factor):
    return inputs + factor * normals


def _masking(inputs, normals, factor):
    return ops.where(normals < _normal_quantile(factor), 0.0, inputs)


def _salt_and_pepper(inputs, normals, factor):
    pepper = _normal_quantile(factor / 2.0)
    return ops.where(normals < pepper, 0.0, ops.where(normals > -pepper, 1.0, inputs))


CORRUPTIONS = {"gaussian": _gaussian, "masking": _masking, "salt_and_pepper": _salt_and_pepper}


class TiedDense(keras.layers.Layer):
    """A dense layer whose kernel is the transpose of another one's: `y = x Wᵀ + b`, with a bias of its own.

    Args:
        source: The built `keras.layers.Dense` of kernel shape `(inputs, units)`.
        activation: Name of an activation, or None.

    Shapes: `(batch, units)` → `(batch, inputs)`.
    """

    def __init__(self, source: keras.layers.Dense, activation: str | None = None, name: str | None = None):
        super().__init__(name=name)
        self._kernel = lambda: source.kernel  # not tracked as a weight of this layer: it belongs to the encoder
        self.activation = keras.activations.get(activation)
        self.bias = self.add_weight(shape=(source.kernel.shape[0],), initializer="zeros", name="bias")

    def call(self, inputs):
        return self.activation(ops.matmul(inputs, ops.transpose(self._kernel())) + self.bias)

    def compute_output_shape(self, input_shape):
        return (*input_shape[:-1], self.bias.shape[0])

    def untied(self) -> keras.layers.Dense:
        """An ordinary dense layer of the same shape, for a saved decoder that must stand alone."""
        return keras.layers.Dense(self.bias.shape[0], activation=self.activation, name=self.name)

    def untied_weights(self) -> list[np.ndarray]:
        """Kernel and bias for `untied`."""
        return [np.transpose(np.asarray(self._kernel())), np.asarray(self.bias)]


class SparsityPenalty(keras.layers.Layer):
    """Makes most units of the code rest most of the time.

    - `l1`: `β Σⱼ |zⱼ|`, `l2`: `β Σⱼ zⱼ²`, averaged over the batch
    - `kl`: `β Σⱼ KL(ρ ‖ ρ̂ⱼ)` with `KL = ρ ln(ρ/ρ̂ⱼ) + (1-ρ) ln((1-ρ)/(1-ρ̂ⱼ))`, in nats, where the mean activation is a
      running average over mini-batches, `ρ̂ ← λ ρ̂ + (1-λ) mean(z)`. The slope of KL is taken at ρ̂ and applied to the
      newest batch in full, as if its mean were that of all images: so β means the same for every λ.

    Args:
        kind: `l1`, `l2` or `kl`.
        weight: β, at least 0. A variable, so that it can be changed while a training runs.
        target: ρ, between 0 and 1 (`kl` only).
        momentum: λ, from 0 to below 1 (`kl` only); 0 takes the newest batch alone.
        units: Number of code units.

    References:
        Ng, "Sparse autoencoder", CS294A lecture notes, 2011; Le et al., ICML 2012.
    """

    def __init__(self, kind: str, weight: float, target: float, momentum: float, units: int):
        super().__init__(trainable=False, name="sparsity")
        self.rule = {"l1": self._l1, "l2": self._l2, "kl": self._kl}[kind]
        self.target, self.momentum = target, momentum
        self.weight = self.add_weight(
            shape=(), initializer=keras.initializers.Constant(weight), trainable=False, name="sparsity_weight"
        )
        self.mean_activation = self.add_weight(
            shape=(units,),
            initializer=keras.initializers.Constant(target),
            trainable=False,
            name="mean_activation",
        )

    def call(self, code, training=False):
        """`(batch, units)` → the weighted penalty, a scalar."""
        return self.weight * self.rule(code, training)

    def _l1(self, code, training):
        return ops.mean(ops.sum(ops.abs(code), axis=-1))

    def _l2(self, code, training):
        return ops.mean(ops.sum(ops.square(code), axis=-1))

    def _kl(self, code, training):
        batch_mean = ops.mean(code, axis=0)  # (units,)
        average = batch_mean
        if training:
            average = ops.stop_gradient(self.momentum * self.mean_activation + (1.0 - self.momentum) * batch_mean)
            self.mean_activation.assign(average)
            average = average + batch_mean - ops.stop_gradient(batch_mean)
        return kl_to_target(average, self.target)


def kl_to_target(activation, target: float):
    """`Σⱼ KL(ρ ‖ ρ̂ⱼ)` in nats, for mean activations of shape `(units,)` in (0, 1)."""
    activation = ops.clip(activation, 1e-6, 1.0 - 1e-6)
    return ops.sum(
        target * ops.log(target / activation) + (1.0 - target) * ops.log((1.0 - target) / (1.0 - activation))
    )


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
        output: Last activation, `sigmoid` or `linear`: a layer of its own, so that a loss can be had from the logits.
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
