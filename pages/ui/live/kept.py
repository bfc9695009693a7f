"""What was packed for one page, kept for the others: the things asked for last, up to a number of bytes."""

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import Any, Generic, TypeVar
from weakref import WeakSet

T = TypeVar("T")

Key = tuple[Any, ...]
"""What a thing depends on: the run, or the recording, first."""

_all: "WeakSet[Kept[Any]]" = WeakSet()


def forget(run_id: str) -> None:
    """Lets go of all that is kept of a run, wherever.

    Args:
        run_id: The run.
    """
    for kept in [*_all]:
        kept.forget(run_id)


class Kept(Generic[T]):
    """A memory of bounded size. Any thread may use it.

    Args:
        most_bytes: Bytes of all things together, at most.
        most: Things, at most, for those that have no bytes.
        weigh: Bytes of a thing.
    """

    def __init__(self, most_bytes: int, most: int, weigh: Callable[[T], int]) -> None:
        self._most_bytes, self._most, self._weigh = most_bytes, most, weigh
        self._things: OrderedDict[Key, T] = OrderedDict()
        self._bytes = 0
        self._lock = Lock()
        _all.add(self)

    def get(self, key: Key) -> T | None:
        """The thing of that key, None if it is not kept (any more)."""
        with self._lock:
            if key in self._things:
                self._things.move_to_end(key)
            return self._things.get(key)

    def put(self, key: Key, thing: T) -> None:
        """Keeps a thing, and lets go of those that were asked for longest ago where it does not fit."""
        with self._lock:
            if key in self._things:
                self._bytes -= self._weigh(self._things.pop(key))
            self._things[key] = thing
            self._bytes += self._weigh(thing)
            while self._bytes > self._most_bytes or len(self._things) > self._most:
                _, gone = self._things.popitem(last=False)
                self._bytes -= self._weigh(gone)

    def forget(self, run_id: str) -> None:
        """Lets go of all that is of one run."""
        with self._lock:
            for key in [key for key in self._things if key[0] == run_id]:
                self._bytes -= self._weigh(self._things.pop(key))
