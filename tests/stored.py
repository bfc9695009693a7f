"""Messages of a tiny made-up training, and a process that is killed while it writes them."""

import contextlib
import io
import json
import math
import os
import random
import signal
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
from msgspec.structs import replace
from PIL import Image

from ae_core.errors import DataError
from ae_core.messages import (
    Atlas,
    Bars,
    Batch,
    Curves,
    Grid,
    HistoryState,
    Inputs,
    PanelTitle,
    Pictures,
    Plane,
    Result,
    Setup,
    Snapshot,
    State,
    TrainingState,
)
from ae_core.runs import RunStore
from ae_core.variants import read_settings

POINTS, COLUMNS, TILE, TOTAL = 20, 2, 3, 1000
SETTINGS = read_settings({"variant": "sparse", "dataset": "digits", "latent_dim": 2})
NAMES = ("loss", "val_loss", "reconstruction", "val_reconstruction")


def picture(width: int, height: int, shade: int = 0) -> bytes:
    """A PNG of one grey shade."""
    stream = io.BytesIO()
    Image.new("L", (width, height), shade % 256).save(stream, "PNG")
    return stream.getvalue()


def setup(**changes: Any) -> Setup:
    """A setup message."""
    whole = Setup(
        run_id="x" * 12,
        settings=SETTINGS.to_dict(),
        shape=[TILE, TILE, 1],
        unit_range=True,
        device="CPU, 2 cores",
        backend="tensorflow",
        parameters=12,
        input_size=TILE**2,
        code_size=2,
        code_shape=[2],
        class_names=["0", "1"],
        labels=bytes(POINTS),
        loss_name="mse",
        atlas=Atlas(png=picture(10 * TILE, 2 * TILE), columns=10, tile=(TILE, TILE), count=POINTS),
        terms=["reconstruction"],
        total_steps=TOTAL,
        total_epochs=10,
        steps_per_epoch=100,
        phases=[],
        panels=[
            PanelTitle(name="filters", title="Filters", help="What a unit looks for."),
            PanelTitle(name="usage", title="Usage", help="How often a unit is used."),
        ],
        loss_floor=0.0,
        live={"learning_rate": 0.001},
        notes=[],
        inputs=Inputs(offset=0.25, spread=0.26, widest=0.45, zeros=0.75, mean_mse=0.068),
    )
    return replace(whole, **changes)


def batch() -> Batch:
    """The batch of a step, as it is seen at the pace that shows each."""
    rows = ["original", "reconstruction"]
    sheet = Pictures(
        png=picture(2 * (TILE + 1) - 1, 2 * (TILE + 1) - 1), columns=2, rows=rows, tile=(TILE, TILE), gap=1
    )
    return Batch(pictures=sheet, size=2, loss=0.5)


def snapshot(step: int, state: State = "running", **changes: Any) -> Snapshot:
    """The snapshot message at a step; its history has a point every ten steps, and what it holds tells its step."""
    steps = list(range(10, step + 1, 10))
    history: Curves = {"step": [*steps], "epoch": [at / 100 for at in steps], "seconds": [at / 50 for at in steps]}
    whole = Snapshot(
        run_id="x" * 12,
        state=state,
        step=step,
        epoch=step / 100,
        phase="",
        seconds=step / 50,
        marks=[],
        history=history | {name: [1 / at for at in steps] for name in NAMES},
        latent=np.full((POINTS, 2), step, "<f4").tobytes(),
        grid=Grid(
            png=picture(COLUMNS * (TILE + 1) - 1, 3 * (TILE + 1) - 1, step),
            columns=COLUMNS,
            tile=(TILE, TILE),
            gap=1,
            rows=["original", "reconstruction", "pca"],
            errors=[0.1, 0.2],
            pca_errors=[0.2, 0.3],
        ),
        plane=Plane(png=picture(5 * TILE, 5 * TILE, step), columns=5, tile=(TILE, TILE), x=(-1.0, 1.0), y=(0.0, 2.0)),
        panels={
            "filters": Pictures(
                png=picture(2 * (TILE + 1) - 1, TILE), columns=2, rows=["now"], tile=(TILE, TILE), gap=1
            ),
            "usage": Bars(x=[1, 2], values=[0.5, 0.25], x_title="unit", y_title="share", faint=[1]),
        },
        pca_loss=0.03,
        numbers={"test_mse": 1 / (1 + step), "knn1_accuracy": None, "pca_mse": 0.03},
    )
    return replace(whole, **changes)


