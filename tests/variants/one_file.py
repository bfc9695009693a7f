"""The short autoencoder: a price on the length of the code. An example of a variant, which tests add to the others."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from ae_core.measuring.metric_table import NEITHER, Metric
from ae_core.measuring.panels import bars
from ae_core.models.contracts import Look
from ae_core.setting_fields import latent_setting, penalty_setting
from ae_core.settings import DataSpec, Settings
from ae_core.variants import Variant

if TYPE_CHECKING:
    from ae_core.models.autoencoder import Autoencoder


@dataclass(frozen=True, kw_only=True)
class ShortSettings(Settings):
    """Settings of the short autoencoder."""

    variant: ClassVar[str] = "short"

    latent_dim: int = latent_setting(16, "Numbers in the code. Their squares cost.")
    price: float = penalty_setting("length", 0.001, "Price", "How much a short code counts against a good picture.")


class Lengths:
    """The length of each of the first codes."""

    name = "lengths"
    title = "Code lengths"
    help = "How long the codes of the first held-out images are."

    def numbers(self, look: Look) -> dict[str, Any]:
        """The mean length."""
        return {"code_length": float(np.linalg.norm(look.codes, axis=1).mean())}

    def measure(self, look: Look) -> Any:
        """One bar an image."""
        return bars(np.linalg.norm(look.codes[:20], axis=1), "image", "length")


def build(settings: ShortSettings, spec: DataSpec) -> "Autoencoder":
    """One dense layer each way, and a price on the squares of the code."""
    from ae_core.models.autoencoder import Autoencoder
    from ae_core.models.layers.dense import dense_pair
    from ae_core.models.layers.sparsity import SparsityPenalty

    encoder, decoder = dense_pair(spec, (), settings.latent_dim, output=settings.resolved_output(spec))
    penalty = SparsityPenalty("l2", settings.price, 0.1, 0.0, settings.latent_dim)
    return Autoencoder(encoder, decoder, settings, spec, penalties={"length": penalty}, panels=[Lengths()])


VARIANT = Variant(
    name="short",
    title="Short",
    idea="The code costs what it is long. So it is only as long as the picture is worth.",
    formula=r"L = \frac{1}{d} \sum_i \ell(x_i, \hat{x}_i) + \beta \sum_j z_j^2",
    references=("Goodfellow, Bengio & Courville, Deep Learning, section 14.2, MIT Press 2016",),
    settings=ShortSettings,
    build=build,
    metrics=(Metric("code_length", "Code length", "", NEITHER, "Mean Euclidean length of a code."),),
    demonstration={"epochs": 20},
)
