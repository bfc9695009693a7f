"""What is said of odd examples: rivals, the network's own scores, what made one odd, and no glance at the test."""

import dataclasses
import io
from types import MappingProxyType, SimpleNamespace
from typing import cast

import keras
import numpy as np
import pytest
from msgspec.structs import replace
from PIL import Image
from sklearn.covariance import ledoit_wolf
from sklearn.ensemble import IsolationForest
from sklearn.svm import OneClassSVM

from ae_core import data
from ae_core.anomalies import OWN, PARTS, curves, examples, report, scores, split
from ae_core.anomalies.rivals import RIVALS
from ae_core.anomalies.split import Examples
from ae_core.data import Column
from ae_core.data.dataset import DataInfo, Dataset
from ae_core.errors import DataError
from ae_core.measuring import pca_of_gaps
from ae_core.measuring.pca import PrincipalComponents
from ae_core.messages import Part, Scores
from ae_core.runs import StoredRun
from ae_core.settings import DataSpec, Settings
from ae_core.training.stored_model import network_of
from ae_core.variants import read_settings

LINEAR = {"scaling": "none", "loss": "mse", "output": "linear", "code_activation": "linear"}
SETTINGS = read_settings({"variant": "vanilla", "dataset": "made", "latent_dim": 2, "normal": "plain"} | LINEAR)


@pytest.fixture
def rows(monkeypatch) -> Dataset:
    """A table of four columns: plain rows lie near a plane, odd ones off it in the third column, most of all."""
    random = np.random.default_rng(0)

    def part(count: int, odd: int) -> tuple[np.ndarray, np.ndarray]:
        flat = random.normal(size=(count, 2)) @ np.array([[1.0, 0.5, 0.0, 1.0], [0.0, 1.0, 1.0, -1.0]])
        table, labels = flat + 0.05 * random.normal(size=(count, 4)), np.zeros(count, np.int64)
        labels[:odd] = 1
        table[:odd, 2] += 5 + random.random(odd)
        return table.astype(np.float32), labels

    (x_train, y_train), (x_test, y_test) = part(400, 40), part(120, 30)
    info = DataInfo("made", "Made", DataSpec((4,), False), 400, 120, ("plain", "strange"), "", "", "")
    info = dataclasses.replace(info, columns=(Column("a"), Column("b"), Column("c", "mm"), Column("d", "", "red")))
    made = Dataset(info, x_train, y_train, x_test, y_test)
    monkeypatch.setattr(data, "load", lambda name: made)
    return made


def linear(settings: Settings, of_run: split.Split) -> keras.Model:
    """A network that projects onto the plane: what the training would come to at best, without one."""
    network = network_of(settings, of_run.spec)
    _, _, directions = np.linalg.svd(of_run.train.inputs - of_run.train.inputs.mean(axis=0), full_matrices=False)
    mean, plane = of_run.train.inputs.mean(axis=0), directions[:2].T
    parts = (network.get_layer("encoder"), network.get_layer("decoder"))
    for part, weights in zip(parts, [(plane, -mean @ plane), (plane.T, mean)], strict=True):
        part.set_weights([np.asarray(one, np.float32) for one in weights])
    return network


def test_a_distance_is_in_deviations_of_the_training_codes_and_a_rival_s_to_the_fifth_nearest(rows):
    of_run = split.load(SETTINGS)
    network = scores.Network(linear(SETTINGS, of_run), SETTINGS, of_run)
    (found,) = network.distances(of_run.test)
    train, test = (network.encode(part).astype(np.float64) for part in (of_run.train, of_run.test))
    covariance, _ = ledoit_wolf(train)
    away = test - train.mean(axis=0)
    expected = np.sqrt(np.einsum("ni,ij,nj->n", away, np.linalg.inv(covariance), away))
    np.testing.assert_allclose(found, expected, rtol=1e-4)
    scorer, count = RIVALS["knn"](of_run, 2)
    assert count == len(of_run.train.inputs)
    between = np.linalg.norm(of_run.test.inputs[:, None] - of_run.train.inputs[None], axis=-1)  # (test, train)
    np.testing.assert_allclose(scorer(of_run.test), np.sort(between)[:, 4], rtol=1e-3)


@pytest.mark.parametrize(
    ("name", "rival"),
    [
        ("isolation_forest", IsolationForest(n_estimators=100, random_state=0)),
        ("one_class_svm", OneClassSVM(gamma="scale", nu=0.1)),
    ],
)
def test_a_rival_learns_from_the_training_examples_alone(name, rival, rows):
    of_run = split.load(SETTINGS)
    scorer, _ = RIVALS[name](of_run, 2)
    expected = -rival.fit(of_run.train.inputs).score_samples(of_run.test.inputs)
    np.testing.assert_allclose(scorer(of_run.test), expected, rtol=1e-6)


