"""The training of one autoencoder: what it is made of, what it tells while it goes on, and what is left of it."""

import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np

from ae_core import variants
from ae_core.errors import DataError, DivergedError
from ae_core.measuring.probe import Probe
from ae_core.messages import (
    Batch,
    Mark,
    Outcome,
    Progress,
    Result,
    Setup,
    Snapshot,
    State,
    TrainingMessage,
    TrainingState,
)
from ae_core.models.autoencoder import Autoencoder
from ae_core.settings import Settings
from ae_core.training import cache, introduction, telling
from ae_core.training.checkpoint import Checkpoints, Keeper, places
from ae_core.training.control import Control, LeftError
from ae_core.training.divergence import LastGood, check_finite
from ae_core.training.early_stopping import Best
from ae_core.training.history import History
from ae_core.training.loop import Loop, Stage, half_cosine
from ae_core.training.preprocessing import note, preprocessing
from ae_core.training.snapshot_times import SnapshotTimes

Emit = Callable[[TrainingMessage], None]


def train(
    settings: Settings,
    *,
    emit: Emit | None = None,
    control: Control | None = None,
    run_id: str = "",
    save_to: Path | None = None,
    frames: int = 0,
    test_images: int | None = None,
    keeper: Keeper | None = None,
) -> Result:
    """Loads the data, builds the model, trains it, and measures it on the test set.

    Args:
        settings: The experiment.
        emit: Called with each message: `Progress` while data are fetched, `Setup` once, `Snapshot` from step 0 on.
            Default: nobody hears them.
        control: Through which another thread pauses, steps, stops and tunes. Default: nobody does.
        run_id: Stands in every message and in the result.
        save_to: File for the trained model, `.keras`. Default: it is not kept.
        frames: Snapshots in all, as a recording needs them: close at first, when learning is fast, wide apart later.
            By default as many as cost little time.
        test_images: Test images, at most, on which the trained model is measured; all of them by default, which takes
            some seconds.
        keeper: Where the training's state is left every ten seconds, and looked for at the start. Default: nowhere.

    Returns:
        What is left of the run: what the command line prints.

    Raises:
        SettingError: If the settings do not fit the data.
        DataError: If the data cannot be had.
    """
    session = TrainingSession(settings, emit=emit, control=control, run_id=run_id, frames=frames, keeper=keeper)
    session.train()
    if save_to is not None:
        session.save(save_to)
    return session.result(test_images)


