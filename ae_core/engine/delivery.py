"""Takes commands to the workers, each job's in the order in which they were given."""

import logging
import threading
import time
from typing import TYPE_CHECKING

from ae_core.engine import worker
from ae_core.engine.jobs import Job

if TYPE_CHECKING:
    from distributed import Client

logger = logging.getLogger(__name__)

ATTEMPTS = 3  # to reach a worker
AGAIN_SECONDS = 1.0  # between two of them


class Delivery:
    """Hands jobs' commands to the workers that do them.

    Attributes:
        client: The connection to the workers; None while there is none.
    """

    def __init__(self) -> None:
        self.client: Client | None = None

    def deliver(self, job: Job) -> None:
        """Begins to hand over what waits in a job's `commands`, once its worker is known. Runs on any thread."""
        with job.lock:
            client = self.client
            if client is None or job.worker is None or job.delivering or not job.commands:
                return
            job.delivering = True
        threading.Thread(target=self._hand_over, args=(job, client), name="engine-delivery", daemon=True).start()

    def _hand_over(self, job: Job, client: "Client") -> None:
        """Hands over a job's commands. Runs on a thread of its own, because a worker can be slow to answer."""
        failures = 0
        while True:
            with job.lock:
                commands, job.commands = job.commands, []
                job.delivering = bool(commands)
                address = job.worker
            if not commands:
                return
            try:
                # Not a task, which would wait behind other tasks: the worker's event loop does this at once.
                client.run(worker.obey, job.id, commands, workers=[str(address)])
                failures = 0
            except Exception:
                # If the worker is lost, the job itself fails with a sentence; the log has the trace. A worker that is
                # only slow is asked again.
                logger.exception("A worker did not take a command.")
                failures += 1
                with job.lock:
                    again = failures < ATTEMPTS and job.worker == address
                    if again:
                        job.commands = commands + job.commands
                if again:
                    time.sleep(AGAIN_SECONDS)
