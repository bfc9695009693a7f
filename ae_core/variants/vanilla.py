"""The plain autoencoder: one hidden layer, which is the code."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from ae_core.setting_fields import code_activation_setting, tied_setting
from ae_core.settings import DataSpec, Settings
from ae_core.variants import Variant

if TYPE_CHECKING:
    from ae_core.models.autoencoder import Autoencoder


@dataclass(frozen=True, kw_only=True)
class VanillaSettings(Settings):
    """Settings of the plain autoencoder."""

    variant: ClassVar[str] = "vanilla"

    code_activation: str = code_activation_setting("relu")
    tied: bool = tied_setting()


def build(settings: VanillaSettings, spec: DataSpec) -> "Autoencoder":
    """One dense layer down to the code, one dense layer back up."""
    from ae_core.models.autoencoder import Autoencoder
    from ae_core.models.layers.dense import dense_pair

    encoder, decoder = dense_pair(
        spec,
        (),
        settings.latent_dim,
        code_activation=settings.code_activation,
        output=settings.resolved_output(spec),
        tied=settings.tied,
    )
    return Autoencoder(encoder, decoder, settings, spec)


VARIANT = Variant(
    name="vanilla",
    title="Plain",
    idea="The smallest autoencoder. One layer squeezes the image into a short code, a second layer paints the image "
    "again from that code alone. Nothing tells it what the code should mean: it keeps whatever lowers the error.",
    formula=r"z = f(W x + b), \quad \hat{x} = g(W' z + b'), \quad "
    r"L = \frac{1}{d} \sum_{i=1}^{d} \ell(x_i, \hat{x}_i)",
    references=(
        "Rumelhart, Hinton & Williams, Learning representations by back-propagating errors, Nature 323, 1986",
        "Bourlard & Kamp, Auto-association by multilayer perceptrons and singular value decomposition, "
        "Biological Cybernetics 59, 1988",
        "Goodfellow, Bengio & Courville, Deep Learning, chapter 14, MIT Press 2016",
    ),
    settings=VanillaSettings,
    build=build,
)
