"""How far each person has come in the lessons: in memory, so that a reload loses nothing, and no more than that.

A person is known by what their browser's cookie holds anyway; kept are a number for each prediction and ids of runs.
Whoever only looks is not kept. After many others have come one begins anew, as everybody does after a restart.
"""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from threading import Lock

from ae_core.lessons.measured import Measured
from ae_core.ownership import fingerprint

MOST_PEOPLE = 500  # those who were here last; each at most 0.5 MB
MOST_LESSONS = 40  # of one person, of which some differ in a teacher's settings only


@dataclass
class Taken:
    """How far a person has come in one lesson.

    Args:
        said: Whether the person has chosen it.
        predicted: Place of the chosen answer among the choices, or the number on the slider; None before a choice.
        seed: Start of the random numbers of its runs.
        runs: Ids of its runs; empty before they are started.
        recorded: Whether the recorded runs are shown in place of runs of one's own.
        found: What was measured of each run, once that is revealed.
        problem: What the last button could not do.
    """

    said: bool = False
    predicted: float | None = None
    seed: int = 0
    runs: tuple[str, ...] = ()
    recorded: bool = False
    found: Sequence[Measured] = ()
    problem: str = ""

    @property
    def touched(self) -> bool:
        """Whether there is anything to keep of it."""
        return self.said or bool(self.runs) or self.recorded


@dataclass
class Progress:
    """How far a person has come.

    Args:
        taken: In each lesson that was begun, by name.
        asked: Ids of the questions that a hall was asked, by the lesson.
    """

    taken: dict[str, Taken] = field(default_factory=dict)
    asked: dict[str, str] = field(default_factory=dict)

    @property
    def touched(self) -> bool:
        """Whether there is anything to keep of this person."""
        return bool(self.asked) or any(one.touched for one in self.taken.values())

    def of(self, lesson: str) -> Taken:
        """How far a lesson has come. Those that were only looked at before are forgotten, and the oldest of many.

        Args:
            lesson: Its name, and what is changed in it.
        """
        found = self.taken.pop(lesson, None) or Taken()
        kept = [(name, taken) for name, taken in self.taken.items() if taken.touched]
        self.taken = dict([*kept, (lesson, found)][-MOST_LESSONS:])
        return found


class Shelf:
    """The progress of the people who were here last. Any thread may use it.

    Args:
        most: People at most.
    """

    def __init__(self, most: int = MOST_PEOPLE) -> None:
        self._most = most
        self._kept: OrderedDict[str, Progress] = OrderedDict()
        self._lock = Lock()

    def of(self, owner: str) -> Progress | None:
        """What is kept of a person; None if nothing is.

        Args:
            owner: The person's token.
        """
        with self._lock:
            return self._kept.get(fingerprint(owner))

    def keep(self, owner: str, progress: Progress) -> None:
        """Keeps how far a person has come, if they have done anything, and lets go of whoever was here longest ago.

        Args:
            owner: The person's token.
            progress: How far they have come.
        """
        if not progress.touched:
            return
        who = fingerprint(owner)
        with self._lock:
            self._kept[who] = progress
            self._kept.move_to_end(who)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)


shelf = Shelf()
