"""How much memory the kernel allows, and what it ends for want of it.

The nanny of a worker that it has ended knows nothing of the reason.
"""

import contextlib
import math
import time
from pathlib import Path

GROUPS, MOUNTED = Path("/proc/self/cgroup"), Path("/sys/fs/cgroup")  # of Linux
COUNTER = Path("/proc/vmstat")  # of Linux; elsewhere nothing is known
LATELY = 5.0  # seconds in which the loss of a worker is noticed


class OutOfMemory:
    """Notices when the kernel of this machine, or of this container's, has ended a process for want of memory."""

    def __init__(self) -> None:
        self._count, self._at = kills(), -math.inf

    def look(self) -> None:
        """Looks whether it has done so since the last look."""
        count = kills()
        if count > self._count:
            self._count, self._at = count, time.monotonic()

    @property
    def lately(self) -> bool:
        """Whether it has done so just now."""
        return time.monotonic() - self._at < LATELY


def kills() -> int:
    """How many processes the kernel has ended so since it began; 0 where it does not say that."""
    try:
        lines = COUNTER.read_text(encoding="ascii").splitlines()
    except OSError:
        return 0
    found = (line.split() for line in lines)
    return next((int(words[1]) for words in found if words[:1] == ["oom_kill"] and len(words) == 2), 0)


def memory_allowed() -> float:
    """Bytes that this process and those that it starts may take together; infinity where no control group bounds them.

    Dask looks at the root of all groups, which is a container's own; the group of a service is further down.

    References:
        Linux, Documentation/admin-guide/cgroup-v2.rst, section "Memory"; cgroups(7).
    """
    try:
        lines = [line.split(":", 2) for line in GROUPS.read_text(encoding="utf-8").splitlines()]
    except OSError:
        return math.inf
    found = [math.inf]
    for _, controllers, path in (line for line in lines if len(line) == 3):
        second = not controllers  # the second version has one tree for all controllers
        if not second and "memory" not in controllers.split(","):
            continue
        top, name = (MOUNTED, "memory.max") if second else (MOUNTED / "memory", "memory.limit_in_bytes")
        group = top / path.strip("/")
        for folder in (group, *group.parents):
            if folder.is_relative_to(top):
                with contextlib.suppress(OSError, ValueError):  # no bound is written as `max`
                    found.append(int((folder / name).read_text(encoding="ascii")))
    return min(found)
