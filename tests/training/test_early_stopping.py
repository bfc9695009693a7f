"""A training that ends when it does not become better any more, and keeps its best."""

import math
from typing import Any

import keras
import numpy as np
import pytest

from ae_core import variants
from ae_core.messages import Snapshot, TrainingMessage
from ae_core.training import checkpoint
from ae_core.training.early_stopping import Best
from ae_core.training.session import TrainingSession
from tests.long import rest_is_long
from tests.training.test_checkpoint import CutError, Memory

OVERFITS = {"dataset": "digits", "train_size": 60, "batch_size": 10, "latent_dim": 16, "learning_rate": 0.02}


def settings(variant: str = "stacked", **values: Any):
    return variants.read_settings({"variant": variant, "epochs": 60} | OVERFITS | values)


def run(given, keeper=None):
    messages: list[TrainingMessage] = []
    training = TrainingSession(given, emit=messages.append, keeper=keeper, snapshot_seconds=math.inf)
    result = training.run(test_images=50)
    last = messages[-1]
    assert isinstance(last, Snapshot)
    return training, result, last


def test_the_best_is_remembered_as_it_was_and_patience_is_counted_from_it():
    best, weight = Best(patience=2), keras.Variable(np.zeros(3, np.float32))
    losses = [5.0, 3.0, math.nan, 2.0, 2.0, 4.0]
    enough = []
    for epoch, loss in enumerate(losses, start=1):
        weight.assign(np.full(3, loss, np.float32))
        best.look(loss, float(epoch), [weight])
        enough.append(best.enough)
    assert enough == [False] * 5 + [True], "an equal loss is no better, and none at all neither"
    assert best.epoch == 4
    best.put_back([weight])
    assert np.asarray(weight).tolist() == [2.0, 2.0, 2.0]
    again = Best(patience=2)
    again.restore(*best.state())
    assert (again.epoch, again.enough) == (4, False), "patient anew"
    never = Best(patience=0)
    for epoch in range(1000):
        never.look(1.0, float(epoch), [weight])
    assert not never.enough and never.epoch is None and never.state() == ({}, None)


@pytest.mark.slow(seconds=10)
@pytest.mark.parametrize(
    ("variant", "more"),
    rest_is_long(
        [("stacked", {}), ("sparse", {}), ("variational", {"kl_warm_up": 0})], lambda case: case[0] == "sparse"
    ),
)
def test_a_run_ends_by_itself_and_keeps_its_best_epoch(variant, more):
    training, result, last = run(settings(variant, patience=3, **more))
    losses = result.history["val_loss"]
    best = int(np.argmin(losses))
    assert len(losses) == best + 1 + 3 < 60, "three epochs after the best"
    assert (last.state, last.best_epoch, last.epoch) == ("done", best + 1, len(losses))
    assert last.step == result.steps < training.total_steps
    assert training.validation_terms()["loss"] == pytest.approx(losses[best], rel=1e-5), "those are its weights"
    assert result.test["mse"] == pytest.approx(last.numbers["test_mse"], rel=0.2)
    whole = run(settings(variant, **more))[1].history["val_loss"]
    np.testing.assert_allclose(losses, whole[: len(losses)], rtol=1e-6, err_msg="until then it is as without patience")


@pytest.mark.slow
def test_a_run_that_comes_to_its_end_keeps_its_best_too():
    training, result, last = run(settings(patience=50, epochs=25))
    losses = result.history["val_loss"]
    assert len(losses) == 25 and last.best_epoch == np.argmin(losses) + 1 < 25
    assert training.validation_terms()["loss"] == pytest.approx(min(losses), rel=1e-5)


@pytest.mark.slow
def test_patience_begins_when_losses_mean_the_same():
    _, result, last = run(settings("variational", kl_weight=4.0, kl_warm_up=12, patience=2))
    losses = result.history["val_loss"]
    assert losses[:12] != sorted(losses[:12], reverse=True), "the price of information rises"
    assert len(losses) > 13
    assert last.best_epoch == 12 + np.argmin(losses[12:]) + 1


@pytest.mark.long
@pytest.mark.slow(seconds=6)
def test_patience_begins_with_the_whole():
    given = settings(widths="24,16", pretraining=True, pretraining_epochs=8, patience=2)
    _, result, last = run(given)
    losses = result.history["val_loss"]
    assert len(losses) > 16, "layers are trained as long as it was said"
    assert last.best_epoch == 16 + np.argmin(losses[16:]) + 1
    assert len(losses) == last.best_epoch + 2


@pytest.mark.slow(seconds=8)
def test_it_ends_at_the_same_epoch_where_it_was_cut_off_and_goes_on(monkeypatch):
    whole, result, last = run(settings(patience=3))
    weights = [np.asarray(weight) for weight in whole.model.learnt]
    monkeypatch.setattr(checkpoint, "SECONDS", 0.0)
    monkeypatch.setattr(checkpoint, "SHARE", 1e9)
    for cut_after in (3, len(result.history["loss"]) - 2):
        memory = Memory(cut_after)
        with pytest.raises(CutError):
            run(settings(patience=3), memory)
        assert 0 < memory.state[1].step < result.steps
        again, found, shown = run(settings(patience=3), memory)
        assert (found.steps, shown.best_epoch) == (result.steps, last.best_epoch)
        for left, right in zip(weights, again.model.learnt, strict=True):
            np.testing.assert_array_equal(left, np.asarray(right))
    memory.goes_on = True
    _, more, shown = run(settings(patience=3, epochs=80), memory)
    assert more.steps > result.steps, "given more epochs it is patient anew"
    assert more.history["val_loss"][: len(result.history["val_loss"])] == found.history["val_loss"]
