"""A run with a model comes in through a worker: a hostile one is a sentence, and the worker lives on."""

import io
import json
import zipfile

import psutil
import pytest

from ae_core.engine import Engine
from ae_core.errors import DataError
from ae_core.formats import keras_file
from ae_core.ownership import fingerprint
from ae_core.variants import read_settings
from tests.hostile import zipped
from tests.waiting import until
from tests.whole_run import exported, members_of

pytestmark = pytest.mark.workers

ME = "me"


def huge(model: bytes) -> bytes:
    """The same model, which declares a layer of 150,000,000 units."""
    members = members_of(model)
    config = json.loads(members[keras_file.CONFIG])
    for part in config["config"]["layers"]:
        for layer in part["config"].get("layers", []):
            if layer["class_name"] == "Dense":
                layer["config"]["units"] = 150_000_000
    return zipped(members | {keras_file.CONFIG: json.dumps(config).encode()}, zipfile.ZIP_STORED)


def resident() -> float:
    """Most MB that a process below this one takes."""
    children = psutil.Process().children(recursive=True)
    return max((child.memory_info().rss / 2**20 for child in children if child.is_running()), default=0.0)


def test_a_model_is_read_by_a_worker_and_a_hostile_one_refused(warm_engine: Engine) -> None:
    settings = read_settings({"variant": "vanilla", "dataset": "digits", "epochs": 1, "batch_size": 128})
    done = warm_engine.submit(settings, ME)
    until(lambda: done.result is not None)
    members = members_of(exported(warm_engine.store, done.id))
    new = warm_engine.store.open(warm_engine.import_zip(zipped(members), ME))
    assert new.owner == fingerprint(ME) and new.origin == "imported" and new.model is not None
    for part in ("whole", "encoder", "decoder"):
        content = io.BytesIO(warm_engine.model_part(new.id, part))
        assert keras_file.WEIGHTS in zipfile.ZipFile(content).namelist()
    before, known = resident(), len(warm_engine.store.list_runs())
    hostile = zipped(members | {"model.keras": huge(members["model.keras"])})
    for _ in range(3):
        with pytest.raises(DataError, match="Dense with units 150000000 where"):
            warm_engine.import_zip(hostile, ME)
    assert len(warm_engine.store.list_runs()) == known
    assert resident() < before + 100, "not even the smallest part of such a layer was made"
    assert warm_engine.network(new.id).why == ""
