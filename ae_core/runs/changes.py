"""What becomes of a stored run that nobody trains: how it ended, that it waits again, what it is called."""

import contextlib
import time
from collections.abc import Container, Iterator
from pathlib import Path
from typing import Any

import msgspec
from msgspec.structs import replace

from ae_core.errors import DataError, disk_reason
from ae_core.messages import LONGEST_ERROR
from ae_core.runs.files import RUN, STATUS, STORE_LOCK, clean, folder_bytes, line, locked, write_small
from ae_core.runs.quota import Room
from ae_core.runs.record import ENDED, read_about, read_run, read_status
from ae_core.runs.shelf import Shelf, unknown
from ae_core.settings import Settings
from ae_core.whole_files import PART, write

CHANGED = "run could not be changed"
NO_STATE = "This run cannot go on, because its state is not kept: it was too large, or is of an earlier version."


class Changes:
    """Changes stored runs, each under the lock that the file has which it writes; see `store`.

    Args:
        shelf: Where the runs lie.
        room: How much of it is whose.
    """

    def __init__(self, shelf: Shelf, room: Room) -> None:
        self._shelf, self._room = shelf, room

    @contextlib.contextmanager
    def taken(self, run_id: str, failed: str) -> Iterator[Path]:
        """The folder of a run, to which nobody else writes.

        Args:
            run_id: The run.
            failed: What did not happen if a disk fails, for the sentence that says so.

        Raises:
            DataError: If there is no such run, a process trains it, or it cannot be written.
        """
        lock = self._shelf.take(run_id)
        try:
            yield self._shelf.path(run_id)
        except OSError as error:
            raise DataError(f"The {failed} because {disk_reason(error)}.") from error
        finally:
            lock.drop()

    def end(self, run_id: str, state: str, error: str | None) -> None:
        """Says how a run ended, unless that is said already; see `RunStore.end`."""
        if state not in ENDED:
            raise ValueError(f"state must be one of {', '.join(sorted(ENDED))}. Received: {state!r}.")
        with self.taken(run_id, "run could not be ended") as folder:
            status = read_status(folder)
            if status.state in ENDED - {"interrupted"}:
                return
            error = None if error is None else line(error, LONGEST_ERROR)
            now = time.time()
            size = folder_bytes(folder)
            ended = replace(status, state=state, finished=now, updated=now, error=error, size=size)
            write_small(folder / STATUS, msgspec.json.encode(ended))

    def set_back(self, run_id: str) -> int:
        """Notes that the process died which trained a run; see `RunStore.set_back`."""
        with self.taken(run_id, CHANGED) as folder:
            status = read_status(folder)
            write(folder / STATUS, msgspec.json.encode(replace(status, setbacks=status.setbacks + 1)))
            return status.setbacks + 1

    def wait_again(self, run_id: str, states: Container[str], what: str, settings: Settings | None) -> None:
        """Has a run wait for more training, from its last checkpoint on.

        Args:
            run_id: The run.
            states: Those from which that is allowed.
            what: What it cannot do in another one, for the sentence that says so.
            settings: Its settings from now on; None for those that it has.

        Raises:
            DataError: If it is not allowed, its state is not kept, or it cannot be written.
        """
        with self.taken(run_id, CHANGED) as folder:
            run = read_run(folder)
            # As nobody else has the lock, one that says it trains was interrupted.
            state = "interrupted" if run.state in ("running", "paused") else run.state
            if state not in states:
                raise DataError(f"The run {run_id} cannot {what}, because it is {state}.")
            if not run.checkpoint_bytes:
                raise DataError(NO_STATE)
            if settings is not None:
                self.about(run_id, settings=settings.to_dict())
            status, now = read_status(folder), time.time()
            waiting = replace(status, state="queued", finished=None, error=None, attempts=0, setbacks=0, updated=now)
            write(folder / STATUS, msgspec.json.encode(waiting))

    def about(self, run_id: str, **changes: Any) -> None:
        """Changes what `run.json` says of a run.

        Args:
            run_id: The run.
            changes: Fields of `RunAbout`.

        Raises:
            DataError: If there is no such run, it cannot be written, or the pinned ones would take too much room.
        """
        folder = self._shelf.path(run_id)
        if not folder.is_dir():
            raise unknown()
        try:
            with locked(self._shelf.folder / STORE_LOCK):
                about = read_about(folder)
                if changes.get("pinned") and not about.pinned:
                    self._room.check_pin(run_id)
                clean(folder, f"{PART}{RUN}")
                write(folder / RUN, msgspec.json.encode(replace(about, **changes)))
        except FileNotFoundError as error:
            raise unknown() from error
        except OSError as error:
            raise DataError(f"The {CHANGED} because {disk_reason(error)}.") from error
