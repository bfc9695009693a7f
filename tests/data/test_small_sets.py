"""The small tables and series: what they hold is what they say they are made of."""

import io

import h5py
import numpy as np
import pytest
from sklearn.datasets import load_breast_cancer

from ae_core import data
from ae_core.data import make_blood_cells, small_genes, small_series, small_tables
from ae_core.data.columns import Column
from ae_core.settings import DataSpec, Settings
from ae_core.training.session import TrainingSession
from ae_core.variants import read_settings
from tests.hostile import packed

STANDARD = Settings()


def test_blood_cells_are_those_of_the_file(alone):
    random = np.random.default_rng(0)
    rows = random.random((40, 5), np.float32) * (random.random((40, 5)) < 0.4)
    kept = rows != 0
    kinds = np.arange(40) % 2
    with h5py.File(io.BytesIO(), "w") as file:
        file["raw.X/data"], file["raw.X/indices"] = rows[kept], np.nonzero(kept)[1]
        file["raw.X/indptr"] = np.concatenate([[0], kept.sum(1).cumsum()])
        file["raw.var"] = np.array([(name,) for name in "ABCDE"], [("index", "S3")])
        file["obs"] = np.array([(kind,) for kind in kinds], [("bulk_labels", "i1")])
        file["uns/bulk_labels_categories"] = np.array([b"T", b"B"])
        made = make_blood_cells.arrays_of(file)
    (alone / "AE_DATA_DIR" / "blood_cells.npz").write_bytes(packed(**made))
    dataset = data.load("blood_cells")
    assert [one.name for one in dataset.info.columns] == list("ABCDE") and dataset.info.class_names == ("T", "B")
    whole = {row.tobytes() for row in rows}
    assert {row.tobytes() for row in np.concatenate([dataset.x_train, dataset.x_test])} == whole
    assert np.bincount(dataset.y_test).tolist() == [4, 4]


def test_breast_cancer_is_scikit_learn_s():
    dataset, known = small_tables.make_breast_cancer(), load_breast_cancer()
    assert [one.name for one in dataset.info.columns] == list(known.feature_names)
    assert dataset.info.class_names == tuple(known.target_names)
    rows = {row.tobytes(): label for row, label in zip(known.data.astype(np.float32), known.target, strict=True)}
    for part, labels in ((dataset.x_train, dataset.y_train), (dataset.x_test, dataset.y_test)):
        assert all(rows.pop(row.tobytes()) == label for row, label in zip(part, labels, strict=True))
    assert not rows and abs(dataset.y_test.mean() - known.target.mean()) < 0.01
    prepared = data.prepare(dataset, STANDARD)
    seen = prepared.scaled(prepared.x_train)
    np.testing.assert_allclose(seen.mean(0), 0, atol=1e-5)
    np.testing.assert_allclose(seen.std(0), 1, atol=1e-4)


def test_the_faults_of_pumps_are_where_they_are_marked():
    dataset = small_series.make_pumps()
    assert dataset.factors is not None and dataset.info.rate == 16
    factors, series = dataset.factors, dataset.x_train.astype(np.float64)
    np.testing.assert_array_equal(factors["state"], dataset.y_train)
    exact = small_series.draw_pumps(**factors)
    assert (series - exact).std() == pytest.approx(small_series.PUMP_NOISE, rel=0.01)
    healthy = small_series.draw_pumps(**{**factors, "state": np.zeros_like(factors["state"])})
    difference = np.abs(exact - healthy)
    time = np.arange(small_series.PUMP_MOMENTS) / small_series.PUMP_RATE
    for state, channels in enumerate(((), (0,), (1, 2), (0, 1))):
        there = difference[dataset.y_train == state]
        assert tuple(np.flatnonzero(there.max((0, 1)) > 0.3)) == channels
        assert len(there) > 80
    for state in (2, 3):
        rows = np.flatnonzero(dataset.y_train == state)
        before = time[None] < factors["onset"][rows][:, None]
        assert difference[rows][before].max() == 0, "nothing is odd before the onset"
    prepared = data.prepare(dataset, STANDARD)
    seen = prepared.scaled(prepared.x_train)
    np.testing.assert_allclose(seen.mean((0, 1)), 0, atol=1e-3)
    np.testing.assert_allclose(seen.std((0, 1)), 1, atol=1e-3)


