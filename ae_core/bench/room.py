"""What a measurement may use: the data set, the number of rounds, contenders, and the arithmetic of a race."""

import statistics
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ae_core import data
from ae_core.bench.line import Goal, Line
from ae_core.bench.turns import ROOT, Contender, take_turns
from ae_core.variants import read_settings

LOOP = ROOT / "tests" / "bench" / "pytorch_loop.py"
FIND_TORCH = "import importlib.util, sys; sys.exit(importlib.util.find_spec('torch') is None)"


@dataclass(frozen=True)
class Room:
    """Where measurements are made.

    Args:
        dataset: Name of the data set: MNIST where it can be had.
        rounds: Rounds of each contender; medians of them are reported.
        seconds: What a round lasts at least.
        say: Called with a line of progress.
        python: An interpreter that may have PyTorch.
        folder: For files that only last as long as the measurements.
    """

    dataset: str
    rounds: int
    seconds: float
    say: Callable[[str], None]
    python: str
    folder: Path

    def settings(self, variant: str, **values: Any) -> dict[str, Any]:
        """Plain settings of an experiment on this room's data."""
        return {"variant": variant, "dataset": self.dataset} | values

    def lab(self, settings: Mapping[str, Any], **more: Any) -> Contender:
        """This program's training, in a process of its own; `more` takes precedence over what the room says."""
        return self._contender("Autoencoder Lab", "ae_core.bench.lab", settings=dict(settings), **more)

    def watched(self, settings: Mapping[str, Any]) -> Contender:
        """The same as the app does it: trained by a worker, kept on disk, watched by one viewer."""
        return self._contender("Autoencoder Lab, watched", "ae_core.bench.watched", settings=dict(settings))

    def plain(self, settings: Mapping[str, Any]) -> Contender:
        """Plain Keras on the same network."""
        return self._contender("Keras", "ae_core.bench.plain", settings=dict(settings))

    def products(self, name: str, *products: tuple[int, int, int]) -> Contender:
        """Nothing but products of matrices: of so many rows, terms in each sum, and columns."""
        return self._contender(name, "ae_core.bench.products", products=products)

    def pytorch(self, settings: Mapping[str, Any], network: Mapping[str, Any]) -> Contender | None:
        """A PyTorch loop over the same training images; None where there is no PyTorch."""
        if not LOOP.is_file() or not _has_torch(self.python):
            return None
        experiment = read_settings(settings)
        file = self.folder / f"{self.dataset}-{experiment.train_size}.npy"
        if not file.exists():
            np.save(file, data.prepare(data.load(self.dataset), experiment).x_train)
        given = {"seconds": self.seconds, "file": str(file), "batch_size": experiment.batch_size, **network}
        return Contender("PyTorch", (str(LOOP),), given, self.python)

    def _contender(self, name: str, module: str, **given: Any) -> Contender:
        return Contender(name, ("-m", module), {"seconds": self.seconds} | given)

    @contextmanager
    def begun(self, *contenders: Contender) -> Iterator[None]:
        """Contenders that have begun, one after the other, and are ended afterwards."""
        with ExitStack() as stack:
            for one in contenders:
                self.say(f"{one.name} begins")
                stack.enter_context(one)
                told = ", ".join(f"{key} {value:.1f} s" for key, value in one.beginning.items())
                self.say(f"{one.name} is ready: {told}")
            yield

    def race(self, *contenders: Contender) -> list[list[dict[str, Any]]]:
        """Rounds of contenders that have begun, in turn."""
        said = take_turns(contenders, self.rounds)
        for one, rounds in zip(contenders, said, strict=True):
            if "images" in rounds[0]:  # one that only multiplies has none
                self.say(f"{one.name}: {rate(rounds):,.0f} images a second")
        return said


def _has_torch(python: str) -> bool:
    return subprocess.run([python, "-c", FIND_TORCH], check=False).returncode == 0  # noqa: S603 - what the user named


def pace(one: Mapping[str, Any]) -> float:
    """Images a second of one round."""
    return one["images"] / one["seconds"]


def rate(rounds: Sequence[Mapping[str, Any]]) -> float:
    """Images a second, median over rounds."""
    return statistics.median(map(pace, rounds))


def times(ours: Sequence[Mapping[str, Any]], theirs: Sequence[Mapping[str, Any]]) -> float:
    """How many times as many images a second, median over pairs of rounds that followed one another.

    A shared machine that is half as fast for a minute is so for both of a pair.
    """
    return statistics.median(pace(mine) / pace(other) for mine, other in zip(ours, theirs, strict=True))


def ratio(
    line: tuple[str, str, str, float],
    ours: tuple[Contender, Sequence[Mapping[str, Any]]],
    rival: tuple[Contender, Sequence[Mapping[str, Any]]],
) -> Line:
    """The line of a table that says how many times as many images a second, see `times`.

    Args:
        line: Name, what, against what, and the ratio that must be reached.
        ours: A contender and its rounds.
        rival: Another one.
    """
    name, what, against, least = line
    mine, theirs = rate(ours[1]), rate(rival[1])
    return Line(
        name,
        what,
        against,
        times(ours[1], rival[1]),
        "×",
        Goal(least, at_least=True),
        remark=f"{mine:,.0f} against {theirs:,.0f} images a second",
        details={
            "ours": {"beginning": ours[0].beginning, "rounds": list(ours[1])},
            "rival": {"beginning": rival[0].beginning, "rounds": list(rival[1])},
        },
    )


def rivals(
    room: Room,
    wanted: Sequence[str],
    what: str,
    settings: Mapping[str, Any],
    ours: Contender,
    network: Mapping[str, Any],
    least: Mapping[str, float],
) -> Iterator[Line]:
    """One contender against plain Keras and against a PyTorch loop over the same network, in one race.

    Args:
        room: Where it is done.
        wanted: Names of the lines that are wanted.
        what: What is measured.
        settings: Plain settings.
        ours: The contender.
        network: The network as `tests/bench/pytorch_loop.py` wants it.
        least: The ratios that must be reached: first against Keras, then against PyTorch.
    """
    keras_name, torch_name = least
    keras = room.plain(settings) if keras_name in wanted else None
    torch = room.pytorch(settings, network) if torch_name in wanted else None
    if keras is not None or torch is not None:
        taking_part = [one for one in (ours, keras, torch) if one is not None]
        with room.begun(*taking_part):
            said = dict(zip(map(id, taking_part), room.race(*taking_part), strict=True))
    for name, rival, against in ((keras_name, keras, "plain keras.fit"), (torch_name, torch, "PyTorch loop")):
        if rival is not None:
            line = name, what, against, least[name]
            yield ratio(line, (ours, said[id(ours)]), (rival, said[id(rival)]))
        elif name in wanted:
            yield Line(name, what, against, goal=Goal(least[name], at_least=True), unit="×", remark="not installed")
