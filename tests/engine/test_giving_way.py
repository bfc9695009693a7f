"""Many who share one worker: how many wait, who gives way to whom, and how long a run may take."""

import math
import time

import pytest

from ae_core.engine import Engine, EngineError, limits
from ae_core.engine.limits import Limits
from tests.engine.in_workers import keep_often
from tests.engine.trainings import ME, STRANGER, digits, step_of
from tests.waiting import until

pytestmark = pytest.mark.workers


def test_the_queue_is_bounded_and_belongs_to_its_owners(engine: Engine) -> None:
    first, second, third = (engine.submit(digits(seed=seed), ME) for seed in range(3))
    assert engine.submit(digits(seed=1), ME) is second, "what was pressed twice is queued once"
    until(lambda: first.state == "running" and step_of(first) > 0)
    until(lambda: (second.position, third.position) == (1, 2))
    # The first run says how long it will take, so the wait of the others can be told.
    until(lambda: (third.expected_wait or 0) > (second.expected_wait or math.inf) > 0)
    with pytest.raises(EngineError, match="The queue is full: 2 trainings"):
        engine.submit(digits(), STRANGER)
    with pytest.raises(EngineError, match="Only the person who started"):
        engine.command(first.id, STRANGER, "stop")
    with pytest.raises(EngineError, match="still waits in the queue"):
        engine.command(second.id, ME, "pause")
    with pytest.raises(EngineError, match="no such run"):
        engine.command("unknown", ME, "stop")

    engine.command(second.id, ME, "stop")
    assert second.state == "stopped"  # at once
    assert second.started is None
    until(lambda: third.position == 1)
    fourth = engine.submit(digits(), STRANGER)
    assert (fourth.position, third.position) == (1, 2)  # who has nothing in training comes first
    engine.command(fourth.id, STRANGER, "stop")


def test_a_paused_run_gives_way_when_others_wait(engine: Engine) -> None:
    run = engine.submit(digits(), ME)
    until(lambda: step_of(run) >= 0)
    engine.command(run.id, ME, "pause")
    until(lambda: run.state == "paused")
    time.sleep(1.5)
    assert run.state == "paused"  # nobody waits
    other = engine.submit(digits(), STRANGER)
    until(lambda: run.state == "stopped")
    assert run.error == "This run was paused for long while others waited, so it was stopped."
    until(lambda: other.state == "running")
    engine.command(other.id, STRANGER, "stop")


def test_a_run_that_nobody_watches_makes_room_and_goes_on(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "TURN_SECONDS", 0.0)
    monkeypatch.setattr(limits, "UNSEEN_SECONDS", 0.0)
    keep_often(engine)
    run = engine.submit(digits(), ME)
    until(lambda: (engine.store.folder / run.id / "checkpoint.npz").exists())
    left = step_of(run)
    other = engine.submit(digits(epochs=1, batch_size=128), STRANGER)
    until(lambda: run.state == "queued" and run.used > 0)
    until(lambda: other.ended)
    assert other.state == "done", other.error
    until(lambda: run.state == "running" and step_of(run) > left)
    engine.command(run.id, ME, "stop")
    until(lambda: run.result is not None)
    stored = until(lambda: (found := engine.store.open(run.id)).state == "stopped" and found)
    steps = [frame.step for frame in stored.snapshots()]
    assert steps == sorted(set(steps)) and steps[0] == 0, "one film, from its beginning"


def test_a_run_that_takes_too_long_ends_with_its_last_state(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine._supervisor, "_limits", Limits(run_minutes=2 / 60))
    run = engine.submit(digits(), ME)
    until(lambda: run.result is not None)
    assert run.state == "stopped" and "the longest that a run may take here" in (run.error or "")
    assert engine.why_not_go_on(run) == ""
