"""The best of a training so far, and whether it has waited long enough for a better one."""

import math
from collections.abc import Mapping, Sequence

import keras
import numpy as np

from ae_core.messages import BestState


class Best:
    """Remembers the weights after the epoch with the lowest validation loss.

    Args:
        patience: Epochs without a lower one after which it is enough; 0 for never, and nothing is remembered.

    Attributes:
        epoch: Epochs done when the loss was lowest; None before there was one.

    References:
        Prechelt, Early stopping – but when?, in: Neural networks: tricks of the trade, 1998.
    """

    def __init__(self, patience: int):
        self._patience = patience
        self._loss, self._waited = math.inf, 0
        self.epoch: float | None = None
        self._weights: list[np.ndarray] = []

    def look(self, loss: float, epoch: float, variables: Sequence[keras.Variable]) -> None:
        """Takes the validation loss after an epoch.

        Args:
            loss: The loss, perhaps not finite.
            epoch: Epochs done.
            variables: What would be put back, always in this order.
        """
        if not self._patience:
            return
        if loss < self._loss:
            self._loss, self.epoch, self._waited = loss, epoch, 0
            self._weights = [np.array(variable) for variable in variables]
        else:
            self._waited += 1

    @property
    def enough(self) -> bool:
        """Whether so many epochs have brought nothing better."""
        return 0 < self._patience <= self._waited

    def put_back(self, variables: Sequence[keras.Variable]) -> None:
        """Gives these variables the values of the best epoch, if there was one."""
        if self._weights:
            for variable, value in zip(variables, self._weights, strict=True):
                variable.assign(value)

    def state(self) -> tuple[Mapping[str, np.ndarray], BestState | None]:
        """The weights by name, and the rest, from which `restore` goes on."""
        if self.epoch is None:
            return {}, None
        arrays = {str(number): value for number, value in enumerate(self._weights)}
        return arrays, BestState(loss=self._loss, epoch=self.epoch, waited=self._waited)

    def restore(self, arrays: Mapping[str, np.ndarray], state: BestState | None) -> None:
        """Goes on from what `state` gave. Who had enough before is patient anew."""
        if state is not None:
            self._loss, self.epoch, self._waited = state.loss, state.epoch, state.waited
            self._weights = [arrays[str(number)] for number in range(len(arrays))]
            self._waited = 0 if self.enough else self._waited
