"""A stored run of which a file is damaged: it opens as what it is, and keeps nobody from starting."""

import logging

import pytest

from ae_core.engine import Engine, EngineError
from ae_core.ownership import fingerprint
from ae_core.runs import RunStore
from tests.stored import SETTINGS, stored

ME = "me"

pytestmark = pytest.mark.usefixtures("unsynced", "at_once")


@pytest.mark.parametrize("name", ["newest.msgpack.gz", "setup.msgpack.gz", "result.json", "run.json", "status.json"])
def test_a_damaged_run_opens_as_damaged_and_counts_for_nothing(store: RunStore, name: str, caplog) -> None:
    caplog.set_level(logging.CRITICAL)
    engine = Engine(queue_limit=5, per_owner_limit=1, store=store)
    damaged = [stored(store, 0, 10, 20, owner=fingerprint(ME)) for _ in range(3)]
    for run_id in damaged:
        path = store.folder / run_id / name
        path.write_bytes(path.read_bytes()[:-9])
        run = engine.run(run_id)
        assert run is not None and run.ended and run.state == "failed" and run.position is None
        assert run.error == f"This run is damaged: its file {name} cannot be read; what is left is shown."
        assert (run.setup is None) == name.startswith("setup") and run.snapshot is not None
        film = engine.film(run_id)
        assert film is None if run.setup is None else film is not None and len(film.steps) >= 2
        assert engine.run(run_id) is run
    job = engine.submit(SETTINGS, ME)
    assert job.position == 1, "nothing stands before it"


def test_an_interrupted_run_whose_newest_snapshot_is_damaged_is_trained_on(store: RunStore, caplog) -> None:
    caplog.set_level(logging.CRITICAL)
    run_id = stored(store, 0, 10, ended=False)
    (store.folder / run_id / "newest.msgpack.gz").write_bytes(b"x")
    engine = Engine(store=store)
    engine._recovery.take_up()
    job = engine.run(run_id)
    assert job is not None and (job.state, job.position, job.error) == ("queued", 1, None)
    engine.close()


def test_who_has_pinned_too_much_is_refused_before_it_waits(store: RunStore, monkeypatch) -> None:
    monkeypatch.setenv("AE_MAX_RUNS_PER_OWNER", "1")
    store = RunStore(store.folder)
    store.pin(stored(store, owner=fingerprint(ME)))
    engine = Engine(store=store)
    with pytest.raises(EngineError, match="leaves no room for this one"):
        engine.submit(SETTINGS, ME)
    assert engine.jobs() == []
    assert engine.submit(SETTINGS, "another").position == 1
