"""The pace of a training: how often it is shown, how long it rests, and that its outcome is the same at each."""

import io
import time
from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from PIL import Image

from ae_core import variants
from ae_core.formats.png_sheets import FEW_SHADES
from ae_core.messages import Snapshot, TrainingMessage
from ae_core.training import loop
from ae_core.training.control import Control, Pace
from ae_core.training.session import TrainingSession
from tests.long import rest_is_long

pytestmark = pytest.mark.every_frame


def settings(variant="vanilla", **values):
    return variants.read_settings({"variant": variant, "dataset": "digits", "latent_dim": 8} | values)


class Paced(TrainingSession):
    """A training that does not rest, but for nothing else differs from one that is watched, or shown step by step."""

    def rest(self):
        seconds = super().rest()
        self.times._shown -= seconds  # as if that time had passed
        return 0.0


def paced(given, pace, change=None):
    """The outcome at a pace, which may change at a step: result, weights, snapshots."""
    snapshots: list[Snapshot] = []
    control = Control(pace)

    def emit(message: TrainingMessage) -> None:
        if isinstance(message, Snapshot):
            snapshots.append(message)
            if change is not None and message.step >= change[0]:
                control.set_pace(change[1])

    training = Paced(given, emit=emit, control=control)
    result = training.run(test_images=50)
    return result, [np.asarray(weight) for weight in training.model.trainable_variables], snapshots


WAYS: list[tuple[Pace, tuple[int, Pace] | None]] = [
    ("watch", None),
    ("slow", None),
    ("slow", (5, "full")),
    ("full", (7, "slow")),
]
KINDS: list[tuple[str, Mapping[str, Any]]] = [
    ("denoising", {"schedule": "cosine"}),
    ("convolutional", {"augmentation": "shift", "channels": "4"}),
    ("variational", {"latent_dim": 2}),
    ("stacked", {"pretraining": True, "pretraining_epochs": 1}),
]


def check_that_paces_agree(variant: str, more: Mapping[str, Any], ways: Sequence[tuple[Pace, Any]]) -> None:
    """A training ends with the same weights at full speed and in other ways, each a pace and maybe a change of it."""
    given = settings(variant, epochs=3, batch_size=64, train_size=320, **more)
    whole, weights, frames = paced(given, "full")
    assert len(frames) == whole.steps + 1, "fewer steps than frames: one for every step"
    for pace, change in ways:
        result, others, shown = paced(given, pace, change)
        for left, right in zip(weights, others, strict=True):
            np.testing.assert_array_equal(left, right)
        for name, values in whole.history.items():
            np.testing.assert_allclose(result.history[name], values, rtol=1e-5, err_msg=name)
        assert shown[-1].step == whole.steps
        assert any(one.batch is not None for one in shown) == ("slow" in (pace, *(change or ())))


@pytest.mark.slow(seconds=8)
@pytest.mark.parametrize(("kind", "way"), rest_is_long(zip(KINDS, WAYS, strict=True), lambda case: case[0] == KINDS[0]))
def test_the_outcome_is_the_same_at_every_pace(kind, way):
    variant, more = kind
    check_that_paces_agree(variant, more, [way])


@pytest.mark.slow
def test_a_slow_training_shows_the_batch_of_each_step():
    given = settings("denoising", epochs=1, batch_size=50, train_size=200)
    training = Paced(given, control=Control("slow"))
    seen: list[Snapshot] = []
    training._emit = lambda message: seen.append(message) if isinstance(message, Snapshot) else None
    training.train()
    assert [one.step for one in seen] == [0, 1, 2, 3]
    assert seen[0].batch is None, "nothing is trained yet"
    batch = seen[2].batch
    assert batch is not None and batch.size == 50
    assert batch.loss == pytest.approx(training.history.columns()["loss"][1])
    sheet = batch.pictures
    assert (sheet.columns, sheet.tile) == (16, (28, 28))
    assert sheet.rows == ["original", "corrupted", "reconstruction"] * 2, "32 of 50 images in lines of 16"
    with Image.open(io.BytesIO(sheet.png)) as picture:
        tiles = np.asarray(picture.convert("L"))
    order = next(training.orders(0))[50:66]
    originals = training.data.x_train[order].squeeze(-1)
    shown = np.stack([tiles[:28, 29 * column : 29 * column + 28] for column in range(16)])
    assert np.abs(originals.astype(int) - shown).max() <= 255 / FEW_SHADES, "of its images, in their order"


class Resting(Control):
    """Rests for an hour each time, though nobody waits for it."""

    hours = 0

    def rest(self, seconds: float) -> None:
        self.hours += 1


class Rested(TrainingSession):
    """A training that is shown slowly and rests once after each step; its frames take no time."""

    rested_at = 0

    def rest(self) -> float:
        self.times._took = 0.0
        if self.control.pace == "full" or self.rested_at == self.step:
            return 0.0
        self.rested_at = self.step
        return 1.0


@pytest.mark.slow
def test_time_that_it_rests_is_no_time_of_training(monkeypatch):
    messages: list[Snapshot] = []
    control = Resting("slow")

    def emit(message: TrainingMessage) -> None:
        if isinstance(message, Snapshot):
            messages.append(message)
            if message.step == 2:
                control.set_pace("full")

    clock = SimpleNamespace(perf_counter=lambda: time.perf_counter() + 3600 * control.hours)
    monkeypatch.setattr(loop, "time", clock)
    training = Rested(settings(epochs=2), emit=emit, control=control)
    training.train()
    assert control.hours == 2, "after each of two steps"
    assert training.seconds < 3600
    shown = next(one for one in messages if one.step == 2)
    assert shown.numbers["eta_seconds"] == pytest.approx(training.total_steps - 2, rel=0.3), "a second a step"