def test_ratings_follow_three_tastes_and_most_are_unknown():
    dataset = small_tables.make_ratings()
    assert dataset.factors is not None
    values = dataset.x_train
    known = ~np.isnan(values)
    assert (known.sum(1) == small_tables.RATED).all()
    assert dataset.info.unknown == np.isnan(values).sum() + np.isnan(dataset.x_test).sum()
    assert set(np.unique(values[known])) == {1, 2, 3, 4, 5}
    tastes = np.stack([*dataset.factors.values(), np.ones(len(values))], 1)
    errors = []
    for film in range(values.shape[1]):
        rows = known[:, film]
        fitted = tastes[rows] @ np.linalg.lstsq(tastes[rows], values[rows, film], rcond=None)[0]
        errors.append(np.square(np.clip(fitted, 1, 5) - values[rows, film]).mean())
    assert np.sqrt(np.mean(errors)) < 0.62 < 1.1 < np.nanstd(values), "tastes tell the stars but for noise and rounding"


def test_genes_are_counted_as_single_cells_are():
    dataset = small_genes.make_genes()
    assert dataset.factors is not None and "generated" in dataset.info.description and "generated" in dataset.info.title
    np.testing.assert_array_equal(dataset.factors["type"], dataset.y_train)
    assert [one.name for one in dataset.info.columns][::499] == ["gene 1", "gene 500"]
    shares = np.expm1(dataset.x_train.astype(np.float64)).sum(1)
    np.testing.assert_allclose(shares, small_genes.PER_CELL, rtol=1e-4)
    zeros = (dataset.x_train == 0).mean(1)
    assert 0.5 < zeros.mean() < 0.65 and np.corrcoef(zeros, np.log(dataset.factors["depth"]))[0, 1] < -0.9
    means = np.stack([dataset.x_train[dataset.y_train == one].mean(0) for one in range(7)])
    apart = np.linalg.norm(means[:, None] - means, axis=2) + 99 * np.eye(7)
    families = [name[0] for name in small_genes.CELL_TYPES]
    assert [families[one] for one in apart.argmin(1)] == families, "the nearest type is of the family"
    cycle, stress = dataset.factors["cycle"], dataset.factors["stress"]
    residuals = dataset.x_train - means[dataset.y_train]
    for factor in (np.cos(cycle), np.sin(cycle), stress):
        told = np.abs([np.corrcoef(factor, gene)[0, 1] for gene in residuals.T if gene.any()])
        assert (told > 0.3).sum() > 5 and np.median(told) < 0.1, "some genes tell of it, and most do not"


@pytest.mark.slow(seconds=8)
def test_a_map_of_genes_tells_types_apart_that_two_components_do_not():
    wanted = {"variant": "stacked", "dataset": "genes", "latent_dim": 2, "epochs": 30, "batch_size": 32}
    session = TrainingSession(read_settings(wanted))
    tested, numbers = session.run().test, session.snapshot.numbers
    accuracy = numbers["pca_knn1_accuracy"]
    error, mse, of_pca = (tested[name] for name in ("knn1_error", "mse", "pca_mse"))
    assert isinstance(accuracy, float) and isinstance(error, float) and error < 0.15 < 0.35 < 1 - accuracy
    assert isinstance(mse, float) and isinstance(of_pca, float) and mse < of_pca


@pytest.mark.slow(seconds=1)
def test_words_are_spelt_with_the_syllables_of_their_language():
    dataset = small_series.make_words()
    assert dataset.info.spec == DataSpec((10, 27)) == dataset.info.seen(STANDARD)
    assert dataset.info.columns[0] == Column("letter", "", "a") and len(dataset.info.columns) == 27
    values = np.concatenate([dataset.x_train, dataset.x_test])
    assert (values.sum(2) == 1).all() and set(np.unique(values)) == {0, 1}
    letters = np.array([*small_series.LETTERS, " "])[values.argmax(2)]
    words = ["".join(word).rstrip() for word in letters]
    assert len(set(words)) == len(words) and all(len(word) >= 4 and " " not in word for word in words)
    kinds = list(small_series.LANGUAGES.values())
    labels = np.concatenate([dataset.y_train, dataset.y_test])
    for word, label in zip(words, labels, strict=True):
        assert set(word) <= set("".join("".join(some) for some in kinds[label]))
    assert np.bincount(labels).min() > 1000
