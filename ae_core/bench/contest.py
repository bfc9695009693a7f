"""What a measurement may use: the data set, the number of rounds, and the contenders."""

import subprocess
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from ae_core import data
from ae_core.bench.rounds import rate
from ae_core.bench.turns import ROOT, Contender, take_turns
from ae_core.variants import read_settings

LOOP = ROOT / "tests" / "bench" / "pytorch_loop.py"
FIND_TORCH = "import importlib.util, sys; sys.exit(importlib.util.find_spec('torch') is None)"


@dataclass(frozen=True)
class Contest:
    """Where measurements are made.

    Args:
        dataset: Name of the data set: MNIST where it can be had.
        rounds: Rounds of each contender; medians of them are reported.
        seconds: What a round lasts at least.
        say: Called with a line of progress.
        python: An interpreter that may have PyTorch.
        folder: For files that only last as long as the measurements.
        together: Whether contenders begin side by side, where there are processor cores for all of them; by default
            one after the other, so that none takes longer for another one's sake.
        settings_for_all: Plain settings that every experiment has, whatever a measurement asks for. Default: none.
    """

    dataset: str
    rounds: int
    seconds: float
    say: Callable[[str], None]
    python: str
    folder: Path
    together: bool = False
    settings_for_all: Mapping[str, Any] = field(default_factory=dict)

    def settings(self, variant: str, **values: Any) -> dict[str, Any]:
        """Plain settings of an experiment on this contest's data."""
        return {"variant": variant, "dataset": self.dataset} | values | dict(self.settings_for_all)

    def lab(
        self, settings: Mapping[str, Any], environment: Mapping[str, str] = MappingProxyType({}), **more: Any
    ) -> Contender:
        """This program's training, in a process of its own; `more` takes precedence over what the contest says."""
        given = {"seconds": self.seconds, "settings": dict(settings)} | more
        return Contender("Autoencoder Lab", ("-m", "ae_core.bench.contenders.ours"), given, environment=environment)

    def watched(self, settings: Mapping[str, Any]) -> Contender:
        """The same as the app does it: trained by a worker, kept on disk, watched by one viewer."""
        return self._contender("Autoencoder Lab, watched", "ae_core.bench.contenders.watched", settings=dict(settings))

    def plain(self, settings: Mapping[str, Any]) -> Contender:
        """Plain Keras on the same network."""
        return self._contender("Keras", "ae_core.bench.contenders.plain_keras", settings=dict(settings))

    def products(self, name: str, *products: tuple[int, int, int]) -> Contender:
        """Nothing but products of matrices: of so many rows, terms in each sum, and columns."""
        return self._contender(name, "ae_core.bench.contenders.products", products=products)

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
        """Contenders that have begun, and are ended afterwards."""
        with ExitStack() as stack:

            def begin(one: Contender) -> None:
                self.say(f"{one.name} begins")
                stack.enter_context(one)
                told = ", ".join(f"{key} {value:.1f} s" for key, value in one.beginning.items())
                self.say(f"{one.name} is ready: {told}")

            with ThreadPoolExecutor(len(contenders) if self.together else 1) as threads:
                for _ in threads.map(begin, contenders):
                    pass  # asked for, so that what one raises is raised here
            yield

    def race(self, *contenders: Contender) -> list[list[dict[str, float]]]:
        """Rounds of contenders that have begun, in turn."""
        said = take_turns(contenders, self.rounds)
        for one, rounds in zip(contenders, said, strict=True):
            if "images" in rounds[0]:  # one that only multiplies has none
                self.say(f"{one.name}: {rate(rounds):,.0f} images a second")
        return said


def _has_torch(python: str) -> bool:
    return subprocess.run([python, "-c", FIND_TORCH], check=False).returncode == 0  # noqa: S603 - what the user named
