"""Words on their way to a training: checked before, and given in their order."""

import dataclasses
import logging
import threading
import time
from typing import TYPE_CHECKING, Any

from ae_core.engine import worker
from ae_core.engine.queue import Queue, Run
from ae_core.errors import EngineError, SettingError
from ae_core.settings import options

if TYPE_CHECKING:
    from distributed import Client

logger = logging.getLogger(__name__)

ATTEMPTS = 3  # to reach a worker
AGAIN_SECONDS = 1.0  # between two of them


class Commands:
    """Takes runs their commands.

    Args:
        queue: The queue of the runs, for its lock.

    Attributes:
        client: The connection to the workers; None while there is none.
    """

    def __init__(self, queue: Queue) -> None:
        self.client: Client | None = None
        self._lock = queue.lock

    def deliver(self, run: Run) -> None:
        """Begins to give a run what waits in its `commands`, if its worker is known. Runs on any thread."""
        with self._lock:
            client = self.client
            if client is None or run.worker is None or run.delivering or not run.commands:
                return
            run.delivering = True
        threading.Thread(target=self._hand_over, args=(run, client), name="engine-commands", daemon=True).start()

    def _hand_over(self, run: Run, client: "Client") -> None:
        """Gives a run its commands, in their order. Runs on a thread of its own, as a worker can be slow to answer."""
        failures = 0
        while True:
            with self._lock:
                commands, run.commands = run.commands, []
                run.delivering = bool(commands)
                address = run.worker
            if not commands:
                return
            try:
                # Not a task, which would wait behind other tasks: this is done by the worker's event loop.
                client.run(worker.steer, run.id, commands, workers=[str(address)])
                failures = 0
            except Exception:
                # The run itself fails, with a sentence, when its worker is lost; the log has the trace. One that is
                # only slow is asked again.
                logger.exception("A worker did not take a command.")
                failures += 1
                with self._lock:
                    again = failures < ATTEMPTS and run.worker == address
                    if again:
                        run.commands = commands + run.commands
                if again:
                    time.sleep(AGAIN_SECONDS)


def checked(run: Run, name: str = "", value: Any = None) -> dict[str, Any]:
    """Name and value of a rate to change while the run trains, checked against its settings."""
    live = [one for one, option in options(run.settings).items() if option.live and run.base is None]
    if run.setup is not None:
        live = [one for one in live if one in run.setup.live]
    if name not in live:
        raise EngineError(f"name must be one of {', '.join(live)} to be changed in this run. Received: {name!r}.")
    try:
        return {"name": name, "value": getattr(dataclasses.replace(run.settings, **{name: value}), name)}
    except SettingError as error:
        raise EngineError(str(error)) from error
