"""The part of a script that makes the examples, run by itself: no network is built or trained."""

import contextlib
import functools
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from ae_core import data, variants
from ae_core.data import built_in
from ae_core.models.autoencoder import Autoencoder
from ae_core.script.examples import examples, rows_of
from ae_core.script.library import Library, import_lines
from ae_core.settings import Settings, options
from tests.long import rest_is_long

GREYS = np.random.default_rng(0).integers(0, 17, (60, 6, 7))
FILES: dict[str, Mapping[str, Any]] = {
    "whole": {"x_train": GREYS, "x_test": GREYS},
    "shares": {"x_train": GREYS / 16 * 1.66, "y_train": np.arange(60) % 3},
    "signed": {"x_train": GREYS / 8 - 1},
    "bytes": {"x_train": (GREYS * 15).astype(np.uint8)[..., None]},
    "vectors": {"x_train": GREYS.reshape(60, -1) * 3.5, "y_train": np.arange(60) % 3},
    "far": {"x_train": GREYS.reshape(60, -1) / 17 + 1e5},
    "table": {
        "x_train": np.column_stack(
            [GREYS.reshape(60, -1)[:, :3] * 3.5, np.eye(2)[np.arange(60) % 2], np.arange(60) % 3]
        ),
        "columns": np.array(
            [(one, "", "") for one in ('"""', "b %% ' \\", "c" * 60)]
            + [("d", "", "e"), ("d", "", "f"), ("kind", "", "")]
        ),
        "label": np.array(["kind"]),
    },
    "gaps": {
        "x_train": np.where(GREYS.reshape(60, -1) % 5 == 0, np.nan, GREYS.reshape(60, -1) * 3.5),
        "columns": np.array([f"x{place}" for place in range(42)]),
    },
    "series": {"x_train": (GREYS * 3.5).reshape(60, 14, 3), "columns": np.array(list("abc"))},
}


@pytest.mark.parametrize("name", FILES)
def test_it_makes_what_a_person_brought_into_what_a_training_sees(name, alone, monkeypatch):
    folder = alone / "AE_DATA_DIR"
    np.savez(folder / f"{name}.npz", **FILES[name])
    monkeypatch.chdir(folder)
    model = None
    for scaling in options(Settings)["scaling"].choices:
        changes = {"dataset": name, "scaling": scaling, "outliers": "iqr", "train_size": 40}
        model, _ = check(changes | {"loss": "mse", "output": "linear"}, model)


@pytest.mark.slow(seconds=1)
@pytest.mark.parametrize("scaling", rest_is_long(["unit", "standardize"], lambda name: name == "standardize"))
@pytest.mark.parametrize("outliers", rest_is_long(["keep", "zscore", "iqr"], lambda name: name == "iqr"))
@pytest.mark.parametrize("dataset", built_in.GENERATED)
def test_it_makes_the_examples_that_a_training_sees(dataset, outliers, scaling):
    check({"dataset": dataset, "scaling": scaling, "outliers": outliers, "train_size": 500})


@pytest.mark.slow(seconds=1)
@pytest.mark.parametrize("outliers", ["keep", "iqr"])
@pytest.mark.parametrize("dataset", ["digits", "waves", "sprites"])
def test_it_learns_from_the_normal_classes_alone(dataset, outliers):
    made = check(
        {
            "dataset": dataset,
            "normal": "0,2" if dataset == "digits" else "triangle",
            "outliers": outliers,
            "train_size": 150,
        }
    )[1]
    assert "# of the normal classes alone" in made


def test_classes_of_a_file_are_called_as_the_file_calls_them(alone, monkeypatch):
    folder = alone / "AE_DATA_DIR"
    np.savez(folder / "from_five.npz", x_train=GREYS, y_train=np.arange(60) % 3 + 5)
    np.savez(folder / "with_test.npz", x_train=GREYS, y_train=np.arange(60) % 3, x_test=GREYS, y_test=np.arange(60) % 3)
    monkeypatch.chdir(folder)
    assert "np.isin(labels[order], (5, 7))" in check({"dataset": "from_five", "normal": "5,7"})[1]
    assert "np.isin(labels[order], (1,))" in check({"dataset": "with_test", "normal": "1", "train_size": 20})[1]


