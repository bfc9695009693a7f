"""A few threads for what keeps the processor busy, and of one address fewer still.

All visitors share 28 threads, and all threads one interpreter: as many that compute at once would have the server's own
loop, and with it everybody, wait for each of them in turn.
"""

from collections.abc import Callable
from typing import Any, TypeVar
from weakref import WeakValueDictionary

from anyio import CapacityLimiter, to_thread

T = TypeVar("T")


class Lanes:
    """Work of one kind, which waits for a thread without holding one.

    Args:
        most: Threads at a time.
        most_of_one: Of them for what is asked from one address, so that others come in between.
    """

    def __init__(self, most: int, most_of_one: int) -> None:
        self._all, self._most_of_one = CapacityLimiter(most), most_of_one
        self._of: WeakValueDictionary[str, CapacityLimiter] = WeakValueDictionary()

    async def run(self, address: str, work: Callable[..., T], *given: Any) -> T:
        """Does something on a thread, as soon as it is its turn.

        Args:
            address: From where it is asked for.
            work: What is done.
            given: What it is given.
        """
        own = self._of.get(address)
        if own is None:
            own = self._of[address] = CapacityLimiter(self._most_of_one)
        async with own:
            return await to_thread.run_sync(work, *given, limiter=self._all)
