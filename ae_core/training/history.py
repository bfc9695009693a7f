"""The numbers of a training over time: a bounded curve to look at, and one number an epoch to keep."""

import collections
from collections.abc import Callable, Mapping, Sequence

from ae_core.messages import Curves, Epochs, HistoryState, Losses

LARGEST_CURVE = 400  # points; then every second one is dropped


class _Mean:
    """The mean losses of some chunks of steps, each weighed by the images it took.

    Args:
        losses: Mean losses of those before, by name.
        images: How many images they took; 0 if there are none.
    """

    def __init__(self, losses: Mapping[str, float] | None = None, images: float = 0):
        self.losses, self.images = dict(losses or {}), images

    def add(self, losses: Mapping[str, float], images: int) -> None:
        """Takes a chunk in."""
        self.images += images
        share = images / self.images
        before = self.losses or losses
        self.losses = {name: before[name] + share * (value - before[name]) for name, value in losses.items()}


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
        self._since_point, self._since_epoch = _Mean(), _Mean()
        self._epoch_seconds = 0.0
        self._begun = False  # the first chunk is left out: it waits for the compiler
        self._recent: collections.deque[tuple[int, float]] = collections.deque(maxlen=12)
        self.epoch_rates: list[float] = []

    def add_chunk(self, losses: Mapping[str, float], samples: int, seconds: float) -> None:
        """Records one chunk of steps: its mean losses, how many images it took and how long."""
        values = {name: losses.get(name, 0.0) for name in self.names}  # a phase has only some of the whole's terms
        self._since_point.add(values, samples)
        self._since_epoch.add(values, samples)
        self._epoch_seconds += seconds
        if self._begun:
            self._recent.append((samples, seconds))
        self._begun = True

    def end_epoch(self, step: int, epoch: float, seconds: float, validation: Mapping[str, float]) -> None:
        """Closes an epoch: one number for each loss, and a point on the curve."""
        self._epochs.append(self._since_epoch.losses | {f"val_{name}": validation[name] for name in self.names})
        self.epoch_rates.append(self._since_epoch.images / self._epoch_seconds)
        self._since_epoch, self._epoch_seconds = _Mean(), 0.0
        self.add_point(step, epoch, seconds, lambda: validation)

    def add_point(self, step: int, epoch: float, seconds: float, validate: Callable[[], Mapping[str, float]]) -> None:
        """Adds a point to the curve, unless there is one at this step."""
        if not self._since_point.images:
            return
        validation = validate()
        self._curve.append(
            {"step": step, "epoch": epoch, "seconds": seconds}
            | self._since_point.losses
            | {f"val_{name}": validation[name] for name in self.names}
        )
        self._since_point = _Mean()
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
            since_point=[self._since_point.losses] if self._since_point.images else [],
            since_epoch=[self._since_epoch.losses] if self._since_epoch.images else [],
            point_samples=round(self._since_point.images),
            epoch_samples=round(self._since_epoch.images),
            epoch_seconds=self._epoch_seconds,
            epoch_rates=list(self.epoch_rates),
        )

    def restore(self, state: HistoryState) -> None:
        """Goes on from what `state` gave."""
        self._curve, self._epochs = list(state.curve), list(state.epochs)
        self._since_epoch = _restored(state.since_epoch, state.epoch_samples)
        # Earlier versions kept equally long chunks, and of those since the point not how many images they took.
        chunk = state.epoch_samples / max(1, len(state.since_epoch))
        self._since_point = _restored(state.since_point, state.point_samples or len(state.since_point) * chunk)
        self._epoch_seconds = state.epoch_seconds
        self.epoch_rates = list(state.epoch_rates)

    def columns(self) -> Curves:
        """The curve, one list for each name."""
        names = ("step", "epoch", "seconds", *self.names, *(f"val_{name}" for name in self.names))
        return {name: [point[name] for point in self._curve] for name in names}

    def by_epoch(self) -> Epochs:
        """One number an epoch for each loss."""
        names = (*self.names, *(f"val_{name}" for name in self.names))
        return {name: [epoch[name] for epoch in self._epochs] for name in names}


def _restored(chunks: Sequence[Losses], images: float) -> _Mean:
    names = chunks[0] if chunks else ()
    return _Mean({name: sum(chunk[name] for chunk in chunks) / len(chunks) for name in names}, images)
