"""The sparse autoencoder: many code units, few of them active for any one image."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from ae_core.measuring.metric_table import NEITHER, Metric
from ae_core.setting_fields import activation_setting, latent_setting, penalty_setting, tied_setting, widths_setting
from ae_core.settings import DataSpec, Settings, setting
from ae_core.variants import Variant

if TYPE_CHECKING:
    from ae_core.models.autoencoder import Autoencoder


@dataclass(frozen=True, kw_only=True)
class SparseSettings(Settings):
    """Settings of the sparse autoencoder."""

    variant: ClassVar[str] = "sparse"

    latent_dim: int = latent_setting(
        256,
        "Units of the code. There may be more of them than pixels: the penalty, not the count, limits the code.",
        high=4096,
    )
    sparsity_weight: float = penalty_setting(
        "sparsity", 0.001, "Penalty β", "How much resting units count against a good picture (L1, L2, KL)."
    )
    sparsity: str = setting(
        "kl",
        "Sparsity",
        "L1 and L2 pull each activation to zero. KL pulls each unit's mean activation to the target ρ. k-sparse keeps "
        "the k largest of each code and needs no penalty.",
        choices=("l1", "l2", "kl", "k_sparse"),
        aliases={"k-sparse": "k_sparse"},
        folded=False,
    )
    active_count: int = setting(
        25,
        "Active units k",
        "How many units each image may use (k-sparse). From the size of the code on, all.",
        low=1,
        high=4096,
        logarithmic=True,
    )
    sparsity_target: float = setting(
        0.05,
        "Target activation ρ",
        "Mean activation that the KL penalty asks of each unit.",
        low=0.001,
        high=0.5,
    )
    sparsity_momentum: float = setting(
        0.9,
        "Running average λ",
        "How slowly the mean activation follows the mini-batches (KL). 0 takes the newest batch alone.",
        low=0.0,
        high=0.999,
    )
    widths: tuple[int, ...] = widths_setting(())
    activation: str = activation_setting()
    tied: bool = tied_setting()


def build(settings: SparseSettings, spec: DataSpec) -> "Autoencoder":
    """Dense layers, mirrored; sigmoid code for KL, whose ρ is a probability, ReLU for L1, L2, linear for k-sparse."""
    import keras

    from ae_core.measuring.panels.activity import Activity
    from ae_core.models.autoencoder import Autoencoder
    from ae_core.models.layers.dense import dense_pair
    from ae_core.models.layers.sparsity import SparsityPenalty, keep_largest

    encoder, decoder = dense_pair(
        spec,
        settings.widths,
        settings.latent_dim,
        activation=settings.activation,
        code_activation=CODE_ACTIVATIONS[settings.sparsity],
        output=settings.resolved_output(spec),
        tied=settings.tied,
    )
    if settings.sparsity == "k_sparse":
        kept = keep_largest(encoder.output, settings.active_count)
        encoder = keras.Model(encoder.input, kept, name="encoder")
        share = min(settings.active_count / settings.latent_dim, 1.0)
        return Autoencoder(encoder, decoder, settings, spec, panels=[Activity(share, "on average", counted=True)])
    penalty = SparsityPenalty(
        settings.sparsity,
        settings.sparsity_weight,
        settings.sparsity_target,
        settings.sparsity_momentum,
        settings.latent_dim,
    )
    aimed = settings.sparsity == "kl"
    panel = Activity(settings.sparsity_target if aimed else None, "ρ", counted=not aimed)
    return Autoencoder(encoder, decoder, settings, spec, penalties={"sparsity": penalty}, panels=[panel])


CODE_ACTIVATIONS = {"l1": "relu", "l2": "relu", "kl": "sigmoid", "k_sparse": "linear"}

VARIANT = Variant(
    name="sparse",
    title="Sparse",
    idea="The code may have many units, but a penalty, or the rule that only the k largest stay, keeps most of them at "
    "rest, so each image is told with few. Units then specialise: one for a stroke here, one for a loop there. The "
    "limit is on activity, not on size.",
    formula=r"L = \frac{1}{d} \sum_i \ell(x_i, \hat{x}_i) + \beta \sum_j \mathrm{KL}(\rho \,\Vert\, \hat\rho_j), "
    r"\quad \hat\rho \leftarrow \lambda \hat\rho + (1 - \lambda)\, \overline{z}_{\text{batch}}",
    references=(
        "Ng, Sparse autoencoder, CS294A lecture notes, Stanford 2011",
        "Olshausen & Field, Emergence of simple-cell receptive field properties by learning a sparse code for natural "
        "images, Nature 381, 1996",
        "Makhzani & Frey, k-sparse autoencoders, ICLR 2014",
        "Goodfellow, Bengio & Courville, Deep Learning, section 14.2.1, MIT Press 2016",
    ),
    settings=SparseSettings,
    build=build,
    metrics=(
        Metric(
            "mean_activation",
            "Mean activation",
            "",
            NEITHER,
            "Mean over code units and images, from 0 to 1. The KL penalty asks for the target ρ.",
        ),
        Metric(
            "lifetime_sparsity",
            "Lifetime sparsity",
            "",
            NEITHER,
            "How rarely a unit responds: 0 if to all images alike, 1 if to a single one.",
        ),
        Metric(
            "population_sparsity",
            "Population sparsity",
            "",
            NEITHER,
            "How few units tell an image: 0 if all respond alike, 1 if a single one does.",
        ),
    ),
)
