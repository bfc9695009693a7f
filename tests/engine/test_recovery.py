"""Runs that were cut off: when they go on by themselves, and when somebody has to say so."""

import pytest

from ae_core.engine.engine import Engine
from ae_core.engine.jobs import TrainingJob
from ae_core.engine.queue import Queue
from ae_core.engine.recovery import SETBACKS, Recovery
from ae_core.errors import EngineError
from ae_core.messages import Finished, Started
from ae_core.ownership import fingerprint
from ae_core.runs import Remains, RunStore
from tests.stored import SETTINGS, result, setup, snapshot, state_at

ME, STRANGER = "me", "stranger"


class App:
    """An app that takes up what was left, trains it for a while, and ends."""

    def __init__(self, store: RunStore) -> None:
        self.store, self.queue = store, Queue(limit=20, per_owner=8, pause_limit=600.0)
        self.recovery = Recovery(store, self.queue)
        self.recovery.take_up()

    def train(self, to: int | None) -> str | None:
        """Trains what waits up to a checkpoint at a step, or without one, and dies over it; the run's id."""
        job = self.queue.take()
        if job is None:
            return None
        writer = self.store.writer(job.id)
        writer.restore()
        writer.message(setup(run_id=job.id))
        writer.message(snapshot(to or 0, run_id=job.id))
        if to is not None:
            writer.checkpoint(*state_at(to))
        writer.close()  # its lock is gone, and nothing says how it ended
        return job.id

    def die(self) -> None:
        """Ends without a word."""
        assert self.recovery._claim is not None
        self.recovery._claim.drop()


@pytest.fixture
def run_id(store: RunStore, unsynced: None) -> str:
    """A run that waits."""
    return store.create(SETTINGS, fingerprint(ME)).id


def test_a_run_that_gets_further_is_taken_up_however_often_it_was_cut_off(store: RunStore, run_id: str) -> None:
    for number in range(1, 4 * SETBACKS):
        app = App(store)
        assert app.train(10 * number) == run_id
        app.die()
    app = App(store)
    assert app.queue.waiting == 1
    assert store.open(run_id).attempts == 4 * SETBACKS - 1


def test_a_run_over_which_process_after_process_dies_waits_for_a_word(store: RunStore, run_id: str) -> None:
    first = App(store)
    first.train(10)
    first.die()
    for _ in range(SETBACKS - 1):
        app = App(store)
        assert app.train(None) == run_id
        app.die()
    app = App(store)
    assert app.queue.waiting == 0
    run = store.open(run_id)
    assert run.state == "failed" and run.error is not None and "without getting any further" in run.error
    assert run.checkpoint_bytes and run.newest() is not None, "what it has learnt is kept"


def test_an_orderly_end_is_no_setback(store: RunStore, run_id: str) -> None:
    for _ in range(3 * SETBACKS):
        app = App(store)
        assert app.train(None) == run_id
        app.recovery.close()
    assert App(store).queue.waiting == 1
    assert store.open(run_id).setbacks == 0


def test_a_run_that_a_worker_died_over_is_begun_again_while_it_gets_further(store: RunStore, run_id: str) -> None:
    app = App(store)
    (job,) = app.queue.all()
    for number in range(1, 3 * SETBACKS):
        assert app.train(10 * number) == run_id
        assert app.recovery.set_back(job)
        app.queue.again(job)
    for number in range(1, SETBACKS):
        app.train(None)
        assert app.recovery.set_back(job) is (number + 1 < SETBACKS)
        app.queue.again(job)


def test_a_run_that_has_failed_goes_on_when_its_owner_says_so(store: RunStore, run_id: str) -> None:
    app = App(store)
    app.train(10)
    app.die()
    store.end(run_id, "failed", "This run was interrupted.")
    engine = Engine(store=store)
    job = engine.run(run_id)
    assert isinstance(job, TrainingJob) and engine.why_not_go_on(job) == ""
    with pytest.raises(EngineError, match="Only the person"):
        engine.go_on(run_id, STRANGER)
    assert engine.go_on(run_id, ME) is job
    assert (job.state, job.error, store.open(run_id).state) == ("queued", None, "queued")
    with pytest.raises(EngineError, match="still trains"):
        engine.go_on(run_id, ME)
    with store.writer(run_id) as writer:
        assert writer.goes_on, "from its checkpoint"
        writer.message(snapshot(1000, "done", run_id=run_id))
        writer.finish(result(run_id=run_id))
    job.change(state="done", result=result(run_id=run_id))
    with pytest.raises(EngineError, match="nothing left to train"):
        engine.go_on(run_id, ME)


def test_without_a_state_nothing_goes_on(store: RunStore, run_id: str) -> None:
    app = App(store)
    app.train(None)
    app.die()
    store.end(run_id, "failed", "This run was interrupted.")
    engine = Engine(store=store)
    job = engine.run(run_id)
    assert job is not None and "its state is not kept" in engine.why_not_go_on(job)
    with pytest.raises(EngineError, match="its state is not kept"):
        engine.go_on(run_id, ME)


def test_what_a_machine_without_the_folder_has_trained_is_kept_here(store: RunStore, run_id: str) -> None:
    app = App(store)
    job = app.queue.take()
    assert isinstance(job, TrainingJob)
    app.queue.on_end = app.recovery.ended
    app.queue.receive(Started(run_id=run_id, worker="far away"))
    app.queue.receive(setup(run_id=run_id))
    app.queue.receive(snapshot(1000, "done", run_id=run_id))
    app.recovery.tick()
    assert store.open(run_id).state == "queued", "it is still being measured"
    app.queue.receive(Finished(run_id=run_id, result=result(run_id=run_id)))
    app.recovery.tick()
    run = store.open(run_id)
    newest = run.newest()
    assert (run.state, run.result()) == ("done", result(run_id=run_id)) and newest is not None and newest.step == 1000
    app.die()
    assert App(store).queue.waiting == 0, "it is not trained again"


def test_a_run_that_is_removed_while_somebody_opens_it_is_gone(
    store: RunStore, run_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.end(run_id, "stopped")
    engine = Engine(store=store)
    remains = store.remains

    def slow(wanted: str) -> Remains:
        found = remains(wanted)
        engine.remove(run_id, ME)  # its owner's press, between two lines of another page's
        return found

    with monkeypatch.context() as patch:
        patch.setattr(engine, "run", lambda wanted: None)
        patch.setattr(store, "remains", slow)
        assert engine._recovery.find(run_id) is None
    assert engine.run(run_id) is None and engine.jobs() == []
