"""The masked autoencoder: it sees a few patches of an image and must paint the others."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from ae_core.errors import SettingError
from ae_core.setting_fields import code_activation_setting, noise_factor_setting
from ae_core.settings import DataSpec, Settings, setting
from ae_core.variants import Variant

if TYPE_CHECKING:
    from ae_core.models.autoencoder import Autoencoder

SHARES = (0.1, 0.25, 0.4, 0.55, 0.7, 0.85, 1.0)  # of the patches of an image that are seen


@dataclass(frozen=True, kw_only=True)
class MaskedSettings(Settings):
    """Settings of the masked autoencoder."""

    variant: ClassVar[str] = "masked"

    noise_factor: float = noise_factor_setting(
        "Hidden share", "Part of each image's patches that is hidden, at least one and not all."
    )
    patch_size: int = setting(
        4,
        "Patch size",
        "Side of a patch in pixels. Smaller patches are more tokens, and slower.",
        low=2,
        high=14,
        folded=False,
    )
    loss_on: str = setting(
        "hidden",
        "Loss counts",
        "Hidden: only pixels that the network could not see. All: every pixel.",
        choices=("hidden", "all"),
    )
    token_dim: int = setting(48, "Token size", "Numbers that stand for one patch.", low=4, high=256, logarithmic=True)
    depth: int = setting(
        2, "Depth", "Transformer blocks of the encoder; the decoder has half as many, rounded up.", low=1, high=6
    )
    heads: int = setting(4, "Heads", "Attention heads of a block: how many things a patch can look for.", low=1, high=8)
    code_activation: str = code_activation_setting()

    def check(self, spec: DataSpec) -> None:
        """Also refuses data that are not images of values in [0, 1], and patches too large to leave some visible."""
        super().check(spec)
        if not spec.is_image:
            raise SettingError(
                "dataset must hold images for the variant masked. "
                f"Received: {self.dataset!r}, whose examples are {'series' if spec.is_series else 'vectors'} of "
                f"{spec.size} numbers."
            )
        if not spec.unit_range:
            raise SettingError(
                "scaling must be unit for the variant masked, because hidden pixels get a value outside [0, 1]. "
                f"Received: {self.scaling!r}."
            )
        if max(spec.shape[:2]) <= self.patch_size:
            raise SettingError(
                f"patch_size must be below {max(spec.shape[:2])}, the side of an image, so that a part stays visible. "
                f"Received: {self.patch_size}."
            )


def build(settings: MaskedSettings, spec: DataSpec) -> "Autoencoder":
    """Patches become tokens, tokens look at each other and become one code; the code becomes tokens, and patches."""
    import keras

    from ae_core.measuring.panels.partial import Partial
    from ae_core.models.autoencoder import Autoencoder
    from ae_core.models.layers.patches import HIDDEN, PatchMask, from_patches, to_patches
    from ae_core.models.layers.transformer import embedding, transformer_block

    layers = keras.layers
    width, heads = settings.token_dim, settings.heads

    inputs = keras.Input(spec.shape, name="input")
    patches = to_patches(inputs, spec, settings.patch_size)  # (batch, places, values)
    places, values = patches.shape[1:]
    hidden = embedding(patches, width, "embed")  # (batch, places, width)
    for index in range(1, settings.depth + 1):
        hidden = transformer_block(places, width, heads, f"encoder_block_{index}")(hidden)
    hidden = layers.LayerNormalization(epsilon=1e-6, name="encoder_norm")(hidden)
    hidden = layers.Flatten(name="flatten")(hidden)
    hidden = layers.Dense(settings.latent_dim, activation=settings.code_activation, name="code")(hidden)
    encoder = keras.Model(inputs, hidden, name="encoder")

    code = keras.Input((settings.latent_dim,), name="code_input")
    hidden = layers.Dense(places * width, name="decode")(code)
    hidden = layers.Reshape((places, width), name="tokens")(hidden)
    for index in range(1, (settings.depth + 1) // 2 + 1):
        hidden = transformer_block(places, width, heads, f"decoder_block_{index}")(hidden)
    hidden = layers.LayerNormalization(epsilon=1e-6, name="decoder_norm")(hidden)
    hidden = layers.Dense(values, name="pixels")(hidden)  # (batch, places, values)
    hidden = from_patches(hidden, spec, settings.patch_size)
    output = layers.Activation(settings.resolved_output(spec), name="reconstruction")(hidden)
    corruption = PatchMask(
        settings.noise_factor, settings.patch_size, settings.loss_on == "hidden", spec, settings.seed
    )

    def parts(image: np.ndarray) -> np.ndarray:
        order = np.random.default_rng(0).permutation(places).reshape(corruption.grid)  # the same ones always come first
        order = order.repeat(settings.patch_size, axis=0).repeat(settings.patch_size, axis=1)
        order = order[: spec.shape[0], : spec.shape[1], None]
        return np.stack([np.where(order < round(share * places), image, HIDDEN) for share in SHARES])

    panel = Partial(
        "More and more of it",
        "One held-out image of which the network sees more patches from left to right; grey ones are hidden. Below is "
        "what it paints. At first every guess is alike; later a few patches are enough for the right digit.",
        ("sees", "paints"),
        parts,
    )
    decoder = keras.Model(code, output, name="decoder")
    return Autoencoder(encoder, decoder, settings, spec, corruption=corruption, panels=[panel])


VARIANT = Variant(
    name="masked",
    title="Masked",
    idea="Part of the image is hidden, patch by patch, and must be painted from what is left. Nothing hidden can be "
    "copied, so the network has to learn how the parts of an image belong together; each patch is a token of a small "
    "transformer.",
    formula=r"\tilde{x} = x \text{ with } x_i = -1 \text{ for } i \in M, \quad \hat{x} = "
    r"\text{decoder}(\text{encoder}(\tilde{x})), \quad L = \frac{1}{|M|} \sum_{i \in M} \ell(x_i, \hat{x}_i)",
    references=(
        "He, Chen, Xie, Li, Dollár & Girshick, Masked autoencoders are scalable vision learners, CVPR 2022",
        "Xie, Zhang, Cao, Lin, Bao, Yao, Dai & Hu, SimMIM: a simple framework for masked image modeling, CVPR 2022",
        "Vaswani et al., Attention is all you need, NeurIPS 2017",
    ),
    settings=MaskedSettings,
    build=build,
    demonstration={"train_size": 700, "epochs": 30, "token_dim": 32},
)
