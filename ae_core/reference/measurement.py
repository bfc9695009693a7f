"""Runs rows and collects what came out."""

import functools
import statistics
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

from ae_core.reference.row import REACHED, Row
from ae_core.reference.trial import Emit, Trial
from ae_core.settings import Settings


@dataclass(frozen=True)
class Outcome:
    """What a row came to.

    Args:
        row: Its name.
        title: What was trained and measured.
        unit: What the numbers are counted in.
        values: Our number for each seed, from seed 0 on.
        figure: The figure it is held against.
        source: Where that comes from.
        want: How ours is to stand to it.
        reached: Whether it does.
        seconds: Mean duration of one training with its evaluation.
        remark: What a reader must know to compare the two.
        settings: The experiment.
    """

    row: str
    title: str
    unit: str
    values: tuple[float, ...]
    figure: float
    source: str
    want: str
    reached: bool
    seconds: float
    remark: str
    settings: dict[str, Any]

    @property
    def mean(self) -> float:
        """Our number, averaged over seeds."""
        return statistics.fmean(self.values)

    @property
    def spread(self) -> float | None:
        """Sample standard deviation over seeds, or None with a single one."""
        return statistics.stdev(self.values) if len(self.values) > 1 else None

    @property
    def ratio(self) -> float:
        """Ours divided by the figure."""
        return self.mean / self.figure

    def to_dict(self) -> dict[str, Any]:
        """Plain values by name."""
        return asdict(self) | {"mean": self.mean, "spread": self.spread, "ratio": self.ratio}


class Bench:
    """Runs set-ups; one that several rows share is run once.

    Args:
        dataset: Name of the data set.
        emit: Called with each message of each training.
        say: Called with a line when a training begins and when it has ended.
    """

    def __init__(self, dataset: str, emit: Emit, say: Callable[[str], None]):
        self.dataset, self.emit, self.say = dataset, emit, say
        self._trial = functools.lru_cache(maxsize=None)(self._run)

    def trial(self, run: Callable[[Settings, Emit], Trial], settings: Settings) -> Trial:
        """A set-up's trial, run now if it has not been run before."""
        return self._trial(run, settings)

    def _run(self, run: Callable[[Settings, Emit], Trial], settings: Settings) -> Trial:
        name = f"{settings.variant}, code {settings.latent_dim}, {settings.epochs} epochs, seed {settings.seed}"
        self.say(f"{name} …")
        trial = run(settings, self.emit)
        self.say(f"{name}: {trial.seconds:.0f} s")
        return trial

    def outcome(self, row: Row, seeds: int | None = None) -> Outcome:
        """Runs one row.

        Args:
            row: The row.
            seeds: Trainings with different seeds; by default what the row says.

        Raises:
            SettingError: If its settings do not fit.
            DataError: If the data cannot be had.
        """
        count = seeds if seeds is not None and row.trained else row.seeds
        trials = [self.trial(row.run, row.experiment(self.dataset, seed)) for seed in range(count)]
        values = tuple(row.quantity(trial) for trial in trials)
        figure = row.figure(trials[0])
        return Outcome(
            row.name,
            row.title,
            row.unit,
            values,
            figure,
            row.source,
            row.want,
            REACHED[row.want](statistics.fmean(values), figure, row.tolerance),
            statistics.fmean(trial.seconds for trial in trials),
            row.remark,
            dict(row.settings),
        )

    def outcomes(self, rows: Iterable[Row], seeds: int | None = None) -> Iterator[Outcome]:
        """Runs rows one after the other."""
        for row in rows:
            yield self.outcome(row, seeds)
