"""How far each person has come in the lessons: in memory, so that a reload loses nothing, and no more than that.

A person is known by what their browser's cookie holds anyway; kept are a number for each prediction and ids of runs.
Whoever comes after many others are gone begins anew, as everybody does after a restart.
"""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from threading import Lock

from ae_core.lessons.measured import Measured
from ae_core.ownership import fingerprint

MOST_PEOPLE = 500  # those who were here last; each at most 0.1 MB


@dataclass
class Taken:
    """How far a person has come in one lesson.

    Args:
        predicted: Place of the chosen answer among the choices, or the number on the slider; None before a choice.
        seed: Start of the random numbers of its runs.
        runs: Ids of its runs; empty before they are started.
        recorded: Whether the recorded runs are shown in place of runs of one's own.
        found: What was measured of each run, once that is revealed.
        problem: What the last button could not do.
    """

    predicted: float | None = None
    seed: int = 0
    runs: tuple[str, ...] = ()
    recorded: bool = False
    found: Sequence[Measured] = ()
    problem: str = ""


@dataclass
class Progress:
    """How far a person has come.

    Args:
        taken: In each lesson that was begun, by name.
        asked: Ids of the questions that a hall was asked, by the lesson.
    """

    taken: dict[str, Taken] = field(default_factory=dict)
    asked: dict[str, str] = field(default_factory=dict)


class Shelf:
    """The progress of the people who were here last. Any thread may use it.

    Args:
        most: People at most.
    """

    def __init__(self, most: int = MOST_PEOPLE) -> None:
        self._most = most
        self._kept: OrderedDict[str, Progress] = OrderedDict()
        self._lock = Lock()

    def of(self, owner: str) -> Progress:
        """What is kept of a person; a beginning if nothing is.

        Args:
            owner: The person's token.
        """
        who = fingerprint(owner)
        with self._lock:
            found = self._kept.setdefault(who, Progress())
            self._kept.move_to_end(who)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return found


shelf = Shelf()
