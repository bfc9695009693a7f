"""Workers that share nothing but the network: a scheduler and two workers with folders of their own, over TLS."""

from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from ae_core.engine import Engine
from ae_core.runs import RunStore
from ae_core.variants import read_settings
from tests.machines import Machines
from tests.waiting import until

pytestmark = pytest.mark.workers

SETTINGS = {"variant": "vanilla", "dataset": "digits", "batch_size": 2, "epochs": 60}


@pytest.fixture
def machines(tmp_path: Path) -> Iterator[Machines]:
    with ExitStack() as stack:
        yield Machines(tmp_path, stack, ["one", "two"])


def test_of_six_runs_each_ends_once_though_a_worker_dies(
    machines: Machines, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "app").mkdir()
    monkeypatch.chdir(tmp_path / "app")
    # A relative folder: in the workers' own folders there is none of that name, as on machines that share no disk.
    engine = Engine(address=machines.address, security=machines.security, store=RunStore(Path("runs of the app")))
    engine.start()
    ends: Counter[str] = Counter()
    kept = engine._queue.on_end

    def count(job: object) -> None:
        ends[job.id] += 1  # type: ignore[attr-defined]
        kept(job)  # type: ignore[arg-type]

    engine._queue.on_end = count
    until(lambda: engine._supervisor.pool is not None and engine._supervisor.pool.slots == 2)
    runs = [engine.submit(read_settings(SETTINGS | {"seed": seed}), f"owner {seed}") for seed in range(6)]
    until(lambda: sum(run.state == "done" for run in runs) >= 1)
    until(lambda: sum(run.state == "running" and run.worker is not None for run in runs) == 2)
    machines.workers[0].kill()
    until(lambda: all(run.ended and not run.measuring for run in runs))
    assert [run.state for run in runs] == ["done"] * 6, [run.error for run in runs]
    assert ends == Counter({run.id: 1 for run in runs})
    assert sum(run.attempts for run in runs) == 7, "that of the dead worker was begun again"
    for run in runs:
        assert run.result is not None and run.setup is not None
        assert len(run.result.history["loss"]) == run.settings.epochs and run.result.steps == run.setup.total_steps
        until(lambda run=run: engine.store.open(run.id).state == "done")  # type: ignore[misc]
        assert engine.store.open(run.id).result() == run.result
    assert not list(tmp_path.glob("one/runs/*")) + list(tmp_path.glob("two/runs/*")), "nothing was kept elsewhere"
    engine.close()
    assert engine.store.left_behind() == [], "none is trained again"
