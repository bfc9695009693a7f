"""What a hall answers to a lesson's question: in memory, for an evening, and nothing of who answered."""

import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

from ae_core.lessons.lesson import Lesson
from ae_core.ownership import fingerprint

MOST_POLLS = 200  # of all lecturers; the oldest one goes
MOST_ANSWERS = 2000  # to one of them
KEPT_SECONDS = 4 * 3600.0
BINS = 8  # in which answers to a question for a number are counted


@dataclass
class Poll:
    """One question to one hall.

    Args:
        id: What stands in the address of phones.
        key: What whoever reads the answers has to know besides.
        lesson: Name of the lesson.
        owner: Fingerprint of the token of the person who asked.
        begun: When, on the monotonic clock.
        answers: One for each phone, by a fingerprint of the phone's token, so that it can think again.
    """

    id: str
    key: str
    lesson: str
    owner: str
    begun: float
    answers: dict[str, float] = field(default_factory=dict)


class Polls:
    """All questions that are open.

    Args:
        clock: Seconds that only grow.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._polls: OrderedDict[str, Poll] = OrderedDict()
        self._lock = threading.Lock()

    def ask(self, owner: str, lesson: str) -> Poll:
        """The open question of a person on a lesson, or a new one.

        Args:
            owner: Token of the person who asks.
            lesson: Name of the lesson.
        """
        mine = fingerprint(owner)
        with self._lock:
            self._drop_old()
            for poll in self._polls.values():
                if (poll.owner, poll.lesson) == (mine, lesson):
                    return poll
            poll = Poll(secrets.token_urlsafe(6), secrets.token_urlsafe(16), lesson, mine, self._clock())
            self._polls[poll.id] = poll
            while len(self._polls) > MOST_POLLS:
                self._polls.popitem(last=False)
            return poll

    def get(self, poll_id: str) -> Poll | None:
        """The question of that id, while it is open."""
        with self._lock:
            self._drop_old()
            return self._polls.get(poll_id)

    def close(self, poll: Poll) -> None:
        """Forgets a question and all its answers."""
        with self._lock:
            self._polls.pop(poll.id, None)

    def answer(self, poll: Poll, phone: str, value: float) -> bool:
        """Takes a phone's answer, in the place of the one that it gave before.

        Args:
            poll: The question.
            phone: The phone's token.
            value: See `allowed`.

        Returns:
            Whether there was room for it.
        """
        who = fingerprint(phone)
        with self._lock:
            if who not in poll.answers and len(poll.answers) >= MOST_ANSWERS:
                return False
            poll.answers[who] = value
            return True

    def given(self, poll: Poll, phone: str) -> float | None:
        """What a phone has answered; None for nothing yet."""
        with self._lock:
            return poll.answers.get(fingerprint(phone))

    def values(self, poll: Poll) -> list[float]:
        """All answers, in no order that says who gave them."""
        with self._lock:
            return sorted(poll.answers.values())

    def _drop_old(self) -> None:
        now = self._clock()
        for poll_id in [one.id for one in self._polls.values() if now - one.begun > KEPT_SECONDS]:
            del self._polls[poll_id]


def allowed(lesson: Lesson, text: str) -> float | None:
    """An answer as a number: the place of a choice, or what the slider says; None if it is neither.

    Args:
        lesson: The lesson.
        text: What a phone has sent.
    """
    try:
        value = float(text)
    except ValueError:
        return None
    if lesson.slider is not None:
        return value if lesson.slider.low <= value <= lesson.slider.high else None
    return value if value in range(len(lesson.choices)) else None


def bounds(lesson: Lesson) -> list[float]:
    """Where the bins of a question for a number begin, and where the last one ends."""
    slider = lesson.slider
    if slider is None:
        return []
    wide = (slider.high - slider.low) / BINS
    return [slider.low + place * wide for place in range(BINS)] + [slider.high]


def counts(lesson: Lesson, values: list[float]) -> list[int]:
    """How many chose each answer, or a number within each bin.

    Args:
        lesson: The lesson.
        values: The answers.
    """
    ends = bounds(lesson)
    if not ends:
        return [sum(value == place for value in values) for place in range(len(lesson.choices))]
    places = [counted_in(lesson, value) for value in values]
    return [places.count(place) for place in range(BINS)]


def counted_in(lesson: Lesson, value: float) -> int:
    """The bin of a question for a number in which a value is counted; the outermost ones take what lies beyond.

    Args:
        lesson: The lesson.
        value: The number.
    """
    first, *_middle, last = bounds(lesson)
    return min(BINS - 1, max(0, int((value - first) / (last - first) * BINS)))
