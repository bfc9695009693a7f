"""Files that hold one array or several, as other programs write them: tables, pictures, series."""

import gzip
import io
import struct
from typing import Any

import h5py
import numpy as np
import pytest
import scipy.io

from ae_core import data
from ae_core.data.columns import Column
from ae_core.settings import DataSpec, Settings
from tests.data.test_tables import RANDOM, brought, together
from tests.hostile import packed, refused, zipped

pytestmark = pytest.mark.usefixtures("alone")


# ---- arrays

PICTURES = RANDOM.integers(0, 256, (50, 8, 8), dtype=np.uint8)


KINDS = np.arange(50) % 5


def idx(values: np.ndarray) -> bytes:
    return struct.pack(f">BBBB{values.ndim}I", 0, 0, 8, values.ndim, *values.shape) + values.astype(np.uint8).tobytes()


def npy(values: np.ndarray) -> bytes:
    stream = io.BytesIO()
    np.save(stream, values)
    return stream.getvalue()


def mat(**arrays: Any) -> bytes:
    stream = io.BytesIO()
    scipy.io.savemat(stream, arrays, do_compression=True)
    return stream.getvalue()


def hdf5(**arrays: np.ndarray) -> bytes:
    stream = io.BytesIO()
    with h5py.File(stream, "w", userblock_size=512) as file:
        for name, values in arrays.items():
            file[name] = values.T
    return stream.getvalue()


def test_mnist_s_own_files_come_together_or_one_by_one():
    files = {
        "train-images-idx3-ubyte.gz": gzip.compress(idx(PICTURES)),
        "train-labels-idx1-ubyte.gz": gzip.compress(idx(KINDS)),
        "t10k-images-idx3-ubyte": idx(PICTURES[:9]),
        "t10k-labels-idx1-ubyte": idx(KINDS[:9]),
    }
    dataset = brought("mnist.zip", zipped(files))
    np.testing.assert_array_equal(dataset.x_train[..., 0], PICTURES)
    np.testing.assert_array_equal(dataset.y_train, KINDS)
    np.testing.assert_array_equal(dataset.x_test[..., 0], PICTURES[:9])
    np.testing.assert_array_equal(dataset.y_test, KINDS[:9])
    for name in ("train-images-idx3-ubyte.gz", "t10k-images-idx3-ubyte"):
        alone = brought(name, idx(PICTURES) if name.startswith("t10k") else files[name])
        assert alone.info.spec == DataSpec((8, 8, 1)) and len(alone.x_train) + len(alone.x_test) == 50


def test_the_names_of_medmnist_are_known():
    arrays: dict[str, np.ndarray] = {
        "train_images": PICTURES[:30],
        "train_labels": KINDS[:30, None],
        "val_images": PICTURES[30:40],
        "val_labels": KINDS[30:40, None],
        "test_images": PICTURES[40:],
        "test_labels": KINDS[40:, None],
    }
    dataset = brought("pathmnist.npz", packed(**arrays))
    np.testing.assert_array_equal(dataset.x_train[..., 0], PICTURES[:40])
    np.testing.assert_array_equal(dataset.y_train, KINDS[:40])
    np.testing.assert_array_equal(dataset.y_test, KINDS[40:])
    several = arrays | {name: np.zeros((len(arrays[name]), 14), np.uint8) for name in arrays if name.endswith("labels")}
    dataset = brought("chestmnist.npz", packed(**several))
    assert dataset.info.class_names == () and "not one number for each example" in dataset.info.note


