"""Trainings on what a person brought: everything is told in the units trained on, and shown as the file was."""

import dataclasses
import io
import zipfile
from types import SimpleNamespace
from typing import Any, cast

import keras
import numpy as np
import pytest
from PIL import Image

from ae_core import data, variants
from ae_core.formats.keras_file import PREPROCESSING
from ae_core.measuring.panels.prior_match import PriorMatch
from ae_core.messages import decode, encode
from ae_core.models.layers.augmentation import Augmentation
from ae_core.models.layers.table import ResidentTable
from ae_core.portable import network
from ae_core.training import cache
from ae_core.training.preprocessing import note, noted, preprocessing
from ae_core.training.session import TrainingSession
from ae_core.training.stored_model import export, renew

RANDOM = np.random.default_rng(0)


def trained(folder, changes=None, **arrays):
    """A short training on a file of the data folder."""
    np.savez(folder / "AE_DATA_DIR" / "mine.npz", **arrays)
    small = {"variant": "vanilla", "dataset": "mine", "epochs": 1, "latent_dim": 3, "batch_size": 16}
    session = TrainingSession(variants.read_settings(small | (changes or {})))
    return session, session.run()


@pytest.mark.slow(seconds=5)
def test_decimal_pictures_are_trained_on_scored_and_shown_as_they_are(alone):
    greys = RANDOM.random((60, 8, 9)) * 12.5
    session, result = trained(alone, x_train=greys, x_test=greys[:20] * 1.2)
    high = float(greys.max())
    test = (greys[:20] * 1.2 / high).astype(np.float32)[..., None]
    np.testing.assert_allclose(session.test_images, test, rtol=1e-6)
    error = np.mean(np.square(session.model.decode(session.model.encode(test)) - test))
    assert result.test["mse"] == pytest.approx(error, rel=1e-4), "in the units trained on, brighter ones not clipped"
    assert result.settings["loss"] == "auto" and session.setup.loss_name == "cross_entropy"
    assert session.setup.notes == [f"Values 0 to {np.float32(high):.6g}, scaled to 0 to 1."]
    with Image.open(io.BytesIO(session.setup.atlas.png)) as sheet:
        shown = np.asarray(sheet.convert("L"))[:8, :9]
    np.testing.assert_allclose(shown, np.clip(255 * test[0, ..., 0], 0, 255), atol=1)

    # How the file's values become the network's goes with the model.
    told = result.preprocessing
    assert told is not None and told.values == f"values 0 to {np.float32(high):.6g}, scaled to 0 to 1"
    np.testing.assert_allclose(greys[:20] * 1.2 * told.scale[0] + told.offset[0], test[..., 0], rtol=1e-6)
    session.save(path := alone / "model.keras")
    assert noted(path) == told and keras.models.load_model(path).count_params() > 0
    (alone / "encoder.keras").write_bytes(export(path, session.settings, session.data.spec, "encoder"))
    assert noted(alone / "encoder.keras") == told
    renew(path, session.settings, session.data.spec)
    assert noted(path) == told, "also in an imported run, whose file is written anew"

    # A browser has the picture's bytes, and gives the network what it has learnt from.
    scale, offset = network._of_bytes(session.data)
    np.testing.assert_allclose(
        np.clip(test, 0, 1), np.rint(255 * np.clip(test, 0, 1)) * scale + offset, atol=0.5 / 255 + 1e-6
    )


def test_a_picture_moves_over_black_wherever_black_lies(alone):
    images = np.where(RANDOM.random((30, 8, 8)) < 0.5, -1.0, 1.0)
    np.savez(alone / "AE_DATA_DIR" / "mine.npz", x_train=images)
    prepared = data.prepare(data.load("mine"), variants.read_settings({"dataset": "mine"}))
    assert prepared.black == -1 and prepared.scaled(np.full((1, 8, 8, 1), -1.0)).max() == 0
    scale, offset = network._of_bytes(prepared)
    assert (255 * scale + offset).item() == pytest.approx(1) and offset.item() == pytest.approx(0, abs=1e-7)
    table = ResidentTable(prepared.x_train.shape, "float32")
    table.fill(prepared.x_train, prepared.scale, prepared.offset, prepared.black)
    raw = table.gather(np.arange(10))
    moved = np.asarray(table.scaled(Augmentation("shift", seed=1)(raw - table.black) + table.black))
    assert set(np.unique(moved.round(5))) == {0.0, 1.0}, "not grey at the border"


@pytest.mark.slow(seconds=4)
def test_a_handful_of_test_examples_is_measured():
    settings = variants.read_settings({"variant": "vanilla", "dataset": "digits", "epochs": 1, "train_size": 200})
    ready = cache.prepare(settings)
    for count in (1, 2, 3):
        held = dataclasses.replace(ready.data, x_test=ready.data.x_test[:count], y_test=ready.data.y_test[:count])
        few = dataclasses.replace(ready, data=held)
        session = TrainingSession(settings, prepared=few)
        session.show("done")
        assert decode(encode(session.snapshot)) == session.snapshot
        test = session.result().test
        assert all(np.isfinite(np.asarray(value, float)).all() for value in test.values() if value is not None)
        assert {name for name, value in test.items() if value is None} == {"trustworthiness"}, "which needs four"


def test_a_single_code_has_no_discrepancy_from_the_prior():
    codes = np.ones((1, 2), np.float32)
    look = SimpleNamespace(codes=codes)
    assert PriorMatch().numbers(cast(Any, look)) == {"mmd": None}
    assert PriorMatch().numbers(cast(Any, SimpleNamespace(codes=np.repeat(codes, 2, axis=0))))["mmd"] is not None


def test_constants_are_those_of_the_file_s_own_values(alone):
    rows = RANDOM.normal(size=(40, 5)) * [1, 2, 1e-3, 1, 5] + [0, 1e3, 1e4, 0, 1]
    np.savez(alone / "AE_DATA_DIR" / "mine.npz", x_train=rows, x_test=rows)
    for scaling in ("unit", "standardize", "range"):
        settings = variants.read_settings({"dataset": "mine", "scaling": scaling})
        dataset = data.load("mine")
        prepared = data.prepare(dataset, settings)
        told = preprocessing(dataset.info, prepared, settings)
        assert len(told.scale) == (5 if scaling == "standardize" else 1)
        seen = rows * told.scale + told.offset
        np.testing.assert_allclose(seen, prepared.scaled(prepared.x_test), rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("content", [b"", b"{}", b"[" * 100, b'{"values": "x", "scale": [], "offset": [0]}'])
def test_what_somebody_else_noted_is_read_with_care(content, tmp_path):
    path = tmp_path / "model.keras"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(PREPROCESSING, content)
    assert noted(path) is None
    note(path, None)
    assert noted(path) is None
