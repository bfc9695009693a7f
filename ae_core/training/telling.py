"""What a training says of itself after its first step: how it goes, and what is left of it at its end."""

import statistics
from typing import Protocol

import keras
from msgspec.structs import replace

from ae_core import data
from ae_core.measuring import evaluation
from ae_core.measuring.probe import Measured, Probe
from ae_core.messages import Batch, Mark, Numbers, Outcome, Result, Snapshot, State
from ae_core.models.autoencoder import Autoencoder
from ae_core.settings import Settings
from ae_core.training import cache, execution
from ae_core.training.control import Control
from ae_core.training.early_stopping import Best
from ae_core.training.history import History
from ae_core.training.preprocessing import preprocessing
from ae_core.training.snapshot_times import SnapshotTimes


class Telling(Protocol):
    """A training that has something to tell; for the attributes see `TrainingSession`."""

    settings: Settings
    run_id: str
    prepared: cache.PreparedTraining
    control: Control
    model: Autoencoder
    data: data.Prepared
    probe: Probe
    history: History
    times: SnapshotTimes
    best: Best
    marks: list[Mark]
    seconds: float
    diverged_at: int | None

    @property
    def step(self) -> int: ...

    @property
    def total_steps(self) -> int: ...

    @property
    def epoch(self) -> float: ...

    @property
    def phase(self) -> str: ...


def snapshot(session: Telling, state: State, measured: Measured, batch: Batch | None) -> Snapshot:
    """How a training goes.

    Args:
        session: The training.
        state: Where it stands.
        measured: What was measured of its model just now.
        batch: The batch of its last step, if that is to be seen.
    """
    rate = session.history.samples_per_second()
    speed: Numbers = {"samples_per_second": rate, "eta_seconds": _seconds_left(session, rate)}
    return Snapshot(
        run_id=session.run_id,
        state=state,
        step=session.step,
        epoch=session.epoch,
        phase=session.phase,
        seconds=session.seconds,
        marks=list(session.marks),
        history=session.history.columns(),
        latent=measured.latent,
        grid=measured.grid,
        plane=measured.plane,
        panels=dict(measured.panels),
        pca_loss=measured.pca_loss,
        numbers=measured.numbers | speed,
        batch=batch,
        best_epoch=session.best.epoch if state == "done" else None,
        diverged_at=session.diverged_at,
    )


def again(session: Telling, shown: Snapshot, state: State) -> Snapshot:
    """What was shown last, with where the training stands by now.

    Args:
        session: The training.
        shown: What was shown.
        state: The state that it is in.
    """
    return replace(
        shown,
        state=state,
        step=session.step,
        epoch=session.epoch,
        phase=session.phase,
        seconds=session.seconds,
        marks=list(session.marks),
    )


def result(session: Telling, test_images: int | None) -> Result:
    """What is left of a training when it is over.

    Args:
        session: The training.
        test_images: Test examples, at most, on which its model is measured; None for all.
    """
    settings, rates = session.settings, session.history.epoch_rates
    return Result(
        run_id=session.run_id,
        state=_outcome(session),
        diverged_at=session.diverged_at,
        variant=settings.variant,
        dataset=settings.dataset,
        backend=keras.backend.backend(),
        device=execution.device_name(),
        epochs=round(session.epoch, 3),
        steps=session.step,
        seconds=session.seconds,
        samples_per_second=statistics.median(rates[1:] or rates) if rates else None,
        parameters=cache.parameter_count(session.model),
        settings=settings.to_dict(),
        history=session.history.by_epoch(),
        test=evaluation.evaluate(session.model, session.data, session.prepared.pca, session.probe, test_images),
        preprocessing=preprocessing(session.prepared.info, session.data, settings),
    )


def _seconds_left(session: Telling, rate: float | None) -> float | None:
    """Seconds until the end, with those for which it will rest; None while its images a second are unknown."""
    if not rate:
        return None
    seconds = (session.total_steps - session.step) * session.prepared.batch_size / rate
    return seconds + session.times.rest_left(session.step, seconds, session.control.pace)


def _outcome(session: Telling) -> Outcome:
    if session.diverged_at is not None:
        return "diverged"
    return "stopped" if session.control.stopped else "done"
