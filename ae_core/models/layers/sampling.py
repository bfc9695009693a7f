"""Codes drawn from a normal distribution that the encoder describes for each image."""

from typing import Any

import keras
from keras import ops

from ae_core.models.layers.randomness import NormalBank


def gaussian_features(encoder: keras.Model) -> keras.Model:
    """An encoder of means becomes one of means and log-variances; all but the last layer is shared.

    The weights of the log-variances begin at zero: every image starts with the same spread, 1, that of the prior.

    Args:
        encoder: `(batch, *image)` → `(batch, latent_dim)`; its last layer is dense.

    Returns:
        `(batch, *image)` → `(batch, 2 latent_dim)`: μ, then ln σ².
    """
    mean = encoder.layers[-1]
    log_var = keras.layers.Dense(mean.units, kernel_initializer="zeros", name="z_log_var")(mean.input)
    both = keras.layers.Concatenate(name="posterior")([encoder.output, log_var])
    return keras.Model(encoder.input, both, name="features")


def mean_and_log_var(features: Any) -> tuple[Any, Any]:
    """`(batch, 2 latent_dim)` → μ and ln σ², each `(batch, latent_dim)`."""
    latent_dim = features.shape[-1] // 2
    return features[:, :latent_dim], features[:, latent_dim:]


class GaussianSampling(keras.layers.Layer):
    """Draws the code that the decoder sees: `z = μ + exp(½ ln σ²) ε`, `ε ~ N(0, I)`.

    Written this way chance comes from outside, and the gradient reaches μ and σ. In training ε is fresh at every step;
    otherwise it depends on the place in the batch alone, so that a validation loss does not jitter. The code that a
    person is shown is μ.

    Args:
        latent_dim: Numbers in a code.
        seed: Seed of ε.

    Shapes: `(batch, 2 latent_dim)` → `(batch, latent_dim)`.

    References:
        Kingma & Welling, Auto-encoding variational Bayes, ICLR 2014, section 2.4.
    """

    learnt_weights = ()  # without a gradient: nothing

    def __init__(self, latent_dim: int, seed: int):
        super().__init__(trainable=False, name="sampling")
        self.normals = NormalBank(latent_dim, seed)

    def call(self, features, training=False):
        mean, log_var = mean_and_log_var(features)
        normals = self.normals(features) if training else self.normals.steady(features)
        return mean + ops.exp(0.5 * log_var) * normals

    def code(self, features):
        """μ: `(batch, 2 latent_dim)` → `(batch, latent_dim)`."""
        return mean_and_log_var(features)[0]

    def plain(self, encoder: keras.Model, features: keras.Model) -> keras.Model:
        """An encoder whose output is μ, and in which the layer `z_log_var` still gives ln σ²."""
        hidden = keras.layers.Reshape((2, encoder.output_shape[-1]), name="mean_and_spread")(features.output)
        hidden = keras.layers.Cropping1D((0, 1), name="mean")(hidden)  # (batch, 1, latent_dim)
        return keras.Model(encoder.input, keras.layers.Flatten(name="z_mean")(hidden), name="encoder")


class GaussianDivergence(keras.layers.Layer):
    """A price on information in the code: `β · ramp · KL(N(μ, σ²) ‖ N(0, I)) / d`, averaged over the batch.

    `KL = ½ Σⱼ (μⱼ² + σⱼ² - 1 - ln σⱼ²)` in nats per image. It is divided by the d numbers of an input because the
    reconstruction error is their mean: with β = 1 and cross-entropy the sum of both terms is the negative evidence
    lower bound divided by d. With mean squared error it is the bound of normal pixels of variance β / 2.

    The ramp rises from 0 to 1 during the first epochs, so that the code is put to use before it costs.

    Args:
        weight: β, at least 0. A variable, so that it can be changed while a training runs.
        warm_up: Epochs until the ramp is 1; 0 for no ramp.
        size: d, numbers in an input.

    References:
        Kingma & Welling, Auto-encoding variational Bayes, ICLR 2014, appendix B (the closed form);
        Higgins et al., β-VAE, ICLR 2017 (β); Sønderby et al., Ladder variational autoencoders, NIPS 2016 (the ramp).
    """

    def __init__(self, weight: float, warm_up: float, size: int):
        super().__init__(trainable=False, name="kl")
        self.warm_up, self.size = warm_up, size
        self.weight = self.add_weight(
            shape=(), initializer=keras.initializers.Constant(weight), trainable=False, name="kl_weight"
        )
        self.ramp = self.add_weight(shape=(), initializer="ones", trainable=False, name="ramp")
        self.at_epoch(0.0)

    def at_epoch(self, epoch: float) -> None:
        """Sets the ramp for the epochs done."""
        self.ramp.assign(min(1.0, epoch / self.warm_up) if self.warm_up else 1.0)

    def settled_after(self) -> float:
        """The warm-up."""
        return self.warm_up

    def call(self, features, inputs=None, training=False):
        """`(batch, 2 latent_dim)` → the weighted penalty, a scalar."""
        mean, log_var = mean_and_log_var(features)
        divergence = 0.5 * ops.sum(ops.square(mean) + ops.exp(log_var) - 1.0 - log_var, axis=-1)  # (batch,)
        return self.weight * self.ramp * ops.mean(divergence) / self.size
