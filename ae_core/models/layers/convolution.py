"""Convolutional stacks for pictures and for series: pooling down and upsampling back."""

import math
from typing import Any

import keras

from ae_core.settings import DataSpec


def pooled_convolutions(
    hidden: Any, channels: tuple[int, ...], activation: str, last_activation: str | None = None
) -> tuple[Any, list[tuple[int, ...]]]:
    """Convolutions of 3×3 pixels or 3 moments, each followed by a pooling that halves every length, rounded up.

    Args:
        hidden: Tensor `(batch, height, width, channels)` or `(batch, time, channels)`.
        channels: Filters of each convolution.
        activation: Their activation.
        last_activation: That of the last one, whose pooling is then called `code`; by default like the others.

    Returns:
        The last feature maps, and height and width, or time, before each pooling.
    """
    layers, sizes = keras.layers, []
    series = len(hidden.shape) == 3
    convolution, pooling = (layers.Conv1D, layers.MaxPooling1D) if series else (layers.Conv2D, layers.MaxPooling2D)
    for index, filters in enumerate(channels, start=1):
        sizes.append(tuple(hidden.shape[1:-1]))
        last = last_activation is not None and index == len(channels)
        kind = last_activation if last else activation
        hidden = convolution(filters, 3, padding="same", activation=kind, name=f"convolve_{index}")(hidden)
        hidden = pooling(padding="same", name="code" if last else f"pool_{index}")(hidden)
    return hidden, sizes


def upsampled_convolutions(
    hidden: Any, channels: tuple[int, ...], sizes: list[tuple[int, ...]], activation: str, output: str
) -> Any:
    """The way back: each step doubles every length and convolves; the last gives the image or the series.

    Args:
        hidden: Feature maps `(batch, height, width, channels)` or `(batch, time, channels)`.
        channels: Filters of each convolution; the last number is that of the example's channels.
        sizes: Height and width, or time, before each pooling on the way down.
        activation: Activation of all but the last convolution.
        output: Last activation, a layer of its own, so that the loss can be computed from the logits.

    Returns:
        Tensor `(batch, *example)`.
    """
    layers = keras.layers
    convolution, upsampling, cropping = (
        (layers.Conv1D, layers.UpSampling1D, layers.Cropping1D)
        if len(hidden.shape) == 3
        else (layers.Conv2D, layers.UpSampling2D, layers.Cropping2D)
    )
    for index, (filters, size) in enumerate(zip(channels, sizes[::-1], strict=True), start=1):
        last = index == len(channels)
        hidden = upsampling(name=f"upsample_{index}")(hidden)
        # Odd lengths were rounded up on the way down.
        extra = [(0, now - before) for now, before in zip(hidden.shape[1:-1], size, strict=True)]
        if any(cut for _, cut in extra):
            hidden = cropping(extra[0] if len(extra) == 1 else tuple(extra), name=f"crop_{index}")(hidden)
        kind, name = (None, "pixels") if last else (activation, f"deconvolve_{index}")
        hidden = convolution(filters, 3, padding="same", activation=kind, name=name)(hidden)
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
        spec: Shape of one image or series.
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
    maps = hidden.shape[1:]  # (height, width, channels) or (time, channels) at the bottom
    if not spatial:
        hidden = layers.Flatten(name="flatten")(hidden)
        hidden = layers.Dense(latent_dim, activation=code_activation, name="code")(hidden)
    encoder = keras.Model(inputs, hidden, name="encoder")

    code = hidden = keras.Input(encoder.output_shape[1:], name="code_input")
    if not spatial:
        hidden = layers.Dense(math.prod(maps), activation=activation, name="decode")(hidden)
        hidden = layers.Reshape(maps, name="unflatten")(hidden)
    image = upsampled_convolutions(hidden, (*channels[-2::-1], spec.shape[-1]), sizes, activation, output)
    return encoder, keras.Model(code, image, name="decoder")
