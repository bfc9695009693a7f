"""What a host allows, and who makes room for whom."""

import math
import time

import pytest

from ae_core.engine import limits
from ae_core.engine.engine import Engine
from ae_core.engine.jobs import TrainingJob
from ae_core.engine.limits import Limits
from ae_core.engine.queue import Queue
from ae_core.errors import DataError, EngineError
from ae_core.messages import Finished, Started
from ae_core.ownership import fingerprint
from ae_core.runs import RunStore
from ae_core.variants import read_settings
from tests.stored import snapshot

NAMES = ("AE_PUBLIC", "AE_MAX_RUN_MINUTES", "AE_MAX_RUN_MEMORY_MB")


def order(seed: int) -> TrainingJob:
    """A training that nobody has asked for yet."""
    settings = read_settings({"variant": "vanilla", "dataset": "digits", "seed": seed})
    return TrainingJob(settings, f"owner {seed}", Queue(9, 9, 1.0).shared)


@pytest.fixture(autouse=True)
def _no_host_says_anything(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)


def test_an_open_server_bounds_a_run_and_one_s_own_machine_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Limits.from_environment() == Limits(math.inf, math.inf, False)
    assert Limits().too_long(1e9) == ""
    monkeypatch.setenv("AE_PUBLIC", "1")
    assert Limits.from_environment() == Limits(30.0, math.inf, True)
    monkeypatch.setenv("AE_MAX_RUN_MINUTES", "5")
    monkeypatch.setenv("AE_MAX_RUN_MEMORY_MB", "100")
    assert Limits.from_environment() == Limits(5.0, 100 * 2**20, True)
    for wrong in ("0", "-3", "nan", "inf", "soon"):
        monkeypatch.setenv("AE_MAX_RUN_MINUTES", wrong)
        with pytest.raises(DataError, match="AE_MAX_RUN_MINUTES must be a number above 0"):
            Limits.from_environment()


def test_what_would_take_too_long_is_refused_in_one_sentence(store: RunStore, monkeypatch: pytest.MonkeyPatch) -> None:
    assert Limits(30.0).too_long(1700.0) == ""
    for seconds, words in ((2400.0, "40 minutes"), (9e3, "2 hours"), (8.64e6, "100 days")):
        sentence = Limits(30.0).too_long(seconds)
        assert f"would take about {words}, and a run may take 30 minutes here" in sentence
    engine = Engine(store=store, limits=Limits(30.0))
    settings = read_settings({"variant": "vanilla", "dataset": "digits"})
    monkeypatch.setattr(engine._supervisor.descriptions, "seconds", lambda given: 8.64e6)
    with pytest.raises(EngineError, match="100 days"):
        engine.submit(settings, "me")
    assert engine.jobs() == [] and store.list_runs() == []
    monkeypatch.setattr(engine._supervisor.descriptions, "seconds", lambda given: 10.0)
    assert engine.submit(settings, "me").state == "queued"


