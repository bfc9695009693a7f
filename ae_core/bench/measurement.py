"""What a file in a folder `measured` declares."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from ae_core.bench.contest import Contest
from ae_core.bench.line import Line


@dataclass(frozen=True)
class Measurement:
    """One file in a folder `measured`.

    Args:
        title: What it measures, a few words.
        names: Names of the lines that it gives; `--only` chooses among them.
        measure: Called with the contest and with those of the names that are wanted; gives their lines.
    """

    title: str
    names: tuple[str, ...]
    measure: Callable[[Contest, Sequence[str]], Iterable[Line]]
