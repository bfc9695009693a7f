"""The loop that every training shares: the order of what a training hears, and what the loop obeys."""

from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from ae_core.training import loop
from ae_core.training.control import Control
from ae_core.training.loop import Loop, Stage, half_cosine

ROWS, BATCH = 12, 2


class Model:
    """Stands in for a compiled model: keeps what it is fed, and its optimizer what it is told."""

    def __init__(self) -> None:
        self.stop_training = False
        self.fed: list[int] = []
        self.epochs: list[float] = []
        self.rates: list[float] = []
        self.optimizer = SimpleNamespace(learning_rate=SimpleNamespace(assign=self.rates.append))

    def at_epoch(self, epoch: float) -> None:
        self.epochs.append(epoch)

    def fit(self, order: np.ndarray, chunk: int, callbacks: list[Any]) -> None:
        self.stop_training = False
        for first in range(0, len(order), chunk * BATCH):
            for callback in callbacks:
                callback.on_epoch_begin(0)
            self.fed += order[first : first + chunk * BATCH].tolist()
            for callback in callbacks:
                callback.on_epoch_end(0, {"loss": 1.0})
            if self.stop_training:
                return


class Heard:
    """A training that keeps what it hears, by name, and may answer."""

    def __init__(
        self, answer: Callable[[str, "Heard"], None] = lambda word, heard: None, rate: float | None = None
    ) -> None:
        self.words: list[str] = []
        self._answer, self._rate = answer, rate

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

    def chunk_done(self, losses: dict[str, float], seconds: float) -> None:
        assert losses == {"loss": 1.0} and seconds >= 0
        self._hear("chunk")

    def epoch_done(self) -> None:
        self._hear("epoch")

    def tuned(self, name: str, value: float) -> None:
        self._hear(f"{name}={value:g}")

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


@pytest.fixture(autouse=True)
def plain_feed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loop, "feed", lambda order, batch_size, chunk: {"order": order, "chunk": chunk})


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


def test_a_schedule_falls_to_nothing_in_each_stage():
    one, models = made(stages=(2, 1))
    one.run(Heard(rate=0.5))
    falling = [0.5 * half_cosine(share) for share in (0.0, 0.25, 0.5, 0.75)]
    assert models[0].rates == pytest.approx([*falling, 0.0])
    assert models[1].rates == pytest.approx([0.5, 0.25])


@pytest.mark.parametrize("longest", [1, 1000])
@pytest.mark.parametrize("done", [2, 4, 6, 10])
def test_it_goes_on_in_the_middle(done, longest, monkeypatch):
    monkeypatch.setattr(loop, "LONGEST_ORDER", longest)
    whole, models = made(stages=(2, 1))
    whole.run(Heard())
    rest, others = made(stages=(2, 1))
    rest.step = done
    rest.run(Heard())
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


def test_a_stop_before_the_first_step_trains_nothing():
    control, heard = Control(), Heard()
    control.stop()
    one, models = made(control, stages=(1, 1))
    one.run(heard)
    assert (heard.words, one.step, one.stage.name) == ([], 0, "stage 0")
    assert [model.fed for model in models] == [[], []]
