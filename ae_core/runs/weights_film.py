"""What a network was at some steps of its training: its weights beside the frames, so that one can play with it there.

Each set is a file of its own: the weights in half precision, one behind the other, and a checksum, as they are not
forced to the disk. There are few of them, spread as the frames are; the newest is always among them. They take their
share of the run's room, are not in its zip file, and a run without them can be explored at its end as ever.
"""

import logging
import re
import struct
import time
import zlib
from collections.abc import Callable
from pathlib import Path

from ae_core.runs.thinning import thinned
from ae_core.whole_files import write

MOST_SETS = 16
MOST_BYTES = 16 * 2**20  # of all sets of a run; a network of which not even two would fit has none
SHARE = 0.01  # of the time, at most, goes into them
_NAME = re.compile(r"weights-([0-9]{10})\.f2")
_CHECKSUM = struct.Struct("<I")
SETTLED = 2_000_000_000  # nanoseconds since a folder has changed, after which its list is remembered
MOST_LISTED = 1000  # folders

_listed: dict[Path, tuple[int, list[int]]] = {}

logger = logging.getLogger(__name__)


def weights_name(step: int) -> str:
    """Name of the file of the weights of a step."""
    return f"weights-{step:010d}.f2"


def weights_steps(folder: Path) -> list[int]:
    """Steps of which the weights are kept in a run's folder, growing; none if it is gone.

    Whoever drags through a code asks at each answer, so a folder is listed again only when its change time is another.
    """
    try:
        changed = folder.stat().st_mtime_ns
        known = _listed.get(folder)
        if known is not None and known[0] == changed:
            return list(known[1])
        names = [path.name for path in folder.iterdir()]
    except FileNotFoundError:
        return []
    steps = sorted(int(match[1]) for match in map(_NAME.fullmatch, names) if match)
    if time.time_ns() - changed > SETTLED:  # a clock has ticks, within which a folder may change twice
        if len(_listed) >= MOST_LISTED:
            _listed.clear()
        _listed[folder] = changed, steps
    return steps


def read_weights(folder: Path, step: int) -> bytes | None:
    """The weights of a step as they were taken; None if they are not kept (any more), or damaged."""
    try:
        content = (folder / weights_name(step)).read_bytes()
    except FileNotFoundError:
        return None
    weights, checksum = content[: -_CHECKSUM.size], content[-_CHECKSUM.size :]
    if checksum != _CHECKSUM.pack(zlib.crc32(weights)):
        logger.error("The weights of step %d in %s are damaged.", step, folder)
        return None
    return weights


class WeightsFilm:
    """Keeps the sets of a run while it trains.

    Args:
        folder: The run's folder.
        clock: Gives seconds.
    """

    def __init__(self, folder: Path, clock: Callable[[], float] = time.monotonic) -> None:
        self._folder, self._clock = folder, clock
        self._next = 0.0

    def keep(self, step: int, take: Callable[[], bytes]) -> None:
        """Keeps the weights of the newest step, unless that would take too much of the time, or of the room.

        Args:
            step: The step.
            take: Gives the weights; nothing where there are none that half precision can hold.
        """
        begun = self._clock()
        if begun < self._next:
            return
        try:
            self._keep(step, take())
        except OSError:
            # A disk that is full is told by the frames, and the next set is tried again.
            logger.warning("The weights of step %d could not be written to %s.", step, self._folder, exc_info=True)
        ended = self._clock()
        self._next = ended + (ended - begun) / SHARE

    def _keep(self, step: int, weights: bytes) -> None:
        most = min(MOST_SETS, MOST_BYTES // max(1, len(weights)))
        # A training that goes on from a checkpoint goes back in time; what lies ahead of it will come again.
        kept = weights_steps(self._folder)
        chosen = thinned({one for one in kept if one < step} | {step}, most) if weights and most >= 2 else set()
        if chosen:
            content = weights + _CHECKSUM.pack(zlib.crc32(weights))
            write(self._folder / weights_name(step), content, forced=False)
        for gone in set(kept) - chosen if chosen else [one for one in kept if one >= step]:
            (self._folder / weights_name(gone)).unlink(missing_ok=True)