def test_parts_are_the_network_and_all_rivals():
    assert (OWN, *RIVALS) == PARTS
    assert isinstance(RIVALS, MappingProxyType)


@pytest.mark.slow(seconds=4)
def test_odd_rows_are_found_and_what_made_them_odd(rows):
    of_run = split.load(SETTINGS)
    assert of_run.alone and of_run.normal == (0,)
    assert not of_run.train.odd.any() and of_run.validation.odd.any() and of_run.test.odd.sum() == 30
    parts = [report.of_network(linear(SETTINGS, of_run), SETTINGS, of_run)]
    for name, make in RIVALS.items():
        scorer, count = make(of_run, 2)
        tested = scorer(of_run.validation), scorer(of_run.test)
        parts.append(report._part(of_run, [report._scores(name, count, *tested)]))
    found = report.report("x" * 12, parts)
    named = {one.name: one for one in found.detectors}
    assert list(named) == ["error", "distance", *RIVALS] and found.own == 2
    assert named["error"].auc == pytest.approx(1.0) and found.confusion is not None
    assert found.confusion.hits == 30 and found.confusion.false_alarms <= 25, (
        "36 validation examples say roughly where 95 % lie"
    )
    assert named["pca"].auc == pytest.approx(named["error"].auc), "a linear network of the same size is PCA"
    assert min(named[name].auc or 0 for name in ("knn", "isolation_forest", "one_class_svm")) > 0.9
    assert named["error"].p_value is None and named["knn"].p_value is not None
    oddest = found.whole.oddest
    assert all(one.label == 1 for one in oddest) and all(one.picture == b"" for one in oddest)
    for one in oddest:
        assert one.features[0].name == "c (mm)"
        assert sum(each.share for each in one.features) <= 1 + 1e-6
        assert one.features[0].value == pytest.approx(float(rows.x_test[one.row, 2]), rel=1e-4), "as the file had it"
        assert {each.name for each in one.features} <= {"a", "b", "c (mm)", "d"}
    assert all(one.label == 0 for one in found.whole.plainest)


def packed(values: np.ndarray) -> bytes:
    return values.astype("<f4").tobytes()


def made_up(test: np.ndarray, labels: np.ndarray) -> Part:
    validation = np.random.default_rng(4).random(50)
    of = np.r_[np.zeros(40), np.ones(10)].astype("<i2").tobytes()
    return Part(
        scores=[Scores(name="error", validation=packed(validation), test=packed(test), rows=9)],
        normal=[0],
        class_names=["a", "b"],
        validation_labels=of,
        test_labels=labels.astype("<i2").tobytes(),
    )


def test_no_threshold_looks_at_the_test_set():
    random = np.random.default_rng(5)
    labels = np.r_[np.zeros(30), np.ones(10)].astype(int)
    one = report.report("x" * 12, [made_up(random.random(40), labels)])
    other = report.report("x" * 12, [made_up(100 * random.random(40), labels[::-1])])
    assert one.detectors[0].threshold == other.detectors[0].threshold
    assert one.detectors[0].auc != other.detectors[0].auc
    normal = np.frombuffer(one.whole.scores[0].validation, "<f4")[:40]
    assert one.detectors[0].threshold == pytest.approx(np.quantile(normal, 0.95, method="higher"))


def test_without_anything_that_says_who_is_odd_nothing_is_judged():
    part = replace(made_up(np.arange(6.0), np.zeros(6)), normal=[])
    found = report.report("x" * 12, [part])
    assert (found.confusion, found.detectors[0].auc, found.detectors[0].ap_interval) == (None, None, None)
    with pytest.raises(DataError, match="No validation example is of a normal class"):
        report.report("x" * 12, [replace(part, normal=[2])])
    with pytest.raises(DataError, match="no numbers any more"):
        report._scores("error", 1, np.array([1.0]), np.array([np.nan]))
    with pytest.raises(DataError, match="no numbers any more"):
        report._scores("error", 1, np.array([1.0]), np.array([1e39]))


