"""Classifiers in the queue and in the store, without a worker: who may ask for one, what is kept, what is drawn."""

import io
import json
import zipfile
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from ae_core import figures
from ae_core.engine import ClassifierJob, Engine, EngineError, TrainingJob, worker
from ae_core.errors import DataError
from ae_core.messages import ClassifierSummary, ErrorCurve
from ae_core.ownership import fingerprint
from ae_core.runs import RunStore
from ae_core.runs import classifiers as run_classifiers
from tests.stored import SETTINGS, result, setup, stored
from tests.whole_run import bring

ME, STRANGER = "me", "stranger"


def add(engine: Engine, owner: str) -> TrainingJob:
    """Puts a training into the queue that is not on disk."""
    queue = engine._queue
    return queue.add(TrainingJob(SETTINGS, fingerprint(owner), queue.shared))


def ended(engine: Engine, **changes: Any) -> TrainingJob:
    """A run that can be classified with, but for what is changed."""
    run = add(engine, ME)
    engine._queue.take()
    run.stored = True
    run.change(**{"setup": setup(), "result": result(), "state": "done"} | changes)
    return run


@pytest.fixture
def engine(store: RunStore) -> Engine:
    """An engine that is not started, so that what it is told stays in its queue."""
    engine = Engine(queue_limit=5, store=store)
    engine._queue.slots = 1
    return engine


def test_a_classifier_waits_its_turn_and_knows_its_run(engine):
    base = ended(engine)
    other = add(engine, STRANGER)
    job = engine.classify(base.id, ME, labels=50, fine_tune=True, epochs=3)
    assert isinstance(job, ClassifierJob)
    assert (job.state, job.position, other.position) == ("queued", 2, 1)
    assert engine.classifier(base.id) is job
    task = job.task("topic", "folder")
    assert task.func is worker.classify
    assert task.args == ("folder", base.id, job.id, "topic")
    assert task.keywords == {"labels": 50, "fine_tune": True, "epochs": 3}
    task = other.task("topic", "folder")
    assert task.func is worker.train
    assert (task.args, task.keywords) == ((SETTINGS.to_dict(), other.id, "topic", None, "full"), {})
    with pytest.raises(EngineError, match="trains or waits already"):
        engine.classify(base.id, ME)
    with pytest.raises(EngineError, match="no such run"):
        engine.classify(job.id, ME)
    with pytest.raises(EngineError, match="name must be one of"):
        job.tuning("learning_rate", 0.1)
    engine.command(job.id, ME, "stop")
    assert job.state == "stopped"
    again = engine.classify(base.id, ME)
    assert engine.classifier(base.id) is again


@pytest.mark.parametrize(
    ("changes", "owner", "wishes", "sentence"),
    [
        ({}, STRANGER, {}, "Only the person"),
        ({"state": "running"}, ME, {}, "still trains"),
        ({"result": None}, ME, {}, "no trained model"),
        ({"setup": setup(class_names=["all"])}, ME, {}, "have no classes"),
        ({}, ME, {"labels": -1}, "labels must be an integer from 0 to"),
        ({}, ME, {"epochs": 101}, "epochs must be an integer from 1 to 100. Received: 101"),
        ({}, ME, {"epochs": 2.5}, "epochs must be an integer"),
    ],
)
def test_what_cannot_be_is_said_in_one_sentence(engine, changes, owner, wishes, sentence):
    with pytest.raises(EngineError, match=sentence):
        engine.classify(ended(engine, **changes).id, owner, **wishes)


def found(labels: Any = 100, error: float = 0.1, **changes: Any) -> ClassifierSummary:
    """What is kept of a classifier."""
    curve = ErrorCurve(validation_error=[2 * error, error], test_error=error)
    whole = ClassifierSummary(
        labels=labels,
        fine_tune=False,
        epochs=2,
        seed=0,
        code_size=2,
        test_images=50,
        seconds=1.5,
        curves=dict.fromkeys(run_classifiers.NETWORKS, curve),
    )
    return replace(whole, **changes)


def test_what_was_found_is_kept_newest_first_and_bounded(tmp_path):
    store = RunStore(tmp_path)
    run_id = stored(store)
    assert store.classifiers(run_id) == ()
    for labels in range(100, 900, 100):
        store.keep_classifier(run_id, found(labels))
    store.keep_classifier(run_id, found(600, error=0.5))
    kept = RunStore(tmp_path).classifiers(run_id)
    assert [one.labels for one in kept] == [600, 800, 700, 500, 400, 300]
    assert kept[0] == found(600, error=0.5), "the same wishes again replace what was found before"


@pytest.mark.parametrize(
    "wrong", [[found(curves={})], [found(epochs=1)], [found(labels="many")], found(), [found()] * 7, "half"]
)
def test_a_damaged_file_is_refused(tmp_path, wrong):
    store = RunStore(tmp_path)
    run_id = stored(store)
    content = b'[{"labels":' if wrong == "half" else msgspec.json.encode(wrong)
    (tmp_path / run_id / "classifiers.json").write_bytes(content)
    with pytest.raises(DataError, match=r"damaged classifiers\.json"):
        store.classifiers(run_id)


def test_classifiers_travel_with_the_zip_file_of_a_run(tmp_path):
    store = RunStore(tmp_path)
    run_id = stored(store)
    store.keep_classifier(run_id, found())
    stream = io.BytesIO()
    store.export_zip(run_id, stream)
    copy = bring(store, stream.getvalue())
    assert store.classifiers(copy) == store.classifiers(run_id) == [found()]

    forged = io.BytesIO()
    with zipfile.ZipFile(stream) as source, zipfile.ZipFile(forged, "w") as target:
        for name in source.namelist():
            text = msgspec.json.encode([found(labels="<b>")]) if name == "classifiers.json" else source.read(name)
            target.writestr(name, text)
    with pytest.raises(DataError, match="labels"):
        bring(store, forged.getvalue())


def test_axes_and_legend_stay_while_curves_grow():
    nothing = figures.classifier({}, 20, "job")
    some = figures.classifier({"code": ErrorCurve(validation_error=[0.5, 0.25, 0.0])}, 20, "job")
    for part in ("xaxis", "yaxis", "legend", "uirevision"):
        assert nothing["layout"][part] == some["layout"][part]
    names = [[(trace["name"], trace["line"]["color"]) for trace in figure["data"]] for figure in (nothing, some)]
    assert names[0] == names[1]
    code, pixels, _ = some["data"]
    assert (code["x"], code["customdata"]) == ([1, 2, 3], [50.0, 25.0, 0.0])
    assert code["y"] == [50.0, 25.0, 0.2], "no mistake stands at the lower end, and is called 0 all the same"
    assert pixels["y"] == [None]
    assert "code 0.00 %" in some["layout"]["meta"]["label"]
    json.dumps(some, allow_nan=False)
