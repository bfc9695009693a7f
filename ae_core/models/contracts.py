"""What the one Keras model asks of its parts, and the check that a part gives it.

A part inherits nothing from here: it fulfils a contract by having its members. `Autoencoder` checks every part when it
is built, so that a wrong layer fails there, by name, and not in the middle of a training.
"""

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, cast, runtime_checkable

import numpy as np

from ae_core.messages import Bars, Numbers, Pictures

if TYPE_CHECKING:
    import keras

Tensor = Any
"""A tensor of whichever backend Keras has, or an array: a type that Python cannot name."""

Made = TypeVar("Made")


class Penalty(Protocol):
    """A loss term beside the reconstruction error: a Keras layer that turns features into a scalar.

    Attributes:
        weight: What the term is multiplied by, at least 0: a scalar variable, so that a person can tune it while a
            training runs. The setting that tunes it is declared with `setting_fields.penalty_setting`.
    """

    weight: "keras.Variable"

    def __call__(self, features: Any, inputs: Any = None, training: bool = False) -> Any:
        """The weighted penalty, a scalar.

        Args:
            features: `(batch, ...)`, what the model's `features` give.
            inputs: `(batch, *spec.shape)`, what they were made from.
            training: Whether this is a training step; otherwise the same arguments must give the same number.
        """


@runtime_checkable
class ChangesWithTime(Protocol):
    """A penalty that is told how far the training has come."""

    def at_epoch(self, epoch: float) -> None:
        """Gets ready for what comes after so many epochs, counted from the start of its own phase."""

    def settled_after(self) -> float:
        """After how many epochs it does not change any more: losses before and after cannot be compared."""


class Normals(Protocol):
    """Standard normal numbers, some for each example of a batch.

    Attributes:
        bank: The variable that holds them. It follows from the seed and never changes.
    """

    bank: "keras.Variable"

    def __call__(self, inputs: Any) -> Any:
        """Fresh numbers: anything of `(batch, ...)` → `(batch, width)`."""

    def steady(self, inputs: Any) -> Any:
        """The same numbers at every call, by the place in the batch."""


@runtime_checkable
class UsesNormals(Protocol):
    """A layer with a bank of random numbers."""

    normals: Normals


class Corruption(Protocol):
    """Damage to what the encoder sees: a Keras layer `(batch, *spec.shape)` → the same.

    Attributes:
        factor: How strong it is, 0 to 1: a scalar variable, so that a person can tune it while a training runs. The
            setting that tunes it is declared with `setting_fields.noise_factor_setting`.
        normals: The numbers that decide what is hit.
    """

    factor: "keras.Variable"
    normals: Normals

    def __call__(self, inputs: Any) -> Any:
        """Fresh damage at every call, for a training step."""

    def apply(self, inputs: Any, normals: Any) -> Any:
        """The damage that given normal numbers decide, `(batch, *spec.shape)`: for what must be the same each time."""


@runtime_checkable
class HidesPixels(Protocol):
    """A corruption that hides whole pixels, so that they have no value at all."""

    def pixel_weights(self, target: Any, damaged: Any) -> Any:
        """How much each pixel counts in the loss, at least 0: clean and damaged images → of the same shape."""

    def filled(self, damaged: np.ndarray, values: np.ndarray) -> np.ndarray:
        """Damaged images with these values, which broadcast to them, where pixels are hidden."""


class Bottleneck(Protocol):
    """What stands between encoder and decoder where the decoder sees something else than the encoder's output.

    A Keras layer that turns features into what the decoder sees, `(batch, *code_shape)`.

    Attributes:
        learnt_weights: What it learns in its own way, without a gradient; often nothing.
    """

    learnt_weights: "Sequence[keras.Variable]"

    def __call__(self, features: Any, training: bool = False) -> Any:
        """What the decoder sees."""

    def code(self, features: Any) -> Any:
        """The code that a person is shown, without chance: features → `(batch, *code_shape)`."""

    def plain(self, encoder: "keras.Model", features: "keras.Model") -> "keras.Model":
        """Encoder and `code` as one model of Keras's own layers, which loads without this package.

        Args:
            encoder: The model's encoder.
            features: The model's features.
        """


@runtime_checkable
class ChoosesEntries(Protocol):
    """A bottleneck whose code is made of entries of a codebook, so that nothing lies between two codes.

    Attributes:
        quantizer: The layer that has the codebook.
    """

    quantizer: "keras.Layer"


