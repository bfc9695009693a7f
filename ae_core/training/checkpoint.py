"""The whole state of a training between two chunks, from which it goes on as if it had never stopped."""

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

import keras
import numpy as np
from msgspec.structs import replace

from ae_core.errors import DataError
from ae_core.messages import TrainingState
from ae_core.models.autoencoder import Autoencoder
from ae_core.training import moments
from ae_core.training.cache import own_variables
from ae_core.training.early_stopping import Best
from ae_core.training.loop import Stage

SECONDS = 10.0  # between two checkpoints: so much work is lost at most
BEST = "best."  # what names of the best epoch's weights begin with
SHARE = 0.01  # of the training time, at most, goes into them


class Keeper(Protocol):
    """Where a training leaves its state.

    Attributes:
        goes_on: Whether it was trained to an end before, so that it must not begin anew.
    """

    goes_on: bool

    def checkpoint(self, arrays: Mapping[str, np.ndarray], state: TrainingState) -> None:
        """Keeps a state in place of the one before."""

    def restore(self) -> tuple[Mapping[str, np.ndarray], TrainingState] | None:
        """The last state kept, None if there is none."""

    def weights(self, step: int, take: Callable[[], bytes]) -> None:
        """Is offered what the network is at a step that was just shown, and takes it where it keeps such.

        Args:
            step: The step.
            take: Gives the weights, see `moments.taken`.
        """


class Resumable(Protocol):
    """A training that a checkpoint can be made of.

    Attributes:
        best: Its best epoch so far.
        model: What is trained.
    """

    best: Best
    model: Autoencoder

    @property
    def step(self) -> int:
        """Steps done."""

    @property
    def stages(self) -> Sequence[Stage[Autoencoder]]:
        """The settings of the training."""

    def state(self) -> TrainingState:
        """Where it stands, but for the variables of its models."""

    def go_on_from(self, state: TrainingState) -> None:
        """Stands there from now on."""


class Checkpoints:
    """Makes a checkpoint now and then, and finds the last one.

    Args:
        keeper: Where they are left.
    """

    def __init__(self, keeper: Keeper):
        self._keeper = keeper
        self._next = time.perf_counter() + SECONDS

    def restore(self, training: Resumable) -> bool:
        """Puts the training where the last checkpoint was made; whether there was one that fits.

        Raises:
            DataError: If there is none, and the training must not begin anew.
        """
        kept = self._keeper.restore()
        fits = kept is not None and restore(training, *kept)
        if self._keeper.goes_on and not fits:
            raise DataError("This run cannot go on here, because its state was kept by another program or machine.")
        return fits

    def shown(self, training: Resumable) -> None:
        """Offers what the network is now, beside the frame that shows it."""
        self._keeper.weights(training.step, lambda: moments.taken(training.model))

    def keep_if_due(self, training: Resumable) -> None:
        """Makes a checkpoint if it is time for one."""
        begun = time.perf_counter()
        if begun >= self._next:
            self.keep(training)
            ended = time.perf_counter()
            self._next = ended + max(SECONDS, (ended - begun) / SHARE)

    def keep(self, training: Resumable) -> None:
        """Makes a checkpoint, unless the training has diverged: nothing can go on from numbers that are none."""
        arrays, state = capture(training)
        if all(np.isfinite(array).all() for array in arrays.values()):
            self._keeper.checkpoint(arrays, state)


def capture(training: Resumable) -> tuple[dict[str, np.ndarray], TrainingState]:
    """Weights, optimiser and random states, arrays by name, and where the training stands."""
    arrays = {name: np.asarray(variable) for name, variable in _variables(training.stages).items()}
    weights, best = training.best.state()
    arrays |= {f"{BEST}{name}": value for name, value in weights.items()}
    return arrays, replace(training.state(), best=best)


def restore(training: Resumable, arrays: Mapping[str, np.ndarray], state: TrainingState) -> bool:
    """Puts a training where a checkpoint was made.

    Returns:
        Whether it fits this training; otherwise nothing has changed, and it begins anew.
    """
    best = {name.removeprefix(BEST): array for name, array in arrays.items() if name.startswith(BEST)}
    arrays = {name: array for name, array in arrays.items() if not name.startswith(BEST)}
    variables = _variables(training.stages)
    shapes = {name: tuple(variable.shape) for name, variable in variables.items()}
    if shapes != {name: tuple(array.shape) for name, array in arrays.items()}:
        return False
    if state.stages != places(training.stages):
        return False
    for name, variable in variables.items():
        variable.assign(arrays[name])
    training.best.restore(best, state.best)
    training.go_on_from(state)
    return True


def places(stages: Sequence[Stage[Autoencoder]]) -> list[tuple[int, int]]:
    """Of each stage the steps of a chunk and of an epoch, as a `TrainingState` has them."""
    return [(stage.chunk, stage.steps_per_epoch) for stage in stages]


def _variables(stages: Sequence[Stage[Autoencoder]]) -> dict[str, keras.Variable]:
    """Every variable that training changes, by a name that is the same in another process.

    A bank of random numbers comes from the seed and stays as it is.
    """
    found = {}
    for place, stage in enumerate(stages):
        constant = {id(variable) for variable in stage.model.constants}
        changing = [variable for variable in own_variables(stage.model) if id(variable) not in constant]
        for number, variable in enumerate([*changing, *stage.model.optimizer.variables]):
            found[f"{place}.{number}"] = variable
    return found