def test_who_presses_start_before_the_time_is_known_is_refused_in_the_queue(
    store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = Engine(store=store, limits=Limits(30.0))
    descriptions = engine._supervisor.descriptions
    given = [read_settings({"variant": "vanilla", "dataset": "digits", "seed": seed}) for seed in (1, 2)]
    job = engine.submit(given[0], "me")
    engine._supervisor._refuse_too_long()
    assert job.state == "queued" and list(descriptions._known.values()) == [None], "a worker is asked"
    assert descriptions.get(given[1]) is None and len(descriptions._known) == 1, "once for all seeds"
    begun = engine.submit(given[1], "another")
    begun.snapshot = snapshot(0, run_id=begun.id)
    monkeypatch.setattr(descriptions, "seconds", lambda given: 8.64e6)
    engine._supervisor._refuse_too_long()
    assert (job.state, begun.state) == ("failed", "queued"), "what has begun keeps its place"
    assert "100 days" in str(job.error)


def test_what_takes_too_long_or_too_much_ends_with_its_last_state() -> None:
    job = order(0)
    job.change(state="running")
    job.begun = time.monotonic() - 50
    assert Limits(1.0).exceeded(job, 0.0) == ""
    job.used = 11.0  # before it made room for others
    assert "has taken 1 minutes" in Limits(1.0).exceeded(job, 0.0)
    assert Limits(run_memory=2**20).exceeded(job, 2.0**20) == ""
    assert "more than 1 MB of memory" in Limits(run_memory=2**20).exceeded(job, 2.0**21)
    assert Limits().exceeded(job, 1e12) == ""


def test_a_clock_that_is_set_ends_no_run(monkeypatch: pytest.MonkeyPatch) -> None:
    queue = Queue(limit=50, per_owner=5, pause_limit=1.0)
    queue.slots = 1
    run, other = queue.add(order(0)), queue.add(order(1))
    run.stored, run.seen_at = True, time.monotonic() - 1000
    queue.take()
    queue.receive(snapshot(0, run_id=run.id))
    monkeypatch.setattr("time.time", lambda: (run.started or 0.0) + 86_400.0)
    assert Limits(30.0).exceeded(run, 0.0) == "" and queue.leaving() == []
    queue.receive(snapshot(1000, run_id=run.id, state="done"))
    queue.take()
    queue.add(order(2))
    queue.estimate()
    assert other.state == "starting"
    assert [job.expected_wait for job in queue.all() if job.state == "queued"] == [0.0], "the first took no day"


def test_a_run_that_nobody_watches_makes_room_after_its_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    queue = Queue(limit=50, per_owner=5, pause_limit=1.0)
    queue.slots = 1
    first, second = queue.add(order(0)), queue.add(order(1))
    first.stored = second.stored = True
    queue.take()
    queue.receive(Started(run_id=first.id, worker="one"))
    queue.receive(snapshot(0, run_id=first.id))
    first.begun = first.seen_at = time.monotonic() - 1000
    assert queue.leaving() == [first]
    first.seen_at = time.monotonic()
    assert queue.leaving() == [], "somebody looks at it"
    first.seen_at, first.begun = time.monotonic() - 1000, time.monotonic()
    assert queue.leaving() == [], "it has just begun"
    first.begun = time.monotonic() - 1000
    queue.slots = 2
    assert queue.leaving() == [], "there is a slot for the other"
    queue.slots = 1
    first.leaving = True
    assert queue.leaving() == [], "it was asked already"

    queue.receive(Finished(run_id=first.id, again=True))
    assert (first.state, first.leaving, first.used > 900) == ("queued", False, True)
    assert queue.take() is second
    assert queue.take(held={first.id}) is None and queue.take() is first, "turns go round"
    first.stopping = True
    queue.receive(Finished(run_id=first.id, again=True))
    assert first.state == "stopped", "its owner had told it to"


def test_on_an_open_server_jobs_are_counted_by_address_too(store: RunStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ae_core.engine.queue.ORIGINS", 2)

    def fill(engine: Engine, origin: str, most: int) -> None:
        for seed in range(most):
            settings = read_settings({"variant": "vanilla", "dataset": "digits", "seed": seed})
            engine.submit(settings, f"cookie {seed} {origin}", origin=origin)

    engine = Engine(store=store, queue_limit=3, limits=Limits(public=True))
    with pytest.raises(EngineError, match="from your address"):
        fill(engine, "10.0.0.1", 4)
    assert [job.origin for job in engine.jobs()] == [fingerprint("10.0.0.1")] * 3
    fill(engine, "10.0.0.2", 3)
    waiting = sorted(engine.jobs(), key=lambda job: job.position or 0)
    both = [fingerprint(one) for one in ("10.0.0.1", "10.0.0.2")]
    assert [job.origin for job in waiting] == both * 3, "who comes later from elsewhere takes turns with them"
    with pytest.raises(EngineError, match="queue is full: 6 trainings"):
        fill(engine, "10.0.0.3", 1)

    own = Engine(store=store, queue_limit=3, limits=Limits())
    with pytest.raises(EngineError, match="queue is full: 3 trainings"):
        fill(own, "10.0.0.1", 4)
    assert {job.origin for job in own.jobs()} == {""}


def test_a_page_that_is_open_is_noticed(store: RunStore) -> None:
    engine = Engine(store=store)
    job = engine.submit(read_settings({"variant": "vanilla", "dataset": "digits"}), "me")
    job.seen_at = -limits.UNSEEN_SECONDS
    engine.seen(job.id)
    engine.seen("unknown")
    assert job.seen_at > 0
