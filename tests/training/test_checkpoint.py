"""A training that was cut off goes on from its checkpoint, and reaches what an uninterrupted one reaches."""

from typing import Any

import numpy as np
import pytest
from msgspec.structs import replace

from ae_core import variants
from ae_core.errors import DataError
from ae_core.messages import Snapshot, TrainingMessage
from ae_core.training import cache, checkpoint, session
from ae_core.training.control import Control, LeftError
from tests.long import rest_is_long
from tests.stored import training_state


class CutError(Exception):
    """The worker dies."""


class Memory:
    """Keeps one state, and may cut the training off right after it has kept so many."""

    goes_on = False

    def __init__(self, cut_after: int = 0):
        self.state: Any = None
        self.left = cut_after

    def checkpoint(self, arrays, state):
        self.state = {name: array.copy() for name, array in arrays.items()}, state
        self.left -= 1
        if self.left == 0:
            raise CutError

    def weights(self, step, take):
        pass

    def restore(self):
        return self.state


def run(given, keeper=None):
    messages: list[TrainingMessage] = []
    result = session.train(given, emit=messages.append, keeper=keeper)
    return result, messages


@pytest.mark.slow(seconds=6)
@pytest.mark.parametrize(
    ("variant", "more"),
    rest_is_long(
        [
            ("denoising", {"schedule": "cosine"}),
            ("sparse", {"optimizer": "rmsprop"}),
            ("convolutional", {"augmentation": "shift", "channels": "4"}),
        ],
        lambda case: case[0] == "denoising",
    ),
)
def test_it_reaches_what_the_uninterrupted_one_reaches(variant, more, monkeypatch):
    monkeypatch.setattr(checkpoint, "SECONDS", 0.0)
    monkeypatch.setattr(checkpoint, "SHARE", 1e9)
    given = variants.read_settings({"variant": variant, "dataset": "digits", "epochs": 4, "latent_dim": 8} | more)
    whole, _ = run(given)
    memory = Memory(cut_after=3)
    with pytest.raises(CutError):
        run(given, memory)
    assert 0 < memory.state[1].step < whole.steps
    assert all(np.isfinite(array).all() for array in memory.state[0].values())
    other = variants.read_settings(given.to_dict() | {"seed": 5})
    run(other)  # the worker's compiled model has meanwhile been another run's
    again, messages = run(given, memory)
    snapshots = [message for message in messages if isinstance(message, Snapshot)]
    assert snapshots[0].step > 0, "it went on, it did not begin anew"
    assert again.steps == whole.steps
    assert again.history.keys() == whole.history.keys()
    for name, values in whole.history.items():
        np.testing.assert_allclose(again.history[name], values, rtol=1e-4, err_msg=name)
    for name in ("mse", "knn1_error"):
        assert again.test[name] == pytest.approx(whole.test[name], rel=1e-3, abs=1e-3)


def test_a_checkpoint_fits_by_the_shapes_of_its_arrays_and_by_its_stages():
    given = variants.read_settings({"variant": "vanilla", "dataset": "digits", "epochs": 2, "latent_dim": 8})
    training = session.TrainingSession(given)
    arrays, state = checkpoint.capture(training)
    later = replace(state, step=5)
    largest = max(arrays, key=lambda name: arrays[name].size)
    assert not checkpoint.restore(training, arrays | {largest: arrays[largest][1:]}, later)
    assert not checkpoint.restore(training, {name: arrays[name] for name in arrays if name != largest}, later)
    assert not checkpoint.restore(training, arrays, replace(later, stages=[]))
    assert training.step == 0
    assert checkpoint.restore(training, arrays, later)
    assert training.step == 5


@pytest.mark.slow
def test_a_checkpoint_of_another_network_is_not_taken():
    given = variants.read_settings({"variant": "vanilla", "dataset": "digits", "epochs": 2, "latent_dim": 8})
    other = variants.read_settings(given.to_dict() | {"latent_dim": 9})
    memory = Memory()
    memory.state = {"0.0": np.zeros(3, np.float32)}, training_state(5, stages=[])
    _, messages = run(other, memory)
    assert next(message for message in messages if isinstance(message, Snapshot)).step == 0


@pytest.mark.long
@pytest.mark.slow(seconds=12)
@pytest.mark.parametrize(
    ("variant", "more"),
    [
        ("variational", {"kl_warm_up": 3}),
        ("stacked", {"pretraining": True, "pretraining_epochs": 1}),
        ("convolutional", {"augmentation": "shift", "channels": "4"}),
    ],
)
def test_a_run_that_is_given_more_epochs_reaches_what_it_had_reached_with_all_of_them(variant, more):
    few = variants.read_settings({"variant": variant, "dataset": "digits", "epochs": 2, "latent_dim": 4} | more)
    many = variants.read_settings(few.to_dict() | {"epochs": 4})
    whole, _ = run(many)
    weights = kept_of(many)
    memory = Memory()
    part, _ = run(few, memory)
    assert memory.state[1].step == part.steps < whole.steps
    memory.goes_on = True
    again, messages = run(many, memory)
    steps = [message.step for message in messages if isinstance(message, Snapshot)]
    assert steps[0] == part.steps
    assert again.steps == whole.steps
    for name, values in whole.history.items():
        np.testing.assert_allclose(again.history[name], values, rtol=1e-6, err_msg=name)
    for left, right in zip(weights, kept_of(many), strict=True):
        np.testing.assert_array_equal(left, right)


def kept_of(given):
    """Weights of the model that was trained last with these settings."""
    (stages,) = [found for found in cache._models_kept.values() if found[-1].model.name == given.variant][-1:]
    return [np.asarray(weight) for weight in stages[-1].model.trainable_variables]


def test_a_run_that_must_go_on_does_not_begin_anew():
    given = variants.read_settings({"variant": "vanilla", "dataset": "digits", "epochs": 2, "latent_dim": 8})
    memory = Memory()
    memory.goes_on = True
    with pytest.raises(DataError, match="This run cannot go on here"):
        run(given, memory)


@pytest.mark.slow
def test_a_training_that_makes_room_goes_on_to_the_same_end():
    given = variants.read_settings({"variant": "vanilla", "dataset": "digits", "epochs": 4, "latent_dim": 8})
    whole, _ = run(given)
    memory, control = Memory(), Control()
    states: list[str] = []

    def leave_soon(message):
        if isinstance(message, Snapshot):
            states.append(message.state)
            if message.step > 0:
                control.leave()

    with pytest.raises(LeftError):
        session.train(given, control=control, keeper=memory, emit=leave_soon)
    assert 0 < memory.state[1].step < whole.steps
    assert set(states) == {"running"}, "nobody hears that it has ended"
    again, _ = run(given, memory)
    assert again.steps == whole.steps
    np.testing.assert_allclose(again.history["loss"], whole.history["loss"], rtol=1e-4)
    control.stop()
    assert control.stopped and not control.leaves, "who stops it means it"
