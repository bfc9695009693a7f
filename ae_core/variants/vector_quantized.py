"""The vector-quantised autoencoder: the code is a few words from a dictionary that is learnt with it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from ae_core.measuring.metric_table import HIGHER, NEITHER, Metric
from ae_core.setting_fields import (
    activation_setting,
    channels_setting,
    check_network,
    latent_setting,
    network_setting,
    penalty_setting,
    widths_setting,
)
from ae_core.settings import DataSpec, Settings, setting
from ae_core.variants import Variant

if TYPE_CHECKING:
    from ae_core.models.autoencoder import Autoencoder


@dataclass(frozen=True, kw_only=True)
class VectorQuantizedSettings(Settings):
    """Settings of the vector-quantised autoencoder."""

    variant: ClassVar[str] = "vector_quantized"

    latent_dim: int = latent_setting(
        16,
        "Entries that tell one image, chosen from the codebook. A convolutional network has instead one for each "
        "place of its last feature maps.",
        high=256,
        label="Positions",
    )
    codebook_size: int = setting(
        64,
        "Codebook size K",
        "Entries to choose from. The code of an image is positions × log₂ K bits.",
        low=2,
        high=1024,
        folded=False,
        logarithmic=True,
    )
    commitment_weight: float = penalty_setting(
        "commitment", 0.25, "Commitment β", "How much the encoder must keep near the entries it chooses."
    )
    code_dim: int = setting(
        8,
        "Entry size",
        "Numbers in each entry. They cost no bits: only which entry is chosen is told.",
        low=1,
        high=64,
        logarithmic=True,
    )
    network: str = network_setting()
    widths: tuple[int, ...] = widths_setting((256,))
    channels: tuple[int, ...] = channels_setting((16, 16))
    activation: str = activation_setting()

    def check(self, spec: DataSpec) -> None:
        """Also refuses convolutions that do not fit the data."""
        super().check(spec)
        check_network(self.network, self.channels, spec)


def build(settings: VectorQuantizedSettings, spec: DataSpec) -> "Autoencoder":
    """Dense layers or convolutions down to some vectors, of which the decoder sees the nearest codebook entries."""
    import keras

    from ae_core.measuring.panels.codebook import CodebookUse, Replacements
    from ae_core.models.autoencoder import Autoencoder
    from ae_core.models.layers.quantizer import CommitmentPenalty, Quantizer, StraightThrough

    encoder, decoder = {"dense": _dense, "convolutional": _convolutional}[settings.network](settings, spec)
    quantizer = Quantizer(settings.codebook_size, settings.code_dim, settings.seed)
    return Autoencoder(
        encoder,
        decoder,
        settings,
        spec,
        features=keras.Model(encoder.input, quantizer(encoder.output), name="features"),
        bottleneck=StraightThrough(quantizer),
        penalties={"commitment": CommitmentPenalty(settings.commitment_weight)},
        panels=[CodebookUse(quantizer), Replacements(quantizer)],
    )


def _dense(settings: VectorQuantizedSettings, spec: DataSpec) -> tuple[Any, Any]:
    """Dense layers; the code is cut into positions along its length."""
    from ae_core.models.layers.dense import dense_pair

    return dense_pair(
        spec,
        settings.widths,
        settings.latent_dim * settings.code_dim,
        activation=settings.activation,
        output=settings.resolved_output(spec),
    )


def _convolutional(settings: VectorQuantizedSettings, spec: DataSpec) -> tuple[Any, Any]:
    """Convolutions; each place of the last feature maps is a position."""
    import keras

    from ae_core.models.layers.convolution import pooled_convolutions, upsampled_convolutions

    layers, channels = keras.layers, settings.channels
    inputs = keras.Input(spec.shape, name="input")
    hidden, sizes = pooled_convolutions(inputs, channels, settings.activation)
    encoder = keras.Model(inputs, layers.Conv2D(settings.code_dim, 1, name="code")(hidden), name="encoder")

    code = keras.Input(encoder.output_shape[1:], name="code_input")
    hidden = layers.Conv2D(channels[-1], 3, padding="same", activation=settings.activation, name="decode")(code)
    filters = (*channels[-2::-1], spec.shape[2])
    image = upsampled_convolutions(hidden, filters, sizes, settings.activation, settings.resolved_output(spec))
    return encoder, keras.Model(code, image, name="decoder")


VARIANT = Variant(
    name="vector_quantized",
    title="Vector-quantised (VQ-VAE)",
    idea="The code is not made of free numbers but of a few words from a dictionary, the codebook, which is learnt as "
    "well. Each piece of the encoder's answer is replaced by the nearest entry, so an image is told in a known number "
    "of bits. The choice has no slope: the decoder's gradient is handed to the encoder as if nothing lay between.",
    formula=r"k_p = \arg\min_k \lVert z_p - e_k \rVert, \quad \hat{x} = \text{decoder}(e_{k_1}, \ldots, e_{k_P}), "
    r"\quad L = \frac{1}{d} \sum_i \ell(x_i, \hat{x}_i) + \frac{\beta}{P D} \sum_p \lVert z_p - "
    r"\mathrm{sg}(e_{k_p}) \rVert^2, \quad e_k \leftarrow \text{running mean of its } z",
    references=(
        "van den Oord, Vinyals & Kavukcuoglu, Neural discrete representation learning, NIPS 2017",
        "Bengio, Léonard & Courville, Estimating or propagating gradients through stochastic neurons (the "
        "straight-through gradient), 2013",
        "Dhariwal et al., Jukebox: a generative model for music (entries that begin anew), 2020",
    ),
    settings=VectorQuantizedSettings,
    build=build,
    metrics=(
        Metric(
            "perplexity",
            "Perplexity",
            "entries",
            HIGHER,
            "How many codebook entries would be in use if all of them were used alike.",
        ),
        Metric(
            "codebook_used",
            "Codebook in use",
            "share",
            HIGHER,
            "Share of the codebook's entries that were chosen at least once.",
        ),
        Metric("codebook_size", "Codebook size", "entries", NEITHER, "Entries in the codebook."),
        Metric(
            "code_bits",
            "Code length",
            "bits per image",
            NEITHER,
            "Bits that name the codebook entries of one image, each entry as long as any other.",
        ),
    ),
)
