"""Jobs: what was asked for, where it stands, and the newest messages about it."""

import copy
import dataclasses
import functools
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Hashable, Sequence
from typing import Any, Literal, Self, final

from ae_core.engine import worker
from ae_core.engine.commands import Command
from ae_core.engine.memo import Memo
from ae_core.errors import EngineError, SettingError
from ae_core.messages import ClassifierSnapshot, ClassifierSummary, Progress, Result, Setup, Snapshot, State
from ae_core.runs.files import new_id
from ae_core.runs.record import CONTINUABLE, ENDED, EXTENSIBLE
from ae_core.settings import Settings, options
from ae_core.training.control import Pace

JobState = State | Literal["starting"]

ACTIVE = frozenset({"starting", "running", "paused"})

MOST_EPOCHS = 100  # of a classifier
MOST_LABELS = 1_000_000
SIZES = ("batch_size", "widths", "channels", "latent_dim")  # settings that a network's memory grows with

Task = functools.partial[None]
"""A function of `worker` with its arguments."""


class Shared:
    """What all jobs of a queue share.

    Attributes:
        lock: Held while a job or the queue changes.
        memo: What was built of the jobs' messages, for all viewers.
    """

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.memo = Memo()


class Job(ABC):
    """One thing that a worker is to do, from the queue to its end.

    Attributes are replaced, never changed in place, so each one read is whole; `view` gives all of them at one moment.

    Args:
        settings: The experiment.
        owner: Fingerprint of the token of the person who may command it, see `ownership`.
        shared: What it shares with the other jobs of its queue.
        job_id: Its id, by default a new one; whoever has it may watch.
    """

    snapshot: Snapshot | ClassifierSnapshot | None
    result: Result | ClassifierSummary | None

    def __init__(self, settings: Settings, owner: str, shared: Shared, job_id: str = "") -> None:
        self.id = job_id or new_id()
        self.owner = owner
        self.heir: str | None = None  # fingerprint of the token by which somebody else may become the owner, once
        self.settings = settings
        self.state: JobState = "queued"
        self.snapshot = None  # the newest one
        self.progress: Progress | None = None
        self.result = None
        self.error: str | None = None  # one sentence: why it failed, or why the engine stopped it
        self.unkept = ""  # one sentence: what of it is not on disk, and why
        self.position: int | None = None  # 1 is the next to start
        self.expected_wait: float | None = None  # seconds
        self.created = time.time()
        self.started: float | None = None
        self.begun: float | None = None  # the same on the monotonic clock: the other one is set, and a laptop sleeps
        self.finished: float | None = None
        self.version = 0
        self.changed_at = 0.0  # on the monotonic clock; 0 if it never was
        self.stored = False  # whether it is on disk
        self.storing = False  # whether it is being written there, for which nobody holds the lock
        self.elsewhere = False  # whether another process trains it
        self.measuring = False  # whether its training is over and its result still to come
        self.pace: Pace = "full"  # how fast its owner wants it to go
        self.hurried = False  # whether it goes at full speed instead, because others wait
        self.attempts = 0  # workers that began to train it
        self.origin = ""  # fingerprint of the address it was asked for from; not kept on disk
        self.seen_at = time.monotonic()  # when somebody last had its page open
        self.heard_at = 0.0  # when its worker last sent something about it, on the monotonic clock
        self.silent = 0  # seconds, in steps of five, since its worker last gave a sign of life; 0 while it gives some
        self.used = 0.0  # seconds that it trained before, when it went on later
        self.leaving = False  # whether it was asked to make room for others
        self.stopping = False  # whether its owner has told it to stop
        self.exhausted = False  # whether its worker was ended because it took too much memory
        self.setbacks = 0  # of them, those that died over it since it last got further
        self.worker: str | None = None  # its worker's address, as soon as one has begun
        self.commands: list[Command] = []  # not yet handed to the worker, oldest first
        self.delivering = False  # whether a thread is handing them over
        self.paused_at: float | None = None  # on the monotonic clock
        self.lock = shared.lock
        self._memo = shared.memo

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.id} {self.settings.variant} {self.state}>"

    @abstractmethod
    def task(self, topic: str, folder: str) -> Task:
        """What a worker does for it.

        Args:
            topic: Dask's event topic, to which the worker reports.
            folder: The store of runs.
        """

    @property
    @abstractmethod
    def messages(self) -> Sequence[Setup | Snapshot | ClassifierSnapshot | Result | ClassifierSummary | None]:
        """What it keeps in memory."""

    @property
    @abstractmethod
    def tunable(self) -> Sequence[str]:
        """Names of the settings that can be changed while it trains."""

    @property
    def ended(self) -> bool:
        """Whether nothing more is trained; its result may follow, see `measuring`."""
        return self.state in ENDED

    def seconds_used(self) -> float:
        """Seconds for which it has held a slot."""
        return self.used + (0.0 if self.begun is None or self.ended else time.monotonic() - self.begun)

    def view(self) -> Self:
        """A copy that stands still, with attributes that belong together."""
        with self.lock:
            return copy.copy(self)

    def cached(self, key: Hashable, build: Callable[[], Any]) -> Any:
        """What `build` returns, built once for this version and key, however many viewers ask for it."""
        return self._memo.get((self.id, key), self.version, build)

    def change(self, **values: Any) -> None:
        """Replaces attributes, all of them at one moment."""
        with self.lock:
            if any(getattr(self, name) is not value for name, value in values.items()):
                for name, value in values.items():
                    setattr(self, name, value)
                self.version += 1
                self.changed_at = time.monotonic()

    def tuning(self, name: str, value: Any) -> Command:
        """The command that changes a setting while it trains.

        Args:
            name: The setting.
            value: Its new value, which its settings check.

        Raises:
            EngineError: If it cannot be changed, or not to this value.
        """
        if name not in self.tunable:
            names = ", ".join(self.tunable)
            raise EngineError(f"name must be one of {names} to be changed in this run. Received: {name!r}.")
        try:
            changed = dataclasses.replace(self.settings, **{name: value}).to_dict()
        except SettingError as error:
            raise EngineError(str(error)) from error
        return Command("tune", name, float(changed[name]))


