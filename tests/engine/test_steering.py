"""What a person says to a training while it goes on, and after it: pause, step, pace, rates, more epochs."""

import time

import pytest

from ae_core.engine import Engine, EngineError
from ae_core.training.execution import LONGEST_CHUNK
from tests.engine.trainings import ME, STRANGER, digits, step_of
from tests.waiting import until

pytestmark = pytest.mark.workers


def test_pause_holds_step_advances_and_stop_ends(engine: Engine) -> None:
    run = engine.submit(digits(), ME)
    until(lambda: run.state == "running" and step_of(run) > 0)

    engine.command(run.id, ME, "pause")
    until(lambda: run.state == "paused")
    held = step_of(run)
    time.sleep(0.6)
    assert (step_of(run), run.state) == (held, "paused")

    engine.command(run.id, ME, "step")
    until(lambda: run.state == "paused" and step_of(run) > held)
    chunk = step_of(run) - held
    assert chunk <= LONGEST_CHUNK
    time.sleep(0.6)
    assert (step_of(run), run.state) == (held + chunk, "paused")

    engine.command(run.id, ME, "step")
    until(lambda: run.state == "paused" and step_of(run) > held + chunk)
    again = step_of(run) - held - chunk
    assert again <= LONGEST_CHUNK
    time.sleep(0.6)
    assert (step_of(run), run.state) == (held + chunk + again, "paused")
    engine.command(run.id, ME, "resume")
    until(lambda: run.state == "running" and step_of(run) > held + 3 * chunk)

    engine.command(run.id, ME, "stop")
    until(lambda: run.state == "stopped")
    with pytest.raises(EngineError, match=r"has ended \(stopped\)"):
        engine.command(run.id, ME, "pause")
    assert run.snapshot is not None and run.snapshot.state == "stopped"


def test_a_run_goes_at_its_owner_s_pace_and_hurries_while_others_wait(engine: Engine) -> None:
    run = engine.submit(digits(), ME, pace="slow")
    until(lambda: run.snapshot and run.snapshot.batch, why=lambda: run.state)
    assert (run.pace, run.hurried) == ("slow", False)
    slow = step_of(run)
    waiting = engine.submit(digits(), STRANGER, pace="watch")
    until(lambda: run.hurried)
    until(lambda: step_of(run) > slow + 200)
    assert run.pace == "slow", "what its owner wished is not forgotten"
    engine.command(waiting.id, STRANGER, "pace", value="full")
    assert (waiting.state, waiting.pace, waiting.hurried) == ("queued", "full", False)
    engine.command(waiting.id, STRANGER, "stop")
    until(lambda: not run.hurried)
    hurried = until(lambda: run.snapshot and run.snapshot.batch and run.snapshot.step)
    time.sleep(1.5)
    assert step_of(run) <= hurried + 3, "one step a second again"

    engine.command(run.id, ME, "pace", value="watch")
    assert run.view().pace == "watch"
    until(lambda: step_of(run) > hurried + 10 and run.snapshot and run.snapshot.batch is None)
    with pytest.raises(EngineError, match=r"pace must be one of full, watch, slow\. Received: 'fast'"):
        engine.command(run.id, ME, "pace", value="fast")
    with pytest.raises(EngineError, match="pace must be one of"):
        engine.command(run.id, ME, "pace")
    with pytest.raises(EngineError, match="Only the person"):
        engine.command(run.id, STRANGER, "pace", value="full")
    with pytest.raises(EngineError, match="pace must be one of"):
        engine.submit(digits(seed=8), ME, pace="fast")  # type: ignore[arg-type]
    engine.command(run.id, ME, "stop")
    until(lambda: run.state == "stopped")


