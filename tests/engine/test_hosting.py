"""What a host sees and ends, whosever it is."""

from pathlib import Path

import pytest

from ae_core.data import kept_uploads
from ae_core.engine import Engine, EngineError, Requests
from ae_core.engine.hosting import eaters
from ae_core.ownership import fingerprint
from ae_core.room import Thing
from ae_core.runs import RunStore
from ae_core.settings import Settings
from ae_core.variants import read_settings
from tests.waiting import until


def digits(seed: int) -> Settings:
    return read_settings({"variant": "vanilla", "dataset": "digits", "epochs": 500, "batch_size": 2, "seed": seed})


def test_a_host_sees_whose_runs_wait_and_who_takes_how_much(
    store: RunStore, unsynced: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = Engine(store=store)
    first, second = engine.submit(digits(1), "one"), engine.submit(digits(2), "two")
    things = [Thing("upload-1", fingerprint("two"), 3000, 0.0), Thing("upload-2", None, 10, 0.0)]
    monkeypatch.setattr(kept_uploads, "kept", lambda: things)
    seen = engine.overview()
    assert [(one.id, one.position, one.owner) for one in seen.jobs] == [
        (first.id, 1, fingerprint("one")[:8]),
        (second.id, 2, fingerprint("two")[:8]),
    ]
    assert (seen.workers, seen.status, seen.limit_bytes) == ([], "starting", store.limit_bytes)
    assert seen.free_bytes > 0 and {"python", "keras", "distributed"} <= seen.versions.keys()
    found = {one.owner: one for one in eaters(store.list_runs())}
    most = found[fingerprint("two")[:8]]
    assert (most.runs, most.uploads, most.upload_bytes) == (1, 1, 3000)
    assert (found[""].runs, found[""].upload_bytes) == (0, 10)
    assert seen.eaters[0] == most and fingerprint("one") not in str(seen), "no whole fingerprint leaves"


def test_a_host_ends_what_waits_and_says_so(store: RunStore, unsynced: None) -> None:
    engine = Engine(store=store)
    job = engine.submit(digits(1), "one")
    engine.halt(job.id)
    assert job.state == "stopped" and job.error is not None and "The host of this app has stopped" in job.error
    with pytest.raises(EngineError, match=r"has ended \(stopped\)"):
        engine.halt(job.id)
    with pytest.raises(EngineError, match="no such run"):
        engine.halt("unknown")


def test_a_word_is_heard_once(tmp_path: Path) -> None:
    requests = Requests(tmp_path / "not there yet")
    assert requests.waiting() == []
    requests.leave("some-run")
    assert Requests(tmp_path / "not there yet").waiting() == ["some-run"]
    assert requests.take_back("some-run") and not requests.take_back("some-run")
    assert requests.waiting() == []


@pytest.mark.workers
def test_a_host_s_word_from_another_process_ends_a_run_with_its_state(warm_engine: Engine) -> None:
    run = warm_engine.submit(digits(1), "one")
    until(lambda: run.snapshot is not None and run.snapshot.step > 0)
    seen = warm_engine.overview()
    (worker,) = [one for one in seen.workers if one.slots]
    assert worker.memory > 100e6 and [one.worker for one in seen.jobs] == [worker.address]
    requests = Requests(warm_engine.store.folder)
    requests.leave("unknown-run1")
    requests.leave(run.id)
    until(lambda: run.result is not None)
    assert run.state == "stopped" and "The host of this app" in (run.error or "")
    assert warm_engine.why_not_go_on(run) == "", "its last state is kept"
    assert requests.waiting() == ["unknown-run1"], "perhaps another app knows it"
    requests.take_back("unknown-run1")
