"""The convolutional autoencoder: small filters slid over image or series, pooling down and upsampling back."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from ae_core.errors import SettingError
from ae_core.setting_fields import activation_setting, channels_setting, check_channels, code_activation_setting
from ae_core.settings import DataSpec, Settings, setting
from ae_core.variants import Variant

if TYPE_CHECKING:
    from ae_core.models.autoencoder import Autoencoder


@dataclass(frozen=True, kw_only=True)
class ConvolutionalSettings(Settings):
    """Settings of the convolutional autoencoder."""

    variant: ClassVar[str] = "convolutional"

    channels: tuple[int, ...] = channels_setting((16, 8))
    spatial: bool = setting(
        False,
        "Spatial code",
        "The last feature maps are the code, without a dense layer. Such a code can be larger than it looks: compare "
        "its size with the input's.",
    )
    activation: str = activation_setting()
    code_activation: str = code_activation_setting()

    def check(self, spec: DataSpec) -> None:
        """Also refuses rows, in which no value is the next one's neighbour, and more poolings than there are halves."""
        super().check(spec)
        if not (spec.is_image or spec.is_series):
            raise SettingError(
                "dataset must hold images or series for the variant convolutional. "
                f"Received: {self.dataset!r}, whose examples are vectors of {spec.size} numbers."
            )
        check_channels(self.channels, spec)


def build(settings: ConvolutionalSettings, spec: DataSpec) -> "Autoencoder":
    """Convolution and pooling down, a dense code or the feature maps themselves, upsampling and convolution up."""
    from ae_core.measuring.panels.kernels import FeatureMaps
    from ae_core.models.autoencoder import Autoencoder
    from ae_core.models.layers.convolution import convolutional_pair

    encoder, decoder = convolutional_pair(
        spec,
        settings.channels,
        settings.latent_dim,
        activation=settings.activation,
        code_activation=settings.code_activation,
        output=settings.resolved_output(spec),
        spatial=settings.spatial,
    )
    return Autoencoder(encoder, decoder, settings, spec, panels=[FeatureMaps(encoder)] if spec.is_image else [])


VARIANT = Variant(
    name="convolutional",
    title="Convolutional",
    idea="Small filters slide over the image, so a stroke is recognised wherever it lies and few weights are needed. "
    "Pooling shrinks the picture on the way to the code, upsampling enlarges it again.",
    formula=r"h_{k+1} = \text{pool}(f(W_k * h_k + b_k)), \quad L = \frac{1}{d} \sum_i \ell(x_i, \hat{x}_i)",
    references=(
        "Masci, Meier, Cireșan & Schmidhuber, Stacked convolutional auto-encoders for hierarchical feature "
        "extraction, ICANN 2011",
        "Odena, Dumoulin & Olah, Deconvolution and checkerboard artifacts, Distill 2016",
    ),
    settings=ConvolutionalSettings,
    build=build,
    demonstration={"dataset": "sprites", "latent_dim": 8, "train_size": 3000, "epochs": 20},
)
