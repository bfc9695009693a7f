"""What the arrays of an `.npz` file say of themselves, checked before any of them is decoded."""

import io
import tokenize
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ae_core.errors import DataError, printable
from ae_core.formats.archive import ZIP_ERRORS, megabytes
from ae_core.settings import DataSpec

MIN_EXAMPLES = 20
MAX_EXAMPLES = 200_000
MAX_CLASSES = 256
MIN_SIDE, MAX_SIDE = 4, 128
MAX_VALUES = 3 * MAX_SIDE**2
MAX_MAGNITUDE = 1e9  # whose squares, summed over many, still are 32-bit numbers
MAX_RAW_BYTES = 512 * 2**20
MAX_TABLE_BYTES = 512 * 2**20
HEADER_BYTES = 12_000
LONGEST_TEXT, LONGEST_NOTE = 60, 600
LONG_SERIES = 3  # moments to a channel, from which decimal numbers are no picture
PLACES = "places_in_file"
NUMBERS = ("x_train", "x_test", "y_train", "y_test", "extent", "rate", "unknown", PLACES)
TEXTS = ("class_names", "title", "note", "label")
TABLES = ("columns", "summary")  # texts by rows, one or several to a column

# What NumPy raises on a broken header.
HEADER_ERRORS = (*ZIP_ERRORS, TypeError, SyntaxError, MemoryError, ArithmeticError, tokenize.TokenError, Warning)


@dataclass(frozen=True)
class Header:
    """What the beginning of a `.npy` file states.

    Args:
        member: The array's entry in the zip.
        shape: Shape of the array.
        dtype: Its type.
        fortran: Whether the first axis runs fastest in the file.
        start: Bytes before the first value.
    """

    member: zipfile.ZipInfo
    shape: tuple[int, ...]
    dtype: np.dtype
    fortran: bool
    start: int

    @property
    def count(self) -> int:
        """Numbers in the array."""
        count = 1
        for length in self.shape:
            count *= length
        return count


def read_headers(archive: zipfile.ZipFile, label: str, fewest: int = MIN_EXAMPLES) -> dict[str, Header]:
    """Reads and checks the headers of the arrays that make a data set. Decodes no array.

    Args:
        archive: An archive from `archive.open_archive`.
        label: The file's name for messages.
        fewest: Examples that it must have at least.

    Returns:
        A header for `x_train` and for each other array of the layout that is there.

    Raises:
        DataError: If anything stated is wrong or too large.
    """
    members = {member.filename.removesuffix(".npy"): member for member in archive.infolist()}
    if "x_train" not in members:
        found = ", ".join(printable(name, 20) for name in list(members)[:5]) or "no arrays"
        raise DataError(f"{label} must hold an array named x_train. Received: {found}.")
    names = [name for name in (*NUMBERS, *TEXTS, *TABLES) if name in members]
    headers = {name: _read_header(archive, members[name], name, label) for name in names}
    _check_examples(headers, label, fewest)
    _check_lengths(headers, label)
    return headers


def read_plain(archive: zipfile.ZipFile, names: Sequence[str], label: str) -> dict[str, Header]:
    """Reads and checks the headers of some arrays of plain numbers. Decodes no array.

    Args:
        archive: An archive from `archive.open_archive`.
        names: Names of arrays that it has.
        label: The file's name for messages.

    Raises:
        DataError: If anything stated is wrong or too large.
    """
    headers = {name: _read_header(archive, archive.getinfo(f"{name}.npy"), name, label, "buif") for name in names}
    for name, header in headers.items():
        if not header.shape or not header.count:
            raise DataError(f"{label}: {name} must hold numbers. Received: the shape {show(header.shape)}.")
    _check_lengths(headers, label)
    return headers


def _check_lengths(headers: Mapping[str, Header], label: str) -> None:
    total = sum(header.count * header.dtype.itemsize for header in headers.values())
    if total > MAX_RAW_BYTES:
        raise DataError(f"{label} must unpack to at most {megabytes(MAX_RAW_BYTES)}. Received: {megabytes(total)}.")
    for name, header in headers.items():
        if header.member.file_size != header.start + header.count * header.dtype.itemsize:
            raise DataError(f"{label}: {name} must be as long as its header states. Received: another length.")


