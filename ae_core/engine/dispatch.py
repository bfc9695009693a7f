"""The runs that were handed to Dask: given out one by one, and let go of when they have ended or were lost."""

from typing import TYPE_CHECKING

from ae_core.engine import classifying
from ae_core.engine.pool import WorkerPool, failure
from ae_core.engine.processes import RESOURCE
from ae_core.engine.queue import LOST, Queue, Run
from ae_core.engine.recovery import ATTEMPTS

if TYPE_CHECKING:
    from distributed import Future


class Dispatch:
    """What each handed run became for Dask. Belongs to the engine's thread.

    Args:
        queue: Where the runs wait.
        topic: Where workers report.
        folder: Of the store.
    """

    def __init__(self, queue: Queue, topic: str, folder: str) -> None:
        self._queue = queue
        self._topic = topic
        self._folder = folder
        self._futures: dict[str, Future] = {}

    @property
    def workers(self) -> set[str | None]:
        """Addresses of the workers that do them; None stands for what no worker has begun yet."""
        runs = [self._queue.get(run_id) for run_id in self._futures]
        return {None if run is None else run.worker for run in runs}

    def collect(self, pool: WorkerPool, closing: bool) -> None:
        """Lets go of the trainings that Dask has finished, or lost, or that were stopped before a worker took them."""
        for run_id, future in list(self._futures.items()):
            run = self._queue.get(run_id)
            if future.done():
                del self._futures[run_id]
                finished = future.status == "finished"
                if not finished:
                    pool.recount()
                if run is not None and not run.ended and not closing and _goes_on(run, future):
                    self._queue.again(run)
                elif run is not None:
                    # What finished has said so before, in a message.
                    text = "The training ended without a result." if finished else failure(future)
                    self._queue.end(run, "failed", text)
            elif run is None or (run.ended and run.worker is None):
                future.cancel()

    def dispatch(self, pool: WorkerPool, most: int | None) -> None:
        """Hands out waiting runs, as many as there are slots, and at most so many side by side."""
        self._queue.slots = min(pool.slots, most or pool.slots)
        while len(self._futures) < self._queue.slots:
            run = self._queue.take()
            if run is None:
                return
            # Bound to the resource and to no address: a worker may have died a moment ago, and another follows.
            self._futures[run.id] = pool.submit(
                *classifying.task_of(run, self._topic, self._folder),
                resources={RESOURCE: 1},
                key=f"training-{run.id}-{run.attempts}",
            )

    def disconnect(self) -> None:
        """Lets go of all, because the scheduler is lost."""
        self._futures = {}


def _goes_on(run: Run, future: "Future") -> bool:
    """Whether a run's worker died, and it can go on from where it was."""
    return future.status != "finished" and failure(future) == LOST and run.stored and run.attempts < ATTEMPTS
