"""Messages as files of a run: msgpack in gzip, or what earlier versions have left, see `first_format`."""

import logging
from pathlib import Path
from typing import TypeVar

from ae_core.formats import gzipped, typed
from ae_core.messages import Setup, Snapshot, encode
from ae_core.runs import first_format
from ae_core.runs.files import FIRST_SUFFIX, NEWEST, SETUP, first_name, kept_steps, snapshot_name, write

LARGEST_MESSAGE = 16 * 2**20  # bytes once unpacked

M = TypeVar("M", Setup, Snapshot)

logger = logging.getLogger(__name__)


def dump(message: Setup | Snapshot) -> bytes:
    """The content of a message's file."""
    return gzipped.pack(encode(message))


def load(payload: bytes, name: str, kind: type[M]) -> M:
    """The message in a file.

    Args:
        payload: Its content, whoever made it.
        name: Its name, which tells how it is written.
        kind: The message's type.

    Raises:
        ValueError: If it is damaged, too large, or something else.
    """
    return decode(gzipped.unpack(payload, LARGEST_MESSAGE), name, kind)


def decode(content: bytes, name: str, kind: type[M]) -> M:
    """The same, of what the gzip file holds.

    Raises:
        WrongValueError: If it is not a message of that type.
        ValueError: If it is damaged.
    """
    where = "setup" if kind is Setup else name
    if name.endswith(FIRST_SUFFIX):
        return typed.from_values(first_format.unpack(content), kind, where)
    return typed.from_msgpack(content, kind, where)


def upgrade(folder: Path) -> None:
    """Writes the messages of a run anew that an earlier version has left. Whoever holds the run's lock does so."""
    _rewrite(folder / first_name(SETUP), folder / SETUP, Setup)
    for step, path in kept_steps(folder).items():
        if path.name.endswith(FIRST_SUFFIX):
            _rewrite(path, folder / snapshot_name(step), Snapshot)
    _rewrite(folder / first_name(NEWEST), folder / NEWEST, Snapshot)


def _rewrite(old: Path, new: Path, kind: type[M]) -> None:
    if not old.is_file():
        return
    try:
        write(new, dump(load(old.read_bytes(), old.name, kind)))
    except ValueError:
        logger.exception("%s cannot be read; what follows takes its place.", old)
    old.unlink()
