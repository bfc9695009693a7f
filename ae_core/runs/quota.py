"""How much room runs may take, how long they are kept, and which of them go next."""

import contextlib
import time
from dataclasses import dataclass, replace

from ae_core.errors import DataError
from ae_core.formats.archive import megabytes
from ae_core.limits import limit
from ae_core.room import Bounds, Thing, leaving, overfull
from ae_core.runs.files import STORE_LOCK, Lock, folder_bytes
from ae_core.runs.record import QUEUED_SECONDS, StoredRun
from ae_core.runs.shelf import Shelf

LIMIT_MB = 2048.0
LIMIT_DAYS = 30.0
PUBLIC_OWNER_MB = 256.0
MOST_RUNS, PUBLIC_MOST_RUNS = 10_000.0, 100.0  # of one owner
SOON_SHARE = 0.1  # of the room: what would go if so much more came is said before
SOON_SECONDS = 2 * 86_400.0
PINNED_SHARE = 0.5  # of the room, and of each owner's, at most, is pinned
RUN_SHARE = 0.25  # of the same is one checkpoint, or one imported run, at most


@dataclass(frozen=True)
class Going:
    """A run that will be removed.

    Args:
        run: The run.
        at: When, in seconds since 1970; None where it depends on the room that newer runs take.
        reason: `age`, or `size` where room is short: the oldest of whoever takes most, or has too much.
    """

    run: StoredRun
    at: float | None
    reason: str


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
        megabytes_allowed = limit("AE_RUNS_LIMIT_MB", LIMIT_MB) if limit_mb is None else limit_mb
        owner_megabytes = limit("AE_MAX_RUNS_MB_PER_OWNER", megabytes_allowed, PUBLIC_OWNER_MB)
        days = limit("AE_RUNS_DAYS", LIMIT_DAYS) if limit_days is None else limit_days
        self.bytes, self.seconds = int(megabytes_allowed * 2**20), days * 86_400.0
        self._bounds = Bounds(
            total=self.bytes,
            owner=min(self.bytes, int(owner_megabytes * 2**20)),
            count=int(limit("AE_MAX_RUNS_PER_OWNER", MOST_RUNS, PUBLIC_MOST_RUNS)),
        )

    @property
    def largest_run(self) -> int:
        """Most bytes of one checkpoint, and of one imported run."""
        return int(RUN_SHARE * self._bounds.owner)

    def prune(self) -> list[str]:
        """Removes runs that are too old, and of the others as many as `room` says; none that is pinned or in training.

        Returns:
            Ids of the runs that were removed.
        """
        # Two at a time would each remove as much as is too much.
        lock = Lock(self._shelf.folder / STORE_LOCK)
        if not lock.take():
            return []
        gone: list[str] = []
        try:
            self._shelf.sweep()
            held: set[str] = set()  # by a process that has begun to train it meanwhile
            while True:
                before = len(held)
                for one in list(self._leaving(held, time.time(), self._bounds)):
                    if self._shelf.take_away(one.id):
                        gone.append(one.id)
                    else:
                        held.add(one.id)
                if len(held) == before:
                    return gone
        finally:
            lock.drop()

    def about_to_go(self) -> list[Going]:
        """The runs that would go within two days, or if newer ones took a tenth of the room more; next first."""
        now = time.time()
        going = []
        for one in self._leaving(set(), now + SOON_SECONDS, self._bounds.part(1 - SOON_SHARE)):
            run, at = self._shelf.entry(one.id), one.at + self.seconds
            if run is not None:
                old = at - now < SOON_SECONDS
                going.append(Going(run, at, "age") if old else Going(run, None, "size"))
        return going

    def used(self) -> int:
        """Bytes that all runs take."""
        return sum(one.size for one in self._things())

    def admit(self, owner: str | None, size: int) -> None:
        """Checks that there can be room for one more run.

        Args:
            owner: Whose it will be.
            size: Bytes that it takes.

        Raises:
            DataError: If what is pinned, waits or trains leaves none.
        """
        if overfull(self._things(), self._bounds, owner, size):
            raise DataError(
                f"One person may keep {self._bounds.count:,} runs of {megabytes(self._bounds.owner)} together, "
                f"everybody {megabytes(self.bytes)}; what is pinned, waits or trains leaves no room for this one."
            )

    def check_pin(self, run_id: str) -> None:
        """Checks that one more run can be pinned.

        Raises:
            DataError: If the pinned ones would take more than half of the room, or of their owner's.
        """
        pinned = [run for run in self._shelf.runs() if run.pinned or run.id == run_id]
        owners = {run.owner for run in pinned if run.id == run_id and run.owner is not None}
        own = [run for run in pinned if run.owner in owners]
        for who, runs, room in (("Pinned runs", pinned, self.bytes), ("Your pinned runs", own, self._bounds.owner)):
            total, most = sum(folder_bytes(run.folder) for run in runs), int(PINNED_SHARE * room)
            if total > most:
                raise DataError(
                    f"{who} may take {megabytes(most)} together; with this one they would take {megabytes(total)}."
                )

    def _leaving(self, held: set[str], at: float, bounds: Bounds) -> list[Thing]:
        """What goes at a moment: what is too old by then, and of the rest what does not fit; oldest first in each."""
        things = [replace(one, free=one.free and one.id not in held) for one in self._things()]
        old = [one for one in things if one.free and at - one.at > self.seconds]
        gone = {one.id for one in old}
        return [*sorted(old, key=lambda one: one.at), *leaving((one for one in things if one.id not in gone), bounds)]

    def _things(self) -> list[Thing]:
        """All runs; what cannot be read is the host's."""
        found = []
        for run_id in self._shelf.ids():
            run, path = self._shelf.entry(run_id), self._shelf.path(run_id)
            size = run.size if run is not None and run.ended and run.size else folder_bytes(path)
            if run is not None:
                at = max(run.created, run.finished or run.updated)
                found.append(Thing(run_id, run.owner, size, at, free=run.ended and not run.pinned and not goes_on(run)))
            else:
                with contextlib.suppress(FileNotFoundError):
                    found.append(Thing(run_id, None, size, path.stat().st_mtime))
        return found


def goes_on(run: StoredRun) -> bool:
    """Whether an interrupted run waits for an app that takes it up: it does so for a day."""
    return run.state == "interrupted" and run.origin == "app" and time.time() - run.updated < QUEUED_SECONDS
