"""Which values become 0 and 1: worked out from training data by one rule, said, chosen, and the same on every way."""

from typing import Any

import numpy as np
import pytest

from ae_core import data
from ae_core.data import ranges
from ae_core.data.built_in import GENERATED
from ae_core.data.ranges import ValueRange
from ae_core.settings import DataSpec, Settings
from tests.hostile import packed

pytestmark = pytest.mark.usefixtures("alone")

RANDOM = np.random.default_rng(0)
GREYS = RANDOM.integers(0, 17, (40, 8, 9))
SHARES = np.concatenate(
    [RANDOM.random((39, 8, 9)), np.ones((1, 8, 9))]
)  # the last one is learnt from: see `split_rows`
ROUNDED = SHARES * (1 + 2**-52)  # as scikit-learn's MinMaxScaler leaves it

# What a file holds, its range and what is said of it.
FILES: dict[str, tuple[Any, float, float, str]] = {
    "0 to 16": (GREYS, 0, 16, "values 0 to 16, scaled to 0 to 1"),
    "0 to 16, decimal": (GREYS.astype(np.float64), 0, 16, "values 0 to 16, scaled to 0 to 1"),
    "0 to 100": (np.where(GREYS == 16, 100, GREYS).astype(np.uint8), 0, 100, "values 0 to 100, scaled to 0 to 1"),
    "0 to 5": (GREYS * (5 / 16), 0, 5, "values 0 to 5, scaled to 0 to 1"),
    "bytes": (np.where(GREYS == 16, 250, GREYS).astype(np.uint8), 0, 255, "values 0 to 255, scaled to 0 to 1"),
    "bytes in 64 bits": (np.where(GREYS == 16, 255, GREYS), 0, 255, "values 0 to 255, scaled to 0 to 1"),
    "12 of 16 bits": (GREYS.astype(np.uint16) * 255, 0, 4080, "values 0 to 4080, scaled to 0 to 1"),
    "16 bits": (GREYS.astype(np.uint16) * 4000, 0, 65535, "values 0 to 65535, scaled to 0 to 1"),
    "true and false": (GREYS > 8, 0, 1, "values 0 to 1, as they are"),
    "0 to 1": (SHARES, 0, 1, "values 0 to 1, as they are"),
    "0 to 1, rounded": (ROUNDED, 0, 1, "values 0 to 1, as they are"),
    "a little below 0": (SHARES - 1e-9, 0, 1, "values 0 to 1, as they are"),
    "divided twice": (GREYS / 16 / 255, 0, 1 / 255, "values 0 to 0.00392157, scaled to 0 to 1"),
    "-1 to 1": (GREYS / 8 - 1, -1, 1, "values -1 to 1, scaled to 0 to 1"),
    "vectors": (GREYS.reshape(40, -1)[:, :5] * 3.5 - 7, 0, 1, "values -7 to 49, as they are"),
    "vectors of bytes": (GREYS.reshape(40, -1).astype(np.uint8), 0, 1, "values 0 to 16, as they are"),
}


def folder_and_upload(alone, **arrays):
    """The same file, from the data folder and as an upload."""
    payload = packed(**arrays)
    (alone / "AE_DATA_DIR" / "mine.npz").write_bytes(payload)
    return data.load("mine"), data.load(data.store_upload("mine.npz", payload).name)


@pytest.mark.parametrize("name", FILES)
def test_one_rule_tells_the_range_and_nothing_is_rounded(name, alone):
    values, low, high, sentence = FILES[name]
    both = folder_and_upload(alone, x_train=values, x_test=values)
    for dataset in both:
        held = dataset.x_train.reshape(values.shape)
        assert np.array_equal(held, values.astype(np.float32)), "what the file held, to 32 bits"
        small_whole = values.ndim == 3 and values.dtype.kind in "bui" and values.max() <= 255
        assert dataset.x_train.dtype == (np.uint8 if small_whole else np.float32)
        info = dataset.info
        assert info.values.ends == pytest.approx((low, high), rel=1e-7) and info.values.sentence == sentence
        assert info == data.catalogue()[info.name], "said before anything is loaded"
        prepared = data.prepare(dataset, Settings())
        seen = prepared.scaled(prepared.x_test).reshape(values.shape)
        np.testing.assert_allclose(seen, (values.astype(np.float64) - low) / (high - low), rtol=2e-7, atol=2e-7)
        assert prepared.spec == info.spec and prepared.spec.unit_range == bool(
            seen.min() >= 0 and seen.max() <= 1.000001
        )
    first, second = both
    assert first.x_train.tobytes() == second.x_train.tobytes() and first.x_train.dtype == second.x_train.dtype
    assert first.info.values == second.info.values, "to the bit, by upload and by folder"


def test_rounding_never_makes_another_set_of_shares(alone):
    from sklearn.preprocessing import MinMaxScaler

    for seed in range(5):
        rows = np.random.default_rng(seed).normal(size=(40, 64)) * np.pi
        shares = MinMaxScaler().fit_transform(rows).reshape(40, 8, 8)
        for dataset in folder_and_upload(alone, x_train=shares, x_test=shares):
            assert dataset.info.values.ends == (0.0, 1.0)
            assert len(np.unique(dataset.x_train)) > 2000, "no grey vanishes"


