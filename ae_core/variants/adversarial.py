"""The adversarial autoencoder: a second network polices the codes."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from ae_core.measuring.metric_table import NEITHER, Metric
from ae_core.measuring.panels.prior_match import MMD, PriorMatch
from ae_core.setting_fields import activation_setting, latent_setting, penalty_setting, tied_setting, widths_setting
from ae_core.settings import DataSpec, Settings, setting
from ae_core.variants import Variant

if TYPE_CHECKING:
    from ae_core.models.autoencoder import Autoencoder


@dataclass(frozen=True, kw_only=True)
class AdversarialSettings(Settings):
    """Settings of the adversarial autoencoder."""

    variant: ClassVar[str] = "adversarial"

    latent_dim: int = latent_setting(
        8, "Numbers in the code. A small code is easier to fill evenly, so that random codes give good pictures."
    )
    adversarial_weight: float = penalty_setting(
        "adversarial",
        0.01,
        "Penalty λ",
        "How much it counts to deceive the discriminator, against the error per pixel. Far above 0.1 all codes rush "
        "about together and carry nothing.",
    )
    discriminator_widths: tuple[int, ...] = setting(
        (256,),
        "Discriminator widths",
        "Units of the hidden layers of the network that tells codes from draws of the prior.",
        low=1,
        high=1024,
        longest=4,
    )
    widths: tuple[int, ...] = widths_setting((256, 128))
    activation: str = activation_setting()
    tied: bool = tied_setting()


def build(settings: AdversarialSettings, spec: DataSpec) -> "Autoencoder":
    """Dense layers, mirrored, a free code, and a discriminator that is trained in the same step."""
    from ae_core.measuring.panels.samples import Samples
    from ae_core.models.autoencoder import Autoencoder
    from ae_core.models.layers.dense import dense_pair
    from ae_core.models.layers.prior import AdversarialPenalty

    encoder, decoder = dense_pair(
        spec,
        settings.widths,
        settings.latent_dim,
        activation=settings.activation,
        output=settings.resolved_output(spec),
        tied=settings.tied,
    )
    penalty = AdversarialPenalty(
        settings.latent_dim, settings.adversarial_weight, settings.discriminator_widths, settings.seed
    )
    return Autoencoder(
        encoder,
        decoder,
        settings,
        spec,
        penalties={"adversarial": penalty},
        panels=[Samples(settings.latent_dim), PriorMatch(discriminator_accuracy=penalty.accuracy)],
    )


VARIANT = Variant(
    name="adversarial",
    title="Adversarial (AAE)",
    idea="A second network, the discriminator, is shown codes of images and random draws from a bell-shaped cloud, the "
    "prior, and learns to tell them apart. The encoder learns to deceive it. Once the discriminator can only guess, "
    "the codes fill the prior, and a random draw decodes to a new image.",
    formula=r"L = \frac{1}{d} \sum_i \ell(x_i, \hat{x}_i) - \lambda \ln D(z), \quad "
    r"L_D = -\tfrac{1}{2} \ln D(\tilde z) - \tfrac{1}{2} \ln \big(1 - D(z)\big), \quad \tilde z \sim N(0, I)",
    references=(
        "Makhzani, Shlens, Jaitly, Goodfellow & Frey, Adversarial autoencoders, arXiv 1511.05644, 2015",
        "Goodfellow et al., Generative adversarial nets, NIPS 2014",
        "Miyato, Kataoka, Koyama & Yoshida, Spectral normalization for generative adversarial networks, ICLR 2018",
    ),
    settings=AdversarialSettings,
    build=build,
    metrics=(
        MMD,
        Metric(
            "discriminator_accuracy",
            "Discriminator",
            "share",
            NEITHER,
            "How often the discriminator tells codes from draws of the prior; at 50 % it can only guess.",
        ),
    ),
    demonstration={"latent_dim": 2, "epochs": 100},
)