class TrainingSession:
    """One training from its first step to its last, and the trained model after it.

    `run` trains and measures; then `model` encodes and decodes, and `setup` and `snapshot` are what `figures` draws.

    The model belongs to the newest session with this architecture: compiling takes seconds, so a later one takes the
    model over and gives it fresh weights. What is to outlast that is saved, or encoded, before.

    Args:
        settings: The experiment.
        emit: Called with each message: `Progress` while data are fetched, `Setup` once, `Snapshot` from step 0 on.
            Default: nobody hears them.
        control: Through which another thread pauses, steps, stops and tunes. Default: nobody does.
        run_id: Stands in every message and in the result.
        keeper: Where checkpoints are left and found. Default: nowhere.
        frames: Snapshots in all, or 0 for as many as cost little time. See `train`.
        snapshot_seconds: Between two snapshots; by default as long as keeps them cheap.
        prepared: Data, PCA and the compiled models; by default what `cache.prepare` makes of the settings.

    Attributes:
        model: The autoencoder: `encode`, `decode`, `standalone` and more.
        data: The prepared tables, unscaled.
        history: The losses so far.
        probe: What measures the held-out examples.
        seconds: Seconds of training so far, without the snapshots.
        best: The best epoch so far, if there is a patience.
        diverged_at: Steps done when its numbers were none any more; None while they are some.
        marks: Rates that were changed meanwhile, oldest first.
        times: When it shows and rests.
        rates: Rates that can be changed meanwhile, by name of the setting.

    Raises:
        SettingError: If the settings do not fit the data.
        DataError: If the data cannot be had.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        emit: Emit | None = None,
        control: Control | None = None,
        run_id: str = "",
        keeper: Keeper | None = None,
        frames: int = 0,
        snapshot_seconds: float | None = None,
        prepared: cache.PreparedTraining | None = None,
    ):
        self.settings, self.run_id, self.frames = settings, run_id, frames
        self.control = control or Control()
        self._emit = emit or (lambda message: None)
        self.prepared = prepared or cache.prepare(settings, self._progress)
        self.model, self.data = self.prepared.model, self.prepared.data
        # Whoever has learnt from some classes only cannot name the others: no neighbour is right or wrong then.
        labelled = len(self.prepared.info.class_names) > 1 and not settings.normal
        self.probe = Probe(self.model, self.data, self.prepared.pca, labelled, self.prepared.probe_points)
        self.history = History(self.model.term_names)
        self.seconds = self._step_seconds = 0.0
        self._trained = np.empty((0, 0), np.int32), 0.0  # rows of the last chunk, and its loss
        self.best = Best(settings.patience)
        self.marks: list[Mark] = []
        self.rates = {name: float(np.asarray(variable)) for name, variable in self.model.tunable.items()}
        self._loop = Loop(self.stages, self.prepared.batch_size, self.control)
        self._watch()
        epoch_steps = self.stages[0].steps_per_epoch
        self.times = SnapshotTimes(self.total_steps, epoch_steps, frames, snapshot_seconds)
        self._checkpoints = Checkpoints(keeper) if keeper is not None else None
        self._good = LastGood()
        self.diverged_at: int | None = None
        self._setup: Setup | None = None
        self._shown: Snapshot | None = None

    def _progress(self, text: str, share: float | None = None) -> None:
        self._emit(Progress(run_id=self.run_id, text=text, share=share))

    @property
    def stages(self) -> Sequence[Stage[Autoencoder]]:
        """What is trained, one after the other; the whole comes last."""
        return self.prepared.stages

    @property
    def step(self) -> int:
        """Steps done."""
        return self._loop.step

    @property
    def epoch(self) -> float:
        """Epochs done, with the part of the present one."""
        return self._loop.epoch

    @property
    def phase(self) -> str:
        """Name of the stage that is trained; empty if there is only one."""
        return self._loop.stage.name

    @property
    def total_steps(self) -> int:
        """Steps to do."""
        return self._loop.total_steps

    @property
    def test_images(self) -> np.ndarray:
        """All test examples as the network takes them, ndarray of shape `(n_samples, *example)`."""
        return self.data.fed(self.data.x_test)

    @property
    def test_labels(self) -> np.ndarray:
        """Their class numbers, ndarray of shape `(n_samples,)`; zeros without classes."""
        return self.data.y_test

    @property
    def setup(self) -> Setup:
        """What stays the same through the training."""
        if self._setup is None:
            self._setup = introduction.setup(self.run_id, self.settings, self.prepared, self.probe, self.rates)
        return self._setup

    @property
    def snapshot(self) -> Snapshot:
        """What was measured last.

        Raises:
            RuntimeError: If nothing was measured yet.
        """
        if self._shown is None:
            raise RuntimeError("A session has a snapshot as soon as it trains: call `run` first.")
        return self._shown

    def run(self, test_images: int | None = None) -> Result:
        """Trains to the end, and measures the model on the test set.

        Args:
            test_images: Test examples, at most, on which it is measured; all of them by default.
        """
        self.train()
        return self.result(test_images)

    def train(self) -> None:
        """Trains to the end, or until it is told to stop or diverges; then it goes back to the last good state.

        Raises:
            DataError: If it was to go on from a state that is gone, or does not fit; or if the network gives no numbers
                for these data even before its first step.
            LeftError: If it was told to make room; its checkpoint is kept.
        """
        if self._checkpoints is not None:
            self._checkpoints.restore(self)
        self._emit(self.setup)
        try:
            self._loop.run(self)
            if self.control.leaves and self._checkpoints is not None:
                self._checkpoints.keep(self)
                raise LeftError
            self._end("stopped" if self.control.stopped else "done")
        except DivergedError:
            self.diverged_at = self.step
            self._go_back()
            self._end("diverged")

    def _end(self, outcome: Outcome) -> None:
        self._watch()  # told to stop before the first step, it has begun no stage
        if self._checkpoints is not None:
            self._checkpoints.keep(self)  # from which it goes on if it is given more epochs
        if outcome == "done":
            self.best.put_back(self.model.learnt)
        self.show(outcome)
        if self._checkpoints is not None:
            self._checkpoints.keep(self)  # from which it goes on if it is given more epochs

    def _go_back(self) -> None:
        marks, rates = self.marks, self.rates  # the last one of them may be what made it diverge
        if not self._good.go_back(self):
            raise DataError(
                "The untrained network gives no finite numbers for these data: their values are too large, so "
                "choose another scaling."
            )
        self.marks, self.rates = marks, rates
        self._trained = np.empty((0, 0), np.int32), 0.0

    def orders(self, first: int) -> Iterator[np.ndarray]:
        """See `loop.Training`, like the next ones: a new permutation for each epoch, the same for the same seed."""
        epoch = first
        while True:
            yield np.random.default_rng((self.settings.seed, epoch)).permutation(len(self.data.x_train))
            epoch += 1

    def learning_rate(self, share: float) -> float | None:
        """What a person chose, times the schedule's factor if there is a schedule."""
        # Each phase falls to zero by itself: the next one begins with layers that have not learnt yet.
        return self.rates["learning_rate"] * half_cosine(share) if self.settings.schedule == "cosine" else None

    def _watch(self) -> None:
        if self.probe.model is not self._loop.stage.view:
            self.probe.watch(self._loop.stage.view)

    def stage_begun(self) -> None:
        """Shows the untrained model."""
        self._watch()
        if self._shown is None:
            self.show("running")

    def chunk_steps(self, most: int) -> int:
        """As many as there are up to the next frame."""
        return self.times.steps(self.step, most, self._step_seconds, self.control.pace)

    def chunk_done(self, losses: dict[str, float], rows: np.ndarray, seconds: float) -> None:
        """Records a chunk."""
        check_finite(losses)
        self.seconds += seconds
        self._step_seconds = seconds / len(rows)
        self._trained = rows, losses["loss"]
        self.history.add_chunk(losses, rows.size, seconds)

    def epoch_done(self) -> bool:
        """Records an epoch; it goes on while there is hope that it becomes better."""
        validation = self.validation_terms()
        self.history.end_epoch(self.step, self.epoch, self.seconds, validation)
        if self._loop.stage.model is self.model and self._loop.stage_epoch - 1 >= self.model.settled_after:
            self.best.look(validation["loss"], self.epoch, self.model.learnt)
        return not self.best.enough

    def tuned(self, name: str, value: float) -> None:
        """Sets a rate in all stages, and leaves a mark on the curve."""
        for stage in self.stages:
            if name in stage.model.tunable:
                stage.model.tunable[name].assign(value)
        self.marks.append(Mark(step=self.step, epoch=self.epoch, name=name, before=self.rates[name], after=value))
        self.rates[name] = value

    def rest(self) -> float:
        """As long as the pace asks for, see `snapshot_times`."""
        return self.times.rest(self.step, self.control.pace)

    def rested(self, seconds: float) -> None:
        """Notes it; it counts as no time of training."""
        self.times.rested(seconds, self.control.pace)

    def paused(self) -> None:
        """Says so, and shows where it halts."""
        self._say("paused")
        self.show("paused")

    def tuned_while_paused(self) -> None:
        """Shows what more noise does, say."""
        self.show("paused")

    def resumed(self) -> None:
        """Says so; a single chunk is no more than a break in a pause."""
        if not self.control.stopped:
            self._say("paused" if self.control.waiting else "running")

    def between_chunks(self) -> None:
        """Shows and keeps what is due."""
        if self._due() and not self.control.stopped:
            self.show("running")
        if self._checkpoints is not None:
            self._checkpoints.keep_if_due(self)

    def stopping(self) -> None:
        """Says so, unless it only makes room for a while; the numbers follow later."""
        if not self.control.leaves:
            self._say("stopped")

    def _due(self) -> bool:
        epoch_end, pace = self._loop.steps_to_epoch_end, self.control.pace
        return self.times.due(self.step, epoch_end, self._step_seconds, self.seconds, pace)

    def validation_terms(self) -> dict[str, float]:
        """The validation losses of what is trained now; a term that only the whole has is 0 before."""
        terms = self.probe.validation_terms(self._loop.stage.model)
        check_finite(terms)
        return dict.fromkeys(self.history.names, 0.0) | terms

    def _say(self, state: State) -> None:
        """Sends the last views again with another state: at once, before the model is measured anew."""
        if self._shown is None:
            return
        self._shown = telling.again(self, self._shown, state)
        self._emit(self._shown)

    def show(self, state: State) -> None:
        """Measures the model and sends what a page shows."""
        begun = time.perf_counter()
        if self.step > 0:
            self.history.add_point(self.step, self.epoch, self.seconds, self.validation_terms)
        measured = self.probe.measure(thorough=self.frames > 0 or state != "running")
        variants.check_numbers(self.settings.variant, measured.numbers)
        pace = self.control.pace
        self._shown = telling.snapshot(self, state, measured, self._batch() if pace == "slow" else None)
        self._emit(self._shown)
        if self._checkpoints is not None:
            self._checkpoints.shown(self)
        self._good.keep_if_cheap(self)
        self.times.shown(self.step, time.perf_counter() - begun, pace)

    def _batch(self) -> Batch | None:
        """The batch of the last step; None if more than one was trained since the last look."""
        rows, loss = self._trained
        return self.probe.batch(rows[0], loss) if len(rows) == 1 else None

    def save(self, path: str | Path) -> None:
        """Writes the trained model as a `.keras` file, with how its input is made of raw values."""
        self.model.standalone().save(path)
        note(Path(path), preprocessing(self.prepared.info, self.data, self.settings))

    def result(self, test_images: int | None = None) -> Result:
        """What is left when it is over: history by epoch, and numbers on the test set.

        Args:
            test_images: Test examples, at most, on which the model is measured; all of them by default.
        """
        return telling.result(self, test_images)

    def state(self) -> TrainingState:
        """Where it stands, but for the variables of its models."""
        return TrainingState(
            step=self.step,
            seconds=self.seconds,
            marks=list(self.marks),
            rates=dict(self.rates),
            history=self.history.state(),
            stages=places(self.stages),
        )

    def go_on_from(self, state: TrainingState) -> None:
        """Stands where `state` says from now on."""
        self._loop.go_to(state.step)
        self.seconds = state.seconds
        self.marks, self.rates = list(state.marks), dict(state.rates)
        self.history.restore(state.history)
