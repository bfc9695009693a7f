"""The diagnosis of real trainings on small data: what its thresholds were set by."""

import functools

import numpy as np
import pytest

from ae_core import data, variants
from ae_core.diagnosis import diagnose
from ae_core.diagnosis.evidence import short
from ae_core.messages import Setup, Snapshot, TrainingMessage
from ae_core.training import session
from tests.diagnosis.trainings import found, names

pytestmark = pytest.mark.slow(seconds=6)


@functools.cache
def trained(**values) -> tuple[Setup, Snapshot]:
    """Setup and last snapshot of a real training on the small digits."""
    messages: list[TrainingMessage] = []
    given = {"dataset": "digits", "epochs": 30, "batch_size": 64} | values
    session.train(variants.read_settings(given), emit=messages.append, test_images=50)
    (first,) = (message for message in messages if isinstance(message, Setup))
    *_, last = (message for message in messages if isinstance(message, Snapshot))
    return first, last


@pytest.mark.parametrize(
    ("rate", "expected"),
    [(1e-5, ["learning_rate_low"]), (0.001, []), (0.003, []), (0.3, ["learning_rate_high"])],
)
def test_real_learning_rates(rate, expected):
    said = names(*trained(variant="vanilla", learning_rate=rate))
    assert [name for name in said if name.startswith("learning_rate")] == expected


def test_real_dead_units():
    assert found("dead_units", *trained(variant="vanilla", learning_rate=0.3)).tone == "warning"
    assert "dead_units" not in names(*trained(variant="vanilla", learning_rate=0.001))


@pytest.mark.long
def test_the_first_experiment_is_ahead_of_pca_within_a_few_epochs():
    first = variants.first_settings()
    chosen = {**variants.get(first.variant).first_choice, "epochs": 8}
    said = trained(variant=first.variant, dataset=first.dataset, **chosen)
    error, rival = said[1].numbers["test_mse"], said[1].numbers["pca_mse"]
    assert isinstance(error, float) and isinstance(rival, float)
    assert error < 0.95 * rival
    assert not [one for one in diagnose(*said) if one.tone == "warning"]


def test_a_real_code_is_as_sparse_as_its_weight_makes_it():
    few = {"variant": "sparse", "latent_dim": 64, "epochs": 20}
    assert "not_sparse" in names(*trained(**few))
    assert "not_sparse" not in names(*trained(**few, sparsity_weight=0.3))


def test_real_pictures_that_are_all_the_same():
    stuck = trained(variant="vanilla", learning_rate=0.3)
    assert "same_picture" in names(*stuck)


def test_what_examples_are_like_is_measured_on_the_training_examples():
    given, last = trained(variant="vanilla", learning_rate=0.001)
    dataset = data.load("digits")
    seen = data.prepare(dataset, variants.read_settings({"dataset": "digits"})).x_train / 255
    mean, like = seen.mean(axis=0), given.inputs
    assert like is not None
    assert like.offset == pytest.approx(np.sqrt(np.mean(mean**2)), rel=0.02)
    assert like.spread == pytest.approx(np.sqrt(seen.var(axis=0).mean()), rel=0.02)
    assert like.widest == pytest.approx(seen.std(axis=0).max(), rel=0.02)
    assert like.zeros == pytest.approx(np.mean(seen == 0), rel=0.02)
    assert like.mean_mse == pytest.approx(np.mean((dataset.x_test / 255 - mean) ** 2), rel=0.05)
    upside_down = last.numbers["turned_mse"]
    assert isinstance(upside_down, float) and upside_down > last.numbers["test_mse"]  # type: ignore[operator]
    assert "copies" not in names(given, last)


@pytest.fixture
def brought(tmp_path, monkeypatch):
    """A folder of data: the same image again and again, and a table whose columns have units of their own."""
    monkeypatch.setenv("AE_DATA_DIR", str(tmp_path))
    random = np.random.default_rng(0)
    table = random.normal(size=(300, 2)) @ random.normal(size=(2, 6)) * [1, 10, 100, 1000, 5, 50] + 100
    np.savez(tmp_path / "same.npz", x_train=np.full((200, 8, 8), 90, np.uint8))
    np.savez(tmp_path / "table.npz", x_train=table.astype(np.float32))


@pytest.mark.usefixtures("brought")
def test_real_examples_that_are_all_the_same_and_a_real_table():
    assert names(*trained(variant="vanilla", dataset="same", epochs=10, latent_dim=2)) == ["alike"]
    rows = {"variant": "vanilla", "dataset": "table", "epochs": 10, "latent_dim": 2}
    assert names(*trained(**rows)) == ["unscaled"]
    assert "unscaled" not in names(*trained(**rows, scaling="standardize"))


def test_a_real_penalty_that_leaves_nothing_to_learn():
    dear = trained(variant="sparse", latent_dim=16, train_size=600, learning_rate=0.01, sparsity_weight=10.0)
    assert "penalty_too_large" in names(*dear)
    healthy = names(*trained(variant="vanilla", learning_rate=0.001))
    assert not {"penalty_too_large", "same_picture", "pixel_accuracy"} & set(healthy)


def test_a_real_loss_stands_on_its_floor():
    given, last = trained(variant="vanilla", learning_rate=0.003)
    assert short(given.loss_floor) in found("near_floor", given, last).sentence


def test_real_over_fitting_on_vectors_that_have_nothing_in_common():
    few = trained(variant="stacked", dataset="noise", train_size=200, latent_dim=64, learning_rate=0.01)
    assert "over_fitting" in names(*few)
    assert "over_fitting" not in names(*trained(variant="vanilla", learning_rate=0.003))


@pytest.mark.long
def test_real_bends_beat_pca_and_a_linear_network_finds_it():
    linear, bent = (
        trained(variant="undercomplete", latent_dim=2, epochs=50, learning_rate=0.01, linear=linear)
        for linear in (True, False)
    )
    assert found("like_pca", *linear).tone == "good"
    assert "better_than_pca" not in names(*linear)
    assert "better_than_pca" in names(*bent)
    assert [name for name in names(*linear) + names(*bent) if name.startswith("learning_rate")] == []


@pytest.mark.long
def test_a_real_code_that_costs_too_much_collapses():
    dear, fair = (
        trained(variant="variational", latent_dim=8, learning_rate=0.003, kl_weight=weight) for weight in (100.0, 1.0)
    )
    finding = found("collapsed", *dear)
    assert finding.tone == "warning"
    assert "every dimension" in finding.sentence
    assert [one.tone for one in diagnose(*fair) if one.name == "collapsed"] in ([], ["info"])
    assert "blurred" not in names(*fair) + names(*dear), "good, and said better"
