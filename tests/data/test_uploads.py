"""Files that nobody vouches for: what is accepted, what is refused and how, and how uploads are kept."""

import io
import os
import pickle
import struct
import tracemalloc
import zipfile
from typing import Any

import numpy as np
import pytest

from ae_core import data
from ae_core.data import uploads
from ae_core.errors import DataError
from ae_core.formats import archive as archives
from ae_core.formats import npz
from ae_core.settings import DataSpec, Settings
from tests.hostile import header, packed, picture, refused, zipped

pytestmark = pytest.mark.usefixtures("alone")


IMAGES = np.random.default_rng(0).integers(0, 256, (50, 10, 12), dtype=np.uint8)


LABELS = np.arange(50) % 5


# ---- arrays


def test_an_npz_comes_back_as_it_was(alone):
    info = data.store_upload("my set.npz", packed(x_train=IMAGES, y_train=LABELS, x_test=IMAGES[:9], y_test=LABELS[:9]))
    assert info.name.startswith("upload-") and len(info.name) == 39 and info.title == "my set.npz"
    dataset = data.load(info.name)
    np.testing.assert_array_equal(dataset.x_train[..., 0], IMAGES)
    np.testing.assert_array_equal(dataset.x_test[..., 0], IMAGES[:9])
    np.testing.assert_array_equal(dataset.y_train, LABELS)
    assert dataset.info == info == data.catalogue()[info.name]
    assert info.class_names == tuple("01234") and (info.train_count, info.test_count) == (50, 9)


def test_only_x_train_is_needed_and_the_test_set_is_a_stratified_fifth():
    info = data.store_upload("a.npz", packed(x_train=IMAGES, y_train=LABELS))
    dataset = data.load(info.name)
    assert (info.train_count, info.test_count) == (40, 10) == (len(dataset.x_train), len(dataset.x_test))
    np.testing.assert_array_equal(np.bincount(dataset.y_test), 2)
    rows = {row.tobytes() for row in dataset.x_train} | {row.tobytes() for row in dataset.x_test}
    assert rows == {row.tobytes() for row in IMAGES}
    bare = data.load(data.store_upload("b.npz", packed(x_train=IMAGES)).name)
    assert bare.info.class_names == () and not bare.y_train.any() and len(bare.x_test) == 10


@pytest.mark.parametrize(
    "values",
    [
        IMAGES.astype(np.float64),
        IMAGES.astype(np.float32) / np.float32(255),
        IMAGES.astype(np.int64),
        IMAGES.astype(">f4"),
        np.asfortranarray(IMAGES),
        IMAGES[..., None],
    ],
    ids=["float 0..255", "float 0..1", "int64", "big endian", "fortran", "channel axis"],
)
def test_every_usual_way_to_write_images_gives_the_same_pixels(values, monkeypatch):
    monkeypatch.setattr(npz, "CHUNK_BYTES", 4000)  # several pieces, as in a large file
    dataset = data.load(data.store_upload("a.npz", packed(x_train=values, x_test=values)).name)
    prepared = data.prepare(dataset, Settings())
    np.testing.assert_allclose(prepared.scaled(dataset.x_train)[..., 0], IMAGES / 255, atol=1e-7)
    assert dataset.info.spec == DataSpec((10, 12, 1))
    if values.dtype.kind == "f":
        np.testing.assert_array_equal(dataset.x_train.reshape(values.shape), values.astype(np.float32))
    else:
        np.testing.assert_array_equal(dataset.x_train[..., 0], IMAGES)
        assert dataset.x_train.dtype == np.uint8


def test_binary_images_become_black_and_white():
    for values in (IMAGES > 127, (IMAGES > 127).astype(np.uint8)):
        dataset = data.load(data.store_upload("a.npz", packed(x_train=values, x_test=values)).name)
        prepared = data.prepare(dataset, Settings())
        np.testing.assert_array_equal(prepared.scaled(dataset.x_train)[..., 0], IMAGES > 127)
        assert prepared.values.ends == (0, 1), "which pictures show black and white"


