"""A real training whose disk is full, or whose folder is removed: it goes on, says so, and ends as it was told to."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from ae_core.engine import Engine, TrainingJob
from ae_core.runs import RunStore
from ae_core.variants import read_settings
from pages.ui.live import status
from tests.waiting import until

pytestmark = pytest.mark.workers

ME = "m" * 43
LONG = {"variant": "vanilla", "dataset": "digits", "latent_dim": 2, "epochs": 500, "batch_size": 1, "train_size": 600}
ROOM = 32 * 2**20  # bytes of the disk


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "disk"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={ROOM}", "tmpfs", str(folder)]
    try:
        subprocess.run(command, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("no small disk can be mounted here")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def began(engine: Engine) -> TrainingJob:
    run = engine.submit(read_settings(LONG), ME)
    until(lambda: run.snapshot is not None and run.snapshot.step > 0)
    return run


def stopped(engine: Engine, run: TrainingJob) -> None:
    engine.command(run.id, ME, "stop")
    until(lambda: run.ended and not run.measuring)
    assert run.state == "stopped"
    assert run.result is not None
    assert "internal error" not in f"{run.error}{run.unkept}"


def test_a_full_disk_is_said_and_the_run_is_written_when_there_is_room(warm_engine: Engine, small_disk: Path) -> None:
    store = RunStore(small_disk)
    engine = Engine(address=warm_engine.address, security=warm_engine.security, store=store)
    engine.start()
    try:
        run = began(engine)
        filler = small_disk / "filler"
        with filler.open("wb", buffering=0) as file:
            for size in (2**16, 2**12):  # up to the last block
                try:
                    while True:
                        file.write(b"x" * size)
                except OSError:
                    continue
        until(lambda: "the disk is full" in run.unkept)
        assert str(small_disk) not in run.unkept
        assert run.unkept in status.of_run(run, engine)[2]
        stopped(engine, run)
        assert store.open(run.id).state == "failed"
        filler.unlink()
        until(lambda: not run.unkept)
        kept = store.open(run.id)
        assert kept.state == "stopped"
        assert kept.result() == run.result
        assert kept.model is not None
    finally:
        engine.close()


def test_a_folder_that_is_removed_is_said_and_stop_still_stops(warm_engine: Engine, tmp_path: Path) -> None:
    engine = Engine(address=warm_engine.address, security=warm_engine.security, store=RunStore(tmp_path / "runs"))
    engine.start()
    try:
        run = began(engine)
        shutil.rmtree(tmp_path / "runs" / run.id)
        until(lambda: "its folder is gone" in run.unkept)
        stopped(engine, run)
        (tmp_path / "runs" / run.id).mkdir()  # so that the worker has done with it
        until(lambda: not run.unkept)
    finally:
        engine.close()
