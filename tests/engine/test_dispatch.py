"""Jobs handed to Dask, with a stand-in for Dask that finishes only when it is told to."""

import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from distributed import KilledWorker

from ae_core.engine import kernel
from ae_core.engine.answer import Answer
from ae_core.engine.dispatch import Dispatch
from ae_core.engine.jobs import TrainingJob
from ae_core.engine.pool import WorkerPool
from ae_core.engine.queue import Queue
from ae_core.messages import Finished, Started
from ae_core.variants import read_settings
from tests.stored import result
from tests.waiting import until


class LateFuture:
    """A task whose end Dask tells later than the worker does."""

    def __init__(self) -> None:
        self.status = "pending"

    def done(self) -> bool:
        return self.status != "pending"


class LatePool:
    """A worker with two slots."""

    slots = 2
    asked_lately = False

    def __init__(self) -> None:
        self.given: list[LateFuture] = []

    def recount(self) -> None:
        """Nothing to count here."""

    def submit(self, *_: Any, **__: Any) -> LateFuture:
        self.given.append(LateFuture())
        return self.given[-1]


class LostFuture(LateFuture):
    """A task whose worker dies."""

    def exception(self, timeout: float) -> Exception:
        return KilledWorker("training", None, 0)  # type: ignore[arg-type]


def test_a_run_that_takes_too_much_memory_is_tried_once(monkeypatch: pytest.MonkeyPatch) -> None:
    queue = Queue(limit=5, per_owner=5, pause_limit=1.0)
    settings = read_settings({"variant": "stacked", "dataset": "digits", "widths": "4096,4096"})
    job = queue.add(TrainingJob(settings, "me", queue.shared))
    tried: list[LostFuture] = []

    def submit(*_: Any, **__: Any) -> LostFuture:
        tried.append(LostFuture())
        return tried[-1]

    monkeypatch.setattr(LatePool, "submit", submit)
    dispatch, pool = Dispatch(queue, "topic", "folder", lambda job: True), LatePool()
    dispatch.dispatch(pool, None)  # type: ignore[arg-type]
    queue.receive(Started(run_id=job.id, worker="tcp://one"))
    tried[0].status = "error"
    dispatch.collect(pool, closing=False)  # type: ignore[arg-type]
    queue.exhaust("tcp://other")
    assert not job.exhausted
    queue.exhaust("tcp://one")  # may come later than the loss

    def given_up() -> bool:
        dispatch.collect(pool, closing=False)  # type: ignore[arg-type]
        return job.ended

    until(given_up)
    dispatch.dispatch(pool, None)  # type: ignore[arg-type]
    assert (job.state, len(tried)) == ("failed", 1)
    assert job.error == (
        "This run needs more memory than its worker has, so it was ended; lower widths (now 4096, 4096)."
    )


def test_what_a_question_of_somebody_else_took_ends_nobody_s_training(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ae_core.engine.dispatch.REASON_SECONDS", 0.0)
    queue = Queue(limit=5, per_owner=5, pause_limit=1.0)
    job = queue.add(TrainingJob(read_settings({"dataset": "digits"}), "me", queue.shared))
    given: list[LostFuture] = []

    def submit(*_: Any, **__: Any) -> LostFuture:
        given.append(LostFuture())
        return given[-1]

    monkeypatch.setattr(LatePool, "submit", submit)
    chances = iter([True, False])
    dispatch, pool = Dispatch(queue, "topic", "folder", lambda job: next(chances)), LatePool()
    pool.asked_lately = True

    def lose() -> None:
        dispatch.dispatch(pool, None)  # type: ignore[arg-type]
        queue.receive(Started(run_id=job.id, worker="tcp://one"))
        queue.exhaust("tcp://one")
        given[-1].status = "error"
        dispatch.collect(pool, closing=False)  # type: ignore[arg-type]

    lose()
    assert (job.state, job.error, job.exhausted) == ("queued", None, False), "it is begun again"
    lose()
    assert job.state == "failed" and "needs more memory" in str(job.error), "not without end"


def test_a_pool_knows_whether_workers_are_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    pool = WorkerPool(SimpleNamespace(), threading.Event())  # type: ignore[arg-type]
    seen: list[bool] = []

    def answers(timeout: float) -> Answer[int]:
        seen.append(pool.asked_lately)
        return Answer(value=1)

    monkeypatch.setattr(WorkerPool, "usable", ["one"])
    monkeypatch.setattr(pool, "submit", lambda *_, **__: SimpleNamespace(result=answers))
    assert not pool.asked_lately
    assert pool.ask(lambda: Answer(value=1), seconds=1.0) == 1 and seen == [True]
    assert pool.asked_lately, "its memory may be told of a moment later"
    monkeypatch.setattr("ae_core.engine.pool.LATELY", 0.0)
    assert not pool.asked_lately


@pytest.mark.slow(seconds=1)
@pytest.mark.parametrize("killed", [True, False])
def test_a_worker_that_the_kernel_ends_for_want_of_memory_is_told_from_one_that_dies(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, killed: bool
) -> None:
    counter = tmp_path / "vmstat"
    counter.write_text("nr_free_pages 9\noom_kill 3\n")
    monkeypatch.setattr(kernel, "COUNTER", counter)
    queue = Queue(limit=5, per_owner=5, pause_limit=1.0)
    job = queue.add(TrainingJob(read_settings({"dataset": "digits"}), "me", queue.shared))
    monkeypatch.setattr(LatePool, "submit", lambda *_, **__: LostFuture())
    dispatch, pool = Dispatch(queue, "topic", "folder", lambda job: True), LatePool()
    dispatch.dispatch(pool, None)  # type: ignore[arg-type]
    queue.receive(Started(run_id=job.id, worker="tcp://one"))
    dispatch.collect(pool, closing=False)  # type: ignore[arg-type]
    counter.write_text(f"nr_free_pages 0\noom_kill {4 if killed else 3}\n")
    dispatch._futures[job.id].status = "error"  # type: ignore[misc]

    def taken_back() -> bool:
        dispatch.collect(pool, closing=False)  # type: ignore[arg-type]
        return job.state != "starting"

    until(taken_back)
    assert (job.state, "more memory" in str(job.error)) == (("failed", True) if killed else ("queued", False))


def test_where_the_kernel_says_nothing_nothing_is_known(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(kernel, "COUNTER", tmp_path / "nowhere")
    found = kernel.OutOfMemory()
    found.look()
    assert kernel.kills() == 0 and not found.lately


def test_a_run_that_is_given_more_epochs_before_dask_lets_go_of_it_trains_them() -> None:
    queue = Queue(limit=5, per_owner=5, pause_limit=1.0)
    job = queue.add(TrainingJob(read_settings({"variant": "vanilla", "dataset": "digits"}), "me", queue.shared))
    dispatch, pool = Dispatch(queue, "topic", "folder", lambda job: False), LatePool()

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
