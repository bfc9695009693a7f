"""The recorded run that plays before anything is trained: the chosen variant's own."""

import functools
import logging
from collections import OrderedDict
from collections.abc import Callable, Hashable
from pathlib import Path
from threading import Lock
from typing import Any

from ae_core.recordings import recording

SECONDS_A_FRAME = 1.0
SECONDS_AT_THE_END = 3.0
MOST_BUILT = 200  # things of some 40 kB, of all recordings together

_log = logging.getLogger(__name__)
_built: OrderedDict[Hashable, Any] = OrderedDict()
_lock = Lock()


class Recording:
    """A run's messages, and what was built from them for all viewers.

    Args:
        setup: The setup message.
        snapshots: The snapshot messages, oldest first.
    """

    def __init__(self, setup: dict[str, Any], snapshots: list[dict[str, Any]]) -> None:
        self.setup, self.snapshots = setup, snapshots

    def frame(self, seconds: float) -> int:
        """The number of the snapshot to show so long after the start; the last one stays a while, then all begins anew.

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
    """The recording of a variant; where there is none, another's, so that something moves.

    Args:
        variant: Name of the variant.
    """
    own = recording.file_of(variant)
    others = (path for path in sorted(recording.FOLDER.glob(f"*{recording.SUFFIX}")) if path != own)
    found = (_read(path) for path in (own, *others) if path.is_file())
    return next((one for one in found if one is not None), None)
