"""The recurrent autoencoder: it reads an image row by row, or a series value by value, and writes it out again."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from ae_core.errors import SettingError
from ae_core.setting_fields import code_activation_setting
from ae_core.settings import DataSpec, Settings, setting
from ae_core.variants import Variant

if TYPE_CHECKING:
    from ae_core.models.autoencoder import Autoencoder

SHARES = (1 / 7, 2 / 7, 3 / 7, 4 / 7, 5 / 7, 6 / 7, 1.0)  # of the steps of an example that are read
MOST_STEPS = 28  # of a series, unless a setting says otherwise: each takes time, and memory fades
VALUES_PER_STEP = 4  # of a vector, unless a setting says otherwise


@dataclass(frozen=True, kw_only=True)
class RecurrentSettings(Settings):
    """Settings of the recurrent autoencoder."""

    variant: ClassVar[str] = "recurrent"

    cell: str = setting(
        "gru",
        "Cell",
        "GRU has two gates and trains faster; LSTM has three, and a memory of its own.",
        choices=("lstm", "gru"),
        folded=False,
    )
    recurrent_units: tuple[int, ...] = setting(
        (128,),
        "Recurrent units",
        "Units of each recurrent layer of the encoder, from the input on; the decoder mirrors them.",
        low=1,
        high=1024,
        longest=3,
    )
    bidirectional: bool = setting(
        False,
        "Both directions",
        "The encoder reads from the first step to the last and also backwards.",
    )
    values_per_step: int = setting(
        0,
        "Values per step",
        "Numbers read at a time. 0 means one row of an image, one moment of a series (several if it has above 28), "
        "or 4 values of a vector.",
        low=0,
        high=1024,
    )
    code_activation: str = code_activation_setting()

    def steps(self, spec: DataSpec) -> tuple[int, int]:
        """Steps, and values per step; what is missing in the last step is filled up with zeros."""
        usual = VALUES_PER_STEP if len(spec.shape) == 1 else spec.size // spec.shape[0]
        if spec.is_series:
            usual *= -(-spec.shape[0] // MOST_STEPS)
        values = min(self.values_per_step or usual, spec.size)
        return -(-spec.size // values), values

    def check(self, spec: DataSpec) -> None:
        """Also refuses a network without a recurrent layer."""
        super().check(spec)
        if not self.recurrent_units:
            raise SettingError("recurrent_units must have at least one entry. Received: none.")


def build(settings: RecurrentSettings, spec: DataSpec) -> "Autoencoder":
    """Recurrent layers whose last state becomes the code; the code is then read again at every step."""
    import keras

    from ae_core.measuring.panels.partial import Partial
    from ae_core.models.autoencoder import Autoencoder

    layers = keras.layers
    kind = {"lstm": layers.LSTM, "gru": layers.GRU}[settings.cell]
    steps, values = settings.steps(spec)
    missing = steps * values - spec.size

    inputs = keras.Input(spec.shape, name="input")
    hidden = inputs
    if missing:
        hidden = layers.Reshape((spec.size, 1), name="series")(hidden)
        hidden = layers.ZeroPadding1D((0, missing), name="fill")(hidden)
    hidden = layers.Reshape((steps, values), name="steps")(hidden)  # (batch, steps, values)
    for index, units in enumerate(settings.recurrent_units, start=1):
        last = index == len(settings.recurrent_units)
        layer = kind(units, return_sequences=not last, name=f"read_{index}")
        if settings.bidirectional:
            layer = layers.Bidirectional(layer, name=f"read_both_ways_{index}")
        hidden = layer(hidden)
    hidden = layers.Dense(settings.latent_dim, activation=settings.code_activation, name="code")(hidden)
    encoder = keras.Model(inputs, hidden, name="encoder")

    code = keras.Input((settings.latent_dim,), name="code_input")
    hidden = layers.RepeatVector(steps, name="repeat")(code)  # (batch, steps, latent_dim)
    for index, units in enumerate(settings.recurrent_units[::-1], start=1):
        hidden = kind(units, return_sequences=True, name=f"write_{index}")(hidden)
    hidden = layers.Dense(values, name="values")(hidden)  # (batch, steps, values)
    if missing:
        hidden = layers.Reshape((steps * values, 1), name="written_series")(hidden)
        hidden = layers.Cropping1D((0, missing), name="cut")(hidden)
    hidden = layers.Reshape(spec.shape, name="shape")(hidden)
    output = layers.Activation(settings.resolved_output(spec), name="reconstruction")(hidden)

    def parts(image: np.ndarray) -> np.ndarray:
        read = [round(share * steps) * values for share in SHARES]
        return np.stack([np.where(np.arange(spec.size) < end, image.ravel(), 0).reshape(spec.shape) for end in read])

    panel = Partial(
        "Step by step",
        "One held-out example of which the network has read more steps from left to right; the rest is nothing but "
        "zeros. Below is what it writes. The memory fills up: only what was read can come out again.",
        ("has read", "writes"),
        parts,
    )
    return Autoencoder(encoder, keras.Model(code, output, name="decoder"), settings, spec, panels=[panel])


VARIANT = Variant(
    name="recurrent",
    title="Recurrent",
    idea="One step after another is read, an image row by row, and a memory is carried along; what it holds at the end "
    "becomes the code. A second network writes the rows out again and is told nothing but the code, at every step.",
    formula=r"h_t = f(x_t, h_{t-1}), \quad z = W h_T + b, \quad s_t = g(z, s_{t-1}), \quad \hat{x}_t = "
    r"\sigma(V s_t + c), \quad L = \frac{1}{d} \sum_i \ell(x_i, \hat{x}_i)",
    references=(
        "Hochreiter & Schmidhuber, Long short-term memory, Neural Computation 9, 1997",
        "Cho et al., Learning phrase representations using RNN encoder-decoder for statistical machine translation, "
        "EMNLP 2014",
        "Srivastava, Mansimov & Salakhutdinov, Unsupervised learning of video representations using LSTMs, ICML 2015",
    ),
    settings=RecurrentSettings,
    build=build,
    demonstration={"dataset": "waves", "latent_dim": 8, "train_size": 2000, "epochs": 25, "learning_rate": 0.004},
)
