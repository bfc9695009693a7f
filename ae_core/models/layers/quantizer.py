"""A codebook: vectors are replaced by the nearest of a few learnt ones."""

import keras
from keras import ops

DECAY = 0.9  # of the running averages, at each step. The paper has 0.99, too slow where a training has few steps.
SCORES, CODEBOOK = "scores", "codebook"  # layers of the plain network
DEAD = 0.03  # an entry chosen less often than this part of its fair share starts afresh


class Quantizer(keras.layers.Layer):
    """Finds the nearest entry `eₖ` of a codebook for each vector: `k = argmin ‖z - eₖ‖`.

    A code is cut into positions of D numbers each: a dense one along its length, feature maps place by place.

    In training each entry moves to the mean of the vectors that chose it, by running averages over mini-batches:
    `Nₖ ← γ Nₖ + (1-γ) nₖ`, `mₖ ← γ mₖ + (1-γ) Σ z`, `eₖ = mₖ / Nₖ`. So no gradient reaches it, and the loss needs no
    term for it. An entry that is hardly chosen any more, `Nₖ < 3 %` of the mean, starts afresh as a vector of the
    present batch. All averages start at zero, so after the first step every entry comes from the data.

    Args:
        entries: K, entries of the codebook.
        dim: D, numbers in an entry.
        seed: Seed of the entries before the first step.

    Shapes: `(batch, ..., C)` → `(batch, ..., 2 C)`: the code, then the entries in its place; C is a multiple of D.

    References:
        van den Oord, Vinyals & Kavukcuoglu, Neural discrete representation learning, NIPS 2017, section 3.2 and
        appendix A.1; Dhariwal et al., Jukebox, 2020, section 3 (entries that begin anew).
    """

    def __init__(self, entries: int, dim: int, seed: int):
        super().__init__(trainable=False, name="quantizer")
        self.entries, self.dim = entries, dim
        start = keras.initializers.RandomNormal(stddev=1.0, seed=seed)
        self.codebook = self.add_weight(shape=(entries, dim), initializer=start, trainable=False, name="codebook")
        self.sums = self.add_weight(shape=(entries, dim), initializer="zeros", trainable=False, name="sums")
        self.counts = self.add_weight(shape=(entries,), initializer="zeros", trainable=False, name="counts")

    def call(self, vectors, training=False):
        flat = ops.stop_gradient(ops.reshape(vectors, (-1, self.dim)))  # (batch * positions, D)
        chosen = self.nearest(flat)  # (batch * positions,)
        found = ops.take(self.codebook, chosen, axis=0)
        if training:
            self._follow(flat, ops.one_hot(chosen, self.entries, dtype=flat.dtype))
        return ops.concatenate([vectors, ops.reshape(found, ops.shape(vectors))], axis=-1)

    def compute_output_shape(self, input_shape):
        return (*input_shape[:-1], 2 * input_shape[-1])

    def nearest(self, vectors):
        """Numbers of the nearest entries: `(..., D)` → `(...)` int32."""
        # ‖z - e‖² = ‖z‖² - 2 (z·e - ‖e‖²/2), and ‖z‖² is the same for all entries.
        return ops.argmax(ops.matmul(vectors, ops.transpose(self.codebook)) + self.bias(), axis=-1)

    def bias(self):
        """`-‖eₖ‖² / 2` of each entry, `(K,)`."""
        return -0.5 * ops.sum(ops.square(self.codebook), axis=-1)

    def _follow(self, flat, chosen):
        """Moves the entries after the vectors `(n, D)` that chose them, a one in each row of `(n, K)`."""
        counts = DECAY * self.counts + (1.0 - DECAY) * ops.sum(chosen, axis=0)
        sums = DECAY * self.sums + (1.0 - DECAY) * ops.matmul(ops.transpose(chosen), flat)
        rows = ops.shape(flat)[0]
        fair = ops.cast(rows, flat.dtype) / self.entries
        dead = counts < DEAD * fair  # (K,)
        # Images come in random order, so the first vectors of a batch are as good as a random choice.
        fresh = ops.take(flat, ops.arange(self.entries, dtype="int32") % rows, axis=0)
        counts = ops.where(dead, fair, counts)
        sums = ops.where(dead[:, None], fair * fresh, sums)
        self.counts.assign(counts)
        self.sums.assign(sums)
        self.codebook.assign(sums / counts[:, None])


