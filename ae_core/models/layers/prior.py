"""Penalties that make the codes of all images together look like draws from the prior N(0, I)."""

import keras
from keras import ops

from ae_core.models.layers.randomness import NormalBank

# Of the kernel's width C = 2d · scale; 2d is the mean squared distance between two draws from the prior.
SCALES = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)
MOST_COMPARED = 500  # codes of a validation: the estimate has no bias, so a part will do


class DiscrepancyPenalty(keras.layers.Layer):
    """Maximum mean discrepancy between the codes of a batch and as many draws from the prior: `λ/d · MMD²`.

    The paper sums the squared error over the pixels of an image and adds `λ · MMD²`; here the error is a mean over
    the d numbers of an input, so this term is divided by d too. Its estimate may be a little below 0.

    Args:
        latent_dim: Numbers in a code.
        size: d, numbers in an input.
        weight: λ, at least 0. A variable, so that it can be changed while a training runs.
        seed: Seed of the draws.

    References:
        Tolstikhin, Bousquet, Gelly & Schölkopf, Wasserstein auto-encoders, ICLR 2018, algorithm 2.
    """

    def __init__(self, latent_dim: int, size: int, weight: float, seed: int):
        super().__init__(trainable=False, name="mmd")
        self.size = size
        self.weight = self.add_weight(
            shape=(), initializer=keras.initializers.Constant(weight), trainable=False, name="mmd_weight"
        )
        self.normals = NormalBank(latent_dim, seed)

    def call(self, code, inputs=None, training=False):
        """`(batch, latent_dim)` → the weighted penalty, a scalar."""
        code = code if training else code[:MOST_COMPARED]
        prior = self.normals(code) if training else self.normals.steady(code)
        return self.weight / self.size * squared_discrepancy(code, prior)


def squared_discrepancy(codes, others):
    """The unbiased estimate of `MMD²` of two samples `(batch, latent_dim)` of the same size: a scalar.

    `Σ_C [mean_{i≠j} k(zᵢ, zⱼ) + mean_{i≠j} k(z̃ᵢ, z̃ⱼ) - 2 mean_{ij} k(zᵢ, z̃ⱼ)]` with the inverse multiquadric kernel
    `k(x, y) = C / (C + ‖x - y‖²)`, whose flat tails also pull a code that is far away, summed over `SCALES`.
    """
    count = ops.cast(ops.shape(codes)[0], codes.dtype)
    pairs = count * ops.maximum(count - 1.0, 1.0)
    # Of two equal codes k = 1, in each of the sums over scales.
    within = _kernel_sum(codes, codes) + _kernel_sum(others, others) - 2.0 * len(SCALES) * count
    return within / pairs - 2.0 * _kernel_sum(codes, others) / ops.square(count)


def _kernel_sum(codes, others):
    squares = ops.sum(ops.square(codes), axis=1)[:, None] + ops.sum(ops.square(others), axis=1)
    distances = ops.maximum(squares - 2.0 * ops.matmul(codes, ops.transpose(others)), 0.0)  # (batch, batch)
    widths = [2.0 * codes.shape[1] * scale for scale in SCALES]
    return ops.sum(sum(width / (width + distances) for width in widths))


class AdversarialPenalty(keras.layers.Layer):
    """A discriminator tells codes from draws of the prior; the encoder deceives it: `-λ · mean ln D(z)`.

    D(z) is the probability, in the discriminator's eyes, that a code z is a draw. The term is large where codes are
    recognised, `λ ln 2` where D can only guess. The encoder makes it small while D is held fixed; D makes its own
    cross-entropy `H = -½ [mean ln D(z̃) + mean ln (1 - D(z))]` small while the codes are held fixed. Both take their
    step together, with the same optimiser. H only gives D its gradient and does not enter the value: the sum of the
    terms is what encoder and decoder make small.

    Unlike the discrepancy above, the term is not divided by the size of an input: how much it may weigh depends on the
    error of a pixel, not on their number. Divided, λ = 10 trains on 784 pixels; on 64 the codes wander in one clump and
    carry nothing (measured).

    Each layer of the discriminator is divided by its largest singular value: so its slope is bounded, it is never sure
    of anything far away, and the two reach a balance. Without that the codes of some networks end in one clump
    (measured: MMD 0.13 instead of 0.004).

    Making `-ln D(z)` small has the same aim as making H large, but its gradient does not vanish where D is sure.

    Args:
        latent_dim: Numbers in a code.
        weight: λ, at least 0. A variable, so that it can be changed while a training runs.
        widths: Units of the discriminator's hidden layers.
        seed: Seed of the draws.

    References:
        Makhzani, Shlens, Jaitly, Goodfellow & Frey, Adversarial autoencoders, 2015 (arXiv 1511.05644), section 2;
        Goodfellow et al., Generative adversarial nets, NIPS 2014, section 3 (`-ln D` instead of `ln (1 - D)`);
        Miyato, Kataoka, Koyama & Yoshida, Spectral normalization for generative adversarial networks, ICLR 2018.
    """

    def __init__(self, latent_dim: int, weight: float, widths: tuple[int, ...], seed: int):
        super().__init__(name="adversarial")
        self.weight = self.add_weight(
            shape=(), initializer=keras.initializers.Constant(weight), trainable=False, name="adversarial_weight"
        )
        self.normals = NormalBank(latent_dim, seed)
        dense = [keras.layers.Dense(width, activation="relu") for width in widths] + [keras.layers.Dense(1)]
        self.discriminator = keras.Sequential(
            [keras.Input((latent_dim,)), *(keras.layers.SpectralNormalization(layer) for layer in dense)]
        )

    def call(self, code, inputs=None, training=False):
        """`(batch, latent_dim)` → the weighted penalty, a scalar."""
        fixed = [ops.stop_gradient(variable.value) for variable in self.discriminator.trainable_variables]
        states = [variable.value for variable in self.discriminator.non_trainable_variables]
        logits, _ = self.discriminator.stateless_call(fixed, states, code)
        deceit = ops.mean(ops.softplus(-logits))  # -ln σ(a) = ln(1 + e^-a)
        entropy = self.cross_entropy(ops.stop_gradient(code), training)
        return self.weight * deceit + (entropy - ops.stop_gradient(entropy))

    def cross_entropy(self, code, training=False):
        """H of codes `(batch, latent_dim)` and as many draws, in nats."""
        of_codes, of_draws = self._logits(code, training)
        return 0.5 * (ops.mean(ops.softplus(of_codes)) + ops.mean(ops.softplus(-of_draws)))

    def accuracy(self, code) -> float:
        """Share of codes `(batch, latent_dim)` and as many draws that the discriminator tells apart: 0.5 is a guess."""
        of_codes, of_draws = (ops.convert_to_numpy(logits) for logits in self._logits(code, training=False))
        return float(((of_codes < 0).mean() + (of_draws > 0).mean()) / 2)

    def _logits(self, code, training):
        """Logits of being a draw, of the codes and of as many draws."""
        prior = self.normals(code) if training else self.normals.steady(code)
        return ops.split(self.discriminator(ops.concatenate([code, prior]), training=training), 2)
