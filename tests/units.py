"""What the processes of `-n 3` are handed, and in what order: the longest first, so that they end together."""

import functools
import re
from collections import Counter
from pathlib import Path

import pytest
from xdist.scheduler import LoadScopeScheduling

ROOT = Path(__file__).parent.parent
USUAL_SECONDS = 4.0  # of a test that is marked `slow` and does not say how long it takes
ORDER = ("browser", "workers", "")  # the longest first


@functools.cache
def waits_for(file: str) -> str:
    """What tests in this file start and wait for: `browser`, `workers`, or nothing."""
    found = set(re.findall(r"\bmark\.(browser|workers)\b", (ROOT / file).read_text(encoding="utf-8")))
    return min(found, default="")


def file_of(nodeid: str) -> str:
    """The file of a test, from its id."""
    return nodeid.split("::")[0]


class UnitsSideBySide(LoadScopeScheduling):
    """A file is a unit; all files with browsers are one together, and all with workers.

    These two wait more than they compute. In one process they share an engine, and never disturb each other; what
    computes runs beside them.
    """

    def _split_scope(self, nodeid: str) -> str:
        file = file_of(nodeid)
        return waits_for(file) or file


def in_good_order(items: list[pytest.Item]) -> list[pytest.Item]:
    """Browsers first, and workers, then the files by the seconds that their slow tests take."""
    seconds: Counter[str] = Counter()
    for item in items:
        for mark in item.iter_markers("slow"):
            seconds[file_of(item.nodeid)] += mark.kwargs.get("seconds", USUAL_SECONDS)
    return sorted(items, key=lambda item: (ORDER.index(waits_for(file := file_of(item.nodeid))), -seconds[file]))