def test_unknown_values_count_for_nothing(rows, monkeypatch):
    holes = rows.x_test.copy()
    holes[0, 2] = np.nan
    monkeypatch.setattr(data, "load", lambda name: dataclasses.replace(rows, x_test=holes))
    of_run = split.load(SETTINGS)
    assert of_run.test.known is not None and np.isfinite(of_run.test.inputs).all()
    assert of_run.test.inputs[0, 2] == pytest.approx(rows.x_train[rows.y_train == 0, 2].mean(), abs=0.2)
    errors = of_run.test.mean(np.ones((120, 4)) * [1, 1, 100, 1])
    assert errors[0] == 1.0 and errors[1] == pytest.approx(103 / 4)


def test_pca_fills_the_gaps_of_a_table_instead_of_taking_the_mean(monkeypatch):
    random = np.random.default_rng(0)
    directions = random.normal(size=(3, 12))

    def part(count: int, odd: int) -> tuple[np.ndarray, np.ndarray]:
        table = random.normal(size=(count, 3)) @ directions + 0.3 * random.normal(size=(count, 12))
        table[:odd, :2] += 2 * random.normal(size=(odd, 2))
        labels = (np.arange(count) < odd).astype(np.int64)
        return np.where(random.random(table.shape) < 0.3, np.nan, table).astype(np.float32), labels

    (x_train, y_train), (x_test, y_test) = part(500, 20), part(300, 100)
    info = DataInfo("made", "Made", DataSpec((12,), False), 500, 300, ("plain", "strange"), "", "", "")
    gapped = Dataset(info, x_train, y_train, x_test, y_test)
    monkeypatch.setattr(data, "load", lambda name: gapped)
    of_run = split.load(SETTINGS)
    scorer, count = RIVALS["pca"](of_run, 3)
    test, raw = of_run.test, of_run.data.exact(of_run.data.x_train)
    mean, components, _variances = pca_of_gaps.fitted(raw, 3)
    made = (pca_of_gaps.completed(test.gapped, mean, components) - mean) @ components.T @ components + mean
    np.testing.assert_allclose(scorer(test), test.mean(np.square(made - test.inputs)), rtol=1e-3)
    assert count == len(raw)
    naive = PrincipalComponents()
    naive.fit(of_run.train.inputs, np.ones(1), np.zeros(1))
    filled = test.mean(np.square(naive.reconstruct(test.inputs, 3) - test.inputs))
    found, by_mean = curves.areas([scorer(test), filled], test.odd).values
    assert found > by_mean + 0.05
    monkeypatch.setattr(pca_of_gaps, "MOST_NUMBERS", 12 * 100)
    assert RIVALS["pca"](of_run, 3)[1] == 100, "of many rows the first, and it says so"


@pytest.mark.slow(seconds=1)
@pytest.mark.parametrize("more", [{}, {"loss": "mse", "kl_weight": 4.0}], ids=["cross-entropy", "squared error"])
def test_the_bound_of_a_variational_network_is_that_of_its_definition(more):
    settings = read_settings({"variant": "variational", "dataset": "digits", "latent_dim": 3, "widths": "8"} | more)
    of_run = split.load(dataclasses.replace(settings, train_size=60))
    whole = network_of(settings, of_run.spec)
    random = np.random.default_rng(0)
    spread = whole.get_layer("encoder").get_layer("z_log_var")
    spread.kernel.assign(0.3 * random.standard_normal(spread.kernel.shape))  # untrained, it is that of the prior
    network = scores.Network(whole, settings, of_run)
    few = Examples(of_run.test.inputs[:5], None, of_run.test.labels[:5], of_run.test.odd[:5])
    (found,) = network.bounds(few)
    mean = network.encode(few)
    log_var = np.asarray(keras.Model(network.encoder.input, spread.output)(few.inputs))
    assert log_var.std() > 0.1
    random, surprise = np.random.default_rng(scores.SEED), np.zeros(5)
    for _ in range(scores.DRAWS):
        codes = mean + np.sqrt(np.exp(log_var)) * random.standard_normal(mean.shape, np.float32)
        outputs = np.asarray(network.decoder(codes), np.float64)
        each = -few.inputs * np.log(outputs) - (1 - few.inputs) * np.log1p(-outputs)
        if more:
            each = (few.inputs - outputs) ** 2 / 4  # -ln of a normal density of variance β / 2, but for a constant
        surprise += each.reshape(5, -1).sum(axis=1) / scores.DRAWS
    divergence = 0.5 * (mean**2 + np.exp(log_var) - 1 - log_var).sum(axis=1)
    np.testing.assert_allclose(found, surprise + divergence, rtol=1e-4)
    vanilla = read_settings({"variant": "vanilla", "dataset": "digits"})
    assert scores.Network(network_of(vanilla, of_run.spec), vanilla, of_run).bounds(few) == []


