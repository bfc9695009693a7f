"""Words on their way to a training: none is lost because a worker was slow to answer."""

import logging
from collections.abc import Sequence
from typing import Any, get_args

import pytest

from ae_core.engine import delivery
from ae_core.engine.commands import WORDS, Command, Spoken
from ae_core.engine.delivery import Delivery
from ae_core.engine.jobs import Shared, TrainingJob
from ae_core.errors import EngineError
from ae_core.training.control import Control
from ae_core.variants import read_settings
from tests.waiting import until


class Client:
    """A connection that fails some times before it works."""

    def __init__(self, failures: int):
        self.failures, self.asked = failures, 0
        self.taken: list[str] = []

    def run(self, function: Any, run_id: str, given: Sequence[Command], workers: list[str]) -> None:
        self.asked += 1
        if self.asked <= self.failures:
            raise TimeoutError
        self.taken += [command.word for command in given]


@pytest.fixture
def run():
    """A run that trains."""
    run = TrainingJob(read_settings({"dataset": "digits"}), "me", Shared())
    run.worker = "somewhere"
    run.commands = [Command("pause"), Command("stop")]
    return run


def give(run, client, monkeypatch, caplog) -> None:
    monkeypatch.setattr(delivery, "AGAIN_SECONDS", 0.01)
    given = Delivery()
    given.client = client
    with caplog.at_level(logging.CRITICAL, "ae_core.engine.delivery"):
        given.deliver(run)
        until(lambda: not run.delivering)


@pytest.mark.parametrize("word", (*get_args(Spoken), "hurry"))
def test_every_word_reaches_the_training(word, monkeypatch):
    heard: list[tuple[Any, ...]] = []
    for name in (*WORDS, "set_pace", "hurry"):
        monkeypatch.setattr(
            Control, name, lambda control, *values, name=name: heard.append((name, *values)), raising=False
        )
    Command(word, "slow", 0.1).give(Control())
    with_values = {"tune": ("tune", "slow", 0.1), "pace": ("set_pace", "slow"), "hurry": ("hurry", True)}
    assert heard == [with_values.get(word, (word,))]


def test_a_pace_that_there_is_not_is_refused():
    with pytest.raises(EngineError, match=r"pace must be one of full, watch, slow\. Received: 'fast'"):
        Command("pace", "fast").give(Control())


@pytest.mark.parametrize(("failures", "taken"), [(0, ["pause", "stop"]), (2, ["pause", "stop"]), (3, [])])
def test_an_order_is_given_again_and_in_its_place(failures, taken, run, monkeypatch, caplog):
    client = Client(failures)
    give(run, client, monkeypatch, caplog)
    assert client.taken == taken
    assert client.asked == min(failures + 1, delivery.ATTEMPTS)
    assert run.commands == []


def test_an_order_to_a_worker_that_was_lost_is_not_given_to_the_next(run, monkeypatch, caplog):
    class Lost(Client):
        def run(self, *given: Any, **more: Any) -> None:
            run.worker = "elsewhere"
            super().run(*given, **more)

    client = Lost(1)
    give(run, client, monkeypatch, caplog)
    assert (client.asked, client.taken, run.commands) == (1, [], [])
