"""Trains a variant and tells what happens, chunk by chunk; obeys pause, step, stop and tune."""

import dataclasses
import math
import statistics
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import keras
import numpy as np
from msgspec.structs import replace

from ae_core import data, variants
from ae_core.measuring import evaluation
from ae_core.measuring.probe import Probe
from ae_core.messages import Mark, Numbers, PhaseStart, Progress, Result, Setup, Snapshot, State, TrainingMessage
from ae_core.models.chunks import LONGEST_ORDER, ChunkEnd, feed
from ae_core.models.seeding import building
from ae_core.settings import Settings
from ae_core.training import cache, checkpoint, execution
from ae_core.training.control import Control
from ae_core.training.history import History

SNAPSHOT_SECONDS = 0.4  # so that a page that looks twice a second has something new each time
SNAPSHOT_SHARE = 0.04  # of the training time, at most, goes into snapshots that take long
SNAPSHOT_LATEST = 0.9  # but there is about one a second
EPOCH_WAIT = 0.3  # seconds that a snapshot waits for the end of an epoch, where the validation loss is measured anyway
WAIT_SECONDS = 0.2

Emit = Callable[[TrainingMessage], None]


def train(
    settings: Settings,
    *,
    emit: Emit,
    control: Control | None = None,
    run_id: str = "",
    save_to: Path | None = None,
    frames: int = 0,
    test_images: int | None = None,
    keeper: checkpoint.Keeper | None = None,
) -> Result:
    """Loads the data, builds the model, trains it, and measures it on the test set.

    Args:
        settings: The experiment.
        emit: Called with each message: `Progress` while data are fetched, `Setup` once, `Snapshot` from step 0 on.
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
    control = control or Control()

    def progress(text: str, share: float | None = None) -> None:
        emit(Progress(run_id=run_id, text=text, share=share))

    bench = cache.prepare(settings, progress)
    run = Run(settings, bench, emit, control, run_id=run_id, frames=frames, keeper=keeper)
    run.train()
    if save_to is not None:
        bench.model.standalone().save(save_to)
    return run.result(test_images)


class Run:
    """One training from its first to its last step.

    Args:
        settings: The experiment.
        bench: Data, PCA and the compiled models.
        emit: Called with each message.
        control: Words from outside.
        run_id: Stands in every message and in the result.
        every_chunk: Whether each chunk ends in a snapshot.
        keeper: Where checkpoints are left and found.
        snapshot_seconds: Between two snapshots; by default as long as keeps them cheap.
        frames: Snapshots in all, or 0. See `train`.
    """

    def __init__(
        self,
        settings: Settings,
        bench: cache.Bench,
        emit: Emit,
        control: Control,
        run_id: str = "",
        every_chunk: bool = False,
        keeper: checkpoint.Keeper | None = None,
        snapshot_seconds: float | None = None,
        frames: int = 0,
    ):
        self.keeper = keeper
        self.snapshot_seconds = snapshot_seconds
        self.every_chunk, self.frames = every_chunk, frames
        self.settings, self.bench, self.emit, self.control = settings, bench, emit, control
        self.run_id = run_id
        self.model, self.data = bench.model, bench.data
        labelled = len(bench.info.class_names) > 1
        self.probe = Probe(self.model, self.data, bench.pca, labelled, bench.probe_points)
        self.history = History(self.model.term_names)
        self.total_steps = sum(stage.epochs * stage.steps_per_epoch for stage in bench.stages)
        self.total_epochs = sum(stage.epochs for stage in bench.stages)
        self.step = self._shown_at = 0
        self.seconds = self._chunk_seconds = 0.0
        self.marks: list[Mark] = []
        self._last: Snapshot | None = None
        self.rates = {name: float(np.asarray(variable)) for name, variable in self.model.tunable.items()}
        self._enter(bench.stages[0], 0, 0)
        self._next_checkpoint = time.perf_counter() + checkpoint.SECONDS

    def _enter(self, stage: cache.Stage, steps_before: int, epochs_before: int) -> None:
        self.stage, self._steps_before, self._epochs_before = stage, steps_before, epochs_before
        if self.probe.model is not stage.view:
            self.probe.watch(stage.view)

    def train(self) -> None:
        """Runs `fit` over row numbers, one Keras epoch per chunk, so that every chunk ends in `on_epoch_end`."""
        self.emit(self._setup())
        kept = self.keeper.restore() if self.keeper is not None else None
        if kept is not None:
            checkpoint.restore(self, *kept)
        steps_before = epochs_before = 0
        for stage in self.bench.stages:
            self._enter(stage, steps_before, epochs_before)
            steps_before += stage.epochs * stage.steps_per_epoch
            epochs_before += stage.epochs
            if self.step < steps_before and not self.control.stopped:
                self._fit(stage)
            if self.control.stopped and self.step <= steps_before:
                break  # the last snapshot shows what was trained last
        self.snapshot("stopped" if self.control.stopped else "done")

    def _fit(self, stage: cache.Stage) -> None:
        stage.model.at_epoch(self.epoch - self._epochs_before)
        if self._last is None:
            self.snapshot("running")
        follower = ChunkEnd(self.chunk_done)
        for order in self._orders(stage):
            self._schedule()
            stage.model.fit(**feed(order, self.bench.batch_size, stage.chunk), callbacks=[follower])
            if self.control.stopped:
                break

    def _orders(self, stage: cache.Stage) -> Iterator[np.ndarray]:
        """Row numbers in the order of training: every epoch a new permutation, the same for the same seed.

        They come some epochs at a time: `fit` takes a moment to begin, and many epochs would take much memory.
        """
        taken = stage.steps_per_epoch * self.bench.batch_size
        together = max(1, LONGEST_ORDER // taken)
        # A training that goes on from a checkpoint has been given the first ones before.
        done = (self.step - self._steps_before) * self.bench.batch_size
        for first in range(0, stage.epochs, together):
            orders = [
                np.random.default_rng((self.settings.seed, self._epochs_before + epoch)).permutation(
                    len(self.data.x_train)
                )
                for epoch in range(first, min(first + together, stage.epochs))
            ]
            rows = np.concatenate([order[:taken] for order in orders]).astype(np.int32)
            left, done = rows[min(done, len(rows)) :], max(0, done - len(rows))
            if len(left):
                yield left

    def _setup(self) -> Setup:
        model, probe, stages = self.model, self.probe, self.bench.stages
        begins = np.cumsum([0, *(stage.epochs for stage in stages[:-1])])
        return Setup(
            run_id=self.run_id,
            settings=self.settings.to_dict(),
            shape=list(self.data.spec.shape),
            unit_range=self.data.spec.unit_range,
            device=execution.device_name(),
            backend=keras.backend.backend(),
            parameters=cache.parameter_count(model),
            input_size=self.data.spec.size,
            code_size=probe.code_size,
            code_shape=list(model.code_shape),
            class_names=list(self.bench.info.class_names),
            loss_name=model.loss_name,
            terms=list(model.term_names),
            total_steps=self.total_steps,
            total_epochs=self.total_epochs,
            steps_per_epoch=stages[-1].steps_per_epoch,
            phases=[
                PhaseStart(name=stage.name, epoch=int(begin))
                for stage, begin in zip(stages, begins, strict=True)
                if stage.name
            ],
            live=dict(self.rates),
            notes=list(self.data.notes),
            panels=probe.titles(),
            loss_floor=probe.loss_floor(),
            labels=probe.labels.astype(np.uint8).tobytes(),
            atlas=probe.atlas(),
        )

    @property
    def epoch(self) -> float:
        """Epochs done, with the part of the present one."""
        return self._epochs_before + (self.step - self._steps_before) / self.stage.steps_per_epoch

    def chunk_done(self, logs: dict[str, float], seconds: float) -> None:
        """Called after each chunk of steps, see `ChunkEnd`: records it and obeys."""
        stage = self.stage
        self.step += stage.chunk
        self.seconds += seconds
        self._chunk_seconds = seconds
        self.history.add_chunk(logs, stage.chunk * self.bench.batch_size, seconds)
        if (self.step - self._steps_before) % stage.steps_per_epoch == 0:
            self.history.end_epoch(self.step, self.epoch, self.seconds, self.validation_terms())
        if self.step >= self.total_steps:
            return
        stage.model.at_epoch(self.epoch - self._epochs_before)
        self._tune()
        self._schedule()
        if self.control.waiting:
            self.say("paused")
            self.snapshot("paused")
            while self.control.wait(WAIT_SECONDS):
                if self._tune():
                    self.snapshot("paused")
            self._schedule()
            if not self.control.stopped:
                self.say("paused" if self.control.waiting else "running")
        elif self._due() and not self.control.stopped:
            self.snapshot("running")
        if self.keeper is not None and time.perf_counter() >= self._next_checkpoint:
            self._keep(self.keeper)
        if self.control.stopped:
            self.say("stopped")  # the numbers follow when `fit` has returned
            stage.model.stop_training = True

    def _due(self) -> bool:
        """Whether a snapshot is wanted now."""
        if self.frames > 1:
            last = self.frames - 1
            # Of the frames at step (k / last)² · total the one after what was shown last.
            after = math.floor(last * math.sqrt(self._shown_at / self.total_steps) + 1e-9) + 1
            return self.step >= (after / last) ** 2 * self.total_steps
        if self.every_chunk:
            return True
        if time.perf_counter() < self._next_snapshot:
            return False
        left = (self._steps_before - self.step) % self.stage.steps_per_epoch
        return left == 0 or left / self.stage.chunk * self._chunk_seconds > EPOCH_WAIT

    def _keep(self, keeper: checkpoint.Keeper) -> None:
        begun = time.perf_counter()
        keeper.checkpoint(*checkpoint.capture(self))
        ended = time.perf_counter()
        self._next_checkpoint = ended + max(checkpoint.SECONDS, (ended - begun) / checkpoint.SHARE)

    def _tune(self) -> bool:
        """Sets what was asked for, and leaves a mark on the curve."""
        changes = self.control.take_changes()
        for name, value in changes:
            for stage in self.bench.stages:
                if name in stage.model.tunable:
                    stage.model.tunable[name].assign(value)
            self.marks.append(Mark(step=self.step, epoch=self.epoch, name=name, before=self.rates[name], after=value))
            self.rates[name] = value
        return bool(changes)

    def _schedule(self) -> None:
        """Sets the learning rate of the next chunk, if a schedule has a say in it."""
        if self.settings.schedule == "cosine":
            # Each phase falls to zero by itself: the next one begins with layers that have not learnt yet.
            done = (self.step - self._steps_before) / (self.stage.epochs * self.stage.steps_per_epoch)
            factor = 0.5 * (1.0 + math.cos(math.pi * done))
            self.stage.model.optimizer.learning_rate.assign(self.rates["learning_rate"] * factor)

    def validation_terms(self) -> dict[str, float]:
        """The validation losses of what is trained now; a term that only the whole has is 0 before."""
        return dict.fromkeys(self.history.names, 0.0) | self.probe.validation_terms(self.stage.model)

    def say(self, state: State) -> None:
        """Sends the last views again with another state: at once, before the model is measured anew."""
        if self._last is None:
            return
        self._last = replace(
            self._last,
            state=state,
            step=self.step,
            epoch=self.epoch,
            phase=self.stage.name,
            seconds=self.seconds,
            marks=list(self.marks),
        )
        self.emit(self._last)

    def snapshot(self, state: State) -> None:
        """Measures the model and sends what a page shows."""
        begun = time.perf_counter()
        if self.step > 0:
            self.history.add_point(self.step, self.epoch, self.seconds, self.validation_terms)
        measured = self.probe.measure(thorough=self.frames > 0 or state != "running")
        self._shown_at = self.step
        rate = self.history.samples_per_second()
        left = (self.total_steps - self.step) * self.bench.batch_size
        speed: Numbers = {"samples_per_second": rate, "eta_seconds": left / rate if rate else None}
        self._last = Snapshot(
            run_id=self.run_id,
            state=state,
            step=self.step,
            epoch=self.epoch,
            phase=self.stage.name,
            seconds=self.seconds,
            marks=list(self.marks),
            history=self.history.columns(),
            latent=measured.latent,
            grid=measured.grid,
            panels=dict(measured.panels),
            pca_loss=measured.pca_loss,
            numbers=measured.numbers | speed,
        )
        self.emit(self._last)
        ended = time.perf_counter()
        cheap = min(max(SNAPSHOT_SECONDS, (ended - begun) / SNAPSHOT_SHARE), SNAPSHOT_LATEST)
        self._next_snapshot = ended + (cheap if self.snapshot_seconds is None else self.snapshot_seconds)

    def result(self, test_images: int | None = None) -> Result:
        """What is left of a run when it is over: history by epoch, and numbers on the test set."""
        settings, rates = self.settings, self.history.epoch_rates
        return Result(
            run_id=self.run_id,
            variant=settings.variant,
            dataset=settings.dataset,
            backend=keras.backend.backend(),
            device=execution.device_name(),
            epochs=round(self.epoch, 3),
            steps=self.step,
            seconds=self.seconds,
            samples_per_second=statistics.median(rates[1:] or rates) if rates else None,
            parameters=cache.parameter_count(self.model),
            settings=settings.to_dict(),
            history=self.history.by_epoch(),
            test=evaluation.evaluate(self.model, self.data, self.bench.pca, self.probe, test_images),
        )


def describe(settings: Settings) -> dict[str, Any]:
    """The network's layers with their shapes and parameters, for a diagram.

    Raises:
        SettingError: If the settings do not fit the data.
    """
    spec = settings.scaled(data.catalogue()[settings.dataset].spec)
    settings.check(spec)
    with building(settings.seed):
        model = variants.get(settings.variant).build(settings, spec)
    layers = [
        {
            "part": part,
            "name": layer.name,
            "type": type(layer).__name__,
            "output_shape": [int(length) for length in layer.output.shape[1:]],
            "parameters": int(sum(np.prod(weight.shape) for weight in layer.weights)),
            "activation": getattr(getattr(layer, "activation", None), "__name__", None),
        }
        for part, network in (("encoder", model.encoder), ("decoder", model.decoder))
        for layer in network.layers
    ]
    return {
        "layers": layers,
        "parameters": cache.parameter_count(model),
        "input_shape": list(spec.shape),
        "code_shape": list(model.code_shape),
        "corruption": settings.to_dict().get("noise"),
    }


def warm() -> None:
    """Loads what a first training needs: the default data, their PCA, and the default network, compiled."""
    settings = dataclasses.replace(variants.get("vanilla").settings(), dataset=data.default_name())
    control = Control()
    control.stop()  # after the first chunk of steps: by then all is compiled
    bench = cache.prepare(settings, lambda *words: None)
    Run(settings, bench, lambda message: None, control).train()
