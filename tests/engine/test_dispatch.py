"""Jobs handed to Dask, with a stand-in for Dask that finishes only when it is told to."""

from typing import Any

from ae_core.engine.dispatch import Dispatch
from ae_core.engine.jobs import TrainingJob
from ae_core.engine.queue import Queue
from ae_core.messages import Finished, Started
from ae_core.variants import read_settings
from tests.stored import result


class LateFuture:
    """A task whose end Dask tells later than the worker does."""

    def __init__(self) -> None:
        self.status = "pending"

    def done(self) -> bool:
        return self.status != "pending"


class LatePool:
    """A worker with two slots."""

    slots = 2

    def __init__(self) -> None:
        self.given: list[LateFuture] = []

    def submit(self, *_: Any, **__: Any) -> LateFuture:
        self.given.append(LateFuture())
        return self.given[-1]


def test_a_run_that_is_given_more_epochs_before_dask_lets_go_of_it_trains_them() -> None:
    queue = Queue(limit=5, per_owner=5, pause_limit=1.0)
    job = queue.add(TrainingJob(read_settings({"variant": "vanilla", "dataset": "digits"}), "me", queue.shared))
    dispatch, pool = Dispatch(queue, "topic", "folder"), LatePool()

    def look() -> None:
        dispatch.collect(pool, closing=False)  # type: ignore[arg-type]
        dispatch.dispatch(pool, None)  # type: ignore[arg-type]

    look()
    queue.receive(Started(run_id=job.id, worker="one"))
    queue.receive(Finished(run_id=job.id, result=result()))
    assert job.state == "done"
    queue.again(job)
    look()
    assert (job.state, len(pool.given)) == ("queued", 1), "the worker may still hold the run's files"
    pool.given[0].status = "finished"
    look()
    assert (job.state, len(pool.given), job.error) == ("starting", 2, None)
    pool.given[1].status = "finished"
    look()
    assert job.state == "failed", "it said nothing this time"
