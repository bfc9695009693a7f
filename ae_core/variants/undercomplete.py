"""The undercomplete autoencoder: a code smaller than the input, and its linear twin, PCA."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from ae_core.errors import SettingError
from ae_core.setting_fields import activation_setting, tied_setting, widths_setting
from ae_core.settings import DataSpec, Settings, setting
from ae_core.variants import Variant

if TYPE_CHECKING:
    from ae_core.models.autoencoder import Autoencoder


@dataclass(frozen=True, kw_only=True)
class UndercompleteSettings(Settings):
    """Settings of the undercomplete autoencoder."""

    variant: ClassVar[str] = "undercomplete"

    linear: bool = setting(
        False,
        "Linear",
        "PCA's twin: one linear layer each way and mean squared error, which learns the same subspace as PCA.",
        folded=False,
    )
    widths: tuple[int, ...] = widths_setting((128,))
    activation: str = activation_setting()
    tied: bool = tied_setting()

    def resolved_loss(self, spec: DataSpec) -> str:
        """Mean squared error for the linear twin."""
        return "mse" if self.linear and self.loss == "auto" else super().resolved_loss(spec)

    def resolved_output(self, spec: DataSpec) -> str:
        """Linear for the linear twin."""
        return "linear" if self.linear and self.output == "auto" else super().resolved_output(spec)

    def check(self, spec: DataSpec) -> None:
        """Also refuses a code that is not smaller than the input, and a linear twin with another loss or output."""
        if self.linear and (self.resolved_loss(spec), self.resolved_output(spec)) != ("mse", "linear"):
            raise SettingError(
                "linear must be false unless loss is auto or mse and output is auto or linear. "
                f"Received: loss {self.loss!r}, output {self.output!r}."
            )
        super().check(spec)
        if self.latent_dim >= spec.size:
            raise SettingError(
                f"latent_dim must be below {spec.size}, the numbers in one input, for the variant undercomplete. "
                f"Received: {self.latent_dim}."
            )


def build(settings: UndercompleteSettings, spec: DataSpec) -> "Autoencoder":
    """Dense layers, mirrored; the linear twin has one linear layer each way and no hidden widths."""
    from ae_core.models.autoencoder import Autoencoder
    from ae_core.models.layers.dense import dense_pair

    encoder, decoder = dense_pair(
        spec,
        () if settings.linear else settings.widths,
        settings.latent_dim,
        activation=settings.activation,
        output=settings.resolved_output(spec),
        tied=settings.tied,
    )
    return Autoencoder(encoder, decoder, settings, spec)


VARIANT = Variant(
    name="undercomplete",
    title="Undercomplete",
    idea="The code is smaller than the input, so copying is impossible and only what images have in common survives. "
    "Switch on Linear and the network can do no better than PCA: it finds the same subspace. Switch it off and "
    "watch what the bends are worth.",
    formula=r"\dim z < \dim x, \quad L = \frac{1}{d} \lVert x - \hat{x} \rVert^2; \quad "
    r"\text{linear: } \min_{W, V} L = \frac{1}{d} \sum_{j > k} \lambda_j",
    references=(
        "Baldi & Hornik, Neural networks and principal component analysis: learning from examples without local "
        "minima, Neural Networks 2, 1989",
        "Hinton & Salakhutdinov, Reducing the dimensionality of data with neural networks, Science 313, 2006",
        "Goodfellow, Bengio & Courville, Deep Learning, section 14.1, MIT Press 2016",
    ),
    settings=UndercompleteSettings,
    build=build,
    demonstration={"latent_dim": 2, "epochs": 80},
)