def test_vectors_stay_vectors(alone):
    bytes_ = np.random.default_rng(0).integers(0, 256, (40, 784), dtype=np.uint8)
    floats = np.random.default_rng(0).normal(size=(40, 7))
    first = data.load(data.store_upload("a.npz", packed(x_train=bytes_, x_test=bytes_)).name)
    assert first.info.spec == DataSpec((784,), unit_range=False)
    np.testing.assert_array_equal(first.x_train, bytes_)
    second = data.load(data.store_upload("b.npz", packed(x_train=floats, x_test=floats)).name)
    assert second.info.spec == DataSpec((7,), unit_range=False)
    np.testing.assert_array_equal(second.x_train, floats.astype(np.float32))
    # The same file in the data folder says the same before and after it is loaded.
    np.savez(alone / "AE_DATA_DIR" / "mine.npz", x_train=bytes_)
    assert data.catalogue()["mine"].spec == data.load("mine").info.spec == DataSpec((784,), unit_range=False)


def test_labels_that_are_any_whole_numbers_become_classes():
    labels = np.array([-3, 7, 400])[np.arange(50) % 3]
    dataset = data.load(
        data.store_upload("a.npz", packed(x_train=IMAGES, y_train=labels.reshape(-1, 1).astype(float))).name
    )
    assert dataset.info.class_names == ("-3", "7", "400")
    assert set(dataset.y_train) == {0, 1, 2}


BAD_ARRAYS: dict[str, tuple[dict[str, Any], str]] = {
    "no x_train": ({"images": IMAGES}, "array named x_train.*images"),
    "NaN": ({"x_train": np.full((30, 8, 8), np.nan)}, "finite"),
    "one infinity": ({"x_train": np.where(np.arange(300).reshape(30, 10) == 77, np.inf, 0.5)}, "finite"),
    "range": ({"x_train": IMAGES * 2e7}, "images must have values from -1e.09 to 1e.09"),
    "negative": ({"x_train": IMAGES - 2e9}, "images must have values from -1e.09 to 1e.09"),
    "huge vectors": ({"x_train": np.full((30, 5), 1e30)}, "vectors must have values"),
    "complex": ({"x_train": np.ones((30, 8, 8), complex)}, "complex"),
    "text": ({"x_train": np.full((30, 8), "a")}, "x_train must hold whole or decimal"),
    "dates": ({"x_train": np.zeros((30, 8), "datetime64[s]")}, "x_train must hold"),
    "record": ({"x_train": np.zeros((30, 8), [("a", "f4")])}, "x_train must hold"),
    "scalar": ({"x_train": np.float64(3)}, "shape"),
    "one axis": ({"x_train": np.zeros(100)}, "shape"),
    "five axes": ({"x_train": np.zeros((30, 2, 2, 2, 2))}, "axes"),
    "two channels": ({"x_train": np.zeros((30, 8, 8, 2))}, "channels"),
    "channels first": ({"x_train": np.zeros((30, 3, 8, 8))}, "channels"),
    "few": ({"x_train": IMAGES[:19]}, "20 to"),
    "none": ({"x_train": IMAGES[:0]}, "20 to"),
    "tiny": ({"x_train": np.zeros((30, 2, 8))}, "4 to 128 pixels"),
    "wide": ({"x_train": np.zeros((30, 8, 129))}, "4 to 128 pixels"),
    "empty vectors": ({"x_train": np.zeros((30, 0))}, "vectors of"),
    "labels short": ({"x_train": IMAGES, "y_train": LABELS[:-1]}, "one number per example"),
    "labels fractions": ({"x_train": IMAGES, "y_train": LABELS + 0.5}, "whole numbers"),
    "labels text": ({"x_train": IMAGES, "y_train": LABELS.astype(str)}, "y_train must hold"),
    "labels many": ({"x_train": np.zeros((300, 8)), "y_train": np.arange(300)}, "at most 256 classes"),
    "labels huge": ({"x_train": IMAGES, "y_train": LABELS + 2**40}, "32 bits"),
    "test shape": ({"x_train": IMAGES, "x_test": IMAGES[:, :5]}, "like those of x_train"),
    "test kind": ({"x_train": IMAGES, "x_test": IMAGES / 255}, "like those of x_train"),
    "test empty": ({"x_train": IMAGES, "x_test": IMAGES[:0]}, "1 to"),
}


