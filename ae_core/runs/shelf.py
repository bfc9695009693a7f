"""The folder in which runs lie: which there are, how one appears and vanishes at once, and who holds its lock."""

import contextlib
import logging
import os
import secrets
import shutil
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from ae_core.errors import DataError, disk_reason
from ae_core.runs.files import GONE, RUN, STATUS, WRITER_LOCK, Lock, is_id
from ae_core.runs.record import StoredRun, current, read_run
from ae_core.whole_files import PART, force

logger = logging.getLogger(__name__)

LEFTOVER_SECONDS = 3600.0
PATIENCE = 2.0  # seconds that a lock is waited for


class UnreadableError(DataError):
    """The disk does not say which runs there are."""


class Shelf:
    """The runs' folder, shared with other processes.

    Args:
        folder: The folder. Made when the first run arrives.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._known: dict[str, tuple[tuple[int, ...], StoredRun | None]] = {}
        self._guard = threading.Lock()

    def ids(self) -> list[str]:
        """Ids of all runs, readable or not.

        Raises:
            UnreadableError: If the disk does not say which there are.
        """
        try:
            found = [name for name in os.listdir(self.folder) if is_id(name)]
        except FileNotFoundError:
            found = []
        except OSError as error:
            logger.exception("The folder of runs cannot be read.")
            raise UnreadableError(f"The stored runs cannot be read at present ({error.strerror}).") from error
        with self._guard:
            for run_id in self._known.keys() - set(found):
                del self._known[run_id]
        return found

    def path(self, run_id: str) -> Path:
        """The folder of a run, whether or not it is there.

        Raises:
            DataError: If the text is no id.
        """
        if not is_id(run_id):
            raise unknown()
        return self.folder / run_id

    def runs(self) -> list[StoredRun]:
        """Every run that can be read, newest first; see `ids`."""
        found = [run for run in map(self.entry, self.ids()) if run is not None]
        return sorted(found, key=lambda run: run.created, reverse=True)

    def entry(self, run_id: str) -> StoredRun | None:
        """A run as a list shows it, read only if it has changed; None if it cannot be read."""
        folder = os.path.join(self.folder, run_id)
        try:
            mark = (*_mark(f"{folder}/{RUN}"), *_mark(f"{folder}/{STATUS}"))
            known = self._known.get(run_id)
            if known is None or known[0] != mark:
                known = mark, _read(Path(folder))
                with self._guard:
                    self._known[run_id] = known
            return None if known[1] is None else current(known[1])
        except (OSError, DataError):
            with self._guard:
                self._known.pop(run_id, None)
            return None

    @contextlib.contextmanager
    def arriving(self, run_id: str) -> Iterator[Path]:
        """Gives a folder to write a new run into, which is the run's once the block ends without an exception.

        Raises:
            DataError: If the disk does not take it.
        """
        part: Path | None = None
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            part = Path(tempfile.mkdtemp(prefix=PART, dir=self.folder))
            yield part
            (part / WRITER_LOCK).touch()
            force(part)
            part.rename(self.folder / run_id)
            force(self.folder)
        except OSError as error:
            raise DataError(f"The run could not be stored because {disk_reason(error)}.") from error
        finally:
            if part is not None:
                shutil.rmtree(part, ignore_errors=True)

    def take(self, run_id: str) -> Lock:
        """The lock of a run, taken.

        Raises:
            DataError: If there is no such run, or another process holds it for long.
        """
        folder = self.path(run_id)
        lock = Lock(folder / WRITER_LOCK)
        if not lock.take(PATIENCE):
            if not folder.is_dir():
                raise unknown()
            raise DataError(f"The run {run_id} is being trained by another process.")
        return lock

    def take_away(self, run_id: str) -> bool:
        """Removes a run at once for every reader, and then from the disk. False if a process trains it."""
        folder = self.folder / run_id
        lock = Lock(folder / WRITER_LOCK)
        if not lock.take():
            return False
        try:
            gone = folder.rename(self.folder / f"{GONE}{run_id}-{secrets.token_hex(4)}")
        except OSError:
            logger.exception("The run %s cannot be removed.", run_id)
            return False
        finally:
            lock.drop()
        shutil.rmtree(gone, ignore_errors=True)
        with self._guard:
            self._known.pop(run_id, None)
        return True

    def sweep(self) -> None:
        """Removes what processes left that died while they stored or removed a run."""
        for path in [*self.folder.glob(f"{PART}*"), *self.folder.glob(f"{GONE}*")]:
            with contextlib.suppress(FileNotFoundError):
                if path.name.startswith(GONE) or time.time() - path.stat().st_mtime > LEFTOVER_SECONDS:
                    shutil.rmtree(path, ignore_errors=True)


def unknown() -> DataError:
    """Says that there is no such run."""
    return DataError("There is no such stored run, or it was removed.")


def _read(folder: Path) -> StoredRun | None:
    try:
        return read_run(folder)
    except DataError as error:
        logger.warning("%s", error)
        return None


def _mark(path: str) -> tuple[int, int, int]:
    """What changes whenever a file is replaced."""
    found = os.stat(path)
    return found.st_mtime_ns, found.st_ino, found.st_size
