"""The variational autoencoder: a code that is a small cloud, and a prior from which new images can be drawn."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from ae_core.measuring.metric_table import LOWER, NATS, NEITHER, Metric
from ae_core.setting_fields import (
    activation_setting,
    channels_setting,
    check_network,
    network_setting,
    penalty_setting,
    widths_setting,
)
from ae_core.settings import DataSpec, Settings, setting
from ae_core.variants import Variant

if TYPE_CHECKING:
    from ae_core.models.autoencoder import Autoencoder


@dataclass(frozen=True, kw_only=True)
class VariationalSettings(Settings):
    """Settings of the variational autoencoder."""

    variant: ClassVar[str] = "variational"

    kl_weight: float = penalty_setting(
        "kl",
        1.0,
        "β",
        "Price of what the code tells. With 1 and cross-entropy the loss is the negative evidence lower bound per "
        "pixel; more makes plainer codes and blurrier pictures.",
        high=100.0,
    )
    kl_warm_up: float = setting(
        5.0,
        "Warm-up",
        "Epochs in which the price rises from 0 to β, so that the code is put to use before it costs; 0 for none.",
        low=0.0,
        high=100.0,
    )
    network: str = network_setting()
    widths: tuple[int, ...] = widths_setting((256, 128))
    channels: tuple[int, ...] = channels_setting((16, 8))
    activation: str = activation_setting()

    def check(self, spec: DataSpec) -> None:
        """Also refuses convolutions that do not fit the data."""
        super().check(spec)
        check_network(self.network, self.channels, spec)


def build(settings: VariationalSettings, spec: DataSpec) -> "Autoencoder":
    """Dense layers or convolutions down to a mean and a spread; the decoder sees a random draw from them."""
    from ae_core.measuring.panels.posterior import Divergence
    from ae_core.measuring.panels.samples import Samples
    from ae_core.models.autoencoder import Autoencoder
    from ae_core.models.layers.convolution import convolutional_pair
    from ae_core.models.layers.dense import dense_pair
    from ae_core.models.layers.sampling import GaussianDivergence, GaussianSampling, gaussian_features

    pairs: dict[str, Callable[..., Any]] = {"dense": dense_pair, "convolutional": convolutional_pair}
    sizes = {"dense": settings.widths, "convolutional": settings.channels}
    encoder, decoder = pairs[settings.network](
        spec,
        sizes[settings.network],
        settings.latent_dim,
        activation=settings.activation,
        output=settings.resolved_output(spec),
    )
    return Autoencoder(
        encoder,
        decoder,
        settings,
        spec,
        features=gaussian_features(encoder),
        bottleneck=GaussianSampling(settings.latent_dim, settings.seed),
        penalties={"kl": GaussianDivergence(settings.kl_weight, settings.kl_warm_up, spec.size)},
        panels=[Divergence(decoder), Samples(settings.latent_dim)],
    )


VARIANT = Variant(
    name="variational",
    title="Variational (VAE)",
    idea="The code of an image is not a point but a small cloud, and the decoder sees a random point of it. Clouds "
    "cost: the farther from the common bell-shaped prior, and the sharper, the more. So codes fill the prior without "
    "gaps, and a random point of the prior decodes to a new image.",
    formula=r"z = \mu(x) + \sigma(x)\,\varepsilon, \quad \varepsilon \sim N(0, I), \quad "
    r"L = \frac{1}{d} \Big[ \sum_i \ell(x_i, \hat{x}_i) + \beta\, \mathrm{KL} \Big], \quad "
    r"\mathrm{KL} = \tfrac{1}{2} \sum_j (\mu_j^2 + \sigma_j^2 - 1 - \ln \sigma_j^2)",
    references=(
        "Kingma & Welling, Auto-encoding variational Bayes, ICLR 2014",
        "Rezende, Mohamed & Wierstra, Stochastic backpropagation and approximate inference in deep generative models, "
        "ICML 2014",
        "Higgins et al., β-VAE: learning basic visual concepts with a constrained variational framework, ICLR 2017",
        "Sønderby et al., Ladder variational autoencoders (warm-up), NIPS 2016",
    ),
    settings=VariationalSettings,
    build=build,
    metrics=(
        Metric(
            "kl",
            "KL divergence",
            NATS,
            NEITHER,
            "Information in the code of an image, measured against the prior; at 0 the code says nothing.",
        ),
        Metric(
            "kl_per_dimension",
            "KL by dimension",
            NATS,
            NEITHER,
            "Information that each code dimension carries; below 0.01 it says nothing.",
        ),
        Metric(
            "active_latent_dimensions",
            "Active dimensions",
            "dimensions",
            NEITHER,
            "Code dimensions whose mean has a variance above 0.01 over the images; the others say nothing.",
        ),
        Metric(
            "bound",
            "Negative ELBO",
            NATS,
            LOWER,
            "Cross-entropy summed over pixels plus KL: the model's surprise at an image is at most this.",
        ),
    ),
    demonstration={"latent_dim": 2, "epochs": 80},
)