@pytest.mark.parametrize("case", BAD_ARRAYS)
def test_wrong_arrays_are_refused_by_name(case, alone):
    arrays, match = BAD_ARRAYS[case]
    payload = packed(**arrays)
    refused("a.npz", payload, match)
    # The data folder is held to the same checks; the other data sets stay.
    (alone / "AE_DATA_DIR" / "bad.npz").write_bytes(payload)
    assert "digits" in data.catalogue()
    with pytest.raises(DataError, match=match):
        data.load("bad")


class Trap:
    """Unpickling this would make a file."""

    def __reduce__(self):
        return open, (os.path.join(os.environ["AE_RUNS_DIR"], "trapped"), "w")


def test_a_pickle_is_never_opened(alone):
    objects = np.empty(30, object)
    objects[:] = [Trap() for _ in objects]
    refused("a.npz", packed(x_train=objects), "x_train must hold .* object")
    refused("a.npz", packed(x_train=IMAGES, y_train=np.resize(objects, 50)), "y_train must hold .* object")
    refused("a.npz", pickle.dumps(Trap()), "another kind")
    refused("a.npz", zipped({"x_train.npy": pickle.dumps(Trap())}), "damaged")
    # An array that is not asked for is not even looked at.
    data.store_upload("a.npz", packed(x_train=IMAGES, other=objects))
    assert not (alone / "AE_RUNS_DIR" / "trapped").exists()


LYING_HEADERS = {
    "huge": (header("(200000, 128, 128, 3)"), "at most"),
    "absurd": (header(f"({10**30}, 8, 8)"), "20 to"),
    "overflow": (header(f"(30, {2**62}, {2**62})"), "pixels"),
    "negative": (header("(30, -8, 8)"), "axes|pixels"),
    "longer than file": (header("(30, 64, 64)") + b"x" * 99, "as long as its header"),
    "shorter than file": (header("(30, 4, 4)") + b"x" * 9999, "as long as its header"),
    "boolean": (header("(True, 8, 8)"), "examples|damaged"),
    "code": (header("__import__('os').abort()"), "damaged"),
    "deep": (header("(" * 3000 + ")" * 3000), "damaged"),
    "long header": (header("(30, 8, 8)" + " " * 40000), "damaged"),
    "version 2 says 4 GB": (b"\x93NUMPY\x02\x00" + b"\xff" * 4 + b"x" * 100, "damaged"),
    "version 9": (b"\x93NUMPY\x09\x00" + b"x" * 100, "damaged"),
    "object": (header(descr="'|O'"), "object"),
    "broken type": (header(descr="'<q99'"), "damaged|must hold"),
    "nothing": (b"", "damaged"),
}


@pytest.mark.parametrize("case", LYING_HEADERS)
def test_lying_headers_are_refused_before_anything_is_decoded(case):
    payload, match = LYING_HEADERS[case]
    tracemalloc.start()
    refused("a.npz", zipped({"x_train.npy": payload}), match)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 5e6


def test_a_file_that_unpacks_to_too_much_is_refused():
    beginning = header("(100000, 32, 32)", "'<f8'")
    bomb = zipped({"x_train.npy": beginning + bytes(100)})
    refused("a.npz", bomb, "unpack to at most 512 MB")


def test_a_zip_that_lies_about_sizes_is_refused():
    content = header("(30, 8, 8)") + bytes(30 * 64)
    payload = bytearray(zipped({"x_train.npy": content + bytes(10_000_000)}))
    # The index now states the honest-looking size; the packed stream goes on for 10 MB.
    at = payload.rfind(b"PK\1\2")
    payload[at + 24 : at + 28] = struct.pack("<L", len(content))
    refused("a.npz", bytes(payload), "damaged")
    whole = bytearray(zipped({"x_train.npy": content}, zipfile.ZIP_STORED))
    whole[200] ^= 1  # one flipped bit, found by the check sum
    refused("a.npz", bytes(whole), "damaged")


