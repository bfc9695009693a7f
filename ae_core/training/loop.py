"""The one loop of every training: chunk after chunk of steps, and between two of them pause, step, stop and tune."""

import itertools
import math
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

import numpy as np

from ae_core.models.chunks import ChunkedModel
from ae_core.training.control import Control

WAIT_SECONDS = 0.2  # between two looks at the words from outside while the training is paused

Model = TypeVar("Model", bound=ChunkedModel)


@dataclass(frozen=True)
class Stage(Generic[Model]):
    """One model to be trained for some epochs; most trainings have one stage.

    Args:
        name: A few words for a person; empty if it is the only one.
        model: What is trained, compiled, its table filled.
        view: What is watched meanwhile; often the same model.
        epochs: How long, at least 1.
        chunk: Steps of the longest chunk, after which the world outside is looked at; what changes with time changes
            each time that so many steps are done, whether they were one chunk or several.
        steps_per_epoch: A multiple of `chunk`.
    """

    name: str
    model: Model
    view: Model
    epochs: int
    chunk: int
    steps_per_epoch: int

    @property
    def steps(self) -> int:
        """Steps in all."""
        return self.epochs * self.steps_per_epoch


class Training(Protocol):
    """What a loop runs for: it is asked for orders and rates, and told how it goes.

    All that happens on the training's own thread: no step is made until the answer is there.
    """

    def orders(self, first: int) -> Iterator[np.ndarray]:
        """Row numbers of each epoch from the first on.

        Args:
            first: Number of an epoch, counted through all stages from 0.

        Returns:
            ndarrays of shape `(n,)`, one an epoch without end, each at least as long as an epoch takes.
        """

    def learning_rate(self, share: float) -> float | None:
        """The learning rate of the next chunk, None to leave it as it is; asked with the share of the stage done."""

    def stage_begun(self) -> None:
        """The first step of a stage, or of what is left of it, comes next."""

    def chunk_steps(self, most: int) -> int:
        """How many steps are trained before the next look at the world outside, from 1 to `most`."""

    def chunk_done(self, losses: dict[str, float], rows: np.ndarray, seconds: float) -> None:
        """A chunk of steps was trained.

        Args:
            losses: Mean losses over its steps, by name.
            rows: Its row numbers, ndarray of shape `(steps, batch)`.
            seconds: How long it took.
        """

    def epoch_done(self) -> bool:
        """That chunk was the last one of an epoch; whether the training goes on, if steps are left."""

    def tuned(self, name: str, value: float) -> None:
        """A person asks for a rate, which is to be set."""

    def rest(self) -> float:
        """For how many seconds nothing shall be trained now; asked again after them, or when something was said."""

    def rested(self, seconds: float) -> None:
        """Nothing was trained for so long."""

    def paused(self) -> None:
        """The training halts."""

    def tuned_while_paused(self) -> None:
        """Rates were set while it halts, see `tuned`."""

    def resumed(self) -> None:
        """The training goes on, perhaps for a single chunk, or is about to stop."""

    def between_chunks(self) -> None:
        """Another chunk follows, or the training is about to stop: time for whatever is due."""

    def stopping(self) -> None:
        """The training was told to stop, and ends."""


