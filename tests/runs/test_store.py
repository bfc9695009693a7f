"""The store of runs: what is written comes back, whoever else writes, and however much there is."""

import math
import os
import subprocess
import sys
import time
from types import SimpleNamespace

import numpy as np
import pytest
from msgspec.structs import replace

from ae_core.errors import DataError
from ae_core.messages import Progress
from ae_core.ownership import fingerprint
from ae_core.runs import files as run_files
from ae_core.runs import record as run_record
from ae_core.runs import shelf as run_shelf
from tests.conftest import ROOT
from tests.stored import SETTINGS, TOTAL, edit, result, setup, snapshot, state_at, stored
from tests.stored import run_files as files_of

DAY = 86_400.0


pytestmark = [pytest.mark.usefixtures("unsynced"), pytest.mark.every_frame]


def test_everything_comes_back_as_it_was(store, at_once):
    sweep = "s" * 12
    run = store.create(SETTINGS, fingerprint("token"), title=" My\nrun\0 ", origin="command line", sweep=sweep)
    assert (run.state, run.title, run.origin, run.sweep) == ("queued", "My run", "command line", sweep)
    assert not run.pinned
    assert run.experiment == SETTINGS
    assert run.owner == fingerprint("token") and not run.ended
    assert (run.setup(), run.newest(), run.snapshots(), run.result(), run.checkpoint(), run.model) == (
        None,
        None,
        [],
        None,
        None,
        None,
    )
    strange = snapshot(20, pca_loss=math.inf, phase="naïve – ∞")
    strange.history["loss"][0] = None
    with store.writer(run.id) as writer:
        assert writer.restore() is None
        messages = [snapshot(0), snapshot(10), strange, snapshot(TOTAL, "done")]
        for message in (Progress(run_id=run.id, text="…"), setup(), *messages):
            writer.message(message)
        assert store.open(run.id).state == "running", "the end is said when the result is there"
        with writer.model_file() as path:
            assert path.suffix == ".keras"
            path.write_bytes(b"a model")
        arrays, values = state_at(7)
        writer.checkpoint(arrays, values)
        assert writer.restore()[1] == values
        writer.finish(result())
        assert writer.problem is None
    run = store.open(run.id)
    assert run.ended and (run.state, run.step, run.epoch, run.seconds, run.attempts) == ("done", TOTAL, 10.0, 20.0, 1)
    assert run.created <= run.started <= run.finished
    assert (run.total_steps, run.device, run.parameters) == (TOTAL, "CPU, 2 cores", 12)
    assert run.numbers == snapshot(TOTAL).numbers | {"loss": 1 / TOTAL, "val_loss": 1 / TOTAL}
    assert run.test == {"mse": 0.01, "ssim": None}
    assert run.size == pytest.approx(sum(path.stat().st_size for path in files_of(store, run.id)), rel=0.02)
    assert run.setup() == setup()
    assert run.result() == result()
    assert run.snapshots() == [snapshot(0), snapshot(10), replace(strange, history=snapshot(20).history), messages[-1]]
    assert run.newest() == messages[-1]
    kept_arrays, kept_values = run.checkpoint()
    assert kept_values == values and kept_arrays.keys() == arrays.keys()
    for name, array in arrays.items():
        assert kept_arrays[name].dtype == array.dtype
        np.testing.assert_array_equal(kept_arrays[name], array)
    assert run.model.read_bytes() == b"a model"
    assert "token" not in (run.folder / "run.json").read_text()


def test_one_writer_at_a_time(store, monkeypatch):
    slept = [0.0]
    clock = SimpleNamespace(monotonic=lambda: sum(slept), sleep=slept.append)
    monkeypatch.setattr(run_files, "time", clock)
    run_id = stored(store, 0, ended=False)
    with store.writer(run_id):
        with pytest.raises(DataError, match="being trained by another process"):
            store.writer(run_id)
        assert sum(slept) >= run_shelf.PATIENCE, "it waited for the other one, and then gave up"
        for refused in (lambda: store.remove(run_id), lambda: store.end(run_id, "failed", "It died.")):
            with pytest.raises(DataError, match="train"):
                refused()
        store.rename(run_id, "renamed while it trains")
        assert store.prune() == []
    store.end(run_id, "failed", "It died.")
    run = store.open(run_id)
    assert (run.state, run.error, run.title) == ("failed", "It died.", "renamed while it trains")
    store.end(run_id, "stopped")
    assert store.open(run_id).state == "failed", "what has ended stays as it ended"
    with pytest.raises(ValueError, match="state must be one of"):
        store.end(run_id, "running")