def test_other_archives_are_refused():
    plain = zipped({"x_train.npy": header() + bytes(30 * 64)})
    refused("a.npz", b"", "not be empty")
    refused("a.npz", b"hello", "another kind")
    refused("a.npz", plain[:-30], "another kind")
    refused("a.npz", plain[len(plain) // 2 :], "damaged|whole")
    refused("a.txt", plain, "ending")
    refused("a.zip", zipped({"readme.txt": b"hello"}), "none of these")
    refused("a.zip", zipped({}), "none of these")
    refused("a.npz", zipped({"x_train.npy": bytes(10)}, zipfile.ZIP_BZIP2), "compression")
    encrypted = bytearray(plain)
    encrypted[encrypted.rfind(b"PK\1\2") + 8] |= 1
    refused("a.npz", bytes(encrypted), "encrypted")
    refused("a.npz", plain.replace(b"x_train.npy", b"\0_train.npy"), "a name")  # which ends before its first letter
    refused("a.zip", zipped({f"{number}": b"" for number in range(archives.MAX_MEMBERS + 1)}), "at most 20,000 files")
    zip64 = plain[:-22] + b"PK\6\7" + bytes(16) + plain[-22:]
    refused("a.npz", zip64, "at most 20,000 files")


def test_an_upload_that_is_too_large_is_refused_unread():
    refused("a.npz", bytes(uploads.MAX_UPLOAD_BYTES + 1), "at most 50 MB")


@pytest.mark.slow(seconds=1)
def test_random_damage_never_gives_anything_but_a_sentence():
    """A thousand damaged files: each is either accepted or refused with a DataError."""
    random = np.random.default_rng(3)
    shot = picture((9, 80, 200), (9, 9), "WEBP")
    wholes = {
        "a.npz": packed(x_train=IMAGES[:20, :4, :4], y_train=LABELS[:20]),
        "b.zip": zipped({f"c/{n}.png": picture((n, n, n), (5, 5)) for n in range(20)}),
        "c.zip": zipped({f"{n}.gif": picture(n, (5, 5), "GIF", "L") for n in range(20)}, zipfile.ZIP_STORED),
        "d.zip": zipped({f"{n}.webp": shot for n in range(20)}, zipfile.ZIP_STORED),
    }
    refusals = 0
    for name, whole in wholes.items():
        for _ in range(250):
            payload = bytearray(whole)
            for at in random.integers(0, len(payload), random.integers(1, 5)):
                payload[at] = random.integers(0, 256)
            try:
                uploads.converted(bytes(payload), name)
            except DataError as error:
                refusals += 1
                assert "\n" not in str(error) and len(str(error)) < 350
    assert refusals > 500


def test_a_needless_record_of_long_numbers_is_read(alone):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("x_train.npy", header("(30, 8, 8)") + bytes(30 * 64))
    plain = stream.getvalue()
    at = plain.rfind(b"PK\5\6")
    count, size, offset = struct.unpack("<HLL", plain[at + 10 : at + 20])
    record = b"PK\6\6" + struct.pack("<QHHLLQQQQ", 44, 45, 45, 0, 0, count, count, size, offset)
    locator = b"PK\6\7" + struct.pack("<LQL", 0, at, 1)
    info = data.store_upload("a.npz", plain[:at] + record + locator + plain[at:])
    assert info.train_count + info.test_count == 30
    many = record[:32] + struct.pack("<Q", 20_001) + record[40:]
    refused("b.npz", plain[:at] + many + locator + plain[at:], "at most 20,000 files", 1)


def test_examples_along_the_last_axis_are_asked_about(alone):
    stacked = np.moveaxis(np.zeros((100, 28, 28), np.uint8), 0, 2)
    refused("a.npz", packed(x_train=stacked), r"Received: \(28, 28, 100\), which looks like 100 images of 28×28")
    info = data.store_upload("a.npz", packed(x_train=stacked, y_train=np.arange(28)))
    assert info.spec.shape == (28, 100, 1), "labels tell that these are 28 images"
