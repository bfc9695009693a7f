"""Files that are there wholly or not at all, whenever the machine or the process ends.

A file is written under another name in the same folder, forced to the disk, and then renamed, which happens at once or
not at all. What a crash leaves of it begins with `.part-` and is never looked at.
"""

import contextlib
import errno
import os
import secrets
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

PART = ".part-"


@contextlib.contextmanager
def part_of(path: Path, forced: bool = True) -> Iterator[Path]:
    """A name to write to; what was written there stands at `path` once the block ends without an exception.

    Args:
        path: The file.
        forced: Whether it is on the disk by then, so that no crash can leave it damaged.
    """
    handle, name = tempfile.mkstemp(prefix=f"{PART}{path.name}-", suffix=path.suffix, dir=path.parent)
    os.close(handle)
    part = Path(name)
    try:
        yield part
        if forced:
            force(part)
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)


@contextlib.contextmanager
def replaced(path: Path) -> Iterator[Path]:
    """A name to write to, for a file that a person has named: what stands there stays until the block has ended well.

    It gets the rights of any new file, while those of `part_of` are their owner's alone. What is no plain file, such as
    `/dev/stdout`, and what stands in a folder that takes no other, is written to itself.

    Args:
        path: The file.

    Raises:
        OSError: If it cannot be written, which is known before the block begins; or in the end, for want of room. It
            names the file.
    """
    target = Path(os.path.realpath(path))
    part = target.with_name(f"{PART}{secrets.token_hex(8)}{target.suffix}")
    try:
        if path.is_dir():
            raise _refused(errno.EISDIR)
        if path.exists() and not os.access(path, os.W_OK):
            raise _refused(errno.EACCES)
        if path.exists() and not (path.is_file() and os.access(target.parent, os.W_OK)):
            yield path
            return
        part.touch()
        yield part
        os.replace(part, target)
    except OSError as error:
        if error.errno is None or error.filename not in (None, str(target), str(part)):
            raise  # it is about another file
        raise OSError(error.errno, error.strerror, str(path)) from error
    finally:
        part.unlink(missing_ok=True)


def _refused(reason: int) -> OSError:
    return OSError(reason, os.strerror(reason))


def write(path: Path, content: bytes | Callable[[BinaryIO], None], forced: bool = True) -> None:
    """Puts a whole file in place of the one before.

    Args:
        path: The file.
        content: Its bytes, or what writes them to an open file.
        forced: Whether it waits until they are on the disk: some milliseconds.

    Raises:
        OSError: If it cannot be written; then the one before stands as it was.
    """
    with part_of(path, forced) as part, part.open("wb") as stream:
        if isinstance(content, bytes):
            stream.write(content)
        else:
            content(stream)


def force(path: Path) -> None:
    """Waits until a file, or the list of names in a folder, is on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
