"""What runs inside a worker process: a training, the words that steer it, and small tasks beside it.

Nothing here imports Keras before it is called, because the web process imports this file to name its functions. Every
answer is plain data, failures included: the class of an exception may live in TensorFlow, and the web process would
have to load it to read the exception.
"""

import contextlib
import ctypes
import logging
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import psutil
from msgspec.structs import replace

from ae_core.engine.loading import load_keras
from ae_core.engine.processes import RESOURCE
from ae_core.errors import DataError, SettingError
from ae_core.messages import (
    ClassifierFinished,
    ClassifierSnapshot,
    ClassifierSummary,
    Finished,
    Progress,
    Result,
    Started,
    TrainingMessage,
    WorkerMessage,
    encode,
)
from ae_core.runs import RunStore, RunWriter
from ae_core.training.control import Control
from ae_core.variants import read_settings

logger = logging.getLogger(__name__)

WORDS = ("pause", "resume", "step", "stop", "tune")

NO_MODEL = "This run has no trained model: it failed, or has not ended."

TEST_IMAGES = 2000  # of a run in the app, so that the next one need not wait long

_controls: dict[str, Control] = {}  # by run, while it trains in this process


class _StoppedEarlyError(Exception):
    """Ends a training that was stopped before its first step."""


def answer(work: Callable[[], Any], failure: str) -> dict[str, Any]:
    """Does `work` and says how it ended: `{"value": ...}` or `{"error": one sentence}`, beginning with `failure`."""
    try:
        return {"value": work()}
    except (SettingError, DataError) as error:
        return {"error": str(error)}
    except Exception as error:
        logger.exception("%s.", failure)
        return {"error": f"{failure} because of an internal error ({type(error).__name__}); the log has the details."}


def load() -> dict[str, Any]:
    """Imports Keras, which takes about ten seconds in a fresh process. Its value: resident bytes after that."""

    def work() -> int:
        load_keras()
        import ae_core.training.loop  # noqa: F401

        return _resident()

    return answer(work, "Keras could not be loaded")


def warm() -> dict[str, Any]:
    """Compiles and trains the default for a moment, so that the first training of a visitor starts quickly.

    Its value: resident bytes after that.
    """

    def work() -> int:
        from ae_core.training import loop

        loop.warm()
        _give_back()
        return _resident()

    return answer(work, "The worker could not be warmed up")


def describe(values: dict[str, Any]) -> dict[str, Any]:
    """The layers of the network that these settings (plain, from `Settings.to_dict`) would build."""

    def work() -> dict[str, Any]:
        from ae_core.training import loop

        return loop.describe(read_settings(values))

    return answer(work, "The network could not be described")


def script(values: dict[str, Any]) -> dict[str, Any]:
    """The experiment as a plain Keras script, see `script.script_for`."""

    def work() -> dict[str, str]:
        from ae_core.script import script_for

        return script_for(values)

    return answer(work, "The script could not be written")


def model_part(folder: str, run_id: str, part: str) -> dict[str, Any]:
    """The trained model of a stored run, `whole`, or its `encoder` or `decoder` alone: bytes of a `.keras` file."""

    def work() -> bytes:
        path = RunStore(Path(folder)).open(run_id).model
        if path is None:
            raise DataError(NO_MODEL)
        if part == "whole":
            return path.read_bytes()
        from ae_core.models.saved_model import extract

        return extract(path, part)

    return answer(work, "The model could not be read")


