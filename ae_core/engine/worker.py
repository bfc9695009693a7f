"""What a worker process does: it gets ready, trains, and obeys the commands for what it trains.

The web process imports this file to name its functions, so each of them imports what needs Keras when it is called.
"""

import contextlib
import ctypes
import logging
import os
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import psutil
from msgspec.structs import replace

from ae_core.engine.answer import Answer, answer
from ae_core.engine.commands import Command
from ae_core.engine.processes import RESOURCE
from ae_core.engine.questions import NO_MODEL
from ae_core.errors import DataError
from ae_core.messages import (
    ClassifierFinished,
    ClassifierSnapshot,
    ClassifierSummary,
    Finished,
    Kept,
    Progress,
    Result,
    Started,
    TrainingMessage,
    WorkerMessage,
    encode,
)
from ae_core.runs import RunStore, RunWriter
from ae_core.training.control import Control, LeftError, Pace
from ae_core.variants import read_settings

logger = logging.getLogger(__name__)

TEST_IMAGES = 2000  # that a run in the app is measured on, so that the next one need not wait long

_controls: dict[str, Control] = {}  # by job, while this process does it
# Held by what trains or warms up: both take the same compiled network, and give it fresh weights, see `training.cache`.
_trains = threading.Lock()


class _StoppedEarlyError(Exception):
    """Ends a training that was stopped before its first step."""


def load_keras() -> None:
    """Imports Keras, and with it TensorFlow, without the two notes on oneDNN that no log level hides.

    They are written to standard error from outside of Python, so that stream leads nowhere meanwhile. What goes wrong
    is raised all the same.
    """
    kept = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        import keras  # noqa: F401
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


def load() -> Answer[int]:
    """Imports Keras, which takes about ten seconds in a fresh process. The value: resident bytes after that."""

    def work() -> int:
        load_keras()
        import ae_core.training.session  # noqa: F401
        from ae_core.training import execution

        execution.configure()
        return _resident()

    return answer(work, "Keras could not be loaded")


def warm() -> Answer[int]:
    """Compiles and trains the default for a moment, so that the first training of a visitor starts quickly.

    Where a training goes on already, as when the app has started anew beside it, there is nothing left to do.

    The value: resident bytes after that.
    """

    def work() -> int:
        from ae_core.training.warm_up import warm_up

        if _trains.acquire(blocking=False):
            try:
                warm_up()
            finally:
                _trains.release()
            _give_back()
        return _resident()

    return answer(work, "The worker could not be warmed up")


def train(settings: Mapping[str, Any], run_id: str, topic: str, folder: str | None, pace: Pace = "full") -> None:
    """Trains, and reports: `Started`, the training's own messages, `Finished`.

    Args:
        settings: The experiment, plain, from `Settings.to_dict`.
        run_id: The run.
        topic: Dask's event topic to report to.
        folder: The store that knows the run, in which the training keeps what it has learnt; None for nowhere.
        pace: How fast it goes at first.
    """
    say, address = _reporter(topic)
    writer = _writer(folder, run_id, say)
    left = False

    def work(control: Control) -> Result | None:
        from ae_core.training import session

        nonlocal left

        def emit(message: TrainingMessage) -> None:
            if control.stopped and isinstance(message, Progress):
                raise _StoppedEarlyError
            say(message)
            if writer is not None:
                writer.message(message)

        given: dict[str, Any] = {"emit": emit, "control": control, "run_id": run_id}
        try:
            training = session.TrainingSession(read_settings(settings), keeper=writer, **given)
            training.train()
            if writer is not None:
                with writer.model_file() as path:
                    training.save(path)
            result = training.result(TEST_IMAGES)
        except _StoppedEarlyError:
            return None
        except LeftError:
            left = True
            return None
        if writer is not None:
            writer.finish(result)
        return result

    try:
        with _obeying(run_id, pace) as control:
            # First, because commands can come from here on, even while Keras is still being imported.
            say(Started(run_id=run_id, worker=address))
            if _trains.locked():
                say(Progress(run_id=run_id, text="The training process is warming up"))
            with _trains:
                said = answer(lambda: work(control), "The training stopped")
            if writer is not None and said.error:
                writer.fail(said.error)
            if writer is not None and left:
                writer.wait()
            say(Finished(run_id=run_id, result=said.value, error=said.error, again=left))
    finally:
        if writer is not None:
            writer.close()
        _give_back()


