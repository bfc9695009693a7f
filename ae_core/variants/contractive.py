"""The contractive autoencoder: a code that moves little when the image moves."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from ae_core.measuring.metric_table import NEITHER, Metric
from ae_core.setting_fields import penalty_setting, tied_setting, widths_setting
from ae_core.settings import DataSpec, Settings, setting
from ae_core.variants import Variant

if TYPE_CHECKING:
    from ae_core.models.autoencoder import Autoencoder


@dataclass(frozen=True, kw_only=True)
class ContractiveSettings(Settings):
    """Settings of the contractive autoencoder."""

    variant: ClassVar[str] = "contractive"

    contraction_weight: float = penalty_setting(
        "contraction", 0.001, "Penalty β", "How much a calm code counts against a good picture."
    )
    learning_rate: float = setting(
        0.01,
        "Learning rate",
        "Size of the optimiser's steps; one layer bears larger ones than many. Can be changed while it trains.",
        low=1e-6,
        high=1.0,
        folded=False,
        live=True,
        logarithmic=True,
    )
    code_activation: str = setting(
        "sigmoid",
        "Code activation",
        "Non-linearity of the code. Sigmoid and tanh can go flat, which is how the code becomes calm.",
        choices=("sigmoid", "tanh", "relu", "linear"),
    )
    widths: tuple[int, ...] = widths_setting(())
    activation: str = setting(
        "relu",
        "Activation",
        "Non-linearity of the hidden layers.",
        choices=("relu", "elu", "tanh", "sigmoid", "linear"),  # those whose slope follows from their output
    )
    tied: bool = tied_setting()


def build(settings: ContractiveSettings, spec: DataSpec) -> "Autoencoder":
    """Dense layers, mirrored. The norm of the Jacobian is a closed form for one layer, an estimate for several."""
    from ae_core.measuring.panels.spectrum import Spectrum
    from ae_core.models.autoencoder import Autoencoder
    from ae_core.models.layers.contraction import ContractivePenalty, SampledContraction
    from ae_core.models.layers.dense import dense_pair

    encoder, decoder = dense_pair(
        spec,
        settings.widths,
        settings.latent_dim,
        activation=settings.activation,
        code_activation=settings.code_activation,
        output=settings.resolved_output(spec),
        tied=settings.tied,
    )
    weight = settings.contraction_weight
    penalty = (
        SampledContraction(encoder, spec.size, weight, settings.seed)
        if settings.widths
        else ContractivePenalty(encoder.get_layer("code"), settings.code_activation, weight)
    )
    return Autoencoder(
        encoder,
        decoder,
        settings,
        spec,
        penalties={"contraction": penalty},
        panels=[Spectrum()],
        starts_at_mean=settings.scaling != "standardize",  # else the mean is zero
    )


VARIANT = Variant(
    name="contractive",
    title="Contractive",
    idea="A small change of the image should hardly change the code. The penalty is the size of the encoder's slope at "
    "the training images, so the code keeps only those directions in which images really differ, and goes flat in all "
    "others.",
    formula=r"L = \frac{1}{d} \sum_i \ell(x_i, \hat{x}_i) + \beta \left\lVert \frac{\partial z}{\partial x} "
    r"\right\rVert_F^2, \quad \left\lVert \frac{\partial z}{\partial x} \right\rVert_F^2 = \sum_j f'(a_j)^2 "
    r"\sum_i W_{ij}^2 \;\text{(one layer)} \approx \frac{1}{s^2} \lVert f(x + s u) - f(x) \rVert^2 "
    r"\;\text{(several)}, \; u \sim N(0, I)",
    references=(
        "Rifai, Vincent, Muller, Glorot & Bengio, Contractive auto-encoders: explicit invariance during feature "
        "extraction, ICML 2011",
        "Rifai, Mesnil, Vincent, Muller, Bengio, Dauphin & Glorot, Higher order contractive auto-encoder, ECML 2011",
        "Alain & Bengio, What regularized auto-encoders learn from the data-generating distribution, JMLR 15, 2014",
    ),
    settings=ContractiveSettings,
    build=build,
    metrics=(
        Metric(
            "jacobian_norm",
            "Jacobian norm",
            "",
            NEITHER,
            "How far the code moves when the image moves a little; a contractive code moves little.",
        ),
    ),
    demonstration={"learning_rate": 0.01},
)
