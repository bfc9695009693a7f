"""Experiment settings: frozen, declared once, checked at birth.

A variant declares its settings as one frozen dataclass below `Settings`. The same declaration drives the widgets,
the address bar, the command line and the saved file, so each field carries its own label, help text and bounds.
"""

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Self

from ae_core.errors import SettingError

SEED_LIMIT = 2**31 - 1
LONGEST_TEXT = 1000  # characters


@dataclass(frozen=True)
class DataSpec:
    """What a network must know of its data.

    Args:
        shape: Shape of one example without the batch axis: `(height, width, channels)` of an image, `(time, channels)`
            of a series, `(columns,)` of a table's row.
        unit_range: Whether every value lies in [0, 1], so that a value can be read as a probability.
    """

    shape: tuple[int, ...]
    unit_range: bool = True

    @property
    def size(self) -> int:
        """Numbers in one example."""
        return math.prod(self.shape)

    @property
    def is_image(self) -> bool:
        """Whether an example has a height and a width."""
        return len(self.shape) == 3

    @property
    def is_series(self) -> bool:
        """Whether an example has moments and channels."""
        return len(self.shape) == 2

    @property
    def noun(self) -> str:
        """What an example is called: `image`, `series` or `row`."""
        return {3: "image", 2: "series"}.get(len(self.shape), "row")


@dataclass(frozen=True)
class Option:
    """What is allowed for one setting, and how to say it to a person.

    Args:
        label: Two or three words for the widget.
        help: One or two plain sentences.
        low: Smallest value allowed (for a tuple: of every entry).
        high: Largest value allowed (for a tuple: of every entry).
        choices: All values allowed, for a setting that is a word.
        aliases: Other spellings that mean one of the choices.
        longest: Largest number of entries, for a tuple.
        folded: Whether the page hides it under "More settings".
        live: Whether it can be changed while a training runs.
        logarithmic: Whether equal factors, not equal steps, matter.
        tunes: The part of the model whose strength it sets: a penalty by the name of its loss term, or `CORRUPTION`;
            empty if it is no part's strength.
        optional: Whether a text may be empty.
    """

    label: str
    help: str
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()
    aliases: Mapping[str, str] = field(default_factory=dict)
    longest: int = 1
    folded: bool = True
    live: bool = False
    logarithmic: bool = False
    tunes: str = ""
    optional: bool = False

    def allowed(self, kind: type) -> str:
        """The allowed values in words, for an error message."""
        if self.choices:
            return "one of " + ", ".join(self.choices)
        if kind is bool:
            return "true or false"
        if self.optional:
            return "names with commas between them, or none"
        numbers = "an integer" if kind in (int, tuple) else "a number"
        bounds = f"{numbers} from {_plain(self.low)} to {_plain(self.high)}" if self.low is not None else "a name"
        if kind is tuple:
            return f"at most {self.longest} comma-separated entries, each {bounds}"
        return bounds


def _plain(number: float | None) -> str:
    """A bound as people write it: 0.000001 and 1000000, without a power of ten."""
    return format(number or 0.0, ".12f").rstrip("0").rstrip(".")


def setting(default: Any, label: str, help: str, **limits: Any) -> Any:
    """Declares one field of a settings class: a default, and an `Option` with the given limits."""
    return field(default=default, metadata={"option": Option(label, help, **limits)})


def _read(name: str, option: Option, kind: type, value: Any) -> Any:
    """Turns a value, often a piece of text, into the field's type, or refuses it."""
    wrong = SettingError(f"{name} must be {option.allowed(kind)}. Received: {str(value)[:80]!r}.")
    if kind is bool:
        words = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
        if str(value).lower() not in words:
            raise wrong
        return words[str(value).lower()]
    if kind is str:
        if not isinstance(value, str) or not (value or option.optional) or len(value) > LONGEST_TEXT:
            raise wrong
        value = option.aliases.get(value, value)
        if option.choices and value not in option.choices:
            raise wrong
        return value
    try:
        if kind is tuple:
            entries = value.split(",") if isinstance(value, str) else value
            entries = [entry for entry in entries if str(entry).strip()]
            if len(entries) > option.longest:
                raise wrong
            numbers: tuple[float, ...] = tuple(_integer(entry) for entry in entries)
        else:
            numbers = (_integer(value) if kind is int else float(value),)
    except (TypeError, ValueError, OverflowError) as error:
        raise wrong from error
    for number in numbers:
        if isinstance(value, bool) or not math.isfinite(number):
            raise wrong
        if (option.low is not None and number < option.low) or (option.high is not None and number > option.high):
            raise wrong
    return numbers if kind is tuple else numbers[0]