def test_matlab_s_files_give_scipy_s_numbers():
    rows = RANDOM.normal(size=(40, 6))
    odd = (np.arange(40) % 4 == 0)[:, None].astype(float)
    for payload in (mat(X=rows, y=odd), hdf5(X=rows, y=odd)):
        dataset = brought("cardio.mat", payload)
        assert dataset.info.class_names == ("0", "1") and [one.name for one in dataset.info.columns][:2] == ["x1", "x2"]
        np.testing.assert_allclose(together(dataset), rows[np.lexsort(rows.T)], rtol=1e-6)
        assert dataset.info.scaling(Settings()) == "standardize"
    last = np.moveaxis(PICTURES, 0, -1)
    dataset = brought("svhn.mat", mat(X=last, y=KINDS))
    assert len(dataset.x_train) + len(dataset.x_test) == 50 and dataset.info.spec == DataSpec((8, 8, 1))
    assert "last axis" in dataset.info.note
    refused("cells.mat", mat(c=np.array([1, "a"], object)), "cells, structures and objects are not read", kept=3)
    trap = np.empty(1, object)
    trap[0] = {"a": 1}
    refused("struct.mat", mat(s={"a": 1}), "are not read", kept=3)


def test_links_out_of_a_matlab_file_are_not_followed(tmp_path):
    with h5py.File(tmp_path / "other.h5", "w") as file:
        file["secret"] = np.zeros((40, 6))
    stream = io.BytesIO()
    with h5py.File(stream, "w", userblock_size=512) as file:
        file["X"] = h5py.ExternalLink(str(tmp_path / "other.h5"), "secret")
    refused("a.mat", stream.getvalue(), "must hold arrays of plain numbers")


def test_one_array_is_a_table_pictures_or_series():
    rows = RANDOM.normal(size=(40, 6))
    table = brought("a.npy", npy(rows))
    assert [one.name for one in table.info.columns] == [f"x{place}" for place in range(1, 7)]
    assert table.info.scaling(Settings()) == "standardize" and len(table.info.understood) == 6
    np.testing.assert_allclose(together(table), rows[np.lexsort(rows.T)], rtol=1e-6)
    assert brought("b.npy", npy(PICTURES)).info.spec == DataSpec((8, 8, 1))
    assert brought("c.npy", npy(RANDOM.normal(size=(40, 100, 3)))).info.spec == DataSpec((100, 3), unit_range=False)
    refused("d.npy", npy(np.array([{}] * 40)), "must hold", kept=3)


def test_series_come_back_as_they_were_and_each_channel_is_standardised():
    series = RANDOM.normal(size=(60, 50, 4)) * [1, 10, 0.1, 5] + [0, 100, 3, -7]
    arrays = {
        "x_train": series,
        "y_train": np.arange(60) % 2,
        "columns": np.array(list("abcd")),
        "rate": np.array([25.0]),
    }
    dataset = brought("a.npz", packed(**arrays))
    info = dataset.info
    assert info.spec == DataSpec((50, 4), unit_range=False) and info.spec.noun == "series"
    assert (
        info.columns == tuple(map(Column, "abcd"))
        and info.rate == 25.0
        and info.description == "60 series of 50 moments in 4 channels."
    )
    order = np.random.default_rng(60_221_023).permutation(48)[:43]
    learnt = dataset.x_train[order].astype(np.float64).reshape(-1, 4)
    prepared = data.prepare(dataset, Settings())
    expected = (dataset.x_test - learnt.mean(0)) / learnt.std(0)
    np.testing.assert_allclose(prepared.scaled(prepared.x_test), expected, rtol=1e-3, atol=1e-4)
    assert prepared.spec == DataSpec((50, 4), unit_range=False)
    # Channels that have no names: a long series of decimal numbers is no picture, one of whole numbers may be.
    assert brought("b.npz", packed(x_train=series)).info.spec.is_series
    assert brought("c.npz", packed(x_train=series[:, :12])).info.spec.is_series
    assert brought("d.npz", packed(x_train=series[:, :11])).info.spec.is_image
    assert brought("e.npz", packed(x_train=(series[..., :3]).astype(int))).info.spec.is_series
    refused("f.npz", packed(x_train=series, columns=np.array(list("abc"))), "columns must be one text for each", kept=5)
    refused("g.npz", packed(x_train=series, rate=np.array([-1.0])), "rate must be", kept=5)
