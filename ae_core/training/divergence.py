"""Where a training that diverges goes back to: the last state that could be measured."""

import time
from collections.abc import Mapping, Sequence

import keras
import numpy as np

from ae_core.errors import DivergedError
from ae_core.messages import TrainingState
from ae_core.training.checkpoint import Resumable

FREE_SECONDS = 0.5  # that copies may take in any case: what diverges often does so within its first steps
SHARE = 0.01  # of the time, at most, goes into more of them


class LastGood:
    """Remembers what was learnt when it was measured last.

    Without what the optimiser notes: nobody goes on from here, and it would take twice the memory.
    """

    def __init__(self) -> None:
        self._begun, self._spent = time.perf_counter(), 0.0
        self._kept: tuple[list[np.ndarray], TrainingState] | None = None

    def keep_if_cheap(self, training: Resumable) -> None:
        """Remembers the present state, unless that would take too much of the time, or it is not finite."""
        begun = time.perf_counter()
        if self._spent > FREE_SECONDS + SHARE * (begun - self._begun):
            return
        values = [np.array(variable) for variable in _learnt(training)]
        if all(np.isfinite(value).all() for value in values):
            self._kept = values, training.state()
        self._spent += time.perf_counter() - begun

    def go_back(self, training: Resumable) -> bool:
        """Puts the training where it was then; whether there was such a state."""
        if self._kept is None:
            return False
        values, state = self._kept
        for variable, value in zip(_learnt(training), values, strict=True):
            variable.assign(value)
        training.go_on_from(state)
        return True


def check_finite(losses: Mapping[str, float]) -> None:
    """Makes sure that losses are numbers.

    Raises:
        DivergedError: If one of them is infinite, or not a number.
    """
    for name, value in losses.items():
        if not np.isfinite(value):
            raise DivergedError(f"The loss term {name} is {value}.")


def _learnt(training: Resumable) -> Sequence[keras.Variable]:
    found = {id(variable): variable for stage in training.stages for variable in stage.model.learnt}
    return list(found.values())