def result(**changes: Any) -> Result:
    """What the training returns."""
    whole = Result(
        run_id="x" * 12,
        variant="sparse",
        dataset="digits",
        backend="tensorflow",
        device="CPU",
        epochs=10.0,
        steps=TOTAL,
        seconds=20.0,
        samples_per_second=1000.0,
        parameters=12,
        settings=SETTINGS.to_dict(),
        history={"loss": [0.2, 0.1], "val_loss": [0.3, None]},
        test={"mse": 0.01, "ssim": None, "usage": [0.5, 0.25]},
    )
    return replace(whole, **changes)


def training_state(step: int, **changes: Any) -> TrainingState:
    """Where a training stands at a step."""
    history = HistoryState(
        curve=[{"step": step, "loss": 0.5}],
        epochs=[],
        since_point=[],
        since_epoch=[{"loss": math.inf}],
        epoch_samples=10,
        epoch_seconds=0.5,
        epoch_rates=[],
    )
    whole = TrainingState(step=step, seconds=1.0, marks=[], rates={}, history=history, stages=[(10, 100)])
    return replace(whole, **changes)


def state_at(step: int) -> tuple[dict[str, np.ndarray], TrainingState]:
    """A checkpoint whose every part tells its step."""
    return {"0.0": np.full((40, 50), step, np.float32), "0.1": np.array(step)}, training_state(step)


def stored(store: RunStore, *steps: int, ended: bool = True, **about: Any) -> str:
    """Stores a run with a snapshot at each of these steps; returns its id."""
    run = store.create(SETTINGS, **about)
    with store.writer(run.id) as writer:
        writer.message(setup(run_id=run.id))
        for step in steps or (0, TOTAL):
            writer.message(snapshot(step, run_id=run.id))
        if ended:
            writer.finish(result(run_id=run.id))
    return run.id


def edit(store: RunStore, run_id: str, name: str, **changes: Any) -> None:
    """Writes other values into one of a run's small files, as time or another version would."""
    path = store.folder / run_id / name
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def life(store: RunStore, run_id: str) -> None:
    """Everything that happens to a run, from its making to its removal."""
    store.create(SETTINGS, run_id=run_id, title="first")
    with store.writer(run_id) as writer:
        writer.message(setup())
        for step in (0, 10, 20):
            writer.message(snapshot(step))
            writer.checkpoint(*state_at(step))
        with writer.model_file() as path:
            path.write_bytes(b"a model")
        writer.finish(result())
    store.rename(run_id, "second")
    store.pin(run_id)
    store.remove(run_id)


def check_whole(store: RunStore, run_id: str) -> tuple[int, ...]:
    """Reads all of a run and checks that every part is one that was written; a measure of how far it has come."""
    if store.damaged():
        raise ValueError("A run is damaged.")
    listed = [run for run in store.list_runs() if run.id == run_id]
    if not listed:
        with contextlib.suppress(DataError):
            store.open(run_id)
            raise ValueError("A run is there, but not in the list.")
        return (0,)
    run = listed[0]
    found = run.snapshots()
    for one in found:
        if one != snapshot(one.step, one.state):
            raise ValueError("A snapshot is not what was written.")
    kept = run.checkpoint()
    if kept is not None:
        arrays, state = kept
        wanted = state_at(state.step)
        if any(not np.array_equal(arrays[name], array) for name, array in wanted[0].items()) or state != wanted[1]:
            raise ValueError("A checkpoint is mixed of two.")
    if run.setup() not in (None, setup()) or run.result() not in (None, result()):
        raise ValueError("A message is not what was written.")
    if run.model is not None and run.model.read_bytes() != b"a model":
        raise ValueError("The model is not whole.")
    return (
        1,
        run.attempts,
        run.setup() is not None,
        len(found),
        found[-1].step if found else -1,
        kept is not None,
        kept[1].step if kept else -1,
        run.model is not None,
        run.result() is not None,
        run.state == "done",
        run.title == "second",
        run.pinned,
    )


