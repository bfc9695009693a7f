"""What the kernel ends for want of memory: the nanny of a worker that it has ended knows nothing of the reason."""

import math
import time
from pathlib import Path

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
