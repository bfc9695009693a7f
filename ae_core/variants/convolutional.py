"""The convolutional autoencoder: small filters slid over the image, pooling down and upsampling back."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from ae_core.config import (
    DataSpec,
    SettingError,
    Settings,
    activation_setting,
    code_activation_setting,
    setting,
)
from ae_core.variants import Variant

if TYPE_CHECKING:
    from ae_core.autoencoder import Autoencoder


@dataclass(frozen=True, kw_only=True)
class ConvolutionalSettings(Settings):
    """Settings of the convolutional autoencoder."""

    variant: ClassVar[str] = "convolutional"

    channels: tuple[int, ...] = setting(
        (16, 8),
        "Channels",
        "Filters of each convolution; each is followed by a pooling that halves height and width.",
        low=1,
        high=256,
        longest=4,
    )
    spatial: bool = setting(
        False,
        "Spatial code",
        "The last feature maps are the code, without a dense layer. Such a code can be larger than it looks: compare "
        "its size with the input's.",
    )
    activation: str = activation_setting()
    code_activation: str = code_activation_setting()

    def check(self, spec: DataSpec) -> None:
        """Also refuses data that are not images, and more poolings than the image has halves."""
        super().check(spec)
        if not spec.is_image:
            raise SettingError(
                "dataset must hold images for the variant convolutional. "
                f"Received: {self.dataset!r}, whose examples are vectors of {spec.size} numbers."
            )
        if not self.channels:
            raise SettingError("channels must have at least one entry. Received: none.")
        if min(spec.shape[:2]) < 2 ** len(self.channels):
            raise SettingError(
                f"channels must have fewer entries for images of {spec.shape[0]}×{spec.shape[1]} pixels, because each "
                f"entry halves them. Received: {len(self.channels)} entries."
            )


def build(settings: ConvolutionalSettings, spec: DataSpec) -> "Autoencoder":
    """Convolution and pooling down, a dense code or the feature maps themselves, upsampling and convolution up."""
    import keras

    from ae_core.autoencoder import Autoencoder

    layers = keras.layers
    inputs = keras.Input(spec.shape, name="input")
    hidden, sizes = inputs, []
    for index, filters in enumerate(settings.channels, start=1):
        sizes.append(hidden.shape[1:3])
        last = settings.spatial and index == len(settings.channels)
        kind = settings.code_activation if last else settings.activation
        hidden = layers.Conv2D(filters, 3, padding="same", activation=kind, name=f"convolve_{index}")(hidden)
        hidden = layers.MaxPooling2D(padding="same", name="code" if last else f"pool_{index}")(hidden)  # halved
    maps = hidden.shape[1:]  # (height, width, channels) at the bottom
    if not settings.spatial:
        hidden = layers.Flatten(name="flatten")(hidden)
        hidden = layers.Dense(settings.latent_dim, activation=settings.code_activation, name="code")(hidden)
    encoder = keras.Model(inputs, hidden, name="encoder")

    code = hidden = keras.Input(encoder.output_shape[1:], name="code_input")
    if not settings.spatial:
        units = maps[0] * maps[1] * maps[2]
        hidden = layers.Dense(units, activation=settings.activation, name="decode")(hidden)
        hidden = layers.Reshape(maps, name="unflatten")(hidden)
    filters_up = [*settings.channels[-2::-1], spec.shape[2]]
    for index, (filters, size) in enumerate(zip(filters_up, sizes[::-1], strict=True), start=1):
        last = index == len(filters_up)
        hidden = layers.UpSampling2D(name=f"upsample_{index}")(hidden)
        extra = (
            hidden.shape[1] - size[0],
            hidden.shape[2] - size[1],
        )  # odd sizes were rounded up on the way down
        if any(extra):
            hidden = layers.Cropping2D(((0, extra[0]), (0, extra[1])), name=f"crop_{index}")(hidden)
        activation = None if last else settings.activation
        name = "pixels" if last else f"deconvolve_{index}"
        hidden = layers.Conv2D(filters, 3, padding="same", activation=activation, name=name)(hidden)
    output = layers.Activation(settings.resolved_output(spec), name="reconstruction")(hidden)
    return Autoencoder(encoder, keras.Model(code, output, name="decoder"), settings, spec)


VARIANT = Variant(
    name="convolutional",
    title="Convolutional",
    idea="Small filters slide over the image, so a stroke is recognised wherever it lies and few weights are needed. "
    "Pooling shrinks the picture on the way down, upsampling brings it back.",
    formula=r"h_{k+1} = \text{pool}(f(W_k * h_k + b_k)), \quad L = \frac{1}{d} \sum_i \ell(x_i, \hat{x}_i)",
    references=(
        "Masci, Meier, Cireșan & Schmidhuber, Stacked convolutional auto-encoders for hierarchical feature "
        "extraction, ICANN 2011",
        "Odena, Dumoulin & Olah, Deconvolution and checkerboard artifacts, Distill 2016",
    ),
    settings=ConvolutionalSettings,
    build=build,
)
