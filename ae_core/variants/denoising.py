"""The denoising autoencoder: it sees a damaged image and must paint the clean one."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from ae_core.errors import SettingError
from ae_core.setting_fields import (
    activation_setting,
    code_activation_setting,
    noise_factor_setting,
    pretraining_epochs_setting,
    pretraining_setting,
    tied_setting,
    widths_setting,
)
from ae_core.settings import DataSpec, Settings, setting
from ae_core.variants import Variant

if TYPE_CHECKING:
    from ae_core.models.autoencoder import Autoencoder


@dataclass(frozen=True, kw_only=True)
class DenoisingSettings(Settings):
    """Settings of the denoising autoencoder."""

    variant: ClassVar[str] = "denoising"

    noise_factor: float = noise_factor_setting(
        "Noise factor", "Gaussian: standard deviation of the noise. Masking, salt and pepper: share of pixels hit."
    )
    noise: str = setting(
        "gaussian",
        "Noise",
        "Gaussian adds random values, masking sets pixels to 0, salt and pepper sets them to 0 or 1.",
        choices=("gaussian", "masking", "salt_and_pepper"),
        folded=False,
    )
    widths: tuple[int, ...] = widths_setting((256,))
    activation: str = activation_setting()
    code_activation: str = code_activation_setting()
    tied: bool = tied_setting()
    pretraining: bool = pretraining_setting()
    pretraining_epochs: int = pretraining_epochs_setting()

    def check(self, spec: DataSpec) -> None:
        """Also refuses salt and pepper on data without a black and a white."""
        super().check(spec)
        if self.noise == "salt_and_pepper" and not spec.unit_range:
            raise SettingError(
                "noise must be gaussian or masking for data outside [0, 1], which have no black and white. "
                f"Received: {self.noise!r}."
            )


def build(settings: DenoisingSettings, spec: DataSpec) -> "Autoencoder":
    """Dense layers, mirrored, behind a corruption that draws fresh noise at every step.

    If layers are trained alone first, each gets damaged what the layers before it make of the clean image.
    """
    from ae_core.models.autoencoder import Autoencoder
    from ae_core.models.layers.corruption import Corruption
    from ae_core.models.layers.dense import dense_pair
    from ae_core.models.pretraining import greedy_phases

    encoder, decoder = dense_pair(
        spec,
        settings.widths,
        settings.latent_dim,
        activation=settings.activation,
        code_activation=settings.code_activation,
        output=settings.resolved_output(spec),
        tied=settings.tied,
    )

    def corrupt(seen: DataSpec) -> Corruption:
        # Units without a least and a greatest value have no black and white.
        kind = "masking" if settings.noise == "salt_and_pepper" and not seen.unit_range else settings.noise
        return Corruption(kind, settings.noise_factor, seen, settings.seed)

    corruption = corrupt(spec)
    epochs = settings.pretraining_epochs if settings.pretraining else 0
    phases = greedy_phases(encoder, decoder, settings, spec, epochs=epochs, corruption=corruption, corrupt=corrupt)
    return Autoencoder(encoder, decoder, settings, spec, corruption=corruption, phases=phases)


VARIANT = Variant(
    name="denoising",
    title="Denoising",
    idea="It is shown a damaged image and asked for the clean one, with fresh damage at every step. Copying does not "
    "help any more: to fill in what is missing it must learn what such images look like.",
    formula=r"\tilde{x} \sim q(\tilde{x} \mid x), \quad \hat{x} = \text{decoder}(\text{encoder}(\tilde{x})), \quad "
    r"L = \frac{1}{d} \sum_i \ell(x_i, \hat{x}_i)",
    references=(
        "Vincent, Larochelle, Bengio & Manzagol, Extracting and composing robust features with denoising "
        "autoencoders, ICML 2008",
        "Vincent, Larochelle, Lajoie, Bengio & Manzagol, Stacked denoising autoencoders, JMLR 11, 2010",
        "Alain & Bengio, What regularized auto-encoders learn from the data-generating distribution, JMLR 15, 2014",
    ),
    settings=DenoisingSettings,
    build=build,
)
