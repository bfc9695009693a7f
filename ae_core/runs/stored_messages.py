"""Messages as files of a run: msgpack in gzip, or what earlier versions have left, see `first_format`.

Of the snapshots that are kept beside the newest one, the frames, a run has a hundred and more. So they have neither
the history, which the newest one has, nor the batch of a step, and the places of their map are of two bytes each.
"""

import logging
from pathlib import Path
from typing import TypeVar

import numpy as np
from msgspec.structs import replace

from ae_core.errors import WrongValueError
from ae_core.formats import gzipped, typed
from ae_core.messages import Setup, Snapshot, encode
from ae_core.runs import first_format
from ae_core.runs.files import FIRST_SUFFIX, NEWEST, SETUP, first_name, kept_steps, snapshot_name
from ae_core.whole_files import write

LARGEST_MESSAGE = 16 * 2**20  # bytes once unpacked
STEPS = 2**16 - 1  # from the lowest to the highest place of a frame's map: finer than any screen

M = TypeVar("M", Setup, Snapshot)

logger = logging.getLogger(__name__)


def dump(message: Setup | Snapshot) -> bytes:
    """The content of a message's file."""
    return gzipped.pack(encode(message))


def frame(snapshot: Snapshot) -> Snapshot:
    """A snapshot as it is kept beside the newest one."""
    return replace(snapshot, history={}, batch=None)


def dump_frame(snapshot: Snapshot) -> bytes:
    """The content of the file of a frame."""
    places = np.frombuffer(snapshot.latent, "<f4").reshape(-1, 2).astype(np.float64)
    if not len(places) or not np.isfinite(places).all():
        return dump(frame(snapshot))
    low, high = places.min(axis=0), places.max(axis=0)
    shares = (places - low) / np.where(high > low, high - low, 1.0)
    latent = (shares * STEPS).round().astype("<u2").tobytes()
    (left, lower), (right, upper) = low.tolist(), high.tolist()
    return dump(replace(frame(snapshot), latent=latent, span=(left, right, lower, upper)))


def _whole(message: M) -> M:
    """The message; of a frame with its places as every snapshot has them."""
    if not isinstance(message, Snapshot) or message.span is None:
        return message
    if len(message.latent) % 4:
        raise WrongValueError("latent", "be two places of two bytes for each point", f"{len(message.latent)} bytes")
    left, right, lower, upper = message.span
    shares = np.frombuffer(message.latent, "<u2").reshape(-1, 2) / STEPS
    places = np.array([left, lower]) + shares * np.array([right - left, upper - lower])
    return replace(message, latent=places.astype("<f4").tobytes(), span=None)


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
        return _whole(typed.from_values(first_format.unpack(content), kind, where))
    return _whole(typed.from_msgpack(content, kind, where))


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
