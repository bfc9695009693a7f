"""What stays of a run that its owner has removed: nothing."""

import dataclasses
from pathlib import Path

import pytest

from ae_core.engine import Engine, EngineError
from ae_core.errors import DataError
from ae_core.runs import RunStore
from pages.ui import shared, static
from pages.ui.live import drawn
from pages.ui.runs import erasing, removing
from tests import demo
from tests.stored import SETTINGS

ME, STRANGER = "m" * 43, "s" * 43

pytestmark = pytest.mark.usefixtures("unsynced")


@pytest.fixture
def engine(store: RunStore, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Engine:
    made = Engine(store=store)
    for module in (shared, removing, erasing):
        monkeypatch.setattr(module, "engine", lambda: made)
    monkeypatch.setattr(static, "FOLDER", tmp_path / "static")
    return made


def ended(engine: Engine, seed: int) -> str:
    """A run that was trained, and looked at."""
    job = engine.submit(dataclasses.replace(SETTINGS, seed=seed), ME)
    job.change(setup=demo.setup(panels=[]), snapshot=demo.snapshot(40))
    drawn.frame(job.setup, job.snapshot, None, job.cached)  # type: ignore[arg-type]
    engine._queue.end(job, "stopped")
    engine.store.end(job.id, "stopped")
    return job.id


def test_the_pictures_of_its_data_go_with_the_last_run_of_them(engine: Engine) -> None:
    first, second = ended(engine, 1), ended(engine, 2)
    pictures = static.FOLDER / Path(static.atlas(demo.setup().atlas.png)).name
    with pytest.raises(EngineError):
        removing.remove(first, STRANGER)
    removing.remove(first, ME)
    assert pictures.exists() and engine.run(first) is None, "the other run has the same"
    removing.remove(second, ME)
    assert not pictures.exists() and not [*static.FOLDER.iterdir()]
    with pytest.raises(DataError, match="no such stored run"):
        removing.remove(second, ME)
