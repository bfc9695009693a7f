"""A disk that is slow, or does not answer, keeps those waiting who write to it, and nobody else."""

import errno
import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest

from ae_core.engine.engine import Engine
from ae_core.engine.jobs import TrainingJob
from ae_core.errors import DataError, EngineError
from ae_core.messages import Finished
from ae_core.ownership import fingerprint
from ae_core.runs import RunStore
from tests.stored import SETTINGS, result, setup, snapshot, state_at
from tests.waiting import until

ME, ANOTHER = "me", "another"

pytestmark = pytest.mark.usefixtures("unsynced")


@pytest.fixture
def engine(store: RunStore) -> Engine:
    return Engine(store=store)


@contextmanager
def slow(store: RunStore, name: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Has something that writes to the store wait, until the event is set or the block ends."""
    begun, free, work = threading.Event(), threading.Event(), getattr(store, name)

    def waits(*given: Any, **more: Any) -> Any:
        begun.set()
        assert free.wait(10)
        return work(*given, **more)

    with monkeypatch.context() as patch:
        patch.setattr(store, name, waits)
        try:
            yield begun
        finally:
            free.set()


def beside(work: Callable[[], Any]) -> "Future[Any]":
    return ThreadPoolExecutor(1).submit(work)


def trained(engine: Engine) -> TrainingJob:
    """A run that has ended, and can go on."""
    job = engine.submit(SETTINGS, ME)
    assert engine._queue.take() is job
    with engine.store.writer(job.id) as writer:
        for message in (setup(run_id=job.id), snapshot(40, run_id=job.id, state="stopped")):
            writer.message(message)
            engine._queue.receive(message)
        writer.checkpoint(*state_at(40))
        ended = result(run_id=job.id, state="stopped")
        writer.finish(ended)
    engine._queue.receive(Finished(run_id=job.id, result=ended))
    return job


def test_others_see_their_runs_while_one_is_stored(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    with slow(engine.store, "create", monkeypatch) as begun:
        asked = beside(lambda: engine.submit(SETTINGS, ME))
        assert begun.wait(10)
        (job,) = beside(lambda: [one.view() for one in engine.jobs()]).result(5)
        assert (job.state, job.position) == ("queued", 1)
        assert engine._queue.take() is None, "no worker begins what is not stored"
        assert beside(lambda: engine.submit(SETTINGS, ME)).result(5).id == job.id, "a double click is one run"
    assert asked.result(10).stored and engine.store.open(job.id).state == "queued"
    assert engine._queue.take() is asked.result()


def test_what_is_stopped_while_it_is_stored_is_stopped_there_too(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    with slow(engine.store, "create", monkeypatch) as begun:
        asked = beside(lambda: engine.submit(SETTINGS, ME))
        assert begun.wait(10)
        (job,) = engine.jobs()
        engine.command(job.id, ME, "stop")
    assert asked.result(10).state == "stopped"
    engine._recovery.tick()
    assert engine.store.open(job.id).state == "stopped", "the next start does not train it"


@pytest.mark.parametrize(("word", "writes"), [("extend", "extend"), ("go_on", "go_on")])
def test_others_see_their_runs_while_one_is_to_go_on(
    word: str, writes: str, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = trained(engine)
    ask = {"extend": lambda: engine.extend(job.id, ME, 2), "go_on": lambda: engine.go_on(job.id, ME)}[word]
    with slow(engine.store, writes, monkeypatch) as begun:
        asked = beside(ask)
        assert begun.wait(10)
        assert beside(job.view).result(5).state == "stopped"
        with pytest.raises(EngineError, match="still trains"):
            ask()
    assert asked.result(10) is job and engine.store.open(job.id).state == "queued"
    assert engine._queue.take() is job


def test_what_could_not_be_written_can_be_asked_for_again(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    job = trained(engine)

    def full(*_given: Any) -> None:
        raise DataError("The disk is full.")

    with monkeypatch.context() as patch:
        patch.setattr(engine.store, "extend", full)
        with pytest.raises(EngineError, match="disk is full"):
            engine.extend(job.id, ME, 2)
    assert engine.extend(job.id, ME, 2) is job and job.state == "queued"


def test_a_run_is_handed_on_while_the_disk_is_slow(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    job = engine.submit(SETTINGS, ME)
    token = engine.offer(job.id, ME)
    with slow(engine.store, "give", monkeypatch) as begun:
        taken = beside(lambda: engine.take_over(job.id, token, ANOTHER))
        assert begun.wait(10)
        until(lambda: beside(job.view).result(5).owner != "")
    taken.result(10)
    assert engine.store.open(job.id).owner == fingerprint(ANOTHER)


def test_a_folder_that_cannot_be_read_keeps_nobody_from_training(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    kept = engine.submit(SETTINGS, ANOTHER)
    listdir = os.listdir

    def refuse(path: Any) -> list[str]:
        if path == engine.store.folder:
            raise OSError(errno.ESTALE, "Stale file handle")
        return listdir(path)

    with monkeypatch.context() as patch:
        patch.setattr(os, "listdir", refuse)
        with pytest.raises(DataError, match=r"cannot be read at present \(Stale file handle\)\.$"):
            engine.store.list_runs()
        job = engine.submit(SETTINGS, ME)
        assert not job.stored and "cannot be read at present" in job.unkept and "Stale" in caplog.text
        assert engine._queue.take() is kept and engine._queue.take() is job
    assert [one.id for one in engine.store.list_runs()] == [kept.id]
