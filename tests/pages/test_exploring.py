"""Which run the Explore page shows, and what it says of one that cannot be shown."""

import shutil
from types import SimpleNamespace

from ae_core.engine.jobs import Shared, TrainingJob
from ae_core.runs import RunStore
from pages.ui import shared
from pages.ui.explore.exploring import gone
from tests.stored import SETTINGS, stored


def test_a_run_whose_files_were_taken_away_is_known(store: RunStore, monkeypatch):
    monkeypatch.setattr(shared, "engine", lambda: SimpleNamespace(store=store))
    job = TrainingJob(SETTINGS, "somebody", Shared())
    job.id, job.stored = stored(store, 10), True
    job.change(state="running")
    assert not gone(job)
    job.change(state="done")
    assert not gone(job)
    shutil.rmtree(store.folder / job.id)
    assert gone(job)
    job.change(state="running")
    assert not gone(job), "it says itself that its folder is missing"
