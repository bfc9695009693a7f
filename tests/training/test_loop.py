"""The loop that every training shares: the order of what a training hears, and what the loop obeys."""

import threading
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from ae_core.training.control import Control
from ae_core.training.loop import Loop, Stage, half_cosine
from tests.waiting import PATIENCE

ROWS, BATCH = 12, 2


class Model:
    """Stands in for a compiled model: keeps what it is fed, and its optimizer what it is told."""

    def __init__(self) -> None:
        self.fed: list[int] = []
        self.epochs: list[float] = []
        self.rates: list[float] = []
        self.optimizer = SimpleNamespace(learning_rate=SimpleNamespace(assign=self.rates.append))

    def at_epoch(self, epoch: float) -> None:
        self.epochs.append(epoch)

    def train_chunk(self, rows: np.ndarray, longest: int) -> dict[str, float]:
        assert rows.dtype == np.int32 and rows.shape[1] == BATCH and 0 < len(rows) <= longest == 2
        self.fed += rows.ravel().tolist()
        return {"loss": 1.0}


class Heard:
    """A training that keeps what it hears, by name, and may answer."""

    def __init__(
        self,
        answer: Callable[[str, "Heard"], None] = lambda word, heard: None,
        rate: float | None = None,
        steps: int = 100,
        epochs: int = 100,
    ) -> None:
        self.words: list[str] = []
        self.rows: list[int] = []
        self.rests: list[float] = []  # seconds to come
        self.rests_done = 0.0
        self._answer, self._rate, self._steps, self._epochs = answer, rate, steps, epochs

    def orders(self, first: int) -> Iterator[np.ndarray]:
        while True:
            yield np.arange(ROWS) + 100 * first
            first += 1

    def learning_rate(self, share: float) -> float | None:
        return None if self._rate is None else self._rate * half_cosine(share)

    def _hear(self, word: str) -> None:
        self.words.append(word)
        self._answer(word, self)

    def stage_begun(self) -> None:
        self._hear("stage")

    def chunk_steps(self, most: int) -> int:
        return min(self._steps, most)

    def chunk_done(self, losses: dict[str, float], rows: np.ndarray, seconds: float) -> None:
        assert losses == {"loss": 1.0} and seconds >= 0
        self.rows += rows.ravel().tolist()
        self._hear("chunk")

    def epoch_done(self) -> bool:
        self._hear("epoch")
        return self.words.count("epoch") < self._epochs

    def tuned(self, name: str, value: float) -> None:
        self._hear(f"{name}={value:g}")

    def rest(self) -> float:
        return self.rests[0] if self.rests else 0.0

    def rested(self, seconds: float) -> None:
        self.rests_done += seconds
        self.rests.pop(0)
        self._hear("rested")

    def paused(self) -> None:
        self._hear("paused")

    def tuned_while_paused(self) -> None:
        self._hear("seen")

    def resumed(self) -> None:
        self._hear("resumed")

    def between_chunks(self) -> None:
        self._hear("between")

    def stopping(self) -> None:
        self._hear("stopping")


def made(control: Control | None = None, stages: tuple[int, ...] = (2,)) -> tuple[Any, list[Model]]:
    """A loop with stages of so many epochs; an epoch is four steps in two chunks."""
    models = [Model() for _ in stages]
    made_of: Any = [
        Stage(f"stage {place}", model, model, epochs, chunk=2, steps_per_epoch=4)
        for place, (model, epochs) in enumerate(zip(models, stages, strict=True))
    ]
    return Loop(made_of, BATCH, control or Control()), models


def test_chunks_make_epochs_and_after_the_last_one_nothing_is_looked_at():
    heard = Heard()
    one, (model,) = made()
    one.run(heard)
    first_epoch = ["stage", "chunk", "between", "chunk", "epoch", "between"]
    assert heard.words == [*first_epoch, "chunk", "between", "chunk", "epoch"]
    assert model.fed == [*range(8), *range(100, 108)], "four steps of two rows from each epoch's order"
    assert heard.rows == model.fed
    assert (one.step, one.epoch, one.total_steps, one.total_epochs) == (8, 2.0, 8, 2)
    assert model.epochs == [0.0, 0.5, 1.0, 1.5]
    assert model.rates == [], "no schedule, so the learning rate is left alone"


def test_stages_follow_each_other_and_epochs_are_counted_through_all():
    heard = Heard()
    one, models = made(stages=(1, 2))
    one.run(heard)
    assert [model.fed[0] for model in models] == [0, 100]
    assert models[1].epochs == [0.0, 0.5, 1.0, 1.5], "what changes with time begins anew"
    assert heard.words.count("stage") == 2
    assert heard.words.count("between") == heard.words.count("chunk") - 1
    assert (one.stage.name, one.epoch) == ("stage 1", 3.0)