def classify(folder: str, base: str, job_id: str, topic: str, *, labels: int, fine_tune: bool, epochs: int) -> None:
    """Trains a classifier on the code of a stored run, and reports like `train`.

    Args:
        folder: The store of runs.
        base: The stored run.
        job_id: The job, which every message names.
        topic: Dask's event topic to report to.
        labels: See `classifier.classify`, like the next two.
        fine_tune: Likewise.
        epochs: Likewise.
    """
    say, address = _reporter(topic)

    def follow(message: ClassifierSnapshot) -> None:
        # Several networks are trained, so when one of them is done, the job is not.
        say(replace(message, state="paused" if message.state == "paused" else "running"))

    def work(control: Control) -> ClassifierSummary | None:
        say(Progress(run_id=job_id, text="Reading the model and the data"))
        from ae_core.runs import classifiers
        from ae_core.training import classifier

        store = RunStore(Path(folder))
        run = store.open(base)
        if run.model is None:
            raise DataError(NO_MODEL)
        result = classifier.classify_saved(
            run.model,
            run.experiment,
            labels=labels,
            fine_tune=fine_tune,
            epochs=epochs,
            emit=follow,
            control=control,
            run_id=job_id,
        )
        if control.stopped:
            return None
        found = classifiers.summary(result)
        try:
            store.keep_classifier(base, found)
        except DataError:
            logger.exception("A classifier is not kept on disk.")
        return found

    with _obeying(job_id) as control:
        say(Started(run_id=job_id, worker=address))
        said = answer(lambda: work(control), "The classifier could not be trained")
        say(ClassifierFinished(run_id=job_id, result=said.value, error=said.error))


def obey(job_id: str, commands: Sequence[Command]) -> bool:
    """Takes in commands for a job. False if this process does not do that job any more."""
    control = _controls.get(job_id)
    if control is None:
        return False
    for command in commands:
        command.give(control)
    return True


async def offer(slots: int, dask_worker: Any) -> None:
    """Has this worker take so many trainings at a time. One that it does already goes on."""
    await dask_worker.set_resources(**{RESOURCE: slots})


@contextlib.contextmanager
def _obeying(job_id: str, pace: Pace = "full") -> Iterator[Control]:
    """The control of a job; as long as it lasts, `obey` finds it."""
    control = _controls[job_id] = Control(pace)
    try:
        yield control
    finally:
        del _controls[job_id]


def _reporter(topic: str) -> tuple[Callable[[WorkerMessage], None], str]:
    """What sends messages through Dask's events, and the address of this worker."""
    from distributed import get_worker

    worker = get_worker()
    return (lambda message: worker.log_event(topic, encode(message))), worker.address


def _writer(folder: str | None, run_id: str, say: Callable[[WorkerMessage], None]) -> RunWriter | None:
    """The training's side of a stored run; None on a machine that does not share the store's folder."""
    if folder is None:
        return None
    try:
        writer = RunStore(Path(folder)).writer(run_id)
    except DataError as error:
        logger.warning("This run is not kept on disk: %s", error)
        say(Kept(run_id=run_id, problem=str(error)))
        return None
    writer.tell = lambda problem: say(Kept(run_id=run_id, problem=problem or ""))
    return writer


def _resident() -> int:
    return psutil.Process().memory_info().rss


def _give_back() -> None:
    """Gives the kernel back what was freed: some 100 MB after a training, in 10 to 30 ms."""
    with contextlib.suppress(OSError, AttributeError):  # not the C library of Linux
        ctypes.CDLL("libc.so.6").malloc_trim(0)
