"""Settings that several variants have: each a function that declares the field, and the checks that go with it."""

from typing import Any

from ae_core.errors import SettingError
from ae_core.settings import CORRUPTION, DataSpec, setting

ACTIVATIONS = ("relu", "elu", "gelu", "tanh", "sigmoid", "linear")


def latent_setting(default: int, help: str, high: int = 1024, label: str = "Latent size") -> Any:
    """The field `latent_dim`, for variants that need another default, explanation or bound than `Settings` gives it.

    Args:
        default: Its default.
        help: One or two plain sentences.
        high: Largest value allowed.
        label: Two or three words for the widget.
    """
    return setting(default, label, help, low=1, high=high, folded=False, logarithmic=True)


def penalty_setting(term: str, default: float, label: str, help: str, high: float = 10.0) -> Any:
    """A field for the weight of a penalty, which can be tuned while a training runs.

    Args:
        term: The penalty's loss term, its name among the model's `penalties`.
        default: Its default.
        label: Two or three words for the widget.
        help: One or two plain sentences; that it can be changed while it trains is added.
        high: Largest value allowed; the smallest is 0.
    """
    return setting(
        default,
        label,
        f"{help} Can be changed while it trains.",
        low=0.0,
        high=high,
        folded=False,
        live=True,
        logarithmic=True,
        tunes=term,
    )


def noise_factor_setting(label: str, help: str) -> Any:
    """The field `noise_factor`, for variants that damage what they see; it can be tuned while a training runs.

    Args:
        label: Two or three words for the widget.
        help: One or two plain sentences; that it can be changed while it trains is added.
    """
    return setting(
        0.5,
        label,
        f"{help} Can be changed while it trains.",
        low=0.0,
        high=1.0,
        folded=False,
        live=True,
        tunes=CORRUPTION,
    )


def widths_setting(default: tuple[int, ...]) -> Any:
    """The field `widths`, for variants with hidden layers."""
    return setting(
        default,
        "Hidden widths",
        "Units of the encoder's hidden layers, from the input on; the decoder mirrors them.",
        low=1,
        high=4096,
        longest=6,
    )


def channels_setting(default: tuple[int, ...]) -> Any:
    """The field `channels`, for variants with convolutions."""
    return setting(
        default,
        "Channels",
        "Filters of each convolution; each is followed by a pooling that halves height and width, or time.",
        low=1,
        high=256,
        longest=4,
    )


def network_setting() -> Any:
    """The field `network`, for variants that come with dense layers and with convolutions."""
    return setting(
        "dense",
        "Network",
        "Dense layers of the hidden widths, or convolutions with the channels.",
        choices=("dense", "convolutional"),
    )


def check_channels(channels: tuple[int, ...], spec: DataSpec) -> None:
    """Refuses a network without convolutions, and more poolings than an image or a series has halves.

    Raises:
        SettingError: If they do not fit.
    """
    if not channels:
        raise SettingError("channels must have at least one entry. Received: none.")
    if min(spec.shape[:-1]) < 2 ** len(channels):
        what = (
            f"images of {spec.shape[0]}×{spec.shape[1]} pixels"
            if spec.is_image
            else f"series of {spec.shape[0]} moments"
        )
        raise SettingError(
            f"channels must have fewer entries for {what}, because each entry halves them. "
            f"Received: {len(channels)} entries."
        )


def check_network(network: str, channels: tuple[int, ...], spec: DataSpec) -> None:
    """Refuses convolutions on data that are not images, and such as do not fit the images.

    Raises:
        SettingError: If they do not fit.
    """
    if network != "dense":
        if not spec.is_image:
            raise SettingError(f"network must be dense for data that are not images. Received: {network!r}.")
        check_channels(channels, spec)


def activation_setting(default: str = "relu") -> Any:
    """The field `activation`, for variants with hidden layers."""
    return setting(default, "Activation", "Non-linearity of the hidden layers.", choices=ACTIVATIONS)


def code_activation_setting(default: str = "linear") -> Any:
    """The field `code_activation`: what stands between the encoder's last weights and the code."""
    return setting(
        default,
        "Code activation",
        "Non-linearity of the code. Linear leaves it free to take any value.",
        choices=ACTIVATIONS,
    )


def tied_setting() -> Any:
    """The field `tied`, for dense variants."""
    return setting(
        False,
        "Tied weights",
        "Each decoder layer uses the transposed weights of its mirror image in the encoder.",
    )


def pretraining_setting() -> Any:
    """The field `pretraining`, for stacks of dense layers."""
    return setting(
        False,
        "Pretrain layer by layer",
        "Each layer is first trained alone, on what the layers before it make of the image; then all together.",
    )


def pretraining_epochs_setting() -> Any:
    """The field `pretraining_epochs`, which goes with `pretraining`."""
    return setting(
        5,
        "Epochs for each layer",
        "How long each layer is trained alone, if layers are pretrained.",
        low=1,
        high=500,
        logarithmic=True,
    )
