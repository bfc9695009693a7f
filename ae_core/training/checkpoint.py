"""The whole state of a training between two chunks, from which it goes on as if it had never stopped."""

from collections.abc import Mapping
from typing import Any, Protocol

import numpy as np

from ae_core.messages import Mark, TrainingState
from ae_core.training.cache import Bench, own_variables
from ae_core.training.history import History

SECONDS = 10.0  # between two checkpoints: so much work is lost at most
SHARE = 0.01  # of the training time, at most, goes into them


class Training(Protocol):
    """What a checkpoint holds of a training."""

    step: int
    seconds: float
    marks: list[Mark]
    rates: dict[str, float]
    history: History
    bench: Bench


class Keeper(Protocol):
    """Where a training leaves its state."""

    def checkpoint(self, arrays: Mapping[str, np.ndarray], state: TrainingState) -> None:
        """Keeps a state in place of the one before."""

    def restore(self) -> tuple[Mapping[str, np.ndarray], TrainingState] | None:
        """The last state kept, None if there is none."""


def capture(run: Training) -> tuple[dict[str, np.ndarray], TrainingState]:
    """Weights, optimiser and random states, arrays by name, and where the training stands."""
    arrays = {name: np.asarray(variable) for name, variable in _variables(run).items()}
    state = TrainingState(
        step=run.step,
        seconds=run.seconds,
        marks=list(run.marks),
        rates=dict(run.rates),
        history=run.history.state(),
        stages=_stages(run),
    )
    return arrays, state


def restore(run: Training, arrays: Mapping[str, np.ndarray], state: TrainingState) -> bool:
    """Puts a training where a checkpoint was made.

    Returns:
        Whether it fits this run; otherwise nothing has changed, and the training begins anew.
    """
    variables = _variables(run)
    shapes = {name: tuple(variable.shape) for name, variable in variables.items()}
    if shapes != {name: tuple(array.shape) for name, array in arrays.items()} or state.stages != _stages(run):
        return False
    for name, variable in variables.items():
        variable.assign(arrays[name])
    run.step, run.seconds = state.step, state.seconds
    run.marks, run.rates = list(state.marks), dict(state.rates)
    run.history.restore(state.history)
    return True


def _stages(run: Training) -> list[tuple[int, int]]:
    return [(stage.chunk, stage.steps_per_epoch) for stage in run.bench.stages]


def _variables(run: Training) -> dict[str, Any]:
    """Every variable that training changes, by a name that is the same in another process.

    A bank of random numbers comes from the seed and stays as it is.
    """
    found = {}
    for place, stage in enumerate(run.bench.stages):
        constant = {id(variable) for variable in stage.model.constants}
        changing = [variable for variable in own_variables(stage.model) if id(variable) not in constant]
        for number, variable in enumerate([*changing, *stage.model.optimizer.variables]):
            found[f"{place}.{number}"] = variable
    return found
