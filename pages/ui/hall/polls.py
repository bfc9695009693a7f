"""What a hall answers to a lesson's question: in memory, for an evening, and nothing of who answered."""

import hashlib
import hmac
import secrets
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from ae_core.lessons.lesson import Lesson
from ae_core.ownership import fingerprint

MOST_POLLS = 200  # of all lecturers
MOST_OF_ADDRESS = 20  # of all who ask from one address; those that have ended there go first
MOST_OF_OWNER = 3  # of one person, whose oldest one then goes
MOST_ANSWERS = 2000  # to one of them
MOST_PHONES = 1000  # that may answer it from one address: a hall sits behind one, also with IPv6
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
        address: Fingerprint of the address that it was asked from.
        begun: When, on the monotonic clock.
        answers: One for each phone, by a fingerprint of the phone's token, so that it can think again.
        phones: How many have answered, by a fingerprint of their address.
        ended: Whether no more answers are taken; those that came stay to be seen.
    """

    id: str
    key: str
    lesson: str
    owner: str
    address: str
    begun: float
    answers: dict[str, float] = field(default_factory=dict)
    phones: Counter[str] = field(default_factory=Counter)
    ended: bool = False


class Polls:
    """All questions that are open, and those that have ended and may still be looked at.

    Args:
        clock: Seconds that only grow.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._polls: dict[str, Poll] = {}  # oldest first
        self._lock = threading.Lock()
        self._secret = secrets.token_bytes(32)

    def ask(self, owner: str, lesson: str, address: str = "") -> Poll | None:
        """A new question; None where so many are open that there is no room for it.

        Nobody's open question goes for that of somebody else, nor do the answers of one that has ended go for questions
        that somebody asks again and again from one place.

        Args:
            owner: Token of the person who asks.
            lesson: Name of the lesson.
            address: Where they ask from.
        """
        mine, here = fingerprint(owner), fingerprint(address)
        with self._lock:
            self._drop_old()
            own = [one for one in self._polls.values() if one.owner == mine]
            for one in own[: max(0, len(own) - MOST_OF_OWNER + 1)]:
                del self._polls[one.id]
            from_here = [one for one in self._polls.values() if one.address == here]
            over_here = [one for one in from_here if one.ended][: max(0, len(from_here) - MOST_OF_ADDRESS + 1)]
            for one in over_here:
                del self._polls[one.id]
            over = [one for one in self._polls.values() if one.ended]
            for one in over[: max(0, len(self._polls) - MOST_POLLS + 1)]:
                del self._polls[one.id]
            if len(self._polls) >= MOST_POLLS or len(from_here) - len(over_here) >= MOST_OF_ADDRESS:
                return None
            poll = Poll(secrets.token_urlsafe(6), secrets.token_urlsafe(16), lesson, mine, here, self._clock())
            self._polls[poll.id] = poll
            return poll

    def get(self, poll_id: str) -> Poll | None:
        """The question of that id, while it is kept."""
        with self._lock:
            self._drop_old()
            return self._polls.get(poll_id)

    def end(self, poll: Poll) -> None:
        """Takes no more answers to a question."""
        with self._lock:
            poll.ended = True

    def token(self, poll: Poll) -> str:
        """A token by which a phone is known for one question. It is not kept: whoever only looks takes no room.

        Phones look more than once without a cookie: what reads the code opens the page in a window of its own first.

        Args:
            poll: The question.
        """
        name = secrets.token_urlsafe(12)
        return f"{name}.{self._mark(poll, name)}"

    def has_room(self, poll: Poll, address: str) -> bool:
        """Whether one more phone may answer a question from its address."""
        with self._lock:
            return _has_room(poll, fingerprint(address))

    def gave(self, poll: Poll, token: str) -> bool:
        """Whether a phone was given its token here, for this question."""
        name, _dot, mark = token.partition(".")
        return hmac.compare_digest(mark.encode(), self._mark(poll, name).encode())

    def _mark(self, poll: Poll, name: str) -> str:
        return hmac.new(self._secret, f"{poll.id} {name}".encode(), hashlib.sha256).hexdigest()[:32]

    def answer(self, poll: Poll, phone: str, value: float, address: str = "") -> bool:
        """Takes a phone's answer, in the place of the one that it gave before.

        Args:
            poll: The question.
            phone: The phone's token, which `gave` knows.
            value: See `allowed`.
            address: The phone's.

        Returns:
            Whether it is counted: there was room for it, and the question has not ended.
        """
        who, here = fingerprint(phone), fingerprint(address)
        with self._lock:
            if poll.ended:
                return False
            if who not in poll.answers:
                if not _has_room(poll, here):
                    return False
                poll.phones[here] += 1
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


def _has_room(poll: Poll, here: str) -> bool:
    return len(poll.answers) < MOST_ANSWERS and poll.phones[here] < MOST_PHONES


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
