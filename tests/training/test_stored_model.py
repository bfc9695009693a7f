"""A trained network comes out of its file into our own: whoever wrote the file, and whatever it declares."""

import io
import json
import math
import zipfile

import h5py
import keras
import numpy as np
import pytest

from ae_core.__main__ import main
from ae_core.errors import DataError, SettingError
from ae_core.formats import keras_file
from ae_core.runs import RunStore
from ae_core.settings import DataSpec
from ae_core.training import stored_model
from ae_core.variants import get, read_settings, registry
from tests.long import rest_is_long
from tests.stored import SETTINGS, TILE, TOTAL, result, setup, snapshot
from tests.whole_run import exported, members_of

SPEC = DataSpec((TILE, TILE, 1))
MORE: list[dict[str, str | bool]] = [
    {"variant": "stacked", "tied": True},
    {"variant": "sparse", "sparsity": "k_sparse"},
    {"variant": "variational", "network": "convolutional"},
    {"variant": "vector_quantized", "network": "convolutional"},
]


def network(settings=SETTINGS, spec=SPEC):
    """A network as a training leaves it, no weight of which is as it was drawn."""
    made = stored_model.network_of(settings, spec)
    random = np.random.default_rng(0)
    for weight in made.weights:
        if "float" in str(weight.dtype):
            weight.assign(np.asarray(weight) + random.normal(0, 0.1, weight.shape).astype(np.float32))
    return made


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    path = tmp_path_factory.mktemp("model") / "model.keras"
    network().save(path)
    return path


def changed(file, target, weights=None, config=None):
    """A copy of a file with other weights, or another configuration."""
    members = members_of(file.read_bytes())
    if weights is not None:
        stream = io.BytesIO(members[keras_file.WEIGHTS])
        with h5py.File(stream, "r+") as content:
            weights(content)
        members[keras_file.WEIGHTS] = stream.getvalue()
    if config is not None:
        values = json.loads(members[keras_file.CONFIG])
        config(values)
        members[keras_file.CONFIG] = json.dumps(values).encode()
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return target


@pytest.mark.slow(seconds=6)
@pytest.mark.parametrize(
    "case", [*rest_is_long(({"variant": name} for name in registry()), lambda case: False), *MORE], ids=str
)
def test_every_network_comes_back_as_it_was(case, tmp_path):
    spec = DataSpec((28, 28, 1))
    settings = read_settings({"dataset": "digits", **case})
    whole = network(settings, spec)
    whole.save(tmp_path / "model.keras")
    again = stored_model.restore(tmp_path / "model.keras", settings, spec)
    images = np.random.default_rng(1).random((3, 28, 28, 1)).astype(np.float32)
    np.testing.assert_array_equal(np.asarray(again(images)), np.asarray(whole(images)))
    code = again.get_layer("encoder")(images)
    np.testing.assert_array_equal(np.asarray(code), np.asarray(whole.get_layer("encoder")(images)))


def first(content, kind=h5py.Dataset):
    """The first array of a file."""
    found = []
    content.visititems(lambda path, thing: found.append(path) if isinstance(thing, kind) else None)
    return found[0]


def not_finite(content):
    content[first(content)][0] = np.nan


def replaced(make):
    def change(content):
        path = first(content)
        shape = content[path].shape
        del content[path]
        make(content, path, shape)

    return change


def huge_layer(values):
    """Declares a layer whose weights alone would take the worker's memory."""
    encoder = next(one for one in values["config"]["layers"] if one["config"].get("name") == "encoder")
    dense = next(one for one in encoder["config"]["layers"] if one["class_name"] == "Dense")
    dense["config"]["units"] = 150_000_000


def other_class(values):
    encoder = next(one for one in values["config"]["layers"] if one["config"].get("name") == "encoder")
    encoder["config"]["layers"][-1] |= {"class_name": "Lambda", "module": "os", "registered_name": "system"}


def one_more(values):
    values["config"]["layers"].append({"class_name": "Dense", "config": {"units": 3}})