def train(values: dict[str, Any], run_id: str, topic: str, folder: str | None) -> None:
    """Trains, and reports through Dask's event `topic`: `Started`, the training's own messages, `Finished`.

    Args:
        values: The settings, plain.
        run_id: The run.
        topic: Where to report.
        folder: The store that knows the run, in which the training keeps what it has learnt; None for nowhere.
    """
    from distributed import get_worker

    worker = get_worker()
    writer = _writer(folder, run_id)
    control = _controls[run_id] = Control()

    def say(message: WorkerMessage) -> None:
        worker.log_event(topic, encode(message))

    def emit(message: TrainingMessage) -> None:
        if control.stopped and isinstance(message, Progress):
            raise _StoppedEarlyError
        say(message)
        if writer is not None:
            writer.message(message)

    def work() -> Result | None:
        from ae_core.training import loop

        given: dict[str, Any] = {"emit": emit, "control": control, "run_id": run_id, "test_images": TEST_IMAGES}
        try:
            if writer is None:
                return loop.train(read_settings(values), **given)
            with writer.model_file() as path:
                result = loop.train(read_settings(values), keeper=writer, save_to=path, **given)
        except _StoppedEarlyError:
            return None
        writer.finish(result)
        return result

    try:
        # First, because commands can be given from here on, even while Keras is still being imported.
        say(Started(run_id=run_id, worker=worker.address))
        outcome = answer(work, "The training stopped")
        if writer is not None and "error" in outcome:
            writer.fail(outcome["error"])
        say(Finished(run_id=run_id, result=outcome.get("value"), error=outcome.get("error", "")))
    finally:
        if writer is not None:
            writer.close()
        del _controls[run_id]
        _give_back()


def classify(folder: str, base: str, wishes: dict[str, Any], run_id: str, topic: str) -> None:
    """Trains a classifier on the code of a stored run, and reports like `train`.

    Args:
        folder: The store of runs.
        base: The stored run.
        wishes: What `classifier.classify` is given.
        run_id: The entry in the queue.
        topic: Where to report.
    """
    from distributed import get_worker

    worker = get_worker()
    control = _controls[run_id] = Control()

    def say(message: WorkerMessage) -> None:
        worker.log_event(topic, encode(message))

    def follow(message: ClassifierSnapshot) -> None:
        # One network that is done is not yet all of them.
        say(replace(message, state="paused" if message.state == "paused" else "running"))

    def work() -> ClassifierSummary | None:
        say(Progress(run_id=run_id, text="Reading the model and the data"))
        from ae_core.runs import classifiers
        from ae_core.training import classifier

        store = RunStore(Path(folder))
        run = store.open(base)
        if run.model is None:
            raise DataError(NO_MODEL)
        result = classifier.classify_saved(
            run.model, run.experiment, **wishes, emit=follow, control=control, run_id=run_id
        )
        if control.stopped:
            return None
        found = classifiers.summary(result)
        try:
            store.keep_classifier(base, found)
        except DataError:
            logger.exception("A classifier is not kept on disk.")
        return found

    try:
        say(Started(run_id=run_id, worker=worker.address))
        outcome = answer(work, "The classifier could not be trained")
        say(ClassifierFinished(run_id=run_id, result=outcome.get("value"), error=outcome.get("error", "")))
    finally:
        del _controls[run_id]


def _writer(folder: str | None, run_id: str) -> RunWriter | None:
    """The training's side of a stored run; None on a machine that does not share the store's folder."""
    try:
        return None if folder is None else RunStore(Path(folder)).writer(run_id)
    except DataError as error:
        logger.warning("This run is not kept on disk: %s", error)
        return None


async def offer(slots: int, dask_worker: Any) -> None:
    """Lets this worker be given so many trainings at a time. One that it does already goes on."""
    await dask_worker.set_resources(**{RESOURCE: slots})


def _resident() -> int:
    return psutil.Process().memory_info().rss


def _give_back() -> None:
    """Gives the kernel back what was freed: some 100 MB after a training, in 10 to 30 ms."""
    with contextlib.suppress(OSError, AttributeError):  # not the C library of Linux
        ctypes.CDLL("libc.so.6").malloc_trim(0)


def steer(run_id: str, commands: Iterable[tuple[str, dict[str, Any]]]) -> bool:
    """Gives a training its commands (word, values). False if the run does not train here any more."""
    training = _controls.get(run_id)
    if training is None:
        return False
    for word, values in commands:
        if word not in WORDS:
            raise ValueError(f"A command must be one of {', '.join(WORDS)}. Received: {word!r}.")
        getattr(training, word)(**values)
    return True
