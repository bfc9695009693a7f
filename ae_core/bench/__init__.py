"""How fast it is, against plain Keras, PyTorch and the machine: `python -m ae_core bench`.

Contenders run in processes of their own and take turns, see `turns`; what they take to load and to compile is told
apart from what they take to train. A measurement is one file in a folder `measured`: here, or in `tests/bench`, which
only a source checkout has, for what needs more than this package's own dependencies.
"""

import fnmatch
import importlib
import importlib.util
import pkgutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from ae_core import data
from ae_core.bench import machine
from ae_core.bench.contest import Contest
from ae_core.bench.line import Line
from ae_core.bench.measurement import Measurement
from ae_core.errors import SettingError

FOLDERS = ("ae_core.bench.measured", "tests.bench.measured")

Say = Callable[[str], None]


def measurements() -> Mapping[str, Measurement]:
    """Every measurement by the name of its file, those of this package first."""
    found = {}
    for folder in FOLDERS:
        if folder.startswith("tests") and importlib.util.find_spec("tests") is None:
            continue
        package = importlib.import_module(folder)
        for module in sorted(one.name for one in pkgutil.iter_modules(package.__path__)):
            found[module] = importlib.import_module(f"{folder}.{module}").MEASUREMENT
    return found


def chosen(patterns: Sequence[str]) -> dict[str, list[str]]:
    """The lines that are wanted, by the measurement that gives them.

    Args:
        patterns: Names of lines or measurements, or patterns such as `dense-*`; empty for all.

    Raises:
        SettingError: If a pattern matches nothing.
    """
    every = measurements()
    known = [name for file, one in every.items() for name in (file, *one.names)]
    for pattern in patterns:
        if not fnmatch.filter(known, pattern):
            names = ", ".join(name for one in every.values() for name in one.names)
            raise SettingError(f"--only must be among {names}. Received: {pattern[:80]!r}.")

    def wanted(*names: str) -> bool:
        return not patterns or any(fnmatch.fnmatchcase(name, pattern) for name in names for pattern in patterns)

    lines = {file: [name for name in one.names if wanted(file, name)] for file, one in every.items()}
    return {file: names for file, names in lines.items() if names}


def run(
    only: Sequence[str], rounds: int, seconds: float, python: str, say: Say, put: Callable[[Line], None]
) -> dict[str, Any]:
    """Measures.

    Args:
        only: Names of lines or measurements, or patterns; empty for all.
        rounds: Rounds of each contender, at least 1.
        seconds: What a round lasts at least.
        python: An interpreter that may have PyTorch.
        say: Called with lines of progress.
        put: Called with each line of the table, when it is there.

    Returns:
        Plain values: the machine, the data set and all lines.

    Raises:
        SettingError: If `only` names nothing.
        DataError: If the data cannot be had.
        ContenderError: If a contender fails.
    """
    wanted, every = chosen(only), measurements()
    facts = machine.facts()
    say(machine.sentence(facts))
    lines: list[Line] = []
    with tempfile.TemporaryDirectory() as folder:
        contest = Contest(data.default_name(), rounds, seconds, say, python, Path(folder))
        for file, names in wanted.items():
            for line in every[file].measure(contest, names):
                lines.append(line)
                put(line)
    facts |= {"load_after": machine.load()}
    return {"machine": facts, "dataset": contest.dataset, "rounds": rounds, "lines": [line.to_dict() for line in lines]}
