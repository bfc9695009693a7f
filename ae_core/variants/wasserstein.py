"""The Wasserstein autoencoder: all codes together fill the prior, each by itself stays sharp."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from ae_core.measuring.panels.prior_match import MMD, PriorMatch
from ae_core.setting_fields import activation_setting, latent_setting, penalty_setting, tied_setting, widths_setting
from ae_core.settings import DataSpec, Settings, setting
from ae_core.variants import Variant

if TYPE_CHECKING:
    from ae_core.models.autoencoder import Autoencoder


@dataclass(frozen=True, kw_only=True)
class WassersteinSettings(Settings):
    """Settings of the Wasserstein autoencoder."""

    variant: ClassVar[str] = "wasserstein"

    latent_dim: int = latent_setting(
        8, "Numbers in the code. A small code is easier to fill evenly, so that random codes give good pictures."
    )
    batch_size: int = setting(
        128,
        "Batch size",
        "Images per optimiser step. Their codes are compared with as many draws.",
        low=2,
        high=4096,
        logarithmic=True,
    )
    mmd_weight: float = penalty_setting(
        "mmd",
        10.0,
        "Penalty λ",
        "How much the match between codes and prior counts against a good picture.",
        high=1000.0,
    )
    widths: tuple[int, ...] = widths_setting((256, 128))
    activation: str = activation_setting()
    tied: bool = tied_setting()


def build(settings: WassersteinSettings, spec: DataSpec) -> "Autoencoder":
    """Dense layers, mirrored, a free code, and a penalty on the codes of a whole batch."""
    from ae_core.measuring.panels.samples import Samples
    from ae_core.models.autoencoder import Autoencoder
    from ae_core.models.layers.dense import dense_pair
    from ae_core.models.layers.prior import DiscrepancyPenalty

    encoder, decoder = dense_pair(
        spec,
        settings.widths,
        settings.latent_dim,
        activation=settings.activation,
        output=settings.resolved_output(spec),
        tied=settings.tied,
    )
    penalty = DiscrepancyPenalty(settings.latent_dim, spec.size, settings.mmd_weight, settings.seed)
    return Autoencoder(
        encoder,
        decoder,
        settings,
        spec,
        penalties={"mmd": penalty},
        panels=[Samples(settings.latent_dim), PriorMatch()],
    )


VARIANT = Variant(
    name="wasserstein",
    title="Wasserstein (WAE)",
    idea="Each image gets one sharp code, without chance. A penalty compares the codes of a whole batch with random "
    "draws from a bell-shaped cloud, the prior, and makes the two crowds alike. So every point of that cloud is some "
    "image's neighbour, and a random point decodes to a new image.",
    formula=r"L = \frac{1}{d} \sum_i \ell(x_i, \hat{x}_i) + \frac{\lambda}{d}\, \mathrm{MMD}^2\big(z, \tilde z\big), "
    r"\quad \tilde z \sim N(0, I), \quad k(z, z') = \sum_C \frac{C}{C + \lVert z - z' \rVert^2}",
    references=(
        "Tolstikhin, Bousquet, Gelly & Schölkopf, Wasserstein auto-encoders, ICLR 2018",
        "Gretton, Borgwardt, Rasch, Schölkopf & Smola, A kernel two-sample test, JMLR 13, 2012",
    ),
    settings=WassersteinSettings,
    build=build,
    metrics=(MMD,),
    demonstration={"latent_dim": 2, "epochs": 80},
)
