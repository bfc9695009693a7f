"""The queue of trainings: who comes next, what each may hold, and what pages are given of it."""

import math
import threading
import time

import pytest

from ae_core.engine.commands import Command
from ae_core.engine.jobs import TrainingJob
from ae_core.engine.memo import Memo
from ae_core.engine.queue import Queue, expected_waits
from ae_core.errors import EngineError
from ae_core.messages import Atlas, Finished, Progress, Started
from ae_core.settings import Settings
from ae_core.variants import read_settings
from tests.stored import result, setup, snapshot

ME, STRANGER = "me", "stranger"


def order(seed: int = 0) -> Settings:
    """Any experiment."""
    return read_settings({"variant": "vanilla", "dataset": "digits", "seed": seed})


def add(queue: Queue, owner: str, seed: int = 0) -> TrainingJob:
    """Puts a training into the queue."""
    return queue.add(TrainingJob(order(seed), owner, queue.shared))


def test_who_has_nothing_in_training_comes_first() -> None:
    queue = Queue(limit=50, per_owner=5, pause_limit=1.0)
    mine = [add(queue, ME) for _ in range(3)]
    other = add(queue, STRANGER)
    assert [queue.take() for _ in range(4)] == [mine[0], other, mine[1], mine[2]]


def test_who_is_watched_hurries_while_others_wait() -> None:
    queue = Queue(limit=50, per_owner=5, pause_limit=1.0)
    fast, watched = add(queue, ME), add(queue, STRANGER)
    watched.pace = "watch"
    assert [queue.take(), queue.take()] == [fast, watched]
    assert queue.impatience() == []
    other = add(queue, ME)
    assert queue.impatience() == [(watched, True)], "who goes at full speed anyway need not"
    watched.change(hurried=True)
    assert queue.impatience() == []
    queue.end(other, "stopped")
    assert queue.impatience() == [(watched, False)]
    queue.again(watched)
    assert (watched.hurried, watched.pace) == (False, "watch")


def test_one_owner_cannot_fill_the_queue() -> None:
    queue = Queue(limit=50, per_owner=2, pause_limit=1.0)
    first, second = add(queue, ME), add(queue, ME)
    with pytest.raises(EngineError, match="2 of your trainings are running or waiting"):
        add(queue, ME)
    add(queue, STRANGER)
    queue.end(first, "stopped")
    add(queue, ME)
    assert (second.position, first.position) == (1, None)


def test_expected_waits_are_those_of_a_hand_made_plan() -> None:
    # Slots free after 10 and 4 s, runs of 5 s: begin at 4, 9, 10, 14.
    assert expected_waits([10.0, 4.0], 5.0, 4) == [4.0, 9.0, 10.0, 14.0]
    assert expected_waits([3.0], math.inf, 2) == [3.0, None]
    assert expected_waits([math.inf], 5.0, 1) == [None]
    assert expected_waits([], 5.0, 1) == [None]


def test_a_payload_is_built_once_for_all_viewers() -> None:
    queue = Queue(limit=5, per_owner=5, pause_limit=1.0)
    run = add(queue, ME)
    built: list[int] = []

    def build() -> int:
        time.sleep(0.05)
        built.append(run.version)
        return len(built)

    viewers = [threading.Thread(target=run.cached, args=("loss", build)) for _ in range(8)]
    for viewer in viewers:
        viewer.start()
    for viewer in viewers:
        viewer.join()
    assert len(built) == 1
    queue.receive(Progress(run_id=run.id, text="Loading"))
    assert run.cached("loss", build) == 2
    assert run.cached("latent", build) == 3

    memo = Memo(limit=2)
    for key in ("a", "b", "c", "a"):
        memo.get(key, 0, lambda: built.append(0))
    assert len(built) == 7  # "a" was forgotten for "c"


def test_a_run_that_is_done_says_that_its_result_is_still_to_come() -> None:
    queue = Queue(limit=5, per_owner=5, pause_limit=1.0)
    measured, failed, lost = (add(queue, ME, seed=seed) for seed in range(3))
    for run in (measured, failed, lost):
        queue.take()
        assert not run.measuring
        ends: list[tuple[bool, bool]] = []
        queue.on_end = lambda job, ends=ends: ends.append((job.ended, job.measuring))  # type: ignore[misc]
        queue.receive(snapshot(0, "done", run_id=run.id))
        assert run.ended and run.measuring, "a page that stopped looking now would never show the result"
        assert ends == [(True, True)], "nor for a moment"
    queue.receive(Finished(run_id=measured.id, result=result()))
    queue.receive(Finished(run_id=failed.id, error="The training stopped."))
    queue.end(lost, "failed", "The training process was lost.")
    assert not (measured.measuring or failed.measuring or lost.measuring)
    assert (measured.state, failed.state, lost.state) == ("done", "failed", "done")


