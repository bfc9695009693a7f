"""Jobs that were handed to Dask: given out one by one, and let go of when they have ended or were lost."""

import itertools
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from ae_core.engine.answer import LOST
from ae_core.engine.jobs import Job, too_large
from ae_core.engine.kernel import OutOfMemory
from ae_core.engine.pool import WorkerPool, failure
from ae_core.engine.processes import RESOURCE
from ae_core.engine.queue import Queue

if TYPE_CHECKING:
    from distributed import Future

REASON_SECONDS = 0.4  # after the loss of a worker, in which its nanny's word of the reason arrives


class Dispatch:
    """The Dask future of each job that was handed out. Belongs to the engine's thread.

    Args:
        queue: Where the jobs wait.
        topic: Dask's event topic, to which workers report.
        folder: The store of runs.
        set_back: Notes that a worker died over a job, and says whether it is begun again.
    """

    def __init__(self, queue: Queue, topic: str, folder: str, set_back: Callable[[Job], bool]) -> None:
        self._set_back = set_back
        self._numbers = itertools.count()
        self._queue = queue
        self._topic = topic
        self._folder = folder
        self._memory = OutOfMemory()
        self._futures: dict[str, Future] = {}
        self._lost: dict[str, float] = {}  # when a loss was first seen, on the monotonic clock

    @property
    def workers(self) -> set[str | None]:
        """Addresses of the workers that do these jobs; None stands for a job that no worker has begun yet."""
        jobs = [self._queue.get(job_id) for job_id in self._futures]
        return {None if job is None else job.worker for job in jobs}

    def collect(self, pool: WorkerPool, closing: bool) -> None:
        """Lets go of the jobs that Dask has finished or lost, and of those that were stopped before a worker took them.

        Args:
            pool: The workers.
            closing: Whether the engine is being closed; then nothing that was lost is begun again.
        """
        self._memory.look()
        for job_id, future in list(self._futures.items()):
            job = self._queue.get(job_id)
            if future.done():
                if future.status != "finished" and not self._is_old(job_id):
                    continue
                del self._futures[job_id]
                if job is not None and job.state == "queued":
                    continue  # it had ended, and was given more epochs before Dask said so too
                finished = future.status == "finished"
                if not finished:
                    pool.recount()
                # A job that finished has said how in a message, and has ended by that.
                text = "The training ended without a result." if finished else failure(future)
                if job is None:
                    continue
                lost = text == LOST
                short = lost and (job.exhausted or self._memory.lately)
                # For want of memory it would only die again; but a question of somebody else may have taken that.
                alone = short and not pool.asked_lately
                if lost and not alone and not (job.ended or closing) and self._set_back(job):
                    self._queue.again(job)
                else:
                    self._queue.end(job, "failed", too_large(job.settings) if short else text)
            elif job is None or (job.ended and job.worker is None):
                future.cancel()

    def _is_old(self, job_id: str) -> bool:
        """Whether the loss of a job was seen some time ago, so that what its worker died of is known, if ever."""
        now = time.monotonic()
        if now - self._lost.setdefault(job_id, now) < REASON_SECONDS:
            return False
        del self._lost[job_id]
        return True

    def dispatch(self, pool: WorkerPool, most: int | None) -> None:
        """Hands out waiting jobs, as many as there are slots.

        Args:
            pool: The workers.
            most: Most jobs that may train side by side; None for as many as the workers take.
        """
        self._queue.slots = min(pool.slots, most or pool.slots)
        while len(self._futures) < self._queue.slots:
            job = self._queue.take(held=self._futures)
            if job is None:
                return
            # Bound to the resource and to no address: if that worker has just died, another follows.
            self._futures[job.id] = pool.submit(
                job.task(self._topic, self._folder),
                resources={RESOURCE: 1},
                key=f"training-{job.id}-{next(self._numbers)}",
            )

    def disconnect(self) -> None:
        """Lets go of all jobs, because the scheduler is lost."""
        self._futures, self._lost = {}, {}