def _read_header(archive: zipfile.ZipFile, member: zipfile.ZipInfo, name: str, label: str, kinds: str = "") -> Header:
    """Reads the header of one array; refuses everything but plain numbers (and texts where texts belong)."""
    try:
        with archive.open(member) as stream:
            beginning = io.BytesIO(stream.read(HEADER_BYTES))
        version = np.lib.format.read_magic(beginning)
        if version == (1, 0):
            shape, fortran, dtype = np.lib.format.read_array_header_1_0(beginning)
        else:
            shape, fortran, dtype = np.lib.format.read_array_header_2_0(beginning)
    except HEADER_ERRORS as error:
        raise DataError(f"{label}: {name} must be a whole NumPy array. Received: a damaged one.") from error
    if dtype.hasobject:
        raise DataError(
            f"{label}: {name} must hold numbers in one array. Received: a list of objects, such as series of different "
            "lengths; fill the shorter ones with NaN at the end."
        )
    kinds = kinds or {"x": "buif", "y": "buif", "e": "f", "r": "f", "u": "f", "p": "iu"}.get(name[:1], "U")
    if dtype.names is not None or dtype.subdtype is not None or dtype.kind not in kinds:
        allowed = "text" if kinds == "U" else "whole or decimal numbers, or true and false"
        raise DataError(f"{label}: {name} must hold {allowed}. Received: the type {printable(str(dtype), 30)}.")
    if any(length < 0 for length in shape) or len(shape) > 4:
        raise DataError(f"{label}: {name} must have at most 4 axes. Received: the shape {show(shape)}.")
    header = Header(member, shape, dtype, fortran, beginning.tell())
    most = MAX_VALUES if name in TABLES else MAX_CLASSES
    if kinds == "U" and header.count * dtype.itemsize > 4 * 100 * most:
        raise DataError(f"{label}: {name} must be at most {most:,} short texts. Received: {show(shape)}.")
    if name in TABLES and (not 1 <= len(shape) <= 2 or (fortran and len(shape) == 2)):
        raise DataError(f"{label}: {name} must be rows of texts, one for each column. Received: {show(shape)}.")
    count = {"extent": 2, "rate": 1, "unknown": 1}.get(name)
    if count is not None and (shape != (count,) or dtype != np.float64):
        words = "two numbers" if count == 2 else "one number in a list"
        raise DataError(f"{label}: {name} must be {words}. Received: {show(shape)} of type {dtype}.")
    return header


