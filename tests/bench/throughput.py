"""How much more is trained by two and by four workers than by one: `python -m tests.bench.throughput`."""

import os
import statistics
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from ae_core.engine import Engine
from ae_core.runs import RunStore
from ae_core.variants import read_settings
from tests.machines import Machines
from tests.waiting import until

WORKERS = (1, 2, 4)
RUNS = 8
ROUNDS = 3
SETTINGS = {"variant": "stacked", "dataset": "digits", "widths": "256", "batch_size": 8, "epochs": 15}


def seconds(engine: Engine) -> float:
    """How long so many runs of different people take from their start to their last result."""
    begun = time.perf_counter()
    runs = [engine.submit(read_settings(SETTINGS | {"seed": seed}), f"owner {seed}") for seed in range(RUNS)]
    until(lambda: all(run.result is not None or run.state == "failed" for run in runs))
    assert all(run.state == "done" for run in runs), [run.error for run in runs]
    return time.perf_counter() - begun


def measured(workers: int) -> list[float]:
    """Runs a minute with so many workers of one thread each, once they have compiled the network."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        machines = Machines(Path(folder), stack, [f"worker {number}" for number in range(workers)])
        engine = Engine(
            address=machines.address,
            security=machines.security,
            queue_limit=RUNS,
            store=RunStore(Path(folder) / "runs of the app"),
        )
        engine.start()
        stack.callback(engine.close)
        until(lambda: engine._supervisor.pool is not None and engine._supervisor.pool.slots == workers)
        seconds(engine)  # the first time each worker compiles
        return [60 * RUNS / seconds(engine) for _ in range(ROUNDS)]


def main() -> None:
    """Prints a table."""
    first = 0.0
    sys.stdout.write(f"{os.cpu_count()} processors; {RUNS} runs, median of {ROUNDS} rounds\n")
    sys.stdout.write("| workers | runs a minute | of one worker |\n| --- | --- | --- |\n")
    for workers in WORKERS:
        rates = measured(workers)
        median = statistics.median(rates)
        first = first or median
        spread = f"{min(rates):.1f} to {max(rates):.1f}"
        sys.stdout.write(f"| {workers} | {median:.1f} ({spread}) | {median / first:.2f} × |\n")


if __name__ == "__main__":
    main()
