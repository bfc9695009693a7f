"""What runs inside a worker process: a training, the words that steer it, and small tasks beside it.

Nothing here imports Keras before it is called, because the web process imports this file to name its functions. Every
answer is plain data, failures included: the class of an exception may live in TensorFlow, and the web process would
have to load it to read the exception.
"""

import logging
from collections.abc import Callable, Iterable
from typing import Any

from ae_core.config import SettingError
from ae_core.control import Control
from ae_core.data import DataError
from ae_core.variants import read_settings

logger = logging.getLogger(__name__)

WORDS = ("pause", "resume", "step", "stop", "tune")

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
    """Imports Keras, which takes about ten seconds in a fresh process."""

    def work() -> None:
        import ae_core.training  # noqa: F401

    return answer(work, "Keras could not be loaded")


def warm() -> dict[str, Any]:
    """Compiles and trains the default for a moment, so that the first training of a visitor starts quickly."""

    def work() -> None:
        from ae_core import training

        training.warm()

    return answer(work, "The worker could not be warmed up")


def describe(values: dict[str, Any]) -> dict[str, Any]:
    """The layers of the network that these settings (plain, from `Settings.to_dict`) would build."""

    def work() -> dict[str, Any]:
        from ae_core import training

        return training.describe(read_settings(values))

    return answer(work, "The network could not be described")


def train(values: dict[str, Any], run_id: str, topic: str) -> None:
    """Trains, and reports through Dask's event `topic`: `started`, the training's own messages, `finished`."""
    from distributed import get_worker

    worker = get_worker()
    control = _controls[run_id] = Control()

    def emit(message: dict[str, Any]) -> None:
        if control.stopped and message["kind"] == "progress":
            raise _StoppedEarlyError
        worker.log_event(topic, message)

    def work() -> dict[str, Any] | None:
        from ae_core import training

        try:
            return training.train(read_settings(values), emit=emit, control=control, run_id=run_id, test=False)
        except _StoppedEarlyError:
            return None

    try:
        # First, because orders can be given from here on, even while Keras is still being imported.
        emit({"kind": "started", "run_id": run_id, "worker": worker.address})
        emit({"kind": "finished", "run_id": run_id} | answer(work, "The training stopped"))
    finally:
        del _controls[run_id]


def steer(run_id: str, orders: Iterable[tuple[str, dict[str, Any]]]) -> bool:
    """Gives a training its orders (word, values). False if the run does not train here any more."""
    training = _controls.get(run_id)
    if training is None:
        return False
    for word, values in orders:
        if word not in WORDS:
            raise ValueError(f"An order must be one of {', '.join(WORDS)}. Received: {word!r}.")
        getattr(training, word)(**values)
    return True
