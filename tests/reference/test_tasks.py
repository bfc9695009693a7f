"""What trained networks are asked for beyond pictures: each number against another way to the same."""

import itertools
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score
from sklearn.neighbors import KNeighborsClassifier

from ae_core.anomalies import split
from ae_core.anomalies.rivals import RIVALS
from ae_core.reference import tasks, use_rows
from ae_core.training.stored_model import network_of
from ae_core.variants import read_settings


def silent(said: object) -> None:
    """Takes a message and does nothing with it."""


def test_clusters_stand_for_classes_as_well_as_can_be():
    random = np.random.default_rng(0)
    labels = random.integers(0, 4, 200)
    found = np.where(random.random(200) < 0.6, (labels + 1) % 4, random.integers(0, 4, 200))
    best = max(np.mean(np.array(names)[found] == labels) for names in itertools.permutations(range(4)))
    assert tasks.matched_accuracy(found, labels) == pytest.approx(best)
    more = np.array([0, 1, 2, 5, 5])
    assert tasks.matched_accuracy(more, np.array([0, 0, 1, 1, 1])) == pytest.approx(3 / 5), "no cluster counts twice"
    blobs = 9 * np.eye(4)[labels] + random.normal(size=(200, 4))
    assert tasks.cluster_accuracy(blobs, labels) == 1.0


@pytest.mark.slow(seconds=4)
def test_each_class_is_normal_in_turn(monkeypatch):
    trained: list[str] = []

    class Session:
        """Trains nothing: what is odd to an untrained network is as well defined."""

        def __init__(self, settings: Any, emit: Any):
            trained.append(settings.normal)
            network = network_of(settings, split.load(settings).spec)
            self.model = SimpleNamespace(standalone=lambda: network)

        def train(self) -> None:
            """Nothing."""

    monkeypatch.setattr(tasks, "TrainingSession", Session)
    settings = read_settings({"variant": "vanilla", "dataset": "digits", "latent_dim": 4})
    done = tasks.OneClass(("0", "7"), ("pca", "knn"))(settings, silent)
    assert trained == ["0", "7"]
    expected, by_pca = [], []
    for name in trained:
        of_run = split.load(read_settings(settings.to_dict() | {"normal": name}))
        network, test = network_of(settings, of_run.spec), of_run.test
        odd = test.labels != int(name)
        expected.append(
            roc_auc_score(odd, np.square(network.predict(test.inputs, verbose=0) - test.inputs).sum((1, 2, 3)))
        )
        by_pca.append(roc_auc_score(odd, RIVALS["pca"](of_run, 4)[0](test)))
    assert done.numbers["auc_by_class"] == pytest.approx(expected, abs=1e-4)
    assert done.test("auc") == pytest.approx(np.mean(expected), abs=1e-4)
    assert done.test("auc_of_pca") == pytest.approx(np.mean(by_pca), abs=1e-6)
    assert 0.5 < done.test("auc_of_knn") <= 1


def test_the_surprise_of_a_network_that_says_the_same_of_all():
    greys = np.random.default_rng(1).random((40, 5, 5, 1)).astype(np.float32)
    binary = np.random.default_rng(0).random(greys.shape) < greys
    seen: list[np.ndarray] = []

    def features(images: np.ndarray, training: bool) -> np.ndarray:
        seen.append(images)
        return np.zeros((len(images), 6), np.float32)  # the prior: all weights are alike

    model = SimpleNamespace(features=features, decode=lambda codes: np.full((len(codes), 5, 5, 1), 0.2, np.float32))
    session = cast(Any, SimpleNamespace(model=model, test_images=greys))
    exact = -float(np.sum(np.where(binary, np.log(0.2), np.log(0.8)))) / 40
    assert tasks.surprise(session)["surprise"] == pytest.approx(exact, rel=1e-5)
    assert set(np.unique(seen[0])) == {0, 1}


def test_rows_that_share_a_set_up_share_its_training():
    digits = [row for row in use_rows.ALL if row.name.startswith("one-class-digits")]
    assert len(digits) == 3 and len({(row.run, row.experiment("mnist", 0)) for row in digits}) == 1
    assert all(row.seeds == 3 for row in use_rows.ALL if row.trained)


def test_labels_spread_along_neighbours():
    random = np.random.default_rng(2)
    truth = np.arange(800) % 2
    stripes = np.stack([random.uniform(0, 10, 800), 0.5 * truth + 0.03 * random.normal(size=800)], axis=1)
    labels = np.full(600, -1)
    for place in range(11):  # in turn on one stripe and on the other
        labels[np.argmin(np.where(truth[:600] == place % 2, np.abs(stripes[:600, 0] - place), 99))] = place % 2
    known = np.flatnonzero(labels >= 0)
    nearest = KNeighborsClassifier(1).fit(stripes[known], labels[known]).predict(stripes[600:])
    wrong = np.mean(nearest != truth[600:])
    assert wrong > 0.2, "the other stripe's label is often nearer"
    assert tasks.spread_error(stripes[:600], labels, stripes[600:], truth[600:]) < 0.3 * wrong


def test_what_few_labels_are_worth_is_told_of_code_and_pca_alike(monkeypatch):
    random = np.random.default_rng(3)
    truth = np.arange(1300) % 10
    rows = (6 * np.eye(10)[truth] + random.normal(size=(1300, 10))).astype(np.float32)
    table = SimpleNamespace(
        x_train=rows[:1000], x_test=rows[1000:], y_train=truth[:1000], y_test=truth[1000:], fed=lambda part: part
    )
    given: dict[str, Any] = {}

    def classify(encoder: Any, data: Any, **wishes: Any) -> Any:
        given.update(wishes)
        return SimpleNamespace(test_error=0.25)

    monkeypatch.setattr(tasks.classifier, "classify", classify)
    chance = SimpleNamespace(encode=lambda images, size: random.normal(size=(len(images), size)))
    model = SimpleNamespace(code_shape=(10,), encode=lambda part: part, standalone_parts=lambda: (None, None))
    prepared, settings = SimpleNamespace(pca=chance), SimpleNamespace(seed=4)
    session = SimpleNamespace(data=table, settings=settings, model=model, prepared=prepared)
    found = cast("dict[str, float]", tasks.few_labels(cast(Any, session)))
    assert found["softmax_error"] == 0.25 and given == {"labels": 100, "seed": 4, "compare": False}
    assert found["spread_error"] < 0.02 and found["spread_error_of_pca"] > 0.7, "codes that say nothing"
