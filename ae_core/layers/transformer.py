"""Blocks of a transformer, of built-in layers."""

import keras


def embedding(patches, width: int, name: str):
    """`(batch, places, values)` → `(batch, places, width)`: one linear layer for all, plus a learned vector a place.

    The bias is one for each place and unit, so that it tells where a patch stands.
    """
    places = patches.shape[1]
    return keras.layers.EinsumDense(
        "abc,cd->abd",
        output_shape=(places, width),
        bias_axes="bd",
        bias_initializer=keras.initializers.RandomNormal(stddev=0.02),
        name=name,
    )(patches)


def transformer_block(places: int, width: int, heads: int, name: str) -> keras.Model:
    """Attention, then two dense layers, each behind a normalisation and added to what came in.

    `t ← t + attention(norm(t))`, `t ← t + W₂ gelu(W₁ norm(t) + b₁) + b₂` with twice as many hidden units as `width`.

    Args:
        places: Tokens of one example.
        width: Numbers in a token.
        heads: Attention heads, each of `width / heads` units, rounded up.
        name: Name of the block.

    Returns:
        A model `(batch, places, width)` → the same.

    References:
        Vaswani et al., Attention is all you need, NeurIPS 2017.
        Xiong et al., On layer normalization in the transformer architecture, ICML 2020 (normalisation first).
    """
    layers = keras.layers
    tokens = keras.Input((places, width), name="tokens")
    normed = layers.LayerNormalization(epsilon=1e-6, name="norm_1")(tokens)
    attended = layers.MultiHeadAttention(heads, -(-width // heads), name="attention")(normed, normed)
    hidden = layers.Add(name="add_1")([tokens, attended])
    widened = layers.LayerNormalization(epsilon=1e-6, name="norm_2")(hidden)
    widened = layers.Dense(2 * width, activation="gelu", name="widen")(widened)
    output = layers.Add(name="add_2")([hidden, layers.Dense(width, name="narrow")(widened)])
    return keras.Model(tokens, output, name=name)
