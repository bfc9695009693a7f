"""Runs that earlier versions of the program have stored or exported still open."""

import math
import shutil
from pathlib import Path

import numpy as np
import pytest

from ae_core.runs import RunStore

HERE = Path(__file__).parent / "first_format"
DONE, CUT = "oldRunDone01", "oldRunCut001"


@pytest.fixture
def old(tmp_path):
    """A store that an earlier version has left: a run that is done, and one whose process died."""
    for run_id in (DONE, CUT):
        shutil.copytree(HERE / run_id, tmp_path / "old" / run_id)
    return RunStore(tmp_path / "old")


def test_old_runs_are_listed_and_read(old):
    assert {run.id: run.state for run in old.list_runs()} == {DONE: "done", CUT: "interrupted"}
    run = old.open(DONE)
    assert [one["step"] for one in run.snapshots()] == [0, 10, 20, 30]
    assert math.isnan(run.newest()["history"]["loss"][1]) and math.isnan(run.newest()["pca_loss"])
    assert run.newest()["grid"]["errors"][0] == math.inf
    assert run.newest()["marks"][0]["from"] == 0.001
    assert run.result()["history"] == {"loss": [0.2, None], "val_loss": [0.3, None]}
    assert old.classifiers(DONE)[0]["curves"]["pca"]["test_error"] == 0.25


@pytest.mark.parametrize("again", [False, True])
def test_an_old_file_is_imported(store, old, again):
    payload = (HERE / f"{DONE}.zip").read_bytes()
    if again:
        old.export_zip(DONE, store.folder.parent / "again.zip")
        payload = (store.folder.parent / "again.zip").read_bytes()
    run = store.open(store.import_zip(payload))
    assert (run.state, run.title, run.origin) == ("done", "An old run", "imported")
    assert [one["step"] for one in run.snapshots()] == [0, 10, 20, 30]
    assert run.newest()["history"]["loss"] == [0.5, None, 0.25]
    assert run.checkpoint()[1]["step"] == 20 and run.model is not None


def test_an_old_run_that_was_cut_off_goes_on(old):
    arrays, values = old.open(CUT).checkpoint()
    assert values["step"] == 20 and math.isnan(values["history"]["curve"][0]["loss"])
    np.testing.assert_array_equal(arrays["0.0"], np.full((4, 5), 20, np.float32))