def _check_examples(headers: Mapping[str, Header], label: str, fewest_of_all: int) -> None:
    """Checks shapes and counts of the arrays against one another."""
    series = is_series(headers)
    for name in [one for one in ("x_train", "x_test") if one in headers]:
        shape = headers[name].shape
        # A file that brings its test set may have given up to a fifth of its examples to it.
        whole = "x_test" not in headers
        fewest = 1 if name == "x_test" else fewest_of_all if whole else fewest_of_all - fewest_of_all // 5
        if len(shape) not in (2, 3, 4):
            raise DataError(
                f"{label}: {name} must have the shape (n, height, width), (n, height, width, channels), (n, columns) "
                f"or (n, time, channels), which are series. Received: {show(shape)}."
            )
        if not fewest <= shape[0] <= MAX_EXAMPLES:
            received = printable(str(shape[0]), 20)
            raise DataError(f"{label}: {name} must hold {fewest} to {MAX_EXAMPLES:,} examples. Received: {received}.")
        if len(shape) == 4 and shape[3] not in (1, 3):
            raise DataError(
                f"{label}: {name} must have 1 or 3 channels as its last axis. Received: the shape {show(shape)}."
            )
        if series:
            _check_series(shape, name, label)
        elif len(shape) > 2 and not all(MIN_SIDE <= side <= MAX_SIDE for side in shape[1:3]):
            raise DataError(
                f"{label}: {name} must hold images of {MIN_SIDE} to {MAX_SIDE} pixels a side. Received: {show(shape)}."
            )
        if len(shape) == 3 and not series and shape[0] == shape[1] < shape[2] and "y" + name[1:] not in headers:
            raise DataError(
                f"{label}: {name} must have its examples along its first axis. Received: {show(shape)}, which looks "
                f"like {shape[2]} images of {shape[0]}×{shape[1]}: move its last axis to the front, or add y{name[1:]}."
            )
        if len(shape) == 2 and not 1 <= shape[1] <= MAX_VALUES:
            raise DataError(
                f"{label}: {name} must hold vectors of 1 to {MAX_VALUES:,} numbers. Received: {show(shape)}."
            )
        labels = headers.get("y" + name[1:])
        if labels is not None and labels.shape not in ((shape[0],), (shape[0], 1)):
            raise DataError(
                f"{label}: y{name[1:]} must hold one number per example, so have the shape ({shape[0]},). "
                f"Received: {show(labels.shape)}."
            )
    spec = spec_of(headers)
    given = sum(headers[name].shape[0] for name in ("x_train", "x_test") if name in headers)
    if PLACES in headers and headers[PLACES].shape != (given,):
        received = show(headers[PLACES].shape)
        raise DataError(f"{label}: {PLACES} must hold one number per example, {given:,}. Received: {received}.")
    if "x_test" in headers:
        train, test = headers["x_train"], headers["x_test"]
        # Whole and decimal numbers may have different ranges, 0 to 255 and 0 to 1: they are not mixed.
        if spec != spec_of({**headers, "x_train": test}) or (train.dtype.kind == "f") != (test.dtype.kind == "f"):
            raise DataError(
                f"{label}: x_test must hold examples like those of x_train, {show(train.shape[1:])} of type "
                f"{train.dtype}. Received: {show(test.shape[1:])} of type {test.dtype}."
            )
    columns = headers.get("columns")
    if columns is not None and (spec.is_image or columns.shape not in ((spec.shape[-1],), (spec.shape[-1], 3))):
        raise DataError(
            f"{label}: columns must be one text for each column of a table or channel of a series, so have the shape "
            f"({spec.shape[-1]},). Received: {show(columns.shape)}."
        )
    total = sum(headers[name].shape[0] for name in ("x_train", "x_test") if name in headers)
    bytes_each = 1 if spec.is_image and headers["x_train"].dtype.itemsize == 1 else 4
    table = total * spec.size * bytes_each
    if table > MAX_TABLE_BYTES:
        raise DataError(
            f"{label} must take at most {megabytes(MAX_TABLE_BYTES)} in memory. Received: {megabytes(table)}."
        )


def _check_series(shape: tuple[int, ...], name: str, label: str) -> None:
    if not (shape[1] >= 2 and shape[2] >= 1 and shape[1] * shape[2] <= MAX_VALUES):
        raise DataError(
            f"{label}: {name} must hold series of at least 2 moments and at most {MAX_VALUES:,} numbers. "
            f"Received: {show(shape)}."
        )


def is_series(headers: Mapping[str, Header]) -> bool:
    """Whether the examples of a file are series `(time, channels)` and not grey pictures.

    They are if their channels have names, or there is a rate. Else a picture is at most three times as high as it is
    wide, or of whole numbers, and no picture is as narrow as one to three channels.
    """
    shape = headers["x_train"].shape
    if len(shape) != 3:
        return False
    long = shape[1] >= LONG_SERIES * shape[2] and (headers["x_train"].dtype.kind == "f" or shape[2] < MIN_SIDE)
    return long or "columns" in headers or "rate" in headers


def spec_of(headers: Mapping[str, Header]) -> DataSpec:
    """Shape of one example, from checked headers alone; these do not tell whether rows and series lie in [0, 1]."""
    shape = headers["x_train"].shape
    if len(shape) == 2 or is_series(headers):
        return DataSpec(shape[1:], unit_range=False)
    return DataSpec((*shape[1:3], shape[3] if len(shape) == 4 else 1))


def counts_of(headers: Mapping[str, Header]) -> tuple[int, int]:
    """Numbers of training and of test examples, after a split where there is no test set."""
    count = headers["x_train"].shape[0]
    if "x_test" in headers:
        return count, headers["x_test"].shape[0]
    return count - count // 5, count // 5


def show(shape: tuple[int, ...]) -> str:
    """A shape in words, even if its numbers are absurd."""
    return "(" + ", ".join(printable(str(length), 20) for length in shape) + ("," if len(shape) == 1 else "") + ")"
