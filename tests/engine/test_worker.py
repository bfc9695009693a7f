"""What one worker process does beside a training: nothing that the training could notice."""

import threading
from typing import Any

import pytest

from ae_core.engine import worker
from ae_core.messages import Finished, Progress, Setup, Snapshot, WorkerMessage
from ae_core.training import warm_up
from tests.small import small
from tests.waiting import until

pytestmark = [pytest.mark.slow(seconds=3), pytest.mark.usefixtures("few_frames")]


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[WorkerMessage]:
    """What the process reports; the first settings of the app are those that it trains."""
    found: list[WorkerMessage] = []
    monkeypatch.setattr(worker, "_reporter", lambda topic: (found.append, "here"))
    monkeypatch.setattr(warm_up.variants, "first_settings", lambda: small("vanilla"))
    return found


def history_of(said: list[WorkerMessage]) -> Any:
    finished = said[-1]
    assert isinstance(finished, Finished) and finished.result is not None, finished
    return finished.result.history


def train(run_id: str) -> None:
    worker.train(small("vanilla").to_dict(), run_id, "topic", None)


def test_a_worker_that_trains_is_not_warmed_up_beside_it(said, monkeypatch):
    """An app that is started anew finds its workers as they are, and asks each to get ready."""
    train("alone")
    alone = history_of(said)
    said.clear()

    def hear(message: WorkerMessage) -> None:
        said.append(message)
        if isinstance(message, Snapshot) and message.step > 0 and not warm.is_alive() and warm.ident is None:
            warm.start()
            warm.join()

    warm = threading.Thread(target=worker.warm)
    monkeypatch.setattr(worker, "_reporter", lambda topic: (hear, "here"))
    train("beside")
    assert warm.ident is not None and history_of(said) == alone


def test_a_training_that_comes_while_its_worker_warms_up_waits_and_says_so(said, monkeypatch):
    begun, go_on = threading.Event(), threading.Event()
    warmed_up = warm_up.warm_up

    def slowly() -> None:
        begun.set()
        go_on.wait()
        warmed_up()

    monkeypatch.setattr(warm_up, "warm_up", slowly)
    warm = threading.Thread(target=worker.warm)
    warm.start()
    begun.wait()
    training = threading.Thread(target=train, args=("waits",))
    training.start()
    until(lambda: any(isinstance(one, Progress) and "warming up" in one.text for one in said))
    assert not any(isinstance(one, Setup) for one in said)
    go_on.set()
    for thread in (warm, training):
        thread.join()
    waited = history_of(said)
    said.clear()
    train("alone")
    assert waited == history_of(said)
