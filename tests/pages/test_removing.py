"""What stays of a run that its owner has removed: nothing."""

import dataclasses
from pathlib import Path

import pytest

from ae_core.engine import ClassifierJob, Engine, EngineError
from ae_core.errors import DataError
from ae_core.runs import RunStore
from pages.ui import shared, static
from pages.ui.live import drawn, film, kept
from pages.ui.runs import erasing, removing
from tests import demo
from tests.stored import SETTINGS, result

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


def test_nothing_of_it_is_left_in_memory(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    mine, other = ended(engine, 1), ended(engine, 2)
    monkeypatch.setattr(ClassifierJob, "task", lambda *given: None)
    for run_id in (mine, other):
        film._packed.put((run_id, 40), b"a frame")
        job = engine.run(run_id)
        assert job is not None
        job.stored, job.result = True, result(run_id=run_id)
        classifier = engine.classify(run_id, ME)
        engine.command(classifier.id, ME, "stop")
    removing.remove(mine, ME)
    assert film._packed.get((mine, 40)) is None and film._packed.get((other, 40)) == b"a frame"
    assert engine.classifier(mine) is None and engine.classifier(other) is not None
    assert {key[0] for key in engine._queue.shared.memo._entries} == {other}  # type: ignore[index]
    kept.forget(other)