@pytest.mark.parametrize(("enough", "stages"), [(2, (5,)), (2, (1, 5)), (1, (1, 1))])
def test_a_training_that_has_had_enough_ends_after_an_epoch(enough, stages):
    heard = Heard(epochs=enough)
    one, _ = made(stages=stages)
    one.run(heard)
    assert one.epoch == enough and one.step == 4 * enough
    assert heard.words[-2:] == ["chunk", "epoch"], "nothing is looked at afterwards"


def test_a_schedule_falls_to_nothing_in_each_stage():
    one, models = made(stages=(2, 1))
    one.run(Heard(rate=0.5))
    falling = [0.5 * half_cosine(share) for share in (0.0, 0.25, 0.5, 0.75)]
    assert models[0].rates == pytest.approx([*falling, 0.0])
    assert models[1].rates == pytest.approx([0.5, 0.25])


def test_short_chunks_are_fed_the_same_and_hear_of_time_at_the_same_steps():
    heard = Heard(rate=0.5, steps=1)
    one, (model,) = made()
    one.run(heard)
    assert heard.words.count("chunk") == 8 and heard.words.count("epoch") == 2
    assert model.fed == [*range(8), *range(100, 108)]
    assert model.epochs == [0.0, 0.0, 0.5, 0.5, 1.0, 1.0, 1.5, 1.5], "only after so many steps as the longest has"
    assert model.rates == pytest.approx([0.5 * half_cosine(epoch / 2) for epoch in model.epochs])


@pytest.mark.parametrize("steps", [1, 2])
@pytest.mark.parametrize("done", [2, 3, 4, 6, 10])
def test_it_goes_on_in_the_middle(done, steps):
    whole, models = made(stages=(2, 1))
    whole.run(Heard())
    rest, others = made(stages=(2, 1))
    rest.step = done
    rest.run(Heard(steps=steps))
    everything = models[0].fed + models[1].fed
    assert others[0].fed + others[1].fed == everything[done * BATCH :]
    assert rest.step == whole.step == 12


def test_it_pauses_steps_tunes_and_stops():
    control = Control()

    def answer(word: str, heard: Heard) -> None:
        if word == "chunk" and heard.words.count("chunk") == 1:
            control.tune("rate", 1.0)
            control.pause()
        elif word == "paused" and heard.words.count("paused") == 1:
            control.tune("rate", 2.0)
        elif word == "seen":
            control.step()
        elif word == "paused":
            control.stop()

    heard = Heard(answer)
    one, (model,) = made(control, stages=(50,))
    one.run(heard)
    before = ["stage", "chunk", "rate=1", "paused", "rate=2", "seen", "resumed", "between"]
    assert heard.words == [*before, "chunk", "epoch", "paused", "resumed", "between", "stopping"]
    assert (one.step, len(model.fed)) == (4, 8), "it ends with the chunk that ran"


@pytest.mark.parametrize("word", ["stop", "pause", "tune", "pace"])
def test_a_rest_ends_when_something_is_said(word):
    control = Control("watch")
    speak = {
        "stop": control.stop,
        "pause": control.pause,
        "tune": lambda: control.tune("rate", 1.0),
        "pace": lambda: control.set_pace("full"),
    }
    timer = threading.Timer(0.05, speak[word])

    class Resting(Heard):
        def rest(self) -> float:
            if self.rests:
                timer.start()
            return super().rest()

    heard = Resting(lambda said, _: control.resume() if said == "paused" else None)
    heard.rests = [PATIENCE]
    one, _ = made(control, stages=(1,))
    one.run(heard)
    assert heard.rests_done < PATIENCE, "it would have rested for longer"
    ended = {
        "stop": ["rested", "between", "stopping"],
        "pause": ["rested", "paused", "resumed", "between", "chunk", "epoch"],
        "tune": ["rested", "rate=1", "between", "chunk", "epoch"],
        "pace": ["rested", "between", "chunk", "epoch"],
    }
    assert heard.words == ["stage", "chunk", *ended[word]]
    assert control.pace == ("full" if word == "pace" else "watch")


def test_who_is_hurried_goes_at_full_speed_and_keeps_its_own_pace():
    control = Control("slow")
    control.hurry(True)
    control.set_pace("watch")
    assert control.pace == "full"
    control.hurry(False)
    assert control.pace == "watch"


def test_a_stop_before_the_first_step_trains_nothing():
    control, heard = Control(), Heard()
    control.stop()
    one, models = made(control, stages=(1, 1))
    one.run(heard)
    assert (heard.words, one.step, one.stage.name) == ([], 0, "stage 0")
    assert [model.fed for model in models] == [[], []]
