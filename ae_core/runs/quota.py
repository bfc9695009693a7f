"""How much room runs may take, how long they are kept, and which of them go next."""

import contextlib
import math
import os
import time
from dataclasses import dataclass

from ae_core.errors import DataError, printable
from ae_core.formats.archive import megabytes
from ae_core.runs.files import STORE_LOCK, Lock, folder_bytes
from ae_core.runs.record import StoredRun
from ae_core.runs.shelf import Shelf

LIMIT_MB = 2048.0
LIMIT_DAYS = 30.0
SOON_SHARE = 0.1  # of the room: what would go if so much more came is said before
SOON_SECONDS = 2 * 86_400.0
PINNED_SHARE = 0.5  # of the room, at most, is pinned


@dataclass(frozen=True)
class Going:
    """A run that will be removed.

    Args:
        run: The run.
        at: When, in seconds since 1970; None where it depends on the room that newer runs take.
        reason: `age`, or `size` for the oldest where the room is short.
    """

    run: StoredRun
    at: float | None
    reason: str


@dataclass(frozen=True)
class _Candidate:
    """A run that may be removed: when it ended, its bytes, and the run if it can be read."""

    ended: float
    size: int
    id: str
    run: StoredRun | None


class Room:
    """The bounds of a store.

    Args:
        shelf: Where the runs are.
        limit_mb: Room for all runs in MB (2^20 bytes); None for `AE_RUNS_LIMIT_MB`, or 2048.
        limit_days: Days that a run is kept after its end; None for `AE_RUNS_DAYS`, or 30.

    Raises:
        DataError: If one of the variables is not a number above 0.
    """

    def __init__(self, shelf: Shelf, limit_mb: float | None, limit_days: float | None) -> None:
        self._shelf = shelf
        megabytes_allowed = _limit("AE_RUNS_LIMIT_MB", LIMIT_MB) if limit_mb is None else limit_mb
        days = _limit("AE_RUNS_DAYS", LIMIT_DAYS) if limit_days is None else limit_days
        self.bytes, self.seconds = int(megabytes_allowed * 2**20), days * 86_400.0

    def prune(self) -> list[str]:
        """Removes runs that are too old, and the oldest until the others fit; never a pinned one, or one in training.

        Returns:
            Ids of the runs that were removed.
        """
        # Two at a time would each remove as much as is too much.
        lock = Lock(self._shelf.folder / STORE_LOCK)
        if not lock.take():
            return []
        try:
            self._shelf.sweep()
            total, candidates = self._candidates()
            now, gone = time.time(), []
            for one in candidates:
                if (now - one.ended > self.seconds or total > self.bytes) and self._shelf.take_away(one.id):
                    gone.append(one.id)
                    total -= one.size
            return gone
        finally:
            lock.drop()

    def about_to_go(self) -> list[Going]:
        """The runs that would go within two days, or if newer ones took a tenth of the room more; next first."""
        total, candidates = self._candidates()
        now, going = time.time(), []
        for one in candidates:
            at = one.ended + self.seconds
            crowded, old = total > (1 - SOON_SHARE) * self.bytes, at - now < SOON_SECONDS
            if crowded or old:
                total -= one.size
                if one.run is not None:
                    going.append(Going(one.run, at, "age") if old else Going(one.run, None, "size"))
        return going

    def used(self) -> int:
        """Bytes that all runs take."""
        return self._candidates()[0]

    def check_pin(self, run_id: str) -> None:
        """Checks that one more run can be pinned.

        Raises:
            DataError: If the pinned ones would take more than half of the room.
        """
        pinned = [run.folder for run in self._shelf.runs() if run.pinned or run.id == run_id]
        total, most = sum(map(folder_bytes, pinned)), int(PINNED_SHARE * self.bytes)
        if total > most:
            raise DataError(
                f"Pinned runs may take {megabytes(most)} together; with this one they would take {megabytes(total)}."
            )

    def _candidates(self) -> tuple[int, list[_Candidate]]:
        """Bytes of all runs, and those that may be removed, the one that ended first in front."""
        total, found = 0, []
        for run_id in self._shelf.ids():
            run, path = self._shelf.entry(run_id), self._shelf.path(run_id)
            size = run.size if run is not None and run.ended and run.size else folder_bytes(path)
            total += size
            if run is None:
                with contextlib.suppress(FileNotFoundError):
                    found.append(_Candidate(path.stat().st_mtime, size, run_id, None))
            elif run.ended and not run.pinned:
                found.append(_Candidate(max(run.created, run.finished or run.updated), size, run_id, run))
        return total, sorted(found, key=lambda one: one.ended)


def _limit(name: str, default: float) -> float:
    """A number from the environment."""
    given = os.environ.get(name)
    try:
        value = default if not given else float(given)
    except ValueError:
        value = math.nan
    if not 0 < value < math.inf:
        raise DataError(f"{name} must be a number above 0. Received: {printable(str(given))!r}.")
    return value