def test_a_run_that_waits_may_be_ended_and_not_removed(store):
    run = store.create(SETTINGS)
    with pytest.raises(DataError, match="waits or trains"):
        store.remove(run.id)
    assert store.left_behind() == [run]
    edit(store, run.id, "status.json", updated=time.time() - 2 * DAY)
    assert store.open(run.id).state == "interrupted", "nobody will ever take it"
    store.end(run.id, "stopped")
    store.remove(run.id)
    assert store.list_runs() == []
    with pytest.raises(DataError, match="no such stored run"):
        store.remove(run.id)


def test_titles_owners_and_pins(store):
    run_id = stored(store, owner=fingerprint("a"))
    store.rename(run_id, "\t" + 100 * "ü<b>\x1b")
    assert store.open(run_id).title == 20 * "ü<b>"
    store.give(run_id, fingerprint("b"))
    assert store.open(run_id).owner == fingerprint("b")
    store.pin(run_id)
    assert store.open(run_id).pinned
    store.pin(run_id, False)
    assert not store.open(run_id).pinned
    for change in (lambda: store.pin("y" * 12), lambda: store.rename("y" * 12, "t"), lambda: store.writer("y" * 12)):
        with pytest.raises(DataError, match="no such stored run"):
            change()


@pytest.mark.parametrize(
    "bad", ["", "..", "../../../etc", "a" * 11, "a" * 13, "a/b" * 4, "a" * 11 + "\n", "é" * 12, ".writer.lock"]
)
def test_only_an_id_becomes_a_path(store, bad):
    stored(store)
    for use in (
        store.open,
        store.remove,
        store.pin,
        store.writer,
        store.history_csv,
        lambda one: store.end(one, "failed"),
    ):
        with pytest.raises(DataError, match="no such stored run"):
            use(bad)
    with pytest.raises(DataError, match="id and an origin"):
        store.create(SETTINGS, run_id=bad)


def test_ids_suit_a_command_line():
    ids = {run_files.new_id() for _ in range(2000)}
    assert len(ids) == 2000 and all(run_files.is_id(one) and not one.startswith("-") for one in ids)


def test_a_list_is_sorted_and_reads_only_what_has_changed(store, monkeypatch):
    ids = [stored(store, 0) for _ in range(5)]
    for place, run_id in enumerate(ids):
        edit(store, run_id, "run.json", created=1000.0 + place)
    (store.folder / "uploads").mkdir()
    (store.folder / "uploads" / "upload-12345678.npz").write_bytes(b"")
    (store.folder / ("f" * 12)).write_bytes(b"a file where a run would stand")
    assert [run.id for run in store.list_runs()] == ids[::-1]
    read: list[str] = []
    real = run_shelf.read_run

    def counted(folder):
        read.append(folder.name)
        return real(folder)

    monkeypatch.setattr(run_shelf, "read_run", counted)
    assert [run.id for run in store.list_runs()] == ids[::-1] and read == []
    store.rename(ids[2], "new")
    assert [run.title for run in store.list_runs()] == ["", "", "new", "", ""] and read == [ids[2]]
    store.remove(ids[0])
    assert [run.id for run in store.list_runs()] == ids[:0:-1]
    assert ids[0] not in store._shelf._known


def test_a_run_that_ends_while_it_is_listed_is_not_called_interrupted(store, monkeypatch):
    run_id = stored(store, 0, ended=False)
    writer = store.writer(run_id)
    early = run_record.read_run(store.folder / run_id)
    assert run_record.current(early).state == "running"
    writer.finish(result())
    assert run_record.current(early).state == "done"


def test_a_run_that_vanishes_while_it_is_listed_is_left_out(store, monkeypatch):
    ids = [stored(store, 0) for _ in range(2)]
    real = os.listdir
    monkeypatch.setattr(run_shelf.os, "listdir", lambda path: [*real(path), "v" * 12])
    assert {run.id for run in store.list_runs()} == set(ids)
    assert store.damaged() == []


@pytest.mark.parametrize("module", ["runs", "cli.runs"])
def test_the_store_is_light(module):
    code = (
        f"import sys, ae_core.{module}; "
        "print(*({'keras', 'tensorflow', 'jax', 'sklearn', 'scipy', 'pandas'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