@final
class TrainingJob(Job):
    """The training of an autoencoder; its id is that of the run.

    Args:
        settings: See `Job`, like the next three.
        owner: Likewise.
        shared: Likewise.
        job_id: Likewise.
        pace: How fast its owner wants it to go.
    """

    snapshot: Snapshot | None
    result: Result | None

    def __init__(self, settings: Settings, owner: str, shared: Shared, job_id: str = "", pace: Pace = "full") -> None:
        super().__init__(settings, owner, shared, job_id)
        self.setup: Setup | None = None
        self.pace = pace

    def task(self, topic: str, folder: str) -> Task:
        """Trains, and keeps what is learnt if the run is on disk."""
        place = folder if self.stored else None
        return functools.partial(worker.train, self.settings.to_dict(), self.id, topic, place, self.pace)

    @property
    def messages(self) -> Sequence[Setup | Snapshot | Result | None]:
        """What it keeps in memory."""
        return self.setup, self.snapshot, self.result

    @property
    def tunable(self) -> Sequence[str]:
        """Names of the settings that can be changed while it trains; of those that its model really has, once known."""
        live = [name for name, option in options(self.settings).items() if option.live]
        return live if self.setup is None else [name for name in live if name in self.setup.live]

    def why_not_extend(self) -> str:
        """One sentence: why it cannot be given more epochs; empty if it can, as far as is known without its files."""
        if not self.ended or self.measuring or self.storing:
            return "This run still trains; it can be given more epochs when it has ended."
        if self.state not in EXTENSIBLE or not self.stored or self.result is None:
            return f"This run has no state to go on from: it has ended as {self.state}, or is not kept on disk."
        return ""

    def why_not_go_on(self) -> str:
        """One sentence: why its training cannot go on to the end; empty if it can, as far as is known so."""
        if not self.ended or self.measuring or self.storing:
            return "This run still trains."
        if self.state not in CONTINUABLE or not self.stored:
            return f"This run has nothing left to train: it has ended as {self.state}, or is not kept on disk."
        return ""

    def extended(self, epochs: int) -> Settings:
        """Its settings with so many epochs more.

        Raises:
            EngineError: If the number is not allowed.
        """
        if not isinstance(epochs, int) or isinstance(epochs, bool) or epochs < 1:
            raise EngineError(f"epochs must be an integer of at least 1. Received: {str(epochs)[:80]}.")
        try:
            return dataclasses.replace(self.settings, epochs=self.settings.epochs + epochs)
        except SettingError as error:
            raise EngineError(f"With {epochs:,} more, {error}") from error

    def why_not_classify(self) -> str:
        """One sentence: why no classifier can be trained on its code; empty if one can."""
        if not self.ended or self.measuring or self.storing:
            return "This run still trains; a classifier can follow when it has ended."
        if not self.stored or self.result is None:
            return "This run has no trained model: it failed, or is not kept on disk."
        if self.setup is None or len(self.setup.class_names) < 2:
            return "The data of this run have no classes, so there is nothing to classify."
        if self.settings.normal:
            return "This run has learnt from some classes only, so a classifier cannot learn the others."
        return ""


