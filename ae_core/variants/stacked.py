"""The deep autoencoder: several layers down to the code and their mirror image back up."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from ae_core.setting_fields import (
    activation_setting,
    code_activation_setting,
    pretraining_epochs_setting,
    pretraining_setting,
    tied_setting,
    widths_setting,
)
from ae_core.settings import DataSpec, Settings
from ae_core.variants import Variant

if TYPE_CHECKING:
    from ae_core.models.autoencoder import Autoencoder


@dataclass(frozen=True, kw_only=True)
class StackedSettings(Settings):
    """Settings of the deep autoencoder."""

    variant: ClassVar[str] = "stacked"

    widths: tuple[int, ...] = widths_setting((128, 64))
    activation: str = activation_setting()
    code_activation: str = code_activation_setting()
    tied: bool = tied_setting()
    pretraining: bool = pretraining_setting()
    pretraining_epochs: int = pretraining_epochs_setting()


def build(settings: StackedSettings, spec: DataSpec) -> "Autoencoder":
    """Dense layers of the given widths, mirrored; on request each is trained alone before the whole."""
    from ae_core.models.autoencoder import Autoencoder
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
    epochs = settings.pretraining_epochs if settings.pretraining else 0
    phases = greedy_phases(encoder, decoder, settings, spec, epochs=epochs)
    return Autoencoder(encoder, decoder, settings, spec, phases=phases)


VARIANT = Variant(
    name="stacked",
    title="Stacked (deep)",
    idea="Several layers on each side of the code. Each layer bends space a little, so the network can follow curved "
    "sheets of images where PCA and a single layer only find flat ones. It needs more steps, and rewards them.",
    formula=r"z = f_k(W_k \cdots f_1(W_1 x + b_1) \cdots + b_k), \quad \hat{x} = \text{mirror}(z), \quad "
    r"L = \frac{1}{d} \sum_{i=1}^{d} \ell(x_i, \hat{x}_i)",
    references=(
        "Hinton & Salakhutdinov, Reducing the dimensionality of data with neural networks, Science 313, 2006",
        "Bengio, Lamblin, Popovici & Larochelle, Greedy layer-wise training of deep networks, NIPS 2006",
    ),
    settings=StackedSettings,
    build=build,
    first_choice={
        "latent_dim": 2,
        "widths": (512, 128),
        "epochs": 40,
        "batch_size": 64,
        "learning_rate": 0.002,
        "schedule": "cosine",
    },
)