CHANGES = {
    "open",
    "os.rename",
    "os.remove",
    "os.mkdir",
    "os.rmdir",
    "os.listdir",
    "os.scandir",
    "fcntl.flock",
    "os.utime",
}


def die_at(count: int, store: RunStore, run_id: str) -> bool:
    """Lives a run's life in a process that ends, unannounced, right before its so many-th dealing with files.

    Returns:
        Whether it died; else the life was shorter than that.
    """
    process = os.fork()
    if process == 0:
        left = [count]

        def hook(event: str, _: tuple) -> None:
            if event in CHANGES:
                left[0] -= 1
                if left[0] == 0:
                    os._exit(9)

        sys.addaudithook(hook)
        life(store, run_id)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]) == 9


def die_everywhere(folder: Path) -> int:
    """Kills a life at every dealing with files. All is whole each time, no older than before, and can go on."""
    reached: tuple[int, ...] = (0,)
    count = 0
    while True:
        count += 1
        run_id = f"{count:012d}"
        store = RunStore(folder / run_id)
        if not die_at(count, store, run_id):
            return count - 1
        now = check_whole(store, run_id)
        removed = now == (0,) and (reached == (0,) or reached[-1])  # not yet made, or removed at the end
        if now < reached and not removed:
            raise ValueError(f"Killed later, it had come less far: {now} after {reached}.")
        reached = max(now, reached)
        if now == (0,) or now[9]:
            continue
        with store.writer(run_id) as writer:
            writer.message(setup())
            writer.message(snapshot(50, "done"))
            writer.finish(result())
        if check_whole(store, run_id)[9] != 1 or any(
            path.name.startswith(".part-") for path in run_files(store, run_id)
        ):
            raise ValueError("It could not be gone on with, or something was left behind.")


def run_files(store: RunStore, run_id: str) -> list[Path]:
    """The files in a run's folder."""
    return list((store.folder / run_id).iterdir())


def kill_often(folder: Path, times: int) -> int:
    """Kills a process that writes without pause at random moments; all is whole each time. Returns the last step."""
    store, run_id, last = RunStore(folder), "k" * 12, -1
    store.create(SETTINGS, run_id=run_id)
    moments = random.Random(0)
    for _ in range(times):
        process = os.fork()
        if process == 0:
            with store.writer(run_id) as writer:
                kept = writer.restore()
                step = 0 if kept is None else kept[1].step
                writer.message(setup())
                while True:
                    step += 10
                    writer.message(snapshot(step))
                    writer.checkpoint(*state_at(step))
        time.sleep(moments.uniform(0.01, 0.12))
        os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)
        check_whole(store, run_id)
        run = store.open(run_id)
        kept = run.checkpoint()
        reached = kept[1].step if kept else -1
        if run.state not in ("interrupted", "queued") or reached < last:
            raise ValueError(f"After a kill the run is {run.state}, at {reached} after {last}.")
        last = reached
    return last


def main() -> None:
    """Called in a process of its own, which alone may fork: what a crash of the process needs no disk for."""
    from ae_core.runs import writer as run_writer

    os.fsync = lambda handle: None  # type: ignore[assignment]
    run_writer.SNAPSHOT_SECONDS, run_writer.SNAPSHOT_SHARE = 0.0, 1e9
    times, folder = sys.argv[1], Path(sys.argv[2])
    sys.stdout.write(str(die_everywhere(folder) if times == "everywhere" else kill_often(folder, int(times))))


if __name__ == "__main__":
    main()
