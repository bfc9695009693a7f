"""One run over which worker, scheduler and web process are killed twenty times; the suite kills one worker once."""

import logging
import random
import time
import urllib.error
import urllib.request
from pathlib import Path

import psutil
import pytest

from ae_core.ownership import fingerprint
from ae_core.runs import RunStore, StoredRun
from ae_core.settings import Settings
from ae_core.variants import read_settings
from tests.browser import App, running_app
from tests.waiting import PATIENCE

pytestmark = pytest.mark.workers

logger = logging.getLogger(__name__)

KILLS = 20
# Some five minutes of training, and a checkpoint every ten seconds: a run that gets no further is given up, rightly.
SETTINGS = {"variant": "stacked", "dataset": "digits", "widths": "512,256", "batch_size": 2, "epochs": 110}


def victim(app: App, who: str) -> psutil.Process | None:
    """The process that is to die; None if there is none just now."""
    web = psutil.Process(app.process.pid)
    if who == "web process":
        return web
    try:
        below = web.children(recursive=True)
        if who == "scheduler":
            return next((one for one in below if "distributed.Scheduler" in " ".join(one.cmdline())), None)
        return max(below, key=lambda one: one.memory_info().rss, default=None)
    except psutil.NoSuchProcess:
        return None


def healthy(app: App) -> bool:
    """What a supervisor asks, who starts the app anew otherwise."""
    if app.process.poll() is not None:
        return False
    try:
        with urllib.request.urlopen(f"{app.url}/healthz", timeout=20) as answer:
            return bool(answer.status == 200)
    except urllib.error.HTTPError:
        return False
    except OSError:
        return True  # it begins, or is busy


def ended(store: RunStore, run_id: str) -> bool:
    return store.open(run_id).state in ("done", "failed", "stopped")


def trained(folder: Path, settings: Settings, kills: int, seed: int) -> StoredRun:
    """A run that came to its end in spite of so many kills, each after it had got further."""
    store, chance = RunStore(folder), random.Random(seed)
    run_id = store.create(settings, fingerprint("somebody")).id
    checkpoint, seen, left, since = folder / run_id / "checkpoint.npz", 0, kills, time.monotonic()
    while not ended(store, run_id):
        with running_app(AE_RUNS_DIR=str(folder)) as app:
            while healthy(app) and not ended(store, run_id):
                time.sleep(0.3)
                kept = checkpoint.stat().st_mtime_ns if checkpoint.exists() else 0
                if kept == seen:
                    assert time.monotonic() - since < PATIENCE, "it gets no further"
                    continue
                since = time.monotonic()
                seen = seen if left else kept
                found = victim(app, chance.choice(["worker", "scheduler", "web process"])) if left else None
                if found is not None:
                    seen, left = kept, left - 1
                    logger.info("Kill %d: %s, at step %d.", kills - left, found, store.open(run_id).step)
                    found.kill()
                    if found.pid == app.process.pid:
                        app.process.wait()
    assert not left, "it was done before it had been killed so often"
    return store.open(run_id)


@pytest.mark.parametrize("seed", [17])
def test_one_history_however_often_it_was_killed(tmp_path: Path, seed: int) -> None:
    settings = read_settings(SETTINGS)
    killed = trained(tmp_path / "killed", settings, KILLS, seed)
    whole = trained(tmp_path / "whole", settings, 0, seed)
    assert (killed.state, whole.state) == ("done", "done"), killed.error
    first, second = killed.result(), whole.result()
    assert first is not None and second is not None
    assert first.steps == second.steps and first.history.keys() == second.history.keys()
    for name, losses in second.history.items():
        if name.startswith("val_"):  # the first ten in a process come without a graph, which rounds elsewhere
            assert first.history[name] == pytest.approx(losses, rel=1e-6)
        else:
            assert first.history[name] == losses, "the same losses in each epoch, each of them once, bit for bit"
    assert first.test["mse"] == pytest.approx(second.test["mse"], rel=1e-6)
    steps = [frame.step for frame in killed.snapshots()]
    assert steps == sorted(set(steps)) and (steps[0], steps[-1]) == (0, first.steps), "one film"
