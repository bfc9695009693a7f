"""Convolutional stacks: pooling down and upsampling back."""

from typing import Any

import keras

from ae_core.settings import DataSpec


def pooled_convolutions(
    hidden: Any, channels: tuple[int, ...], activation: str, last_activation: str | None = None
) -> tuple[Any, list[tuple[int, int]]]:
    """Convolutions of 3×3 pixels, each followed by a pooling that halves height and width, rounded up.

    Args:
        hidden: Tensor `(batch, height, width, channels)`.
        channels: Filters of each convolution.
        activation: Their activation.
        last_activation: That of the last one, whose pooling is then called `code`; by default like the others.

    Returns:
        The last feature maps, and height and width before each pooling.
    """
    layers, sizes = keras.layers, []
    for index, filters in enumerate(channels, start=1):
        sizes.append(tuple(hidden.shape[1:3]))
        last = last_activation is not None and index == len(channels)
        kind = last_activation if last else activation
        hidden = layers.Conv2D(filters, 3, padding="same", activation=kind, name=f"convolve_{index}")(hidden)
        hidden = layers.MaxPooling2D(padding="same", name="code" if last else f"pool_{index}")(hidden)
    return hidden, sizes


def upsampled_convolutions(
    hidden: Any, channels: tuple[int, ...], sizes: list[tuple[int, int]], activation: str, output: str
) -> Any:
    """The way back: each step doubles height and width and convolves; the last gives the image.

    Args:
        hidden: Feature maps `(batch, height, width, channels)`.
        channels: Filters of each convolution; the last number is that of the image's channels.
        sizes: Height and width before each pooling on the way down.
        activation: Activation of all but the last convolution.
        output: Last activation, a layer of its own, so that the loss can be computed from the logits.

    Returns:
        Tensor `(batch, *image)`.
    """
    layers = keras.layers
    for index, (filters, size) in enumerate(zip(channels, sizes[::-1], strict=True), start=1):
        last = index == len(channels)
        hidden = layers.UpSampling2D(name=f"upsample_{index}")(hidden)
        extra = hidden.shape[1] - size[0], hidden.shape[2] - size[1]  # odd sizes were rounded up on the way down
        if any(extra):
            hidden = layers.Cropping2D(((0, extra[0]), (0, extra[1])), name=f"crop_{index}")(hidden)
        kind, name = (None, "pixels") if last else (activation, f"deconvolve_{index}")
        hidden = layers.Conv2D(filters, 3, padding="same", activation=kind, name=name)(hidden)
    return layers.Activation(output, name="reconstruction")(hidden)


def convolutional_pair(
    spec: DataSpec,
    channels: tuple[int, ...],
    latent_dim: int,
    *,
    activation: str,
    code_activation: str = "linear",
    output: str,
    spatial: bool = False,
) -> tuple[keras.Model, keras.Model]:
    """A convolutional encoder and its mirror image.

    Args:
        spec: Shape of one image.
        channels: Filters of each convolution, from the input on.
        latent_dim: Units of the code.
        activation: Activation of the hidden layers.
        code_activation: Activation of the code.
        output: Last activation, `sigmoid` or `linear`.
        spatial: Whether the last feature maps are the code, without a dense layer.

    Returns:
        The encoder, `(batch, *spec.shape)` → `(batch, *code)`, and the decoder, the other way round.
    """
    layers = keras.layers
    inputs = keras.Input(spec.shape, name="input")
    hidden, sizes = pooled_convolutions(inputs, channels, activation, code_activation if spatial else None)
    maps = hidden.shape[1:]  # (height, width, channels) at the bottom
    if not spatial:
        hidden = layers.Flatten(name="flatten")(hidden)
        hidden = layers.Dense(latent_dim, activation=code_activation, name="code")(hidden)
    encoder = keras.Model(inputs, hidden, name="encoder")

    code = hidden = keras.Input(encoder.output_shape[1:], name="code_input")
    if not spatial:
        hidden = layers.Dense(maps[0] * maps[1] * maps[2], activation=activation, name="decode")(hidden)
        hidden = layers.Reshape(maps, name="unflatten")(hidden)
    image = upsampled_convolutions(hidden, (*channels[-2::-1], spec.shape[2]), sizes, activation, output)
    return encoder, keras.Model(code, image, name="decoder")