@final
class ClassifierJob(Job):
    """The training of a classifier, and its rivals, on the code of a run that has ended.

    Args:
        base: The run's job.
        shared: See `Job`.
        labels: Labelled examples to learn from, from 0 to 1,000,000; 0, the default, takes all.
        fine_tune: Whether the encoder learns too, by default not.
        epochs: How many times each example is seen, from 1 to 100, default 20.

    Raises:
        EngineError: If one of them is not allowed.
    """

    snapshot: ClassifierSnapshot | None
    result: ClassifierSummary | None

    def __init__(
        self, base: TrainingJob, shared: Shared, labels: int = 0, fine_tune: bool = False, epochs: int = 20
    ) -> None:
        super().__init__(base.settings, base.owner, shared)
        self.base = base.id
        self.labels = _whole("labels", labels, 0, MOST_LABELS)
        self.fine_tune = bool(fine_tune)
        self.epochs = _whole("epochs", epochs, 1, MOST_EPOCHS)

    def task(self, topic: str, folder: str) -> Task:
        """Reads the run's encoder from the store, trains classifiers, and keeps what they came to beside the run."""
        return functools.partial(
            worker.classify,
            folder,
            self.base,
            self.id,
            topic,
            labels=self.labels,
            fine_tune=self.fine_tune,
            epochs=self.epochs,
        )

    @property
    def messages(self) -> Sequence[ClassifierSnapshot | ClassifierSummary | None]:
        """What it keeps in memory."""
        return self.snapshot, self.result

    @property
    def tunable(self) -> Sequence[str]:
        """Nothing of a classifier can be changed while it trains."""
        return ()


def too_large(settings: Settings) -> str:
    """One sentence: that a run needs more memory than there is, and which setting is farthest above its default."""
    given, usual = settings.to_dict(), type(settings)().to_dict()
    sizes = {name: _largest(given[name]) / _largest(usual[name]) for name in SIZES if name in given}
    name = max(sizes, key=lambda one: sizes[one])
    value = ", ".join(map(str, given[name])) if isinstance(given[name], list | tuple) else given[name]
    return f"This run needs more memory than its worker has, so it was ended; lower {name} (now {value})."


def _largest(value: Any) -> float:
    return max([1, *value]) if isinstance(value, list | tuple) else max(1, value)


def _whole(name: str, value: int, low: int, high: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        raise EngineError(f"{name} must be an integer from {low} to {high}. Received: {str(value)[:80]}.")
    return value
