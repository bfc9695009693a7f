"""Words on their way to a training: none is lost because a worker was slow to answer."""

import logging
from typing import Any

import pytest

from ae_core.engine import commands
from ae_core.engine.commands import Commands
from ae_core.engine.queue import Queue
from ae_core.variants import read_settings
from tests.waiting import until


class Client:
    """A connection that fails some times before it works."""

    def __init__(self, failures: int):
        self.failures, self.asked = failures, 0
        self.taken: list[str] = []

    def run(self, function: Any, run_id: str, given: list[tuple[str, dict[str, Any]]], workers: list[str]) -> None:
        self.asked += 1
        if self.asked <= self.failures:
            raise TimeoutError
        self.taken += [word for word, _ in given]


@pytest.fixture
def run():
    """A run that trains."""
    queue = Queue(limit=5, per_owner=5, pause_limit=1.0)
    run = queue.add(read_settings({"dataset": "digits"}), "me")
    run.worker = "somewhere"
    run.commands = [("pause", {}), ("stop", {})]
    return run


def give(run, client, monkeypatch, caplog) -> None:
    monkeypatch.setattr(commands, "AGAIN_SECONDS", 0.01)
    given = Commands(run._queue)
    given.client = client
    with caplog.at_level(logging.CRITICAL, "ae_core.engine.commands"):
        given.deliver(run)
        until(lambda: not run.delivering)


@pytest.mark.parametrize(("failures", "taken"), [(0, ["pause", "stop"]), (2, ["pause", "stop"]), (3, [])])
def test_an_order_is_given_again_and_in_its_place(failures, taken, run, monkeypatch, caplog):
    client = Client(failures)
    give(run, client, monkeypatch, caplog)
    assert client.taken == taken
    assert client.asked == min(failures + 1, commands.ATTEMPTS)
    assert run.commands == []


def test_an_order_to_a_worker_that_was_lost_is_not_given_to_the_next(run, monkeypatch, caplog):
    class Lost(Client):
        def run(self, *given: Any, **more: Any) -> None:
            run.worker = "elsewhere"
            super().run(*given, **more)

    client = Lost(1)
    give(run, client, monkeypatch, caplog)
    assert (client.asked, client.taken, run.commands) == (1, [], [])
