"""Runs that earlier versions of the program have stored or exported still open, and go on."""

import logging
import math
import shutil
from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace

from ae_core.errors import DataError
from ae_core.messages import Mark
from ae_core.runs import RunStore
from tests.stored import TOTAL, result, setup, snapshot
from tests.whole_run import bring, exported, members_of

pytestmark = pytest.mark.usefixtures("unsynced", "at_once")

HERE = Path(__file__).parent / "first_format"
DONE, CUT = "oldRunDone01", "oldRunCut001"


@pytest.fixture
def old(tmp_path):
    """A store that an earlier version has left: a run that is done, and one whose process died."""
    for run_id in (DONE, CUT):
        shutil.copytree(HERE / run_id, tmp_path / "old" / run_id)
    return RunStore(tmp_path / "old")


def check_messages(run, lost=math.nan):
    """What both runs hold, to the last value; `lost` stands for a loss that was not finite."""
    live = {"learning_rate": 0.001, "sparsity_weight": 0.1}
    known = run.setup()
    came_later = {"patience": 0, "label": "auto", "leave_out": "", "normal": ""}  # there were no such settings then
    known = replace(known, settings=came_later | known.settings)
    noted = ["Seen as it was.\nTwice."]
    assert known == setup(run_id=run.id, live=live, notes=noted, inputs=None)  # nothing was said of them then
    *earlier, newest = run.snapshots()
    for place, one in enumerate(earlier):
        whole = snapshot(10 * place, run_id=run.id, plane=None)  # there was none then
        cut = {name: column[:place] for name, column in newest.history.items()}
        assert replace(one, history={}) == replace(whole, history={})
        assert str(one.history) == str(cut)
    assert newest.step == 30 and type(newest.history["step"][0]) is int
    assert str(newest.history["loss"]) == str([0.5, lost, 0.25])
    assert newest.history["val_loss"] == [None, 1 / 20, 1 / 30]
    assert math.isnan(newest.pca_loss)
    assert newest.grid.errors == [math.inf, 0.5] and newest.grid.corrupted_errors == [0.5, 0.25]
    assert newest.marks == [Mark(step=10, epoch=0.1, name="learning_rate", before=0.001, after=0.01)]
    assert str(newest.numbers["kl_per_dimension"]) == "[0.5, nan]" and str(newest.numbers["codebook_size"]) == "64"
    assert newest.panels == snapshot(30).panels and newest.latent == snapshot(30).latent


def check_state(run):
    """Its checkpoint is whole."""
    arrays, state = run.checkpoint()
    assert (state.step, state.rates, state.stages) == (20, {"learning_rate": 0.01}, [(10, 100)])
    assert math.isnan(state.history.curve[0]["loss"]) and state.history.curve[0]["val_loss"] == math.inf
    assert state.marks == [Mark(step=10, epoch=0.1, name="learning_rate", before=0.001, after=0.01)]
    np.testing.assert_array_equal(arrays["0.0"], np.full((4, 5), 20, np.float32))


def test_old_runs_are_listed_and_read(old):
    assert {run.id: run.state for run in old.list_runs()} == {DONE: "done", CUT: "interrupted"}
    for run_id in (DONE, CUT):
        check_messages(old.open(run_id))
        check_state(old.open(run_id))
    done = old.open(DONE)
    assert done.result().history == {"loss": [0.2, None], "val_loss": [0.3, None]}
    assert done.result().test == {"mse": 0.01, "ssim": None, "usage": [0.5, 0.25]}
    assert done.numbers["codebook_size"] == 64 and done.model is not None
    assert old.classifiers(DONE)[0].curves["pca"].test_error == 0.25
    assert old.history_csv(DONE).splitlines()[2].startswith("20,0.2,0.4,,0.05,")


@pytest.mark.parametrize("again", [False, True], ids=["exported then", "exported now"])
def test_an_old_file_is_imported(store, old, again):
    payload = exported(old, DONE) if again else (HERE / f"{DONE}.zip").read_bytes()
    assert ("setup.json.gz" in members_of(payload)) and "setup.msgpack.gz" not in members_of(payload)
    run = store.open(bring(store, payload))
    assert (run.state, run.title, run.origin) == ("done", "An old run", "imported")
    check_messages(run, lost=None)
    check_state(run)
    assert run.result().test["usage"] == [0.5, 0.25] and len(store.classifiers(run.id)) == 1
    assert not list(run.folder.glob("*.json.gz")), "it is kept as today's runs are"


def test_an_old_run_can_be_renamed_and_removed(old):
    old.rename(DONE, "new")
    assert old.open(DONE).title == "new"
    check_messages(old.open(DONE))
    old.remove(DONE)
    assert [run.id for run in old.list_runs()] == [CUT]


def test_an_old_run_that_was_cut_off_goes_on_and_is_rewritten(old):
    with old.writer(CUT) as writer:
        assert writer.restore()[1].step == 20
        check_messages(old.open(CUT))
        assert not list((old.folder / CUT).glob("*.json.gz"))
        writer.message(setup(run_id=CUT))
        for step in (20, 40, TOTAL):
            writer.message(snapshot(step, "done" if step == TOTAL else "running", run_id=CUT))
        writer.finish(result(run_id=CUT))
    run = old.open(CUT)
    assert run.state == "done" and [one.step for one in run.snapshots()] == [0, 10, 20, 40, TOTAL]


def test_a_damaged_old_snapshot_keeps_nobody_from_going_on(old, caplog):
    caplog.set_level(logging.CRITICAL)
    for name in ("snapshot-0000000010.json.gz", "newest.json.gz"):
        (old.folder / CUT / name).write_bytes(b"x")
    with pytest.raises(DataError, match=r"damaged newest\.json\.gz"):
        old.open(CUT).newest()
    with old.writer(CUT) as writer:
        assert writer.restore()[1].step == 20
        writer.message(snapshot(20, run_id=CUT))
    assert [one.step for one in old.open(CUT).snapshots()] == [0, 20]
