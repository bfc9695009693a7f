"""The recorded run that plays before anything is trained: the chosen variant's own."""

import functools
import logging
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from pathlib import Path
from threading import Lock
from typing import Any

from ae_core.messages import Setup, Snapshot
from ae_core.recordings import recording

SECONDS_A_FRAME = 1.0
SECONDS_AT_THE_END = 3.0
MOST_BUILT = 200  # things of about 40 kB each, for all recordings together

_log = logging.getLogger(__name__)
_built: OrderedDict[Hashable, Any] = OrderedDict()
_lock = Lock()


class Recording:
    """A run's messages, and what was built from them for all viewers.

    Args:
        setup: The setup message.
        snapshots: The snapshot messages, oldest first.
    """

    def __init__(self, setup: Setup, snapshots: Sequence[Snapshot]) -> None:
        self.setup, self.snapshots = setup, snapshots

    def frame(self, seconds: float) -> int:
        """The number of the snapshot to show after so many seconds; the last one stays a while, then it starts over.

        Args:
            seconds: Seconds since the viewer came, from 0.
        """
        last = len(self.snapshots) - 1
        within = seconds % (last * SECONDS_A_FRAME + SECONDS_AT_THE_END)
        return min(int(within / SECONDS_A_FRAME), last)

    def cached(self, key: Hashable, build: Callable[[], Any]) -> Any:
        """What `build` returned for this key of this recording, unless that was long ago."""
        whole = (self, key)
        with _lock:
            if whole in _built:
                _built.move_to_end(whole)
                return _built[whole]
        made = build()
        with _lock:
            _built[whole] = made
            while len(_built) > MOST_BUILT:
                _built.popitem(last=False)
        return made


@functools.cache
def _read(path: Path) -> Recording | None:
    """A recording, read when it is first asked for and then kept: less than 1 MB."""
    try:
        return Recording(*recording.load(path))
    except (OSError, ValueError, KeyError, TypeError):
        _log.exception("The recording %s cannot be read.", path)
        return None


@functools.cache
def choose(variant: str) -> Recording | None:
    """The recording of a variant, which `python -m ae_core record` makes; None while there is none.

    Args:
        variant: Name of the variant.
    """
    path = recording.file_of(variant)
    return _read(path) if path.is_file() else None