def test_tune_leaves_a_mark_and_refuses_what_is_not_allowed(engine: Engine) -> None:
    run = engine.submit(digits(), ME)
    until(lambda: step_of(run) > 0)
    engine.command(run.id, ME, "tune", name="learning_rate", value=0.01)
    mark = until(lambda: run.snapshot and run.snapshot.marks)[0]
    assert mark.name == "learning_rate"
    assert mark.before == pytest.approx(run.settings.learning_rate)
    assert mark.after == pytest.approx(0.01)
    with pytest.raises(EngineError, match="learning_rate must be a number from"):
        engine.command(run.id, ME, "tune", name="learning_rate", value=7)
    with pytest.raises(EngineError, match=r"name must be one of learning_rate.*Received: 'epochs'"):
        engine.command(run.id, ME, "tune", name="epochs", value=7)
    with pytest.raises(EngineError, match=r"must be one of pause, resume.*Received: 'explode'"):
        engine.command(run.id, ME, "explode")


def test_commands_given_while_a_run_starts_are_kept_in_order(engine: Engine) -> None:
    run = engine.submit(digits(), ME)
    until(lambda: run.state != "queued")
    engine.command(run.id, ME, "tune", name="learning_rate", value=0.002)
    engine.command(run.id, ME, "tune", name="learning_rate", value=0.003)
    engine.command(run.id, ME, "pause")
    until(lambda: run.state == "paused")
    assert run.snapshot is not None
    assert [mark.after for mark in run.snapshot.marks] == pytest.approx([0.002, 0.003])


def test_an_ended_run_is_given_more_epochs_and_goes_on(engine: Engine) -> None:
    run = engine.submit(digits(epochs=2, batch_size=128), ME)
    with pytest.raises(EngineError, match="still trains"):
        engine.extend(run.id, ME, 2)
    first = until(lambda: run.result)
    assert engine.why_not_extend(run) == ""
    frames = engine.store.open(run.id).frames
    for epochs in (0, -1, 1.5, True, "2"):
        with pytest.raises(EngineError, match="epochs must be an integer of at least 1"):
            engine.extend(run.id, ME, epochs)  # type: ignore[arg-type]
    with pytest.raises(EngineError, match=r"With 499 more, epochs must be an integer from 1 to 500. Received: '501'"):
        engine.extend(run.id, ME, 499)
    with pytest.raises(EngineError, match="Only the person"):
        engine.extend(run.id, STRANGER, 2)
    with pytest.raises(EngineError, match="no such run"):
        engine.extend("unknown", ME, 2)

    assert engine.extend(run.id, ME, 2) is run
    assert (run.settings.epochs, run.result) == (4, None) and not run.ended
    second = until(lambda: run.result)
    assert run.state == "done", run.error
    assert (second.epochs, second.steps) == (4, 2 * first.steps)
    assert second.history["loss"][:2] == first.history["loss"] and len(second.history["loss"]) == 4
    stored = until(lambda: (found := engine.store.open(run.id)).state == "done" and found)
    assert (stored.settings["epochs"], stored.step, stored.attempts) == (4, second.steps, 1)
    assert stored.frames > frames
    assert stored.model is not None and stored.result().epochs == 4

    (stored.folder / "checkpoint.npz").unlink()
    assert "its state is not kept" in engine.why_not_extend(run)
    with pytest.raises(EngineError, match="its state is not kept"):
        engine.extend(run.id, ME, 2)


def test_a_run_can_be_handed_on_once(engine: Engine) -> None:
    run = engine.submit(digits(), ME)
    with pytest.raises(EngineError, match="Only the person"):
        engine.offer(run.id, STRANGER)
    void, token = engine.offer(run.id, ME), engine.offer(run.id, ME)
    for wrong in (void, "", STRANGER):
        with pytest.raises(EngineError, match="does not hold any more"):
            engine.take_over(run.id, wrong, STRANGER)
    engine.take_over(run.id, token, STRANGER)
    with pytest.raises(EngineError, match="does not hold any more"):
        engine.take_over(run.id, token, ME)
    with pytest.raises(EngineError, match="Only the person"):
        engine.command(run.id, ME, "stop")
    engine.command(run.id, STRANGER, "stop")
