"""A worker that dies again and again; the suite kills one once."""

import signal
from pathlib import Path

import pytest

from ae_core.engine import Engine
from ae_core.runs import RunStore
from ae_core.variants import read_settings
from tests.conftest import dask_processes
from tests.waiting import until

pytestmark = pytest.mark.workers


def test_of_twenty_trainings_whose_worker_is_killed_each_reaches_its_end(tmp_path: Path) -> None:
    engine = Engine(concurrent=1, store=RunStore(tmp_path))
    engine.start()
    for seed in range(20):
        settings = read_settings({"variant": "vanilla", "dataset": "digits", "epochs": 60, "batch_size": 16})
        run = engine.submit(read_settings(settings.to_dict() | {"seed": seed}), "me")
        checkpoint = tmp_path / run.id / "checkpoint.npz"
        until(lambda checkpoint=checkpoint, run=run: checkpoint.exists() or run.ended)  # type: ignore[misc]
        heaviest = max(dask_processes(), key=lambda process: process.memory_info().rss)
        heaviest.send_signal(signal.SIGKILL)
        until(lambda run=run: run.result is not None or run.state == "failed")  # type: ignore[misc]
        assert run.state == "done", run.error
    engine.close()
