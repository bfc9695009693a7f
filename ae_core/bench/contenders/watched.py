"""A contender: a training as the app does it. A worker trains and keeps it on disk, one viewer watches all views."""

import contextlib
import json
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from ae_core import figures
from ae_core.bench.contenders.serving import Given, Round, Said, serve
from ae_core.engine import Engine, TrainingJob
from ae_core.figures.views import PLAIN, VIEWS
from ae_core.figures.views import Given as Chosen
from ae_core.messages import Setup, Snapshot
from ae_core.runs import RunStore
from ae_core.settings import Settings
from ae_core.variants import read_settings

OWNER = "bench"
LOOK = 0.5  # seconds between two looks of a viewer, as the page has it
PATIENCE = 120.0
AS_LONG = 0.25  # of its steps a run goes through the rounds; then another one follows


def begin(given: Given) -> tuple[Said, Round]:
    """Starts the worker, lets it warm up, begins a long training and pauses it.

    Args:
        given: `settings`, plain; `seconds` that a round shall last at least.

    Returns:
        Seconds until the worker was warm, and until the first chunk was trained; and a round.
    """
    settings = read_settings({**given["settings"], "epochs": 500})
    begun = time.perf_counter()
    # Both are ended with this process: the folder when the interpreter ends, the engine before it.
    folder = contextlib.ExitStack().enter_context(tempfile.TemporaryDirectory())
    engine = warm_engine(Path(folder))
    warm = time.perf_counter()
    run, viewer = _paused(engine, settings)
    trained = time.perf_counter()

    def one_round() -> Said:
        nonlocal run, viewer
        if run.setup is not None and (run.ended or step(run) > AS_LONG * run.setup.total_steps):
            if not run.ended:
                engine.command(run.id, OWNER, "stop")  # on a fast card it would end in one of the next rounds
            viewer.wait(lambda: run.ended)  # while it has not, the same settings are taken for the same press
            run, viewer = _paused(engine, settings)
        paused = step(run)
        engine.command(run.id, OWNER, "resume")
        viewer.wait(lambda: step(run) > paused and run.state == "running")
        first, begun, seen = step(run), time.perf_counter(), viewer.seen
        # With few images even so long a run ends within a round, which then is a shorter one.
        viewer.wait(lambda: run.ended or time.perf_counter() - begun >= given["seconds"])
        shown = step(run)  # for up to a second, in which steps were made that nobody has seen yet
        viewer.wait(lambda: run.ended or step(run) > shown)
        last, now = step(run), time.perf_counter()
        if not run.ended:
            engine.command(run.id, OWNER, "pause")
        viewer.wait(lambda: run.ended or run.state == "paused")
        images = (last - first) * (settings.batch_size)
        return {"images": images, "seconds": now - begun, "snapshots_seen": viewer.seen - seen}

    return {"worker": warm - begun, "first_chunk": trained - warm}, one_round


def _paused(engine: Engine, settings: Settings) -> "tuple[TrainingJob, Viewer]":
    """A run that has trained its first chunk and is paused, and who watches it."""
    run = engine.submit(settings, OWNER)
    viewer = Viewer(run)
    viewer.wait(lambda: step(run) > 0)
    engine.command(run.id, OWNER, "pause")
    viewer.wait(lambda: run.state == "paused")
    return run, viewer


def warm_engine(folder: Path) -> Engine:
    """An engine with a store of its own, whose worker has been warmed up.

    Args:
        folder: For the runs; it is on nobody's disk for long.

    Raises:
        TimeoutError: If the worker does not become warm in time.
    """
    engine = Engine(store=RunStore(folder))
    engine.start()
    end = time.monotonic() + PATIENCE
    while engine.status != "ready":
        if time.monotonic() > end or engine.status == "failed":
            raise TimeoutError(engine.status_text)
        time.sleep(0.05)
    return engine


def step(run: TrainingJob) -> int:
    """The optimiser step that the newest snapshot shows; -1 before the first one."""
    return -1 if run.snapshot is None else run.snapshot.step


class Viewer:
    """Makes all views of a run whenever there is something new, as one open page does.

    Args:
        run: The run that is watched.
    """

    def __init__(self, run: TrainingJob):
        self.run = run
        self.seen = 0
        self._version = -1
        threading.Thread(target=self._watch, daemon=True).start()

    def _watch(self) -> None:
        while not self.run.ended:
            now = self.run.view()
            if now.setup is not None and now.snapshot is not None and now.version != self._version:
                self._version = now.version
                for view in views(now.setup, now.snapshot):
                    json.dumps(view, allow_nan=False, separators=(",", ":")).encode()
                self.seen += 1
            time.sleep(LOOK)

    def wait(self, test: Callable[[], bool]) -> None:
        """Waits until something is so.

        Raises:
            TimeoutError: If the run ends, or it takes too long.
        """
        end = time.monotonic() + PATIENCE
        while not test():
            if time.monotonic() > end or self.run.ended:
                raise TimeoutError(f"The run is {self.run.state}: {self.run.error}")
            time.sleep(0.02)


def views(setup: Setup, snapshot: Snapshot) -> Iterator[figures.Figure]:
    """The figures of one snapshot that a page shows at a time."""
    chosen: Chosen = {**PLAIN, "panel": setup.panels[0].name if setup.panels else None}
    for view in VIEWS:
        if view.ready(chosen):
            yield view.draw(setup, snapshot, chosen)


if __name__ == "__main__":
    serve(begin)