class Loop(Generic[Model]):
    """Runs compiled models through their stages, one after the other, chunk by chunk of steps, see `chunks`.

    However many steps a chunk has, the outcome is the same: the order of rows belongs to the epoch, and what changes
    with time changes at steps that the stage says.

    Args:
        stages: What is trained, at least one.
        batch_size: Examples per step.
        control: Words from outside.

    Attributes:
        stage: The present stage.
        step: Steps done in all stages; may be set before `run`, to go on from there.
    """

    def __init__(self, stages: Sequence[Stage[Model]], batch_size: int, control: Control):
        self.stages = stages
        self.total_steps = sum(stage.steps for stage in stages)
        self.total_epochs = sum(stage.epochs for stage in stages)
        self.step = 0
        self._over = False  # before its last step
        self._batch_size, self._control = batch_size, control
        self._enter(0)

    def _enter(self, place: int) -> None:
        self.stage, before = self.stages[place], self.stages[:place]
        self._steps_before = sum(stage.steps for stage in before)
        self._epochs_before = sum(stage.epochs for stage in before)

    @property
    def epoch(self) -> float:
        """Epochs done in all stages, with the part of the present one."""
        return self._epochs_before + self.stage_epoch

    @property
    def stage_epoch(self) -> float:
        """Epochs done in the present stage."""
        return self._stage_step / self.stage.steps_per_epoch

    @property
    def _stage_step(self) -> int:
        return self.step - self._steps_before

    @property
    def steps_to_epoch_end(self) -> int:
        """Steps that are left of the present epoch; 0 at its end."""
        return -self._stage_step % self.stage.steps_per_epoch

    def go_to(self, step: int) -> None:
        """Stands at a step, in the stage that it belongs to."""
        self.step = step
        ends = itertools.accumulate(stage.steps for stage in self.stages)
        self._enter(next(place for place, end in enumerate(ends) if step <= end))

    def run(self, training: Training) -> None:
        """Trains from `step` to the end, or until it is told to stop.

        Args:
            training: Is asked and told. It usually holds this loop, which therefore does not keep it: in a circle both
                would stay in memory for a while.
        """
        for place in range(len(self.stages)):
            self._enter(place)
            if self._stage_step < self.stage.steps and not self._control.stopped:
                self._run_stage(training)
            if (self._over or self._control.stopped) and self._stage_step <= self.stage.steps:
                return  # in the stage that was trained last

    def _run_stage(self, training: Training) -> None:
        self._tell_time(training)
        training.stage_begun()
        stage, done = self.stage, self._stage_step // self.stage.steps_per_epoch
        orders = training.orders(self._epochs_before + done)
        for order in itertools.islice(orders, stage.epochs - done):
            taken = order[: stage.steps_per_epoch * self._batch_size].astype(np.int32)
            self._run_epoch(taken.reshape(-1, self._batch_size), training)
            if self._over or self._control.stopped:
                return

    def _run_epoch(self, batches: np.ndarray, training: Training) -> None:
        """Trains what is left of an epoch, or until it is told to stop.

        Args:
            batches: Row numbers of all of its steps, ndarray of shape `(steps, batch)`.
            training: Is asked and told.
        """
        first = self._stage_step % len(batches)  # not 0 where the training goes on from a checkpoint
        while first < len(batches):
            most = self.stage.chunk - first % self.stage.chunk
            rows = batches[first : first + training.chunk_steps(most)]
            begun = time.perf_counter()
            losses = self.stage.model.train_chunk(rows, self.stage.chunk)
            self.step += len(rows)
            first += len(rows)
            training.chunk_done(losses, rows, time.perf_counter() - begun)
            if first == len(batches):
                self._over = not training.epoch_done()
            if self._over:
                return
            if self.step < self.total_steps:
                self._obey(training)
            if self._control.stopped:
                return

    def _obey(self, training: Training) -> None:
        """Rests and does what was asked for, between two chunks."""
        self._listen(training)
        while not self._control.stopped and (seconds := training.rest()) > 0:
            begun = time.perf_counter()
            self._control.rest(seconds)
            training.rested(time.perf_counter() - begun)
            self._listen(training)
        training.between_chunks()
        if self._control.stopped:
            training.stopping()

    def _listen(self, training: Training) -> None:
        self._tune(training)
        self._tell_time(training)
        if self._control.waiting:
            self._wait(training)

    def _wait(self, training: Training) -> None:
        training.paused()
        while self._control.wait(WAIT_SECONDS):
            if self._tune(training):
                training.tuned_while_paused()
        self._tell_time(training)
        training.resumed()

    def _tune(self, training: Training) -> bool:
        changes = self._control.take_changes()
        for name, value in changes:
            training.tuned(name, value)
        return bool(changes)

    def _tell_time(self, training: Training) -> None:
        """Tells model and optimiser how far the stage has come, in whole longest chunks."""
        counted = self._stage_step - self._stage_step % self.stage.chunk
        self.stage.model.at_epoch(counted / self.stage.steps_per_epoch)
        rate = training.learning_rate(counted / self.stage.steps)
        if rate is not None:
            self.stage.model.optimizer.learning_rate.assign(rate)


def half_cosine(share: float) -> float:
    """A factor that falls smoothly from 1 to 0: `(1 + cos(π · share)) / 2`.

    Args:
        share: How much is done, 0 to 1.

    References:
        Loshchilov & Hutter, SGDR: stochastic gradient descent with warm restarts, ICLR 2017, without the restarts.
    """
    return 0.5 * (1.0 + math.cos(math.pi * share))
