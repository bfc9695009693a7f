"""What is measured on a card: one function for each part, which gives its lines. `tests.bench.gpu` runs them."""

import dataclasses
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ae_core.bench.contest import Contest
from ae_core.bench.line import Goal, Line
from ae_core.bench.measured import convolutional, deep, dense
from ae_core.bench.measurement import Measurement
from ae_core.bench.race import ratio, times
from ae_core.bench.rounds import pace, rate
from ae_core.bench.turns import Contender, ContenderError, take_turns
from ae_core.folders import ROOT
from tests.bench import gpu_trace

PATIENCE = 100.0  # seconds for the command line
LARGE = 4096  # rows, terms and columns of a product that keeps a card busy
QUARTER = 25.0  # per cent of a card's memory: less than this leaves room for others
BATCHES = (256, 4096)
# What XLA may do: try its own kernels for products of matrices beside the vendor's and take the fastest.
SEARCHED = "--xla_gpu_enable_triton_gemm=true"
PRECISION_EPOCHS = 10
FRAMES_SECONDS = 3.6  # a run has so many frames however long it is: these are 3 % of 120 s


@dataclass(frozen=True)
class Network:
    """One of the networks that are raced.

    Args:
        what: In words.
        variant: Its variant.
        values: Its settings.
        torch: The network as `tests/bench/pytorch_loop.py` wants it.
    """

    what: str
    variant: str
    values: Mapping[str, Any]
    torch: Mapping[str, Any]

    def settings(self, contest: Contest, **more: Any) -> Mapping[str, Any]:
        """Plain settings on a contest's data."""
        return contest.settings(self.variant, **({"batch_size": 256} | dict(self.values) | more))


SMALL = Network("dense 784-128-32", "stacked", {"widths": "128", "latent_dim": 32}, {"sizes": dense.SIZES})
DEEP = Network(
    "dense 784-1000-500-250-30",
    "stacked",
    {"widths": "1000,500,250", "latent_dim": 30},
    {"sizes": deep.SIZES[:5]},
)
NETWORKS = {
    "dense": SMALL,
    "deep": DEEP,
    "convolutional": Network(
        "convolutional 16-8-8",
        "convolutional",
        {"channels": "16,8,8", "spatial": True},
        {"channels": convolutional.CHANNELS, "spatial": True},
    ),
    "variational": Network(
        "variational 784-256-128-32",
        "variational",
        {"widths": "256,128", "latent_dim": 32},
        {"sizes": (784, 256, 128, 32), "variational": True},
    ),
}


def programs(contest: Contest, wanted: Sequence[str]) -> Iterator[Line]:
    """What compilation takes, the first time and in a process that finds the programs on disk."""
    small = contest.lab(SMALL.settings(contest))
    with contest.begun(small):
        first = small.beginning["compilation"]
    with contest.begun(small):
        again = small.beginning["compilation"]
    yield Line(
        "programs", f"{SMALL.what}: compilation and first epoch", "first time", again, "s", remark=f"{first:.1f} s"
    )