def test_a_file_comes_back_in_its_order_and_a_category_is_said_by_its_names(rows, monkeypatch):
    monkeypatch.setattr(report, "restore", lambda model, settings, spec: linear(SETTINGS, split.load(SETTINGS)))
    monkeypatch.setattr(split, "LARGEST", 28)  # numbers at a time: seven rows
    table = rows.x_test[::-1].astype(np.float64)
    file = data.Fitted(table, np.arange(2, 122), {"id": tuple(map(str, range(120)))}, ("A note.",))
    run = SimpleNamespace(model=b"", experiment=SETTINGS)
    part = report.of_file(cast(StoredRun, run), file)
    assert np.frombuffer(part.rows, "<i4").tolist() == list(range(2, 122))
    assert part.identities["id"][:2] == ["0", "1"] and part.notes == ["A note."]
    scores = np.frombuffer(part.scores[0].test, "<f4")
    assert len(scores) == 120 and scores[:90].max() < scores[90:].min(), "odd rows stand last in this file"
    assert part.oddest[0].score == pytest.approx(scores.max(), rel=1e-4)
    assert part.oddest[0].features[0].value == table[part.oddest[0].row, 2], "not cut to 32 bits"
    alone = report.of_file(cast(StoredRun, run), dataclasses.replace(file, examples=table[:1]))
    assert len(alone.scores[0].test) == 4

    of_run = split.load(SETTINGS)
    info = dataclasses.replace(
        of_run.info, columns=(Column("a"), *(Column("city", "", one) for one in ("Köln", "York", "上海")))
    )
    of_run = dataclasses.replace(of_run, info=info)
    for raw, category in (([1.0, 0, 0, 1], "上海"), ([1.0, 0, 0, 0], "")):
        expected = np.array([1.0, 0.9, 0.1, -0.5])
        (one,) = examples.features(of_run, np.array(raw), expected, np.square(expected - raw))
        assert (one.name, one.category, one.guess, one.share) == ("city", category, "Köln", pytest.approx(1.0))


def test_pictures_stand_beside_their_reconstruction_and_error():
    settings = read_settings({"variant": "vanilla", "dataset": "digits", "latent_dim": 2, "train_size": 60})
    of_run = split.load(settings)
    network = scores.Network(network_of(settings, of_run.spec), settings, of_run)
    errors = network.errors(of_run.test)
    oddest, plainest = examples.extremes(network, of_run.test.some, errors)
    assert [one.score for one in oddest] == sorted(errors, reverse=True)[: examples.SHOWN]
    assert [one.score for one in plainest] == sorted(errors)[: examples.SHOWN]
    assert not any(one.features for one in oddest)
    few = of_run.test.some(np.array([oddest[0].row]))
    made = network.reconstruct(few)
    with Image.open(io.BytesIO(oddest[0].picture)) as opened:
        picture = np.asarray(opened.convert("RGB")).astype(int)
    assert picture.shape == (28, 3 * 28 + 2, 3)
    original, reconstruction, error = (picture[:, 29 * place :][:, :28] for place in range(3))
    for found, expected in ((original, few.inputs), (reconstruction, made)):
        np.testing.assert_allclose(found[..., 0], 255 * expected[0, ..., 0], atol=255 / examples.FEW_GREYS)
    squares = np.square(made - few.inputs)[0, ..., 0]
    assert error[..., 0].ravel()[squares.argmax()] == error[..., 0].max() > 200, "the largest error is yellow"
    assert error[..., 0].ravel()[squares.argmin()] == 0


def test_a_series_tells_which_channel_was_odd_and_when():
    of_run = split.load(
        read_settings({"variant": "stacked", "dataset": "pumps", "normal": "normal", "train_size": 100})
    )
    value = of_run.test.inputs[0]
    expected = value.copy()
    expected[16, 2] += 2
    expected[40, 2] += 1
    expected[3, 0] -= 1
    assert of_run.test.raw is not None
    found = examples.features(of_run, of_run.test.raw[0], expected, np.square(value - expected))
    assert [one.name for one in found] == ["pressure (bar), 1 s", "vibration (mm/s), 0.188 s"]
    assert [one.share for one in found] == pytest.approx([5 / 6, 1 / 6], rel=1e-4)
    assert found[0].expected - found[0].value == pytest.approx(
        2 / float(of_run.data.raw_scale[..., 2].ravel()[0]), rel=1e-3
    )
