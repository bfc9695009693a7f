"""A code as the ground of a classifier: against scikit-learn, and without a look at the test."""

import argparse
import dataclasses
import json

import keras
import msgspec
import numpy as np
import pytest
from keras import ops
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss

from ae_core import data, variants
from ae_core.cli.classify import add_to
from ae_core.errors import SettingError
from ae_core.messages import ClassifierResult, ClassifierSnapshot, decode, encode, plain
from ae_core.models.classifier import Classifier
from ae_core.models.layers.table import ResidentTable
from ae_core.training import classifier, session
from ae_core.training.classifier import balanced_rows
from ae_core.training.classifier_session import standardized
from ae_core.training.control import Control
from ae_core.training.published import PUBLISHED

SETTINGS = variants.read_settings({"variant": "stacked", "dataset": "digits", "latent_dim": 12, "epochs": 8})


@pytest.fixture(scope="module")
def digits():
    return data.prepare(data.load("digits"), SETTINGS)


@pytest.fixture(scope="module")
def encoder():
    """Random strokes: enough for a head to learn from, with a code that is a picture itself."""
    keras.utils.set_random_seed(0)
    images = keras.Input((28, 28, 1))
    maps = keras.layers.Conv2D(4, 7, strides=4, activation="relu")(images)
    return keras.Model(images, maps)


def run(encoder, prepared, **given):
    messages: list[ClassifierSnapshot] = []
    result = classifier.classify(encoder, prepared, emit=messages.append, **{"epochs": 2, "compare": False} | given)
    return result, messages


def scaled(prepared, part):
    return (getattr(prepared, f"x_{part}") * prepared.scale + prepared.offset).astype(np.float32)


def test_labelled_images_are_drawn_class_by_class():
    labels = np.repeat([0, 1, 2], [50, 50, 4])
    rows = balanced_rows(labels, 12, seed=1)
    assert np.bincount(labels[rows]).tolist() == [4, 4, 4]
    assert len(set(rows)) == 12
    assert np.bincount(labels[balanced_rows(labels, 30, seed=1)]).tolist() == [13, 13, 4]
    assert np.array_equal(rows, balanced_rows(labels, 12, seed=1))
    assert not np.array_equal(rows, balanced_rows(labels, 12, seed=2))
    assert sorted(balanced_rows(labels, 104, seed=0)) == list(range(104))


def test_heads_get_inputs_of_one_size():
    random = np.random.default_rng(0)
    train, other = (random.normal(3, [1, 5], (400, 2)).astype(np.float32) for _ in range(2))
    inputs = standardized(train, other, other)
    seen = train * inputs.scale + inputs.offset
    np.testing.assert_allclose(seen.mean(axis=0), 0, atol=1e-5)
    assert np.mean(seen**2) == pytest.approx(1, rel=1e-5)
    assert seen[:, 1].std() == pytest.approx(5 * seen[:, 0].std(), rel=0.1)


@pytest.mark.slow(seconds=2)
def test_a_class_that_no_training_image_has_leaves_the_others_their_numbers(encoder, digits):
    seen = digits.y_train != 4
    few = dataclasses.replace(digits, x_train=digits.x_train[seen], y_train=digits.y_train[seen])
    result, _ = run(encoder, few, epochs=10)
    assert result.train_error < 0.1, "nines too"
    assert 0.05 < result.test_error < 0.3, "fours are none of those that it knows"


def test_the_loss_is_the_cross_entropy_of_the_true_class():
    random = np.random.default_rng(0)
    logits, labels = random.normal(size=(20, 4)).astype(np.float32), random.integers(0, 4, 20)
    labels[:4] = range(4)
    table = ResidentTable(logits.shape, "float32")
    table.fill(logits, np.ones(1, np.float32), np.zeros(1, np.float32))
    inputs = keras.Input((4,))
    model = Classifier(keras.Model(inputs, inputs), table, labels)
    loss = model.compute_loss(y_pred=model(np.arange(20, dtype=np.int32)))
    odds = np.exp(logits)
    assert float(loss) == pytest.approx(log_loss(labels, odds / odds.sum(axis=1, keepdims=True)), rel=1e-5)
    assert float(model.mistakes.result()) == pytest.approx(np.mean(logits.argmax(axis=1) != labels))


@pytest.mark.long
@pytest.mark.slow(seconds=20)
def test_a_head_errs_as_often_as_logistic_regression(digits, encoder):
    result, messages = run(encoder, digits, epochs=40, compare=True)
    for name, part in (("code", result), ("pixels", result.pixels)):
        images = [scaled(digits, part) for part in ("train", "test")]
        if name == "code":
            images = [ops.convert_to_numpy(encoder(group)) for group in images]
        train, test = (group.reshape(len(group), -1) for group in images)
        rival = LogisticRegression(C=30, max_iter=500).fit(train, digits.y_train)
        assert part.test_error == pytest.approx(1 - rival.score(test, digits.y_test), abs=0.012), name
    assert result.pca.code_size == result.code_size == 6 * 6 * 4
    assert [message.name for message in messages if message.state == "done"] == ["code", "pixels", "pca"]
    for message in messages:
        assert decode(encode(message)) == message
    assert msgspec.convert(plain(result), ClassifierResult) == result
    assert len(result.history["train_error"]) == len(result.history["validation_error"]) == 40
    assert result.history["loss"][-1] < 0.5 * result.history["loss"][0]


