"""A contender: this program's own training, without the app around it."""

import dataclasses
import math
import time
from typing import Any

import keras

from ae_core import variants
from ae_core.bench.contenders.serving import Given, Round, Said, serve
from ae_core.messages import State
from ae_core.training import cache, execution
from ae_core.training.session import TrainingSession


class _Timed(TrainingSession):
    """A training that also knows how long it took from the first step to the last, and what snapshots cost."""

    wall = shown = _begun = 0.0
    count = 0

    def show(self, state: State) -> None:
        """Also counts it: but the first one belongs to the start, and the last one comes after the last step."""
        begun = time.perf_counter()
        if self.step > 0 and state != "running":
            self.wall = begun - self._begun
        super().show(state)
        ended = time.perf_counter()
        if self.step == 0:
            self._begun = ended
        elif state == "running":
            self.shown += ended - begun
            self.count += 1


def begin(given: Given) -> tuple[Said, Round]:
    """Compiles and warms up.

    Args:
        given: `settings`, plain; `seconds` that a round shall last at least; perhaps the usual `pace` of a round, its
            `epochs` where they are not to follow from the seconds, and the `precision`, a dtype policy of Keras.

    Returns:
        Seconds for data and PCA, and for compilation with the first epoch; and a round, which may be told the `pace`:
        seconds between snapshots, None for none, or `frames` for those that every run has; it says the final `loss`.
    """
    settings = variants.read_settings(given["settings"])
    if "precision" in given:
        execution.configure()  # which says what is usual here
        keras.config.set_dtype_policy(given["precision"])
    begun = time.perf_counter()
    ready = cache.prepare(settings)
    loaded = time.perf_counter()
    _trained(dataclasses.replace(settings, epochs=1))
    compiled = time.perf_counter()
    probe = _trained(dataclasses.replace(settings, epochs=2))
    if probe.step == 0:
        raise RuntimeError(f"It is {probe.snapshot.state} without a step done: no speed can be told.")
    a_second = probe.step * ready.batch_size / probe.wall
    epoch = sum(stage.steps_per_epoch for stage in ready.stages) * ready.batch_size
    epochs = given.get("epochs") or min(500, math.ceil(given["seconds"] * a_second / epoch))
    longer = dataclasses.replace(settings, epochs=epochs)

    def one_round(pace: float | str | None = given.get("pace")) -> Said:
        run = _trained(longer, pace)
        loss = run.history.by_epoch()["loss"][-1]
        return {
            "images": run.step * ready.batch_size,
            "seconds": run.wall,
            "steps_alone": run.seconds,
            "snapshots": run.count,
            "snapshot_seconds": run.shown,
            "loss": math.nan if loss is None else loss,
        }

    return {"data": loaded - begun, "compilation": compiled - loaded}, one_round


def _trained(settings: Any, pace: float | str | None = None) -> _Timed:
    seconds = math.inf if pace is None else pace
    run = _Timed(settings, snapshot_seconds=None if isinstance(seconds, str) else seconds)
    run.train()
    return run


if __name__ == "__main__":
    serve(begin)
