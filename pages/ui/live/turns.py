"""Whose turn it is where few may have something computed at a time: theirs who have waited longest.

Pages ask again and again, and whoever is refused waits in the queue as long as it goes on asking. However many
questions come from one address, those of others come in between.
"""

import itertools
import time
from collections.abc import Collection

TURN = 3.0  # seconds without a question, after which a page has left the queue; pages ask each second at least
MOST_WAITING = 100  # pages of one address


class _Waiting:
    """A page in the queue.

    Attributes:
        since: When its address had its last turn, or else when it came: a number that grows.
        at: When it has last asked.
    """

    def __init__(self, since: int, at: float) -> None:
        self.since, self.at = since, at


class Turns:
    """The queue of one kind of work. Used on the server's own loop."""

    def __init__(self) -> None:
        self._waiting: dict[tuple[str, str], _Waiting] = {}  # by address and page, in the order in which they came
        self._count = itertools.count()

    def take(self, page: str, address: str, free: int, busy: Collection[str]) -> bool:
        """A page asks whether it is its turn, and waits from now on if it is not.

        Args:
            page: The page.
            address: From where it asks.
            free: How many places nobody has.
            busy: Addresses that have a place, and wait until they have none.
        """
        now = time.monotonic()
        for gone in [one for one, waiting in self._waiting.items() if now - waiting.at >= TURN]:
            del self._waiting[gone]
            self._had_its_turn(gone[0])  # or an address could have others wait for its pages one after another
        own = self._waiting.get((address, page))
        if own is None:
            if sum(one == address for one, _page in self._waiting) >= MOST_WAITING:
                return False
            own = self._waiting[address, page] = _Waiting(next(self._count), now)
        own.at = now
        if (address, page) not in self._next(free, busy):
            return False
        del self._waiting[address, page]
        self._had_its_turn(address)
        return True

    def leave(self, page: str) -> None:
        """A page does not wait any more."""
        self._waiting = {one: waiting for one, waiting in self._waiting.items() if one[1] != page}

    def _had_its_turn(self, address: str) -> None:
        """What else waits from there comes after those who wait elsewhere by now."""
        turn = next(self._count)
        for (one, _page), waiting in self._waiting.items():
            if one == address:
                waiting.since = turn

    def _next(self, free: int, busy: Collection[str]) -> list[tuple[str, str]]:
        """Who may have the free places: the first of each address that has none, by the time that they have waited."""
        first: dict[str, tuple[str, str]] = {}
        for one in sorted(self._waiting, key=lambda one: self._waiting[one].since):
            if one[0] not in busy:
                first.setdefault(one[0], one)
        return [*first.values()][: max(free, 0)]