@pytest.mark.slow
def test_nothing_is_learnt_or_chosen_from_validation_and_test(digits, encoder):
    shuffled = np.random.default_rng(0).permutation
    other = dataclasses.replace(digits, y_validation=shuffled(digits.y_validation), y_test=shuffled(digits.y_test))
    (first, _), (second, _) = (run(encoder, prepared, labels=100) for prepared in (digits, other))
    assert first.history["loss"] == second.history["loss"]
    assert first.train_error == second.train_error
    assert first.test_error < 0.5 < second.test_error
    assert first.labels == 100


@pytest.mark.long
@pytest.mark.slow
def test_fine_tuning_learns_more_than_a_head_and_leaves_the_encoder_as_it_was(digits):
    keras.utils.set_random_seed(0)
    layers = [keras.layers.Flatten(), keras.layers.Dense(6, activation="relu"), keras.layers.Dense(5)]
    encoder = keras.Sequential([keras.Input((28, 28, 1)), *layers])
    before = encoder.get_weights()
    tuned, _ = run(encoder, digits, epochs=15, fine_tune=True, learning_rate=0.01)
    head, _ = run(encoder, digits, epochs=4)
    assert tuned.test_error < 0.8 * head.test_error
    for was, is_now in zip(before, encoder.get_weights(), strict=True):
        np.testing.assert_array_equal(was, is_now)
    again, _ = run(encoder, digits, epochs=15, fine_tune=True, learning_rate=0.01)
    np.testing.assert_allclose(again.history["loss"], tuned.history["loss"], rtol=1e-4)


@pytest.mark.slow
def test_it_pauses_steps_and_stops(digits, encoder):
    control, states = Control(), []

    def obey(message):
        states.append(message.state)
        if message.state == "running" and "paused" not in states:
            control.pause()
        elif message.state == "paused":
            (control.step if states.count("paused") < 3 else control.stop)()

    result = classifier.classify(encoder, digits, epochs=500, emit=obey, control=control)
    assert states.count("paused") == 3
    assert states[-1] == result.state == "stopped"
    assert len(result.history["loss"]) < 500
    assert "pixels" not in plain(result)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"labels": 5}, "labels must be 0 for all, or an integer from 10 to"),
        ({"labels": 10**6}, "labels must be 0 for all"),
        ({"epochs": 0}, "epochs must be an integer from 1 to 500. Received: 0."),
        ({"learning_rate": 0.0}, "learning_rate must be a number above 0"),
        ({"batch_size": 0}, "batch_size must be an integer from 1"),
    ],
)
def test_wrong_wishes_are_refused_by_name(digits, encoder, given, words):
    with pytest.raises(SettingError, match=words):
        run(encoder, digits, **given)


def test_data_without_classes_are_refused(digits, encoder):
    nameless = dataclasses.replace(digits, y_train=np.zeros_like(digits.y_train))
    with pytest.raises(SettingError, match="dataset must have two classes"):
        run(encoder, nameless)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """What `train --out` leaves."""
    made = tmp_path_factory.mktemp("run")
    result = session.train(SETTINGS, emit=lambda message: None, save_to=made / "model.keras")
    (made / "result.json").write_text(json.dumps(plain(result)))
    return made


def command(*arguments: str) -> int:
    parser = argparse.ArgumentParser()
    add_to(parser.add_subparsers())
    given = parser.parse_args(["classify", *arguments])
    return given.run(given)


@pytest.mark.long
@pytest.mark.slow
def test_a_saved_run_is_classified_from_the_command_line(folder, capsys):
    assert command(str(folder), "--labels", "200", "--epochs", "5", "--seed", "2", "--json") == 0
    told = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (told["labels"], told["code_size"], told["dataset"], told["seed"]) == (200, 12, "digits", 2)
    assert told["test_error"] < 0.5, "far better than a guess: the trained encoder was loaded"
    assert told["published"] == []
    assert {"test_error", "validation_error", "train_error", "history"} <= set(told["pca"])

    assert command(str(folder), "--labels", "20", "--epochs", "1") == 0
    said = capsys.readouterr()
    assert "softmax on pixels" in said.out and "%" in said.out
    assert "epoch 1 of 1" in said.err


@pytest.mark.slow
def test_a_folder_without_a_run_is_refused_in_one_sentence(folder, tmp_path):
    with pytest.raises(SettingError, match="DIR must be a folder that `train --out DIR` has left"):
        command(str(tmp_path))
    (tmp_path / "model.keras").write_bytes((folder / "model.keras").read_bytes())
    with pytest.raises(SettingError, match=r"DIR must hold the model's result\.json"):
        command(str(tmp_path))
    with pytest.raises(SettingError, match="dataset must have examples of shape"):
        classifier.classify_saved(tmp_path, variants.read_settings({"variant": "vanilla", "dataset": "noise"}))


def test_published_figures_stand_beside_mnist_only():
    assert [row.test_error for row in PUBLISHED["mnist"]] == [0.0140, 0.0140, 0.0124, 0.0128]
    assert set(PUBLISHED) == {"mnist"}
