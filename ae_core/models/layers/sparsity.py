"""Keeps most of the code at rest, by penalties or by a rule."""

import keras
from keras import ops


class SparsityPenalty(keras.layers.Layer):
    """Makes most units of the code rest most of the time.

    - `l1`: `β Σⱼ |zⱼ|`, `l2`: `β Σⱼ zⱼ²`, averaged over the batch
    - `kl`: `β Σⱼ KL(ρ ‖ ρ̂ⱼ)` with `KL = ρ ln(ρ/ρ̂ⱼ) + (1-ρ) ln((1-ρ)/(1-ρ̂ⱼ))`, in nats, where the mean activation is a
      running average over mini-batches, `ρ̂ ← λ ρ̂ + (1-λ) mean(z)`, which begins at ρ: the first batches are punished
      less. The slope of KL is taken at ρ̂ and applied to the newest batch in full, as if its mean were that of all
      images: so β means the same for every λ.

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

    def call(self, code, inputs=None, training=False):
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


def keep_largest(code, count: int):
    """The `count` largest values of each code stay, the others become 0; equal ones share a place.

    Made of Keras's own operations, so that an encoder saved with it needs nothing of this package.

    Args:
        code: Tensor of shape `(batch, units)`, symbolic or not.
        count: How many stay; from the number of units on, all do.

    Returns:
        Tensor of the same shape. Its gradient goes to the values that stay.

    References:
        Makhzani & Frey, k-sparse autoencoders, ICLR 2014, section 2.
    """
    if count >= code.shape[1]:
        return code
    smallest = ops.top_k(code, count)[0][:, -1:]  # (batch, 1), of those that stay
    return code * ops.cast(code >= smallest, "float32")
