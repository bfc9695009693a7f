"""A disk that takes nothing, or a folder that is gone: it is said at once, kept in memory, and written afterwards."""

import errno
import os
import shutil

import pytest

from ae_core.runs import writer as run_writer
from ae_core.runs.files import WRITER_LOCK, Lock
from tests.stored import SETTINGS, TOTAL, result, setup, snapshot, state_at
from tests.waiting import until

pytestmark = pytest.mark.usefixtures("unsynced", "at_once")

FULL = "This run is in memory only, because the disk is full; it is written as soon as that is over."


@pytest.fixture
def disk(monkeypatch):
    """A disk that a test fills and empties."""
    put, full = os.replace, list[str]()

    def replace(*names):
        if full:
            raise OSError(errno.ENOSPC, "No space left on device")
        put(*names)

    monkeypatch.setattr(os, "replace", replace)
    monkeypatch.setattr(run_writer, "AGAIN_SECONDS", 0.02)
    return full


def free(store, run_id):
    return not Lock.held(store.open(run_id).folder / WRITER_LOCK)


def test_it_is_said_at_once_and_said_when_it_is_over(store, disk, caplog):
    writer, said = store.writer(store.create(SETTINGS).id), list[str | None]()
    writer.tell = said.append
    disk.append("full")
    writer.message(setup())
    writer.message(snapshot(0))
    writer.checkpoint(*state_at(0))
    assert said == [FULL]
    disk.clear()
    writer.message(snapshot(10))
    writer.checkpoint(*state_at(10))
    assert said == [FULL, None]
    run = store.open(writer.id)
    assert (run.setup(), run.newest(), run.checkpoint()[1].step) == (setup(), snapshot(10), 10)
    writer.close()


def test_what_a_run_came_to_waits_in_memory_until_there_is_room(store, disk, caplog):
    writer = store.writer(store.create(SETTINGS).id)
    disk.append("full")
    writer.message(setup())
    for step in range(0, TOTAL, 100):
        writer.message(snapshot(step))
    writer.message(snapshot(TOTAL, "done"))
    writer.checkpoint(*state_at(TOTAL))
    with writer.model_file() as path:
        path.write_bytes(b"a model")
    writer.finish(result())
    writer.close()
    run = store.open(writer.id)
    assert run.state == "failed", "should this process die now, nobody waits for it"
    assert run.error == FULL
    assert not free(store, writer.id)
    disk.clear()
    until(lambda: free(store, writer.id))
    run = store.open(writer.id)
    assert (run.state, run.error, run.result(), run.setup(), run.newest()) == (
        "done",
        None,
        result(),
        setup(),
        snapshot(TOTAL, "done"),
    )
    assert run.model.read_bytes() == b"a model"
    assert len(run.kept_steps()) >= 10
    assert run.checkpoint()[1].step == TOTAL
    assert writer.problem is None


def test_a_failure_is_said_on_a_full_disk(store, disk, caplog):
    writer = store.writer(store.create(SETTINGS).id)
    disk.append("full")
    writer.fail("It went wrong.")
    assert store.open(writer.id).state == "failed"
    disk.clear()
    until(lambda: free(store, writer.id))
    assert store.open(writer.id).error == "It went wrong."


def test_a_run_can_begin_and_be_ended_on_a_full_disk(store, disk, caplog):
    first, second = store.create(SETTINGS), store.create(SETTINGS)
    disk.append("full")
    store.writer(first.id).close()
    assert store.open(first.id).state == "interrupted"
    store.end(second.id, "stopped")
    assert store.open(second.id).state == "stopped"


def test_a_model_that_cannot_be_saved_is_said_to_be_missing(store, caplog):
    with store.writer(store.create(SETTINGS).id) as writer:
        writer.message(snapshot(TOTAL, "done"))
        with writer.model_file():
            raise OSError(errno.ENOSPC, "No space left on device")
        assert writer.problem == "The trained model of this run is not kept, because the disk is full."
        writer.finish(result())
    run = store.open(writer.id)
    assert (run.state, run.model) == ("done", None)


def test_a_folder_that_is_gone_ends_nothing(store, monkeypatch, caplog):
    monkeypatch.setattr(run_writer, "AGAIN_SECONDS", 0.02)
    writer = store.writer(store.create(SETTINGS).id)
    writer.message(setup())
    shutil.rmtree(store.folder / writer.id)
    writer.message(snapshot(0))
    assert writer.problem == FULL.replace("the disk is full", "its folder is gone")
    assert str(store.folder) not in writer.problem
    writer.message(snapshot(TOTAL, "done"))
    with writer.model_file() as path:
        path.write_bytes(b"a model")
    writer.finish(result())
    writer.close()
    (store.folder / writer.id).mkdir()
    until(lambda: writer.problem is None)
    assert (store.folder / writer.id / "model.keras").read_bytes() == b"a model"