def device(contest: Contest, wanted: Sequence[str]) -> Iterator[Line]:
    """Whether a card trains, by the name that result and page tell."""
    name = "?"
    with tempfile.TemporaryDirectory() as folder:
        settings = ["--variant", "stacked", "--dataset", "digits", "--epochs", "1", "--out", folder]
        done = subprocess.run(
            [sys.executable, "-m", "ae_core", "train", *settings],
            cwd=ROOT,
            env=os.environ | {"AE_RUNS_DIR": folder},
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        if done.returncode != 0:
            raise ContenderError(f"The command train ended: {' / '.join(done.stderr.splitlines()[-2:])}")
        name = json.loads((Path(folder) / "result.json").read_text())["device"]
    found = 0.0 if name.startswith("CPU") else 1.0
    yield Line("device", "cards that train", "", found, "", Goal(1.0, at_least=True), remark=f"result.json: {name}")


def card_memory() -> tuple[float, float] | None:
    """Megabytes in use and in all of the first card; None without one."""
    command = shutil.which("nvidia-smi")
    if command is None:
        return None
    asked = [command, "--query-gpu=memory.used,memory.total", "--format=csv,noheader,nounits"]
    done = subprocess.run(asked, capture_output=True, text=True, timeout=20, check=False)
    cells = done.stdout.partition("\n")[0].split(",")
    return (float(cells[0]), float(cells[1])) if done.returncode == 0 and len(cells) == 2 else None


def race(name: str) -> Measurement:
    """One network, watched, against plain Keras and a PyTorch loop, all in one race."""
    network = NETWORKS[name]
    keras_line, torch_line = f"{name}-keras", f"{name}-pytorch"

    def measure(contest: Contest, wanted: Sequence[str]) -> Iterator[Line]:
        settings = network.settings(contest)
        ours, keras = contest.watched(settings), contest.plain(settings)
        torch = contest.pytorch(settings, network.torch) if torch_line in wanted else None
        taking_part = [ours, keras, *([torch] if torch is not None else [])]
        with contest.begun(*taking_part):
            said = contest.race(*taking_part)
        what = f"{network.what}, batch 256, watched"
        yield ratio((keras_line, what, "plain keras.fit", 3.0), (ours, said[0]), (keras, said[1]))
        if torch is not None:
            yield ratio((torch_line, what, "PyTorch loop, data resident", 1.0), (ours, said[0]), (torch, said[2]))
        elif torch_line in wanted:
            yield Line(torch_line, what, "PyTorch loop, data resident", unit="×", remark="PyTorch is not installed")

    return Measurement(f"{network.what} against others", (keras_line, torch_line), measure)


def limit(contest: Contest, wanted: Sequence[str]) -> Iterator[Line]:
    """Multiply-adds a second of the large network, as a share of what large products reach."""
    most = contest.products("products of large matrices", (LARGE, LARGE, LARGE))
    flags = {"XLA_FLAGS": f"{os.environ.get('XLA_FLAGS', '')} {SEARCHED}".strip()}
    ours = {f"limit-{batch}": contest.lab(DEEP.settings(contest, batch_size=batch)) for batch in BATCHES}
    ours |= {f"search-{batch}": contest.lab(DEEP.settings(contest, batch_size=batch), flags) for batch in BATCHES}
    asked = {*wanted} | {name.replace("search", "limit") for name in wanted}
    taking_part = {name: one for name, one in ours.items() if name in asked}
    with contest.begun(most, *taking_part.values()):
        products, *said = take_turns([most, *taking_part.values()], contest.rounds)
    reached = float(np.median([one["multiply_adds"] / one["seconds"] for one in products]))
    image = sum(rows * terms * columns for rows, terms, columns in deep.step_products(256)) / 256
    found = dict(zip(taking_part, zip(taking_part.values(), said, strict=True), strict=True))
    for name, (one, rounds) in found.items():
        what, _, batch_size = name.partition("-")
        batch = int(batch_size)
        if what == "search":
            usual, as_usual = found[f"limit-{batch}"]
            line = ratio(
                (name, f"{DEEP.what}, batch {batch}", "with XLA's own products", None),
                (usual, as_usual),
                (one, rounds),
            )
            begun = [contender.beginning["compilation"] for contender in (usual, one)]
            more = "compiled and first epoch in {:.1f} against {:.1f} s".format(*begun)
            yield dataclasses.replace(line, remark=f"{line.remark}; {more}")
            continue
        alone = float(np.median([one["images"] / one["steps_alone"] for one in rounds]))
        yield Line(
            name,
            f"{DEEP.what}, batch {batch}",
            "large products of matrices",
            image * rate(rounds) / reached,
            "",
            Goal(0.6, at_least=True) if batch == max(BATCHES) else None,
            remark=f"{image * rate(rounds) / 1e12:.2f} of {reached / 1e12:.2f} trillion multiply-adds a second; "
            f"in its steps alone {image * alone / reached:.2f}",
            details={"ours": {"beginning": one.beginning, "rounds": rounds}, "products": products},
        )


def frames(contest: Contest, wanted: Sequence[str]) -> Iterator[Line]:
    """Time for the same images with the frames that every run has, and with none, in the same process."""
    for name, network in (("frames", SMALL), ("frames-deep", DEEP)):
        if name not in wanted:
            continue
        lab = contest.lab(network.settings(contest), seconds=2 * contest.seconds)
        with contest.begun(lab):
            with_them, without = take_turns([lab, lab], contest.rounds, [{"pace": "frames"}, {"pace": None}])
        each = [1000 * one["snapshot_seconds"] / one["snapshots"] for one in with_them if one["snapshots"]]
        count = np.median([one["snapshots"] for one in with_them])
        seconds = float(np.median([one["seconds"] for one in with_them]))
        yield Line(
            name,
            f"all frames of a run, {network.what}",
            "the same without",
            seconds * (1 - 1 / times(without, with_them)),
            "s",
            Goal(FRAMES_SECONDS, at_least=False),
            remark=f"{count:.0f} frames"
            + (f", {np.median(each):.1f} ms each" if each else "")
            + f"; a run of {seconds:.1f} s",
            details={"with": with_them, "without": without},
        )


def transfers(contest: Contest, wanted: Sequence[str]) -> Iterator[Line]:
    """Copies between processor and card that each further step of a chunk brings, by the backend's profiler."""
    import keras

    from ae_core.training import cache
    from ae_core.variants import read_settings

    ready = cache.prepare(read_settings(SMALL.settings(contest)))
    model, longest = ready.model, ready.stages[-1].chunk
    random = np.random.default_rng(0)
    rows = random.integers(0, len(ready.data.x_train), (longest, ready.batch_size)).astype(np.int32)
    model.train_chunk(rows, longest)  # compiled before anybody looks
    seen = {}
    for steps in (1, longest):
        with tempfile.TemporaryDirectory() as folder:
            profiled(keras.backend.backend(), folder, lambda steps=steps: model.train_chunk(rows[:steps], longest))
            seen[steps] = gpu_trace.copies(Path(folder))
    one, all_of_them = seen[1], seen[longest]
    what, against = "copies between processor and card for each step", "chunks of one step"
    goal = Goal(0.0, at_least=False)
    if one is None or all_of_them is None:
        yield Line("transfers", what, against, goal=goal, remark="the profiler saw no card")
        return
    further = {way: (all_of_them[way] - one[way]) / max(1, longest - 1) for way in gpu_trace.COPIES}
    told = ", ".join(f"{way} {one[way]} in a chunk of 1 step, {all_of_them[way]} in one of {longest}" for way in one)
    yield Line("transfers", what, against, max(0.0, *further.values()), "", goal, remark=told)


def profiled(backend: str, folder: str, work: Any) -> None:
    """Does something while the backend's profiler looks on.

    Args:
        backend: `jax` or `tensorflow`.
        folder: Where the profile is left.
        work: Called without arguments.
    """
    if backend == "jax":
        from jax import profiler

        profiler.start_trace(folder)
        work()
        profiler.stop_trace()
        return
    import tensorflow as tf

    tf.profiler.experimental.start(folder)
    work()
    tf.profiler.experimental.stop()


def start(contest: Contest, wanted: Sequence[str]) -> Iterator[Line]:
    """From Start to the first value of a trained network, through the engine; first, second, and in a new process."""
    from ae_core.bench.contenders.watched import warm_engine
    from ae_core.bench.measured.start import started

    # Name and words of each start, of each engine in turn.
    engines = [[("start", "Start to first trained value, worker warm"), ("start-again", "the same, compiled before")]]
    if "start-anew" in wanted:
        engines.append([("start-anew", "the same, compiled by a process that has ended")])
    for starts in engines:
        with tempfile.TemporaryDirectory() as folder:
            begun = time.perf_counter()
            engine = warm_engine(Path(folder))
            warm = f"warm after {time.perf_counter() - begun:.1f} s"
            try:
                for seed, (name, what) in enumerate(starts):
                    said = started(engine, SMALL.settings(contest, seed=seed))
                    yield _started(name, what, said, "" if seed else warm)
            finally:
                engine.close()


def _started(name: str, what: str, said: Mapping[str, float], more: str) -> Line:
    remark = "; ".join(filter(None, [f"untrained one {said['shown']:.2f} s", more]))
    return Line(name, what, "", said["trained"], "s", remark=remark, details=dict(said))


def pair(contest: Contest, wanted: Sequence[str]) -> Iterator[Line]:
    """Two trainings on one card at the same time, as two workers: what both reach, against one alone; their memory."""
    one, other = (contest.lab(DEEP.settings(contest, seed=seed)) for seed in (0, 1))
    before = card_memory()
    with contest.begun(one, other):
        alone, both = [], []
        for _ in range(contest.rounds):
            alone.append(one.round())
            with ThreadPoolExecutor(2) as threads:
                both.append([*threads.map(Contender.round, (one, other))])
        after = card_memory()
    together = [sum(map(pace, two)) for two in both]
    value = float(np.median([sums / pace(single) for sums, single in zip(together, alone, strict=True)]))
    remark = f"{np.median(together):,.0f} against {rate(alone):,.0f} images a second"
    details = {"alone": alone, "both": both}
    yield Line("pair", f"two runs of {DEEP.what} at once", "one alone", value, "×", remark=remark, details=details)
    share = 100 * (after[0] - before[0]) / 2 / after[1] if before and after else None
    told = (
        f"{after[0] - before[0]:.0f} of {after[1]:.0f} MB for two"
        if before and after
        else "nvidia-smi tells of no card"
    )
    goal = Goal(QUARTER, at_least=False)
    yield Line("memory", "card's memory that a training takes", "all of it", share, "%", goal, remark=told)


def precision(contest: Contest, wanted: Sequence[str]) -> Iterator[Line]:
    """Half the bits: how many times as fast, and how far the final loss moves, beside what another seed moves it."""
    usual, seed, half = (
        contest.lab(DEEP.settings(contest, seed=number, batch_size=4096), precision=policy, epochs=PRECISION_EPOCHS)
        for number, policy in ((0, "float32"), (1, "float32"), (0, "mixed_bfloat16"))
    )
    with contest.begun(usual, seed, half):
        said = take_turns([usual, seed, half], contest.rounds)
    losses = [one[-1]["loss"] for one in said]
    what = f"{DEEP.what}, batch 4096, mixed_bfloat16"
    details = {"float32": said[0], "other_seed": said[1], "mixed_bfloat16": said[2]}
    yield ratio(("precision", what, "float32", 1.0), (half, said[2]), (usual, said[0]))
    moved, noise = (100 * abs(loss / losses[0] - 1) for loss in (losses[2], losses[1]))
    yield Line(
        "precision-loss",
        f"its loss after {PRECISION_EPOCHS} epochs",
        "float32",
        moved,
        "%",
        Goal(max(1.0, noise), at_least=False),
        remark=f"{losses[2]:.5f} against {losses[0]:.5f}; another seed {noise:.2f} %",
        details=details,
    )


@dataclass(frozen=True)
class Part:
    """What is measured in a process of its own.

    Args:
        measurement: Its lines, and the function that gives them.
        seconds: How long it may take, of the time that all have by default.
        own_growth: Whether this program has to see to it by itself that a card's memory is taken as it is needed; else
            that is set for all, because plain Keras would leave nothing to those it is raced with.
        own_cache: Whether nothing that another part compiled is found on disk.
    """

    measurement: Measurement
    seconds: float
    own_growth: bool = False
    own_cache: bool = False


# Those that say most come first: when the time is up, what is left is not measured.
LIMIT_LINES = tuple(f"{what}-{batch}" for what in ("limit", "search") for batch in BATCHES)
PARTS = (
    Part(Measurement("device", ("device",), device), 40),
    Part(Measurement("programs", ("programs",), programs), 45, own_cache=True),
    *(Part(race(name), 60) for name in NETWORKS),
    Part(Measurement("matrix limit", LIMIT_LINES, limit), 60),
    Part(Measurement("transfers", ("transfers",), transfers), 30),
    Part(Measurement("frames", ("frames", "frames-deep"), frames), 50),
    Part(Measurement("precision", ("precision", "precision-loss"), precision), 45),
    Part(Measurement("start", ("start", "start-again", "start-anew"), start), 60, own_cache=True),
    Part(Measurement("two runs on one card", ("pair", "memory"), pair), 45, own_growth=True),
)