def test_a_run_that_diverged_has_ended_and_keeps_its_result() -> None:
    queue = Queue(limit=5, per_owner=5, pause_limit=1.0)
    run, quick = add(queue, ME), add(queue, ME, seed=1)
    queue.take()
    queue.receive(snapshot(40, "diverged", run_id=run.id, diverged_at=50))
    assert (run.state, run.ended, run.measuring) == ("diverged", True, True)
    queue.receive(Finished(run_id=run.id, result=result(state="diverged", diverged_at=50)))
    queue.receive(Finished(run_id=quick.id, result=result(state="diverged", diverged_at=50)))
    assert run.result is not None and not run.measuring
    assert (run.state, quick.state) == ("diverged", "diverged")


def test_ended_runs_are_forgotten_within_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ae_core.engine.queue._KEPT_JOBS", 3)
    queue = Queue(limit=50, per_owner=50, pause_limit=1.0)
    runs = [add(queue, ME) for _ in range(5)]
    for run in runs[1:]:
        queue.end(run, "stopped")
    assert queue.all() == [runs[4], runs[3], runs[2], runs[0]]  # the first has not ended

    monkeypatch.setattr("ae_core.engine.queue._KEPT_JOBS", 50)
    monkeypatch.setattr("ae_core.engine.queue._KEPT_STORED", 2)
    queue = Queue(limit=50, per_owner=50, pause_limit=1.0)
    runs = [add(queue, ME) for _ in range(5)]
    for run in (*runs[:3], runs[4]):
        run.stored = True
    runs[1].heir = "somebody to whom it was offered"
    for run in runs:
        queue.end(run, "stopped")
    assert queue.all() == [runs[4], runs[3], runs[1]]  # the fourth is nowhere else

    monkeypatch.setattr("ae_core.engine.queue._KEPT_BYTES", 290_000)
    pictures = [bytes(100_000), bytes([0] * 100_000), b"1" * 100_000, b"2" * 100_000]
    assert pictures[0] is not pictures[1]
    queue = Queue(limit=50, per_owner=50, pause_limit=1.0)
    runs = [add(queue, ME) for _ in pictures]
    for run, picture in zip(runs, pictures, strict=True):
        queue.receive(setup(run_id=run.id, atlas=Atlas(png=picture, columns=1, tile=(1, 1), count=1)))
    assert runs[0].setup is not None and runs[1].setup is not None
    assert runs[0].setup.atlas.png is runs[1].setup.atlas.png
    for run in runs:
        queue.end(run, "stopped")
    assert queue.all() == [runs[3], runs[2]]


def test_runs_that_are_looked_at_are_remembered_within_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ae_core.engine.queue._ADOPTED_BYTES", 350_000)
    queue = Queue(limit=50, per_owner=50, pause_limit=1.0)
    waiting = add(queue, ME)
    looked_at = []
    for place in range(6):
        job = TrainingJob(order(), ME, queue.shared)
        atlas = Atlas(png=bytes([place]) * 100_000, columns=1, tile=(1, 1), count=1)
        job.change(state="running" if place == 2 else "done", setup=setup(run_id=job.id, atlas=atlas))
        job.elsewhere, job.stored = place == 2, True
        queue.adopt(job)
        looked_at.append(job)
        if place == 1:
            queue.again(job)  # it goes on here
    assert queue.all() == [waiting, looked_at[1], *looked_at[3:]]
    queue.adopt(looked_at[0])
    assert queue.get(looked_at[0].id) is looked_at[0] and queue.get(looked_at[3].id) is None


def test_a_training_that_the_scheduler_itself_gives_to_another_worker_begins_again() -> None:
    queue = Queue(limit=9, per_owner=9, pause_limit=1.0)
    lost = add(queue, ME)
    queue.take()
    queue.receive(Started(run_id=lost.id, worker="one"))
    queue.receive(snapshot(700, run_id=lost.id))
    queue.receive(Started(run_id=lost.id, worker="two"))
    assert (lost.state, lost.worker, lost.attempts, lost.commands) == ("starting", "two", 2, [])
    queue.receive(snapshot(0, run_id=lost.id))
    assert lost.state == "running" and lost.snapshot is not None and lost.snapshot.step == 0

    queue.exhaust("two")
    queue.receive(Started(run_id=lost.id, worker="three"))
    assert lost.state == "failed" and "more memory than its worker has" in str(lost.error)
    assert lost.commands == [Command("stop")], "what took all memory once is not tried again"
