"""The recorded run that plays before anything is trained."""

import functools
import logging
from collections.abc import Callable, Hashable
from pathlib import Path
from typing import Any

from ae_core import recording

FOLDER = Path(__file__).resolve().parents[2] / "assets" / "recorded"
SECONDS_A_FRAME = 1.0
SECONDS_AT_THE_END = 3.0

_log = logging.getLogger(__name__)


class Recording:
    """A run's messages, and what was built from them for all viewers.

    Args:
        setup: The setup message.
        snapshots: The snapshot messages, oldest first.
    """

    def __init__(self, setup: dict[str, Any], snapshots: list[dict[str, Any]]) -> None:
        self.setup, self.snapshots = setup, snapshots
        self._built: dict[Hashable, Any] = {}

    def frame(self, seconds: float) -> int:
        """The number of the snapshot to show so long after the start; the last one stays a while, then all begins anew.

        Args:
            seconds: Seconds since the viewer came, from 0.
        """
        last = len(self.snapshots) - 1
        within = seconds % (last * SECONDS_A_FRAME + SECONDS_AT_THE_END)
        return min(int(within / SECONDS_A_FRAME), last)

    def cached(self, key: Hashable, build: Callable[[], Any]) -> Any:
        """What `build` returns, built once for each key. There are few: frames, views, languages."""
        if key not in self._built:
            self._built[key] = build()
        return self._built[key]


@functools.cache
def recordings() -> tuple[Recording, ...]:
    """All recordings that ship with the app."""
    found = []
    for path in sorted(FOLDER.glob("*.json.gz")):
        try:
            found.append(Recording(*recording.load(path)))
        except (OSError, ValueError, KeyError):
            _log.exception("The recording %s cannot be read.", path)
    return tuple(found)


def choose(variant: str) -> Recording | None:
    """The recording to play: of that variant if there is one, else any."""
    return next(
        (one for one in recordings() if one.setup["settings"]["variant"] == variant), next(iter(recordings()), None)
    )
