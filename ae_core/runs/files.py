"""The files of a run: their names, their locks, and what is written although the disk is full.

Each is written whole or not at all, see `whole_files`. Only frames are not forced to the disk, because there are many
of them: a machine that loses its power may leave a damaged one, and readers do without it.
"""

import contextlib
import fcntl
import os
import re
import secrets
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from ae_core.errors import DISK_FULL, DataError, printable
from ae_core.whole_files import PART, write

RUN, STATUS, RESULT = "run.json", "status.json", "result.json"
SUFFIX, FIRST_SUFFIX = ".msgpack.gz", ".json.gz"  # of messages; earlier versions wrote the second one
SETUP, NEWEST = f"setup{SUFFIX}", f"newest{SUFFIX}"
CHECKPOINT, MODEL, CLASSIFIERS = "checkpoint.npz", "model.keras", "classifiers.json"
SNAPSHOT = re.compile(r"snapshot-([0-9]{10})\.(?:msgpack|json)\.gz")
GONE = ".gone-"  # a run's folder while it is removed
WRITER_LOCK, STORE_LOCK = ".writer", ".lock"

_RUN_ID = re.compile(r"[A-Za-z0-9_-]{12}")
_WAIT = 0.02
BLOCK = 4096  # bytes that a file takes at least, and by which it grows
MEMORY = Path("/dev/shm")  # noqa: S108 - a folder in memory, where the system has one; names in it are made up
ENOUGH = 512 * 2**20  # bytes of room with which nothing better is looked for


def new_id() -> str:
    """A run's id: whoever has it may watch. None begins with `-`, which a command line would take for an option."""
    while True:
        run_id = secrets.token_urlsafe(9)
        if not run_id.startswith("-"):
            return run_id


def is_id(text: str) -> bool:
    """Whether a text may be a run's id, and so the name of its folder."""
    return _RUN_ID.fullmatch(text) is not None


def line(text: str, longest: int) -> str:
    """A person's text as one line without control characters, cut to a length."""
    return printable(" ".join(text.split()), longest).strip()


def snapshot_name(step: int) -> str:
    """Name of the file of the snapshot kept at a step."""
    return f"snapshot-{step:010d}{SUFFIX}"


def first_name(name: str) -> str:
    """What earlier versions called the file of a message."""
    return name.removesuffix(SUFFIX) + FIRST_SUFFIX


def kept_steps(folder: Path) -> dict[int, Path]:
    """The snapshots kept in a run's folder: step → file, in the order of steps; none if it is gone."""
    try:
        files = sorted(folder.iterdir())  # of two forms of one snapshot the newer one comes later
    except FileNotFoundError:
        return {}
    found = {}
    for path in files:
        match = SNAPSHOT.fullmatch(path.name)
        if match:
            found[int(match[1])] = path
    return dict(sorted(found.items()))


def folder_bytes(folder: Path) -> int:
    """Bytes of all files in a run's folder; 0 if it is gone."""
    total = 0
    with contextlib.suppress(FileNotFoundError), os.scandir(folder) as entries:
        for entry in entries:
            with contextlib.suppress(FileNotFoundError):
                total += entry.stat(follow_symlinks=False).st_size
    return total


def write_small(path: Path, content: bytes) -> None:
    """Writes a whole file of less than a disk's block; on a full disk it goes over the one before, in its place.

    Args:
        path: The file.
        content: Its bytes, to which white space may be added.

    Raises:
        OSError: If it cannot be written at all.
    """
    try:
        write(path, content)
    except OSError as error:
        if error.errno not in DISK_FULL:
            raise
        size = path.stat().st_size
        if len(content) > -(-size // BLOCK) * BLOCK:
            raise
        with path.open("r+b") as file:
            file.write(content.ljust(size))


@contextlib.contextmanager
def scratch_file(folder: Path, name: str) -> Iterator[Path]:
    """A path for another program's file, removed when the block ends: in a folder, or where there is more room.

    Args:
        folder: Where it stands if that has room.
        name: What its name ends in.
    """
    places = (folder, Path(tempfile.gettempdir()), MEMORY)
    roomiest = max(places, key=lambda place: min(_free(place), ENOUGH))
    handle, path = tempfile.mkstemp(prefix=PART, suffix=f"-{name}", dir=roomiest)
    os.close(handle)
    try:
        yield Path(path)
    finally:
        Path(path).unlink(missing_ok=True)


def _free(folder: Path) -> int:
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        return -1


def clean(folder: Path, prefix: str = PART, keep: str = "\0") -> None:
    """Removes what crashes left in a folder: files that begin with `prefix`, but not those that begin with `keep`."""
    for path in folder.glob(f"{prefix}*"):
        if not path.name.startswith(keep) and path.is_file():
            path.unlink(missing_ok=True)


class Lock:
    """A lock between processes and threads that the system opens when its holder ends, however it ends.

    Args:
        path: File that stands for it, made where it is missing; its folder must exist.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._handle: int | None = None

    def take(self, seconds: float = 0.0) -> bool:
        """Takes the lock, waiting at most so long for another holder. False if it cannot be had, or is gone."""
        deadline = time.monotonic() + seconds
        while True:
            try:
                handle = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
            except (FileNotFoundError, NotADirectoryError):
                return False
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                # The folder may have been moved away to be removed just before.
                if os.fstat(handle).st_ino == os.stat(self._path).st_ino:
                    self._handle = handle
                    return True
            except FileNotFoundError:
                os.close(handle)
                return False
            except BlockingIOError:
                pass
            os.close(handle)
            if time.monotonic() >= deadline:
                return False
            time.sleep(_WAIT)

    def drop(self) -> None:
        """Opens the lock, if it was taken here."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None

    @staticmethod
    def held(path: Path) -> bool:
        """Whether somebody holds the lock of that file."""
        try:
            handle = os.open(path, os.O_RDONLY)
        except (FileNotFoundError, NotADirectoryError):
            return False
        try:
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        finally:
            os.close(handle)
        return False


@contextlib.contextmanager
def locked(path: Path, seconds: float = 10.0) -> Iterator[None]:
    """Holds the lock of a file through a block.

    Raises:
        DataError: If another holds it for too long.
    """
    lock = Lock(path)
    if not lock.take(seconds):
        raise DataError("The stored runs are in use by another process; try again in a moment.")
    try:
        yield
    finally:
        lock.drop()