def _integer(value: Any) -> int:
    number = float(value)
    if number != int(number):
        raise ValueError(value)
    return int(number)


CORRUPTION = "corruption"  # what `Option.tunes` calls the layer that damages the input


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What every experiment has, whatever the variant. Not used itself: a variant's settings build on it."""

    variant: ClassVar[str] = ""

    dataset: str = setting("digits", "Data set", "The images to learn.", folded=False)
    latent_dim: int = setting(
        32,
        "Latent size",
        "Numbers in the code: all that the decoder sees of an image.",
        low=1,
        high=1024,
        folded=False,
        logarithmic=True,
    )
    epochs: int = setting(
        30,
        "Epochs",
        "How many times the network sees every training image.",
        low=1,
        high=500,
        folded=False,
        logarithmic=True,
    )
    learning_rate: float = setting(
        0.001,
        "Learning rate",
        "Size of the optimiser's steps. Can be changed while it trains.",
        low=1e-6,
        high=1.0,
        folded=False,
        live=True,
        logarithmic=True,
    )
    schedule: str = setting(
        "constant",
        "Learning-rate schedule",
        "Cosine: the rate falls to zero along half a cosine until the last step.",
        choices=("constant", "cosine"),
    )
    optimizer: str = setting(
        "adam",
        "Optimiser",
        "Rule that turns gradients into steps.",
        choices=("adam", "sgd", "rmsprop"),
    )
    patience: int = setting(
        0,
        "Patience",
        "Epochs without a lower validation loss after which the run ends by itself; then the weights of the best epoch "
        "are kept. 0 never ends it early.",
        low=0,
        high=500,
    )
    batch_size: int = setting(
        128,
        "Batch size",
        "Images per optimiser step.",
        low=1,
        high=4096,
        logarithmic=True,
    )
    loss: str = setting(
        "auto",
        "Loss",
        "Error between original and reconstruction, averaged over pixels. Automatic means cross-entropy where the "
        "data lie in [0, 1], else mean squared error.",
        choices=("auto", "cross_entropy", "mse"),
        aliases={
            "bce": "cross_entropy",
            "binary_crossentropy": "cross_entropy",
            "mean_squared_error": "mse",
        },
    )
    output: str = setting(
        "auto",
        "Output",
        "Last activation of the decoder. Automatic means sigmoid where the data lie in [0, 1], else linear.",
        choices=("auto", "sigmoid", "linear"),
    )
    train_size: int = setting(
        60000,
        "Training images",
        "Images taken for training and validation together; all, if there are fewer.",
        low=20,
        high=1_000_000,
        logarithmic=True,
    )
    validation_share: float = setting(
        0.1,
        "Validation share",
        "Part of these images kept out of training to watch for over-fitting.",
        low=0.01,
        high=0.5,
    )
    scaling: str = setting(
        "unit",
        "Scaling",
        "Unit: values of pictures become 0 to 1, columns of tables and channels of series are standardised, all other "
        "data stay as they are. Range: the smallest and the largest training value become 0 and 1. Bytes: 0 and 255 "
        "become 0 and 1. None: values stay as they are. Standardize: each value gets mean 0 and standard deviation 1.",
        choices=("unit", "range", "bytes", "none", "standardize"),
    )
    label: str = setting(
        "auto",
        "Label column",
        "The column of a table that names each row's class; it is not learnt from. Automatic: the one that is called "
        "label, class, category, target or y, or one of these in German or Chinese, if there is one. None: "
        "all columns are learnt from.",
    )
    leave_out: str = setting(
        "",
        "Leave out",
        "Columns of a table, or channels of a series, that are not learnt from, such as a patient's number. In an "
        "address they have commas between them, and a name with a comma in it stands in quotation marks.",
        optional=True,
    )
    outliers: str = setting(
        "keep",
        "Outliers",
        "Drop training images that lie too far from the mean image: the z-score of the distance is above 3, or it is "
        "more than 1.5 interquartile ranges above the third quartile.",
        choices=("keep", "zscore", "iqr"),
    )
    normal: str = setting(
        "",
        "Normal classes",
        "Classes to learn from, with commas between them, so that the others are odd to the network; if none is named, "
        "all are learnt from. The test set always holds all.",
        optional=True,
    )
    augmentation: str = setting(
        "none",
        "Augmentation",
        "Training images are moved by up to 2 pixels, or turned by up to 15 degrees, afresh at every step.",
        choices=("none", "shift", "rotate", "shift_rotate"),
    )
    seed: int = setting(
        0,
        "Seed",
        "Start of all random numbers: the same seed gives the same run.",
        low=0,
        high=SEED_LIMIT,
    )

    def __post_init__(self) -> None:
        for one in dataclasses.fields(self):
            kind = type(one.default)
            object.__setattr__(self, one.name, _read(one.name, option_of(one), kind, getattr(self, one.name)))

    @classmethod
    def from_mapping(cls, values: Mapping[str, Any]) -> Self:
        """Reads settings from names and values, both possibly text.

        Raises:
            SettingError: If a name is unknown to this variant or a value is not allowed.
        """
        known = {one.name for one in dataclasses.fields(cls)}
        for name in values:
            if name not in known:
                raise SettingError(
                    f"{name[:80]!r} is not a setting of the variant {cls.variant}. Allowed: {', '.join(sorted(known))}."
                )
        return cls(**values)

    def to_dict(self) -> dict[str, Any]:
        """Plain values by name, with the variant first: what is saved and sent."""
        return {"variant": self.variant} | {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in ((one.name, getattr(self, one.name)) for one in dataclasses.fields(self))
        }

    def resolved_loss(self, spec: DataSpec) -> str:
        """The loss after `auto` has met the data: `cross_entropy` or `mse`."""
        if self.loss == "auto":
            return "cross_entropy" if spec.unit_range and self.output != "linear" else "mse"
        return self.loss

    def resolved_output(self, spec: DataSpec) -> str:
        """The output activation after `auto` has met the data: `sigmoid` or `linear`."""
        if self.output == "auto":
            return "sigmoid" if spec.unit_range else "linear"
        return self.output

    def check(self, spec: DataSpec) -> None:
        """Refuses settings that do not fit the data. A variant adds its own rules.

        Raises:
            SettingError: If they do not fit.
        """
        if self.resolved_loss(spec) == "cross_entropy":
            if not spec.unit_range:
                raise SettingError(
                    "loss must be auto or mse for data outside [0, 1], because cross-entropy reads a value as a "
                    f"probability. Received: {self.loss!r}."
                )
            if self.resolved_output(spec) != "sigmoid":
                raise SettingError(
                    "output must be auto or sigmoid with the loss cross_entropy, which needs probabilities. "
                    f"Received: {self.output!r}."
                )
        if self.resolved_output(spec) == "sigmoid" and not spec.unit_range:
            raise SettingError(f"output must be auto or linear for data outside [0, 1]. Received: {self.output!r}.")
        if self.augmentation != "none" and not spec.is_image:
            raise SettingError(
                f"augmentation must be none for data that are not images. Received: {self.augmentation!r}."
            )


def option_of(one: dataclasses.Field) -> Option:
    """The `Option` that a field of a settings class carries."""
    return one.metadata["option"]


def options(settings: type[Settings] | Settings) -> dict[str, Option]:
    """Every setting's `Option` by name, in the order in which they are declared."""
    return {one.name: option_of(one) for one in dataclasses.fields(settings)}


def tuner_of(part: str, settings: type[Settings] | Settings) -> str | None:
    """The name of the setting that tunes a part of the model, see `Option.tunes`; None if there is none."""
    return next((name for name, option in options(settings).items() if option.tunes == part), None)
