"""What the processes of `-n 2` are handed, and in what order: the longest first, so that both end together."""

import functools
import re
from collections import Counter
from pathlib import Path

import pytest
from xdist.scheduler import LoadScopeScheduling

ROOT = Path(__file__).parent.parent
USUAL_SECONDS = 4.0  # of a test that is marked `slow` and does not say how long it takes


@functools.cache
def starts_others(file: str) -> bool:
    """Whether tests in this file start workers or a browser."""
    return re.search(r"\bmark\.(browser|workers)\b", (ROOT / file).read_text(encoding="utf-8")) is not None


@functools.cache
def shares_networks(file: str) -> bool:
    """Whether tests in this file train the small experiments with every variant."""
    return "from tests.small import" in (ROOT / file).read_text(encoding="utf-8")


def file_of(nodeid: str) -> str:
    """The file of a test, from its id."""
    return nodeid.split("::")[0]


class UnitsSideBySide(LoadScopeScheduling):
    """A file is a unit; all files with workers or browsers are one together, and so are those with small experiments.

    The first waits more than it computes. In one process its files share an engine, and never disturb each other; what
    computes runs beside it. The second is compiled once.
    """

    def _split_scope(self, nodeid: str) -> str:
        file = file_of(nodeid)
        if starts_others(file):
            return "workers and browsers"
        return "small experiments" if shares_networks(file) else file


def in_good_order(items: list[pytest.Item]) -> list[pytest.Item]:
    """Workers and browsers first, then the files by the seconds that their slow tests take."""
    seconds: Counter[str] = Counter()
    for item in items:
        for mark in item.iter_markers("slow"):
            seconds[file_of(item.nodeid)] += mark.kwargs.get("seconds", USUAL_SECONDS)
    return sorted(items, key=lambda item: (not starts_others(file := file_of(item.nodeid)), -seconds[file]))