class StraightThrough(keras.layers.Layer):
    """The decoder sees the entries; its gradient goes to the vectors as if nothing lay between: `z + sg(e - z)`.

    Args:
        quantizer: The codebook.

    Shapes: `(batch, ..., 2 C)` → `(batch, ..., C)`.
    """

    def __init__(self, quantizer: Quantizer):
        super().__init__(trainable=False, name="straight_through")
        self.quantizer = quantizer

    def get_config(self):
        """The constructor's arguments; `quantizer` is the codebook itself, not a copy of it."""
        return super().get_config() | {"quantizer": self.quantizer}

    def call(self, features, training=False):
        vectors, found = ops.split(features, 2, axis=-1)
        return vectors + ops.stop_gradient(found - vectors)

    @property
    def learnt_weights(self) -> list:
        """What is learnt without a gradient."""
        return [self.quantizer.codebook]

    def code(self, features):
        """The entries: `(batch, ..., 2 C)` → `(batch, ..., C)`."""
        return ops.split(features, 2, axis=-1)[1]

    def plain(self, encoder: keras.Model, features: keras.Model) -> keras.Model:
        """Encoder and present codebook in Keras's own layers: scores of the entries, the best one, its numbers."""
        book = ops.convert_to_numpy(self.quantizer.codebook)
        entries, dim = book.shape
        scores = keras.layers.Dense(entries, name=SCORES)
        lookup = keras.layers.Embedding(entries, dim, name=CODEBOOK)
        hidden = keras.layers.Reshape((-1, dim), name="positions")(encoder.output)
        hidden = lookup(ops.argmax(scores(hidden), axis=-1))  # (batch, positions, D)
        hidden = keras.layers.Reshape(encoder.output_shape[1:], name="quantized")(hidden)
        model = keras.Model(encoder.input, hidden, name="encoder")
        scores.set_weights([book.T, ops.convert_to_numpy(self.quantizer.bias())])
        lookup.set_weights([book])
        return model


def nearest_entries(encoder: keras.Model, codes):
    """Codes as the decoder of a plain network may be given them: each of their vectors becomes the nearest entry.

    Args:
        encoder: The plain network's encoder, see `StraightThrough.plain`; without a codebook nothing changes.
        codes: `(batch, ..., C)`.
    """
    known = {layer.name: layer for layer in encoder.layers}
    lookup = known.get(CODEBOOK)
    if not isinstance(lookup, keras.layers.Embedding):
        return codes
    vectors = ops.reshape(codes, (-1, lookup.output_dim))
    return ops.reshape(lookup(ops.argmax(known[SCORES](vectors), axis=-1)), ops.shape(codes))


class CommitmentPenalty(keras.layers.Layer):
    """Keeps the encoder near the entries it chooses: `β ‖z - sg(e)‖²`, averaged over its numbers and the batch.

    Args:
        weight: β, at least 0. A variable, so that it can be changed while a training runs.

    References:
        van den Oord, Vinyals & Kavukcuoglu, Neural discrete representation learning, NIPS 2017, eq. 3.
    """

    def __init__(self, weight: float):
        super().__init__(trainable=False, name="commitment")
        self.weight = self.add_weight(
            shape=(), initializer=keras.initializers.Constant(weight), trainable=False, name="commitment_weight"
        )

    def call(self, features, inputs=None, training=False):
        """`(batch, ..., 2 C)` → the weighted penalty, a scalar."""
        vectors, found = ops.split(features, 2, axis=-1)
        return self.weight * ops.mean(ops.square(vectors - ops.stop_gradient(found)))
