"""A worker that has grown is followed by a fresh one: real workers, real trainings of the smallest data set."""

from collections.abc import Iterator

import pytest

from ae_core.engine import Engine, pool, renewal
from ae_core.variants import read_settings
from tests.waiting import until

pytestmark = [pytest.mark.workers, pytest.mark.long]

ME = "me"


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    one = Engine(concurrent=1)
    one.start()
    until(lambda: one.status == "ready")
    yield one
    one.close()


def trained_by(engine: Engine, seed: int) -> str | None:
    """The worker that did a short training."""
    settings = read_settings({"variant": "vanilla", "dataset": "digits", "epochs": 2, "seed": seed})
    run = engine.submit(settings, ME)
    until(lambda: run.ended)
    assert run.state == "done", run.error
    return run.worker


def workers(engine: Engine) -> dict[str, int]:
    """Trainings that each worker offers, by address."""
    assert engine._supervisor.pool is not None
    found = engine._supervisor.pool.client.scheduler_info()["workers"]
    return {address: int(info["resources"]["training"]) for address, info in found.items()}


@pytest.fixture(autouse=True)
def _look_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "_LOOK", 0.2)


def wait_for_looks(engine: Engine) -> None:
    """Waits until the engine has looked at its workers again and again, however long that takes."""
    looks: set[float | None] = set()

    def looked() -> bool:
        looks.add(engine._supervisor.pool._looked_at if engine._supervisor.pool is not None else None)
        return len(looks) > 4

    until(looked)


def test_while_a_worker_trains_it_may_grow_more_and_then_a_fresh_one_takes_over_without_a_pause(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = trained_by(engine, 0)
    assert list(workers(engine).values()) == [1]
    wait_for_looks(engine)  # nothing has grown by 350 MB
    assert list(workers(engine)) == [before]

    settings = read_settings({"variant": "vanilla", "dataset": "digits", "epochs": 500})
    run = engine.submit(settings, ME)
    until(lambda: run.state == "running")
    engine.command(run.id, ME, "pause")  # so that it has not ended meanwhile
    until(lambda: run.state == "paused")
    monkeypatch.setattr(renewal, "REST", 1e9)
    monkeypatch.setattr(renewal, "GROWTH", 1.0)
    wait_for_looks(engine)
    assert run.state == "paused"
    assert list(workers(engine)) == [run.worker] == [before]

    engine.command(run.id, ME, "stop")
    until(lambda: len(workers(engine)) == 2)
    assert sorted(workers(engine).values()) == [0, 1]
    assert trained_by(engine, 1) == before  # while the fresh one is still warming up
    until(lambda: before not in workers(engine))
    until(lambda: list(workers(engine).values()) == [1])  # an answer can be older than the one before it
    assert trained_by(engine, 2) != before
    # Not again at once, although this one has grown too.
    wait_for_looks(engine)
    assert len(workers(engine)) == 1


def test_without_memory_for_two_the_old_one_ends_first(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    before = trained_by(engine, 3)
    monkeypatch.setattr(renewal, "FRESH", 1e15)
    monkeypatch.setattr(renewal, "GROWTH", 1.0)
    monkeypatch.setattr(renewal, "REST", 0.0)
    until(lambda: before not in workers(engine))
    monkeypatch.setattr(renewal, "GROWTH", 1e15)
    # What is asked for meanwhile waits, and is done.
    assert trained_by(engine, 4) != before
    until(lambda: engine.status == "ready")
    assert len(workers(engine)) == 1


def test_a_fresh_worker_that_does_not_start_leaves_the_old_one(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    before = trained_by(engine, 5)
    monkeypatch.setattr(renewal, "REST", 0.0)
    monkeypatch.setattr(renewal, "GROWTH", 1.0)
    until(lambda: len(workers(engine)) == 2)
    monkeypatch.setattr(renewal, "GROWTH", 1e15)
    monkeypatch.setattr(renewal, "PATIENCE", 0.0)  # it has just begun to load Keras
    until(lambda: len(workers(engine)) == 1)
    assert trained_by(engine, 6) == before
