"""What was built for one viewer, kept for all the others."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any

MOST_KEPT = 64  # about three views of each run that is being watched


class Memo:
    """Remembers the newest version of what was built, and lets only one thread build each key.

    Args:
        limit: Keys remembered, at least 1; the one asked for longest ago is forgotten first.
    """

    def __init__(self, limit: int = MOST_KEPT) -> None:
        self._limit = limit
        self._lock = threading.Lock()
        self._entries: OrderedDict[Hashable, _Entry] = OrderedDict()

    def get(self, key: Hashable, version: int, build: Callable[[], Any]) -> Any:
        """The value of that key; `build` is called unless a value of this version, or of a later one, is there."""
        with self._lock:
            entry = self._entries.setdefault(key, _Entry())
            self._entries.move_to_end(key)
            while len(self._entries) > self._limit:
                self._entries.popitem(last=False)
        with entry.lock:
            if entry.version < version:
                entry.value = build()
                entry.version = version
            return entry.value

    def forget(self, job_id: str) -> None:
        """Forgets what was built of one job."""
        with self._lock:
            for key in [key for key in self._entries if isinstance(key, tuple) and key[0] == job_id]:
                del self._entries[key]


class _Entry:
    def __init__(self) -> None:
        self.lock = threading.RLock()  # reentrant: what is built may ask for other keys, and even for this one
        self.version = -1
        self.value: Any = None
