"""What becomes of a run whose worker dies or falls silent, or whose app ends."""

import signal
from pathlib import Path

import pytest

from ae_core.engine import Engine, EngineError
from ae_core.runs import RunStore
from tests.conftest import dask_processes
from tests.engine.in_workers import keep_often
from tests.engine.trainings import ME, STRANGER, digits, step_of
from tests.long import rest_is_long
from tests.waiting import until

pytestmark = pytest.mark.workers


def test_a_run_whose_worker_died_goes_on_from_its_checkpoint(engine: Engine) -> None:
    keep_often(engine)
    run = engine.submit(digits(), ME)
    waiting = engine.submit(digits(epochs=1, batch_size=128), STRANGER)
    checkpoint = engine.store.folder / run.id / "checkpoint.npz"
    until(lambda: checkpoint.exists() and step_of(run) > 0)
    heaviest = max(dask_processes(), key=lambda process: process.memory_info().rss)
    heaviest.send_signal(signal.SIGKILL)
    until(lambda: run.state == "queued")
    until(lambda: waiting.ended)
    assert waiting.state == "done", waiting.error
    until(lambda: run.state == "running" and run.attempts == 2)
    resumed = step_of(run)
    assert resumed > 0, "it went on, it did not begin anew"
    engine.command(run.id, ME, "stop")
    until(lambda: run.result is not None)
    until(lambda: engine.store.open(run.id).state == "stopped")
    assert engine.store.open(run.id).attempts == 2


@pytest.mark.long
def test_a_run_whose_worker_is_ended_for_its_memory_is_tried_once(engine: Engine) -> None:
    run = engine.submit(digits(), ME)
    waiting = engine.submit(digits(epochs=1, batch_size=128), STRANGER)
    until(lambda: step_of(run) > 0)
    pool = until(lambda: engine._supervisor.pool)
    pool.client.log_event("worker-restart-memory", {"worker": run.worker, "pid": 1, "rss": 1})  # as its nanny does
    until(lambda: run.exhausted)
    heaviest = max(dask_processes(), key=lambda process: process.memory_info().rss)
    heaviest.send_signal(signal.SIGKILL)
    until(lambda: run.ended)
    assert run.state == "failed" and run.attempts == 1
    assert run.error is not None and "more memory than its worker has" in run.error
    until(lambda: waiting.ended)
    assert waiting.state == "done", waiting.error
    until(lambda: engine.store.open(run.id).state == "failed")


@pytest.mark.parametrize("who", rest_is_long(["worker", "scheduler"], lambda who: who == "worker"))
def test_who_is_stopped_is_said_and_goes_on(engine: Engine, who: str) -> None:
    run = engine.submit(digits(), ME)
    until(lambda: step_of(run) > 0)
    processes = dask_processes()
    heaviest = max(processes, key=lambda process: process.memory_info().rss)
    frozen = heaviest if who == "worker" else next(one for one in processes if "Scheduler" in " ".join(one.cmdline()))
    assert run.silent == 0
    version = run.version
    frozen.suspend()
    try:
        until(lambda: run.silent)
        assert run.state == "running" and run.version > version, "pages hear of it"
        held = step_of(run)
    finally:
        frozen.resume()
    until(lambda: not run.silent and step_of(run) > held)
    assert (run.state, run.attempts) == ("running", 1)


@pytest.mark.long
def test_runs_outlast_the_app(engine: Engine, tmp_path: Path) -> None:
    store = RunStore(tmp_path)
    first = Engine(concurrent=1, store=store)
    first.start()
    done = first.submit(digits(epochs=2, batch_size=128), ME)
    until(lambda: done.result is not None)
    keep_often(first)
    cut = first.submit(digits(), ME)
    until(lambda: (tmp_path / cut.id / "checkpoint.npz").exists())
    first.close()
    assert store.open(done.id).state == "done"
    until(lambda: store.open(cut.id).state == "interrupted")  # as soon as its process is gone
    second = Engine(
        address=engine.address, security=engine.security, store=store
    )  # so that it need not wait for workers of its own
    kept = second.run(done.id)
    assert kept is not None and kept.ended and kept.result == done.result
    assert kept.snapshot == done.snapshot
    early = second.run(cut.id)  # asked for by a page before the workers are there
    assert early is not None and not early.ended
    second.start()
    until(lambda: early.state == "running" and step_of(early) > 0)
    with pytest.raises(EngineError, match="Only the person"):
        second.command(cut.id, STRANGER, "stop")
    second.command(cut.id, ME, "stop")
    until(lambda: early.ended)
    second.close()
    model = store.open(done.id).model
    assert model is not None and model.stat().st_size > 10_000
