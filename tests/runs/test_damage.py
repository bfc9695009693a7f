"""The store of runs when files are damaged or processes are killed: never a wrong answer, and nothing else is lost."""

import logging
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from ae_core.errors import DataError
from tests.conftest import ROOT
from tests.long import rest_is_long
from tests.stored import edit, result, snapshot, stored, training_state

pytestmark = pytest.mark.usefixtures("unsynced")


@pytest.mark.slow(seconds=1)
@pytest.mark.parametrize(
    "name", ["run.json", "status.json", "newest.msgpack.gz", "setup.msgpack.gz", "result.json", "checkpoint.npz"]
)
def test_a_file_cut_at_any_byte_is_one_sentence_and_never_a_wrong_answer(store, name, caplog):
    caplog.set_level(logging.CRITICAL)
    other, run_id = stored(store), stored(store, 0, ended=False)
    with store.writer(run_id) as writer:
        writer.checkpoint({"a": np.arange(3)}, training_state(1))
        writer.message(snapshot(10))
        writer.finish(result())
    path = store.folder / run_id / name
    whole = path.read_bytes()
    readers = {
        "newest.msgpack.gz": "newest",
        "setup.msgpack.gz": "setup",
        "result.json": "result",
        "checkpoint.npz": "checkpoint",
    }
    lengths = range(len(whole)) if len(whole) < 1200 else [*range(0, len(whole), 7), len(whole) - 1]
    for length in lengths:
        path.write_bytes(whole[:length])
        os.utime(path, ns=(length, length))
        listed = {run.id for run in store.list_runs()}
        store.about_to_go()
        with pytest.raises(DataError) as caught:
            getattr(store.open(run_id), readers[name])() if name in readers else store.open(run_id)
        assert run_id in str(caught.value) and "\n" not in str(caught.value)
        assert listed == ({other, run_id} if name in readers else {other})
        assert store.damaged() == ([] if name in readers else [run_id])
    for at in range(0, len(whole), max(1, len(whole) // 20)):  # a bit that flips in a file with a checksum
        if name.endswith((".gz", ".npz")):
            path.write_bytes(whole[:at] + bytes([whole[at] ^ 16]) + whole[at + 1 :])
            reader = getattr(store.open(run_id), readers[name])
            path_good = None
            try:
                path_good = reader()
            except DataError:
                continue
            path.write_bytes(whole)
            again = getattr(store.open(run_id), readers[name])()
            assert str(path_good) == str(again), "a flip that is not refused has changed nothing"


@pytest.mark.parametrize("name", ["newest.msgpack.gz", "setup.msgpack.gz", "result.json", "run.json", "status.json"])
def test_of_a_damaged_run_what_is_left_is_read(store, at_once, name, caplog):
    caplog.set_level(logging.CRITICAL)
    run_id = stored(store, 0, 10, 20)
    whole = store.remains(run_id)
    assert whole.damaged == () and whole.problem is None
    path = store.folder / run_id / name
    path.write_bytes(path.read_bytes()[:-9])
    left = store.remains(run_id)
    assert left.damaged == (name,) and left.run.ended
    assert left.problem == f"This run is damaged: its file {name} cannot be read; what is left is shown."
    assert left.run.settings == whole.run.settings
    assert left.setup == (None if name.startswith("setup") else whole.setup)
    assert left.result == (None if name.startswith("result") else whole.result)
    assert left.newest.step == (10 if name.startswith("newest") else 20)
    assert left.newest.history["step"] == ([] if name.startswith("newest") else whole.newest.history["step"])
    if name == "status.json":
        assert (left.run.state, left.run.step) == ("failed", 20)


def test_of_a_run_that_is_all_damaged_nothing_is_said(store, caplog):
    caplog.set_level(logging.CRITICAL)
    run_id = stored(store, 0)
    for path in (store.folder / run_id).iterdir():
        path.write_bytes(b"x")
    with pytest.raises(DataError, match="of which nothing can be read"):
        store.remains(run_id)
    with pytest.raises(DataError, match="no such stored run"):
        store.remains("x" * 12)


def test_a_damaged_older_snapshot_is_left_out(store, at_once, caplog):
    caplog.set_level(logging.CRITICAL)
    run_id = stored(store, 0, 10, 20)
    (store.folder / run_id / "snapshot-0000000010.msgpack.gz").write_bytes(b"x")
    assert [one.step for one in store.open(run_id).snapshots()] == [0, 20]


def test_a_newer_version_s_run_is_left_alone(store, caplog):
    run_id = stored(store)
    edit(store, run_id, "run.json", format=3, colour="red")
    with pytest.raises(DataError, match="newer version"):
        store.open(run_id)
    assert store.list_runs() == [] and store.damaged() == [run_id]


def killed(times: str, folder: Path) -> int:
    """Kills a process that writes runs; gives at how many places, or how many steps it got."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.stored", times, str(folder)], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return int(done.stdout)


@pytest.mark.slow
@pytest.mark.parametrize("times", rest_is_long(["everywhere", "25"], lambda times: times == "everywhere"))
def test_a_killed_process_leaves_only_whole_runs(tmp_path, times):
    assert killed(times, tmp_path) > 80, "it was killed at many places, or got far"