def test_the_range_is_that_of_training_examples_and_others_are_kept(alone):
    test = SHARES * 1.66
    for dataset in folder_and_upload(alone, x_train=SHARES, x_test=test):
        assert dataset.info.values.ends == (0.0, 1.0)
        prepared = data.prepare(dataset, Settings())
        np.testing.assert_array_equal(prepared.scaled(prepared.x_test)[..., 0], test.astype(np.float32))
    # Without a test set a fifth is set apart, and that fifth says nothing of the range.
    labels = np.arange(40) % 2
    _, apart = data.built_in.split_rows(40, labels)
    bright = SHARES.copy()
    bright[apart] *= 7
    for dataset in folder_and_upload(alone, x_train=bright, y_train=labels):
        assert dataset.info.values.high == pytest.approx(SHARES[np.setdiff1d(range(40), apart)].max())
        assert dataset.x_test.max() > 6


@pytest.mark.parametrize(
    ("scaling", "ends", "unit"),
    [("unit", (0, 16), True), ("range", (2, 16), True), ("bytes", (0, 255), True), ("none", (0, 1), False)],
)
def test_the_range_can_be_chosen(scaling, ends, unit, alone):
    greys = np.maximum(GREYS, 2)
    (alone / "AE_DATA_DIR" / "mine.npz").write_bytes(packed(x_train=greys, x_test=greys))
    dataset, settings = data.load("mine"), Settings(scaling=scaling)
    prepared = data.prepare(dataset, settings)
    low, high = ends
    expected = (greys - low) / (high - low)
    np.testing.assert_allclose(prepared.scaled(prepared.x_test)[..., 0], expected, rtol=1e-6, atol=1e-6)
    assert prepared.spec == dataset.info.seen(settings) == DataSpec((8, 9, 1), unit_range=unit)
    assert prepared.values.ends == (0, 16), "pictures are drawn as the data set says, whatever the network sees"
    said = ranges.worded(*dataset.info.said(settings))
    assert said == {"none": "values 2 to 16, as they are"}.get(scaling, f"values {low} to {high}, scaled to 0 to 1")
    assert prepared.notes == (() if scaling in ("bytes", "none") else (f"V{said[1:]}.",))
    standardised = ranges.worded(*dataset.info.said(Settings(scaling="standardize")))
    assert standardised == "values 2 to 16, each standardised to mean 0 and standard deviation 1"


def test_vectors_become_shares_only_if_that_is_chosen(alone):
    flat = RANDOM.integers(0, 256, (40, 64), dtype=np.uint8)
    (alone / "AE_DATA_DIR" / "flat.npz").write_bytes(packed(x_train=flat))
    dataset = data.load("flat")
    for scaling, high, unit in (("unit", 1, False), ("none", 1, False), ("bytes", 255, True)):
        prepared = data.prepare(dataset, Settings(scaling=scaling))
        assert prepared.scaled(prepared.x_train).max() == pytest.approx(255 / high)
        assert prepared.spec.unit_range == unit


def test_vectors_within_0_and_1_take_cross_entropy(alone):
    shares = SHARES.reshape(40, -1)
    for dataset in folder_and_upload(alone, x_train=shares, x_test=shares):
        assert dataset.info.spec == DataSpec((72,), unit_range=True)
        Settings(loss="cross_entropy").check(dataset.info.seen(Settings()))
    for dataset in folder_and_upload(alone, x_train=shares - 0.1, x_test=shares):
        assert not dataset.info.spec.unit_range


def test_an_upload_kept_by_an_earlier_version_still_opens(alone):
    images = np.where(GREYS == 16, 255, GREYS).astype(np.uint8)
    folder = data.lookup.uploads_folder()
    folder.mkdir(parents=True)
    np.savez_compressed(folder / "upload-0123abcd.npz", x_train=images[..., None], x_test=images[:9, ..., None])
    dataset = data.load("upload-0123abcd")
    assert dataset.info == data.catalogue()["upload-0123abcd"] and dataset.info.values.ends == (0, 255)
    np.testing.assert_array_equal(dataset.x_train[..., 0], images)
    # Dark pictures and vectors of bytes were divided by 255, as the networks of their runs still expect.
    for name, kept in (("upload-0123abce", images[..., None] // 10), ("upload-0123abcf", images.reshape(40, -1))):
        np.savez_compressed(folder / f"{name}.npz", x_train=kept, x_test=kept)
        dataset = data.load(name)
        prepared = data.prepare(dataset, Settings())
        assert prepared.spec.unit_range
        np.testing.assert_allclose(prepared.scaled(prepared.x_test), kept / 255, rtol=1e-6)


@pytest.mark.slow(seconds=2)
@pytest.mark.parametrize("name", GENERATED)
def test_what_is_built_in_says_where_its_values_lie(name):
    dataset = data.load(name)
    values = dataset.info.values
    least, most = float(np.nanmin(dataset.x_train)), float(np.nanmax(dataset.x_train))
    assert (values.least, values.most) == pytest.approx((least, most), rel=1e-5)
    assert values.ends == ranges.found(least, most, dataset.x_train.dtype, dataset.info.spec.is_image).ends


@pytest.mark.parametrize("values", [ValueRange(0, 16, 0, 16), ValueRange(-1, 1, -1, 1), ValueRange(0, 255, 3, 250)])
def test_a_range_is_scaled_to_0_to_1(values):
    seen = values.scale(np.linspace(values.low, values.high, 50, dtype=np.float32))
    assert seen.dtype == np.float32
    np.testing.assert_allclose(seen, np.linspace(0, 1, 50), atol=1e-6)


def test_pictures_without_any_light_have_a_range(alone):
    for level in (0.0, -3.0):
        for dataset in folder_and_upload(alone, x_train=np.full((30, 8, 8), level)):
            prepared = data.prepare(dataset, Settings())
            assert np.all(prepared.scaled(prepared.x_train) == 0)