HOSTILE = {
    "a huge layer": ({"config": huge_layer}, "Dense with units 150000000 where"),
    "a class of its own": ({"config": other_class}, "a layer Lambda where Dense belongs"),
    "a layer more": ({"config": one_more}, "layers where"),
    "no network": ({"config": lambda values: values.clear()}, "damaged"),
    "deep": ({"config": lambda values: values["config"].update(layers={})}, "damaged"),
    "not finite": ({"weights": not_finite}, "that are not finite"),
    "another shape": (
        {"weights": replaced(lambda content, path, shape: content.create_dataset(path, (2, 2), "f4"))},
        "weights .* of 2×2 float32",
    ),
    "a huge array": (
        {"weights": replaced(lambda content, path, shape: content.create_dataset(path, (10**6, 10**6), "f4"))},
        "1000000×1000000",
    ),
    "other numbers": (
        {"weights": replaced(lambda content, path, shape: content.create_dataset(path, shape, "f8"))},
        "float64",
    ),
    "packed": (
        {"weights": replaced(lambda content, path, shape: content.create_dataset(path, shape, "f4", compression=9))},
        "packed weights",
    ),
    "nothing": ({"weights": replaced(lambda content, path, shape: None)}, "no weights"),
    "a link out of the file": (
        {"weights": replaced(lambda content, path, shape: content.__setitem__(path, h5py.ExternalLink("/x.h5", "y")))},
        "no weights",
    ),
    "a soft link": (
        {"weights": replaced(lambda content, path, shape: content.__setitem__(path, h5py.SoftLink("/layers")))},
        "no weights",
    ),
    "numbers of another file": (
        {
            "weights": replaced(
                lambda content, path, shape: content.create_dataset(
                    path, shape, "f4", external=[("/etc/passwd", 0, 99)]
                )
            )
        },
        "no weights|damaged",
    ),
}


@pytest.mark.slow(seconds=20)
@pytest.mark.parametrize("case", HOSTILE)
def test_a_file_of_another_network_is_refused_in_one_sentence(case, file, tmp_path):
    changes, match = HOSTILE[case]
    wrong = changed(file, tmp_path / "wrong.keras", **changes)
    with pytest.raises(DataError, match=match) as caught:
        stored_model.restore(wrong, SETTINGS, SPEC)
    message = str(caught.value)
    assert "\n" not in message and len(message) < 400 and message.endswith(".")


def test_a_file_of_other_settings_is_refused(file):
    other = read_settings(SETTINGS.to_dict() | {"latent_dim": 3})
    with pytest.raises(DataError, match="Dense with units 2 where 3 belongs"):
        stored_model.restore(file, other, SPEC)


@pytest.mark.parametrize("case", [*({"variant": name} for name in registry()), *MORE], ids=lambda case: str(case))
def test_numbers_are_counted_before_any_is_made(case):
    spec, settings = DataSpec((28, 28, 1)), read_settings({"dataset": "digits", **case})
    made = get(settings.variant).build(settings, spec)
    weights = {id(one): one for part in (made.encoder, made.decoder) for one in part.weights}
    assert stored_model.count(settings, spec) == sum(math.prod(one.shape) for one in weights.values())


def test_settings_of_a_huge_network_take_no_memory(file, monkeypatch):
    def never(*given):
        raise AssertionError("A network is made.")

    monkeypatch.setattr(stored_model, "network_of", never)
    huge = read_settings({"variant": "stacked", "dataset": "digits", "widths": "4096,4096,4096"})
    with pytest.raises(DataError, match=r"470,\d{3},\d{3} numbers in a file of at most 256 MB\."):
        stored_model.restore(file, huge, DataSpec((128, 128, 3)))


