"""From Start to the first live value, through the engine with a warm worker."""

import statistics
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from ae_core import variants
from ae_core.bench.contenders.watched import OWNER, Viewer, step, warm_engine
from ae_core.bench.contest import Contest
from ae_core.bench.line import Goal, Line
from ae_core.bench.measurement import Measurement
from ae_core.engine import Engine, TrainingJob

DENSE = ("vanilla", "stacked", "undercomplete", "sparse", "denoising", "contractive")


def measure(contest: Contest, wanted: Sequence[str]) -> Iterator[Line]:
    """Each variant is started once in a fresh worker, then as often again as there are rounds, with other seeds."""
    first: dict[str, dict[str, float]] = {}
    again: dict[str, list[dict[str, float]]] = {}
    with tempfile.TemporaryDirectory() as folder:
        engine = warm_engine(Path(folder))
        try:
            for name in variants.registry():
                first[name] = started(engine, contest.settings(name, batch_size=256))
                again[name] = [
                    started(engine, contest.settings(name, batch_size=256, seed=seed))
                    for seed in range(1, 1 + max(1, contest.rounds // 2))
                ]
                contest.say(
                    f"{name}: {first[name]['shown']:.2f} s, trained {first[name]['trained']:.2f} s; "
                    f"again {_middle(again[name], 'shown'):.2f} s, {_middle(again[name], 'trained'):.2f} s"
                )
        finally:
            engine.close()
    details = {"first": first, "again": again}
    lines = {
        "start-dense": ("first live value after Start, dense", [first[name] for name in DENSE], 1.5),
        "start-any": ("the same, any variant", list(first.values()), 3.0),
        "start-again": ("second start of an architecture", [one for ones in again.values() for one in ones], 0.7),
    }
    for name in wanted:
        what, starts, most = lines[name]
        slowest = max(one["shown"] for one in starts)
        trained = statistics.median(one["trained"] for one in starts)
        yield Line(
            name,
            what,
            "",
            _middle(starts, "shown"),
            "s",
            Goal(most, at_least=False),
            remark=f"median; slowest {slowest:.2f} s; first trained value {trained:.2f} s",
            details=details,
        )
        details = {}


def started(engine: Engine, settings: Mapping[str, Any]) -> dict[str, float]:
    """Seconds from the order to the first snapshot, and to the first one of a trained network."""
    begun = time.perf_counter()
    run = engine.submit(variants.read_settings({**settings, "epochs": 500}), OWNER)
    viewer = Viewer(run)
    viewer.wait(lambda: step(run) >= 0)
    shown = time.perf_counter() - begun
    viewer.wait(lambda: step(run) > 0)
    trained = time.perf_counter() - begun
    engine.command(run.id, OWNER, "stop")
    while _busy(run):
        time.sleep(0.01)
    return {"shown": shown, "trained": trained}


def _busy(run: TrainingJob) -> bool:
    """Whether the worker still trains it, or measures what it has learnt."""
    now = run.view()
    return not now.ended or now.measuring


def _middle(starts: Sequence[dict[str, float]], key: str) -> float:
    return statistics.median(one[key] for one in starts)


MEASUREMENT = Measurement("start", ("start-dense", "start-any", "start-again"), measure)
