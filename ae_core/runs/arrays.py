"""A checkpoint in one `.npz` file: the arrays of a training by name, and where it stands.

`numpy.load` reads the arrays too. Nothing is ever unpickled, and what is read is bounded by what was checked before.
"""

import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from typing import BinaryIO

import numpy as np

from ae_core.errors import DataError, WrongValueError
from ae_core.formats import typed
from ae_core.formats.archive import ZIP_ERRORS, check_members, open_archive
from ae_core.formats.npz_headers import HEADER_BYTES, HEADER_ERRORS
from ae_core.messages import TrainingState, encode_state
from ae_core.runs import first_format

VALUES, FIRST_VALUES = "values.msgpack", "values.json"  # where it stands; earlier versions wrote the second one
LARGEST_VALUES = 16 * 2**20
MOST_AXES = 8

_MEMBER = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}\.npy")
_KINDS = "buif"  # true and false, whole numbers, decimal numbers


def write_arrays(stream: BinaryIO, arrays: Mapping[str, np.ndarray], state: TrainingState) -> None:
    """Writes a checkpoint to an open file.

    Args:
        stream: The file.
        arrays: Numbers by name; a name has at most 100 letters, digits, `_`, `-` and `.`.
        state: Where the training stands.

    Raises:
        ValueError: If a name or a type is not allowed.
    """
    # Weights hardly shrink when they are packed, and that would take longer than to write them.
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr(VALUES, encode_state(state))
        for name, array in arrays.items():
            member, array = f"{name}.npy", np.asarray(array)
            if not _MEMBER.fullmatch(member) or array.dtype.kind not in _KINDS:
                raise ValueError(
                    f"The array {name!r} must have a plain name and be of numbers. Received: {array.dtype}."
                )
            with archive.open(member, "w", force_zip64=True) as file:
                np.lib.format.write_array(file, array, allow_pickle=False)


def read_arrays(stream: BinaryIO, size: int, most: int, label: str) -> tuple[dict[str, np.ndarray], TrainingState]:
    """Reads what `write_arrays` wrote, whoever made the file.

    Args:
        stream: The file, seekable.
        size: Its length in bytes.
        most: Most bytes that it may unpack to.
        label: The file's name for messages.

    Returns:
        The arrays, which cannot be written to, and where the training stands.

    Raises:
        DataError: If it is damaged, too large, or holds anything but arrays of numbers.
    """
    with _opened(stream, size, most, label) as archive:
        return dict(_arrays(archive, label)), _state(archive, label)


def check_arrays(stream: BinaryIO, size: int, most: int, label: str) -> None:
    """Reads everything as `read_arrays` does, one array at a time, and keeps nothing.

    Raises:
        DataError: If it is damaged, too large, or holds anything but arrays of numbers.
    """
    with _opened(stream, size, most, label) as archive:
        _state(archive, label)
        for _ in _arrays(archive, label):
            continue


def _opened(stream: BinaryIO, size: int, most: int, label: str) -> zipfile.ZipFile:
    """The file, of which all that its index states is checked."""

    def largest(name: str) -> int:
        return LARGEST_VALUES if name in (VALUES, FIRST_VALUES) else most if _MEMBER.fullmatch(name) else 0

    archive = open_archive(stream, size, label)
    check_members(archive, largest, most, label)
    return archive


def _state(archive: zipfile.ZipFile, label: str) -> TrainingState:
    names = archive.namelist()
    name = VALUES if VALUES in names or FIRST_VALUES not in names else FIRST_VALUES
    if name not in names:
        raise DataError(f"{label} must hold {VALUES}. Received: a file without it.")
    try:
        payload = archive.read(name)
        if name == FIRST_VALUES:
            return typed.from_values(first_format.unpack(payload), TrainingState, name)
        return typed.from_msgpack(payload, TrainingState, name)
    except WrongValueError as error:
        raise DataError(f"{label}: {error}") from error
    except ZIP_ERRORS as error:
        raise DataError(f"{label}: {name} must be whole. Received: something else.") from error


def _arrays(archive: zipfile.ZipFile, label: str) -> Iterator[tuple[str, np.ndarray]]:
    """Each array with its name."""
    for member in archive.infolist():
        if member.filename not in (VALUES, FIRST_VALUES):
            yield member.filename.removesuffix(".npy"), _read(archive, member, label)


def _read(archive: zipfile.ZipFile, member: zipfile.ZipInfo, label: str) -> np.ndarray:
    shown = member.filename
    try:
        with archive.open(member) as file:
            head = io.BytesIO(file.read(HEADER_BYTES))
        version = np.lib.format.read_magic(head)
        read_header = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
        shape, fortran, dtype = read_header(head)
        count = 1
        for length in shape:
            count *= length
        plain = dtype.kind in _KINDS and dtype.names is None and dtype.subdtype is None
        lengths = len(shape) <= MOST_AXES and all(length >= 0 for length in shape)
        if not plain or not lengths or member.file_size != head.tell() + count * dtype.itemsize:
            raise DataError(f"{label}: {shown} must be an array of numbers as long as it states. Received: another.")
        with archive.open(member) as file:
            content = file.read()
        return np.frombuffer(content, dtype, count, head.tell()).reshape(shape, order="F" if fortran else "C")
    except DataError:
        raise
    except HEADER_ERRORS as error:
        raise DataError(f"{label}: {shown} must be a whole NumPy array. Received: a damaged one.") from error