def test_what_needs_too_much_or_too_long_is_refused(file, monkeypatch, tmp_path):
    monkeypatch.setattr(keras_file, "SECONDS", 0.01)
    with pytest.raises(DataError, match="Received: one that takes longer"):
        stored_model.restore(file, SETTINGS, SPEC)
    monkeypatch.undo()
    (tmp_path / "cut.keras").write_bytes(file.read_bytes()[:-700])
    with pytest.raises(DataError, match="damaged"):
        stored_model.restore(tmp_path / "cut.keras", SETTINGS, SPEC)


def real_run(store, file):
    """A run with a model that fits its settings."""
    run = store.create(SETTINGS)
    with store.writer(run.id) as writer:
        writer.message(setup(run_id=run.id))
        writer.message(snapshot(TOTAL, "done", run_id=run.id))
        with writer.model_file() as path:
            path.write_bytes(file.read_bytes())
        writer.finish(result(run_id=run.id))
    return run.id


def with_model(payload, model):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in members_of(payload).items():
            archive.writestr(name, model if name == "model.keras" else content)
    return stream.getvalue()


@pytest.mark.slow(seconds=10)
def test_an_imported_model_is_written_anew_and_a_foreign_one_refused(file, tmp_path, alone, capsys):
    store = RunStore()
    payload = exported(store, real_run(store, file))
    new = store.open(store.import_zip(payload, renew=stored_model.renew))
    ours, theirs = (keras.models.load_model(path) for path in (new.model, file))
    images = np.random.default_rng(1).random((3, TILE, TILE, 1)).astype(np.float32)
    np.testing.assert_array_equal(np.asarray(ours(images)), np.asarray(theirs(images)))

    noted = changed(file, tmp_path / "noted.keras", lambda content: content.create_dataset("more", data=b"#!/bin/sh"))
    new = store.open(store.import_zip(with_model(payload, noted.read_bytes()), renew=stored_model.renew))
    assert new.model is not None and b"#!/bin/sh" not in new.model.read_bytes(), (
        "what nobody asked for is not handed on"
    )

    count = len(store.list_runs())
    hostile = changed(file, tmp_path / "hostile.keras", config=huge_layer)
    (tmp_path / "hostile.zip").write_bytes(with_model(payload, hostile.read_bytes()))
    assert main(["import", str(tmp_path / "hostile.zip")]) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1 and "150000000" in said
    assert len(RunStore().list_runs()) == count

    messages = ("setup", "newest", "snapshot")
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in members_of(payload).items():
            if not name.startswith(messages):
                archive.writestr(name, content)
    with pytest.raises(DataError, match=r"must hold setup\.msgpack\.gz where it holds model\.keras"):
        store.import_zip(stream.getvalue(), renew=stored_model.renew)


@pytest.mark.slow(seconds=10)
def test_a_foreign_model_that_is_here_already_is_not_handed_on(file, tmp_path, alone, capsys):
    store = RunStore()
    run_id = real_run(store, file)
    run = store.open(run_id)
    assert run.model is not None
    for part in ("whole", "encoder", "decoder"):
        (tmp_path / "a.keras").write_bytes(stored_model.export(run.model, run.experiment, run.spec(), part))
        assert keras.models.load_model(tmp_path / "a.keras", safe_mode=True).count_params() > 0
    assert main(["export", run_id, "--model", str(tmp_path / "a.keras")]) == 0
    assert keras.models.load_model(tmp_path / "a.keras", safe_mode=True).layers[0].name == "encoder"
    changed(file, run.model, config=huge_layer)
    for part in ("whole", "encoder", "decoder"):
        with pytest.raises(DataError, match="150000000"):
            stored_model.export(run.model, run.experiment, run.spec(), part)
    assert main(["export", run_id, "--model", str(tmp_path / "b.keras")]) == 2
    assert "150000000" in capsys.readouterr().err and not (tmp_path / "b.keras").exists()


def test_settings_that_do_not_fit_the_data_are_refused(file):
    settings = read_settings({"variant": "convolutional", "dataset": "digits"})
    with pytest.raises(SettingError):
        stored_model.restore(file, settings, DataSpec((9,)))
