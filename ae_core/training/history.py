"""The numbers of a training over time: a bounded curve to look at, and one number an epoch to keep."""

import collections
from collections.abc import Callable, Mapping

from ae_core.messages import Curves, Epochs, HistoryState, Losses

LARGEST_CURVE = 400  # points; then every second one is dropped


class History:
    """Training and validation losses, in total and term by term.

    A training loss is the mean over the steps since the point before; a validation loss is measured at the point.

    Args:
        terms: Names of the loss terms; `loss` is their sum.
    """

    def __init__(self, terms: tuple[str, ...]):
        self.names = ("loss", *terms)
        self._curve: list[Losses] = []
        self._epochs: list[Losses] = []
        self._since_point: list[Losses] = []
        self._since_epoch: list[Losses] = []
        self._epoch_samples = 0
        self._epoch_seconds = 0.0
        self._begun = False  # the first chunk is left out: it waits for the compiler
        self._recent: collections.deque[tuple[int, float]] = collections.deque(maxlen=12)
        self.epoch_rates: list[float] = []

    def add_chunk(self, losses: Mapping[str, float], samples: int, seconds: float) -> None:
        """Records one chunk of steps: its mean losses, how many images it took and how long."""
        values = {name: losses.get(name, 0.0) for name in self.names}  # a phase has only some of the whole's terms
        self._since_point.append(values)
        self._since_epoch.append(values)
        self._epoch_samples += samples
        self._epoch_seconds += seconds
        if self._begun:
            self._recent.append((samples, seconds))
        self._begun = True

    def end_epoch(self, step: int, epoch: float, seconds: float, validation: Mapping[str, float]) -> None:
        """Closes an epoch: one number for each loss, and a point on the curve."""
        self._epochs.append(_means(self._since_epoch) | {f"val_{name}": validation[name] for name in self.names})
        self.epoch_rates.append(self._epoch_samples / self._epoch_seconds)
        self._since_epoch, self._epoch_samples, self._epoch_seconds = [], 0, 0.0
        self.add_point(step, epoch, seconds, lambda: validation)

    def add_point(self, step: int, epoch: float, seconds: float, validate: Callable[[], Mapping[str, float]]) -> None:
        """Adds a point to the curve, unless there is one at this step."""
        if not self._since_point:
            return
        validation = validate()
        self._curve.append(
            {"step": step, "epoch": epoch, "seconds": seconds}
            | _means(self._since_point)
            | {f"val_{name}": validation[name] for name in self.names}
        )
        self._since_point = []
        if len(self._curve) > LARGEST_CURVE:
            self._curve = self._curve[:-1:2] + self._curve[-1:]

    def samples_per_second(self) -> float | None:
        """Images of the last chunks per second of training; None before the second chunk."""
        seconds = sum(seconds for _, seconds in self._recent)
        return sum(samples for samples, _ in self._recent) / seconds if seconds else None

    def state(self) -> HistoryState:
        """All that is known, from which `restore` goes on."""
        return HistoryState(
            curve=list(self._curve),
            epochs=list(self._epochs),
            since_point=list(self._since_point),
            since_epoch=list(self._since_epoch),
            epoch_samples=self._epoch_samples,
            epoch_seconds=self._epoch_seconds,
            epoch_rates=list(self.epoch_rates),
        )

    def restore(self, state: HistoryState) -> None:
        """Goes on from what `state` gave."""
        self._curve, self._epochs = list(state.curve), list(state.epochs)
        self._since_point, self._since_epoch = list(state.since_point), list(state.since_epoch)
        self._epoch_samples, self._epoch_seconds = state.epoch_samples, state.epoch_seconds
        self.epoch_rates = list(state.epoch_rates)

    def columns(self) -> Curves:
        """The curve, one list for each name."""
        names = ("step", "epoch", "seconds", *self.names, *(f"val_{name}" for name in self.names))
        return {name: [point[name] for point in self._curve] for name in names}

    def by_epoch(self) -> Epochs:
        """One number an epoch for each loss."""
        names = (*self.names, *(f"val_{name}" for name in self.names))
        return {name: [epoch[name] for epoch in self._epochs] for name in names}


def _means(rows: list[Losses]) -> Losses:
    return {name: sum(row[name] for row in rows) / len(rows) for name in rows[0]}