def test_it_names_the_file_of_a_data_set_that_ships(monkeypatch):
    monkeypatch.chdir(built_in.SHIPPED_FOLDER)
    made = check({"dataset": "mnist_5k", "train_size": 500})[1]
    assert made.startswith('file = np.load("mnist_5k.npz")  # it lies in the app\'s folder assets/data')


def test_the_file_of_an_upload_is_called_after_it_and_can_be_had(alone, monkeypatch, tmp_path):
    table = "height,weight\n" + "".join(f"{150 + row},{50 + row % 7}\n" for row in range(40))
    for name, file in (("students 2.csv", "students-2.npz"), ("学生.csv", None)):
        info = data.store_upload(name, table.encode())
        assert info.file == (file or f"{info.name}.npz")
        assert data.called(info.name) == name
        assert data.called("upload-" + 32 * "0") == "upload-" + 32 * "0", "one that is gone"
        (tmp_path / info.file).write_bytes(data.kept_file(info.name))
        monkeypatch.chdir(tmp_path)
        made = check({"dataset": info.name})[1]
        assert made.startswith(f'file = np.load("{info.file}")  # from the app: Export, Data')


@functools.cache
def generated(name: str) -> data.Dataset:
    """A data set that is made anew at every load; here it is made once."""
    return data.load(name)


def check(changes: dict[str, Any], model: Autoencoder | None = None) -> tuple[Autoencoder, str]:
    """What the part of a script with these changes makes is what a training would see: gives a model, and that part."""
    settings = variants.read_settings({"variant": "vanilla"} | changes)
    info = data.catalogue()[settings.dataset]
    model = model or variants.get("vanilla").build(settings, info.seen(settings))
    library = Library()
    made = examples(settings, info, rows_of(settings, info, model), library)
    space: dict[str, Any] = {"file": contextlib.nullcontext()}
    exec("\n".join([*import_lines(library.imports | {("numpy as np", "")}), library.text, made]), space)
    with space["file"]:
        load = generated if settings.dataset in built_in.GENERATED else data.load
        ours = data.prepare(load(settings.dataset), settings)
    for part, raw in {"x_train": ours.x_train, "x_val": ours.x_validation}.items():
        np.testing.assert_allclose(space[part], raw * ours.scale + ours.offset, rtol=1e-5, atol=1e-5)
        assert space[part].dtype == np.float32
    assert made.count("# Preprocess new data") == 1
    return model, made


def test_classes_are_taken_out_of_a_table_s_columns(alone, monkeypatch):
    folder, numbers = alone / "AE_DATA_DIR", GREYS.reshape(60, -1)[:, :2].astype(float)
    kind = np.eye(3)[np.arange(60) % 3]
    names = [
        ("a", "", ""),
        ("b", "mm", ""),
        *(("kind", "", one) for one in ("good", "worn", "broken")),
        ("wear", "", ""),
    ]
    table = np.column_stack([numbers, kind, np.arange(60) % 4])
    np.savez(folder / "machines.npz", x_train=table, columns=np.array(names))
    monkeypatch.chdir(folder)
    plain = {"loss": "mse", "output": "linear"}
    made = check({"dataset": "machines", "label": "kind", "normal": "good,worn", **plain})[1]
    assert "np.isin(labels[order], (0, 1))" in made
    made = check({"dataset": "machines", "label": "wear", "normal": "2,3", "train_size": 20, **plain})[1]
    assert "labels = data[:, 5]" in made
    made = check({"dataset": "machines", "label": "wear", "normal": "2,3", "leave_out": "kind,a", **plain})[1]
    assert "np.delete(data, [0, 2, 3, 4, 5], axis=1)  # what names the classes and what is left out are not" in made
    made = check({"dataset": "machines", "leave_out": "b", **plain})[1]
    assert "np.delete(data, [1], axis=1)  # what is left out is not learnt from" in made


def test_channels_that_are_left_out_are_taken_from_a_series(alone, monkeypatch):
    folder = alone / "AE_DATA_DIR"
    np.savez(folder / "sensors.npz", **FILES["series"])
    monkeypatch.chdir(folder)
    made = check({"dataset": "sensors", "leave_out": "b", "loss": "mse", "output": "linear"})[1]
    assert "np.delete(data, [1], axis=2)" in made and "The channels are a, c." in made