class Watched(Protocol):
    """What a panel may ask of a model.

    Attributes:
        encoder: `(batch, *spec.shape)` → `(batch, *code_shape)`, without chance.
        features: `(batch, *spec.shape)` → what bottleneck and penalties are called with.
        loss_name: `cross_entropy`, `mse` or `relative`.
    """

    encoder: "keras.Model"
    features: "keras.Model"
    loss_name: str

    @property
    def code_shape(self) -> tuple[int, ...]:
        """Shape of one code."""

    def encode(self, images: Any) -> np.ndarray:
        """Images `(n_samples, *spec.shape)` → codes `(n_samples, *code_shape)`."""

    def decode(self, codes: np.ndarray) -> np.ndarray:
        """Codes `(n_samples, *code_shape)` → reconstructions `(n_samples, *spec.shape)`."""

    def without_gaps(self, damaged: np.ndarray, values: np.ndarray) -> np.ndarray:
        """Damaged images with these values, which broadcast to them, where pixels are hidden."""


@dataclass(frozen=True)
class Look:
    """What a panel is given: a model and always the same held-out images.

    Args:
        model: The model.
        images: Clean images as the network takes them, ndarray of shape `(n_samples, *spec.shape)`.
        inputs: The same images as the encoder sees them in training: damaged where the variant damages them.
        codes: Codes of the clean images, ndarray of shape `(n_samples, *code_shape)`.
        show: Turns network values into bytes for the eye, `(n, height, width, channels)`.
        known: Whether each value of the images is known, bool of their shape; the mean stands where one is not. None
            where all are known.
    """

    model: Watched
    images: np.ndarray
    inputs: np.ndarray
    codes: np.ndarray
    show: Callable[[np.ndarray], np.ndarray]
    known: np.ndarray | None = None
    _found: dict[str, object] = field(default_factory=dict, init=False, repr=False, compare=False)

    def once(self, name: str, make: Callable[[], Made]) -> Made:
        """What `make` returns, made once for this look, however many panels or numbers need it.

        Args:
            name: What it is; another name for each thing.
            make: Makes it.
        """
        if name not in self._found:
            self._found[name] = make()
        return cast("Made", self._found[name])


class Panel(Protocol):
    """One more thing to look at while a model trains.

    Attributes:
        name: Its name in messages, such as `filters`.
        title: Two or three words for a person.
        help: One plain sentence: what is seen, and what it should look like.
    """

    name: str
    title: str
    help: str

    def numbers(self, look: Look) -> Numbers:
        """Numbers by name that a snapshot, and the test at the end, report beside the common ones; often none.

        The variant declares what each of them means in its `metrics`.
        """

    def measure(self, look: Look) -> Pictures | Bars:
        """The panel's content."""


# What a part of that contract may be able to do besides: if it has any of these members, it must have all.
MAY_ALSO: dict[type, type] = {Penalty: ChangesWithTime, Corruption: HidesPixels}


def fulfil(part: Any, contract: type, place: str) -> None:
    """Refuses a part that does not give what a contract asks for.

    Args:
        part: A layer or a panel.
        contract: One of the protocols above.
        place: What the part is to be, in words, such as `The penalty 'sparsity'`.

    Raises:
        TypeError: If a member is missing, or a method cannot be called as the contract says.
    """
    for name, wanted in _members(contract).items():
        words = name if wanted is None else f"{name}{_arguments(wanted)}"
        if name not in dir(part) or not (wanted is None or _callable_as(getattr(part, name), wanted)):
            kind = contract.__name__
            raise TypeError(f"{place} must have {words}, see contracts.{kind}. Received: {type(part).__name__}.")
    also = MAY_ALSO.get(contract)
    if also is not None and any(name in dir(part) for name in _members(also)):
        fulfil(part, also, place)


def _members(contract: type) -> dict[str, Callable | None]:
    """Methods of a protocol by name, and its attributes, with None."""
    attributes = dict.fromkeys(inspect.get_annotations(contract))
    methods = {name: thing for name, thing in vars(contract).items() if inspect.isfunction(thing) and name[0] != "_"}
    called = vars(contract).get("__call__")  # of a Keras layer, what its `call` takes
    return {**attributes, **({"call": called} if called else {}), **methods}


def _arguments(method: Callable) -> str:
    return f"({', '.join([*inspect.signature(method).parameters][1:])})"


def _callable_as(method: Callable, wanted: Callable) -> bool:
    """Whether a method takes the contract's arguments: those without a default by place, the others by name."""
    parameters = [*inspect.signature(wanted).parameters.values()][1:]
    by_place = [None for one in parameters if one.default is one.empty]
    by_name = {one.name: None for one in parameters if one.default is not one.empty}
    try:
        inspect.signature(method).bind(*by_place, **by_name)
    except TypeError:
        return False
    return True
