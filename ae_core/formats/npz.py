"""Reads arrays from `.npz` files that nobody vouches for.

An `.npz` file is a zip of `.npy` files. Everything that the zip's index and the arrays' headers state is checked
before an array is decoded, and what is decoded is bounded by what was stated. Nothing is ever unpickled.

What is accepted, whoever made the file:
    `x_train`: `(n, height, width)` or `(n, height, width, channels)` with 1 or 3 channels are images; `(n, length)` are
        vectors, even if the length is a square number.
    `x_test`: the same for the test set. Without it, every fifth example becomes a test example.
    `y_train`, `y_test`: one whole number per example. Used only if every given `x` has its `y`.
    `class_names`, `title`: short texts; `note`: one of a few sentences; `extent`: two numbers, the smallest and the
        largest value of `x_train`. This program writes them into the files that it keeps.
All values stay what they are: nothing is scaled or rounded here, but that most numbers are kept with 32 bits.
"""

import io
import tokenize
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from ae_core.errors import DataError, printable
from ae_core.formats.archive import ZIP_ERRORS, megabytes
from ae_core.formats.extent import FINE, Columns, Extent
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
CHUNK_BYTES = 8 * 2**20
LOOK_BYTES = 2**18  # of a piece that is only looked at: it stays in the processor's cache

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


class Texts(NamedTuple):
    """Texts of a file, each printable; see `Table`."""

    class_names: tuple[str, ...]
    title: str
    note: str


@dataclass(frozen=True)
class Table:
    """Checked and converted arrays of one file.

    Args:
        x_train: Images `(n, height, width, channels)` or vectors `(n, length)`, see `Extent.table` for their type.
        y_train: int64 class numbers from 0, or None.
        x_test: Like `x_train`.
        y_test: Like `y_train`.
        class_names: Names of the classes, empty without labels.
        title: Title that the file carries, or an empty text.
        note: What a person should know before training on it, or an empty text.
        extent: Where the values lie.
    """

    x_train: np.ndarray
    y_train: np.ndarray | None
    x_test: np.ndarray
    y_test: np.ndarray | None
    class_names: tuple[str, ...]
    title: str
    note: str
    extent: Extent


def read_headers(archive: zipfile.ZipFile, label: str) -> dict[str, Header]:
    """Reads and checks the headers of the arrays that make a data set. Decodes no array.

    Args:
        archive: An archive from `archive.open_archive`.
        label: The file's name for messages.

    Returns:
        A header for `x_train` and for each other array of the layout that is there.

    Raises:
        DataError: If anything stated is wrong or too large.
    """
    members = {member.filename.removesuffix(".npy"): member for member in archive.infolist()}
    if "x_train" not in members:
        found = ", ".join(printable(name, 20) for name in list(members)[:5]) or "no arrays"
        raise DataError(f"{label} must hold an array named x_train. Received: {found}.")
    names = ("x_train", "x_test", "y_train", "y_test", "class_names", "title", "note", "extent")
    headers = {name: _read_header(archive, members[name], name, label) for name in names if name in members}
    _check_examples(headers, label)
    total = sum(header.count * header.dtype.itemsize for header in headers.values())
    if total > MAX_RAW_BYTES:
        raise DataError(f"{label} must unpack to at most {megabytes(MAX_RAW_BYTES)}. Received: {megabytes(total)}.")
    for name, header in headers.items():
        if header.member.file_size != header.start + header.count * header.dtype.itemsize:
            raise DataError(f"{label}: {name} must be as long as its header states. Received: another length.")
    return headers


def _read_header(archive: zipfile.ZipFile, member: zipfile.ZipInfo, name: str, label: str) -> Header:
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
    kinds = {"x": "buif", "y": "buif", "e": "f"}.get(name[:1], "U")
    if dtype.hasobject or dtype.names is not None or dtype.subdtype is not None or dtype.kind not in kinds:
        allowed = "text" if kinds == "U" else "whole or decimal numbers, or true and false"
        raise DataError(f"{label}: {name} must hold {allowed}. Received: the type {printable(str(dtype), 30)}.")
    if any(length < 0 for length in shape) or len(shape) > 4:
        raise DataError(f"{label}: {name} must have at most 4 axes. Received: the shape {_show(shape)}.")
    header = Header(member, shape, dtype, fortran, beginning.tell())
    if kinds == "U" and header.count * dtype.itemsize > 4 * 100 * MAX_CLASSES:
        raise DataError(f"{label}: {name} must be at most {MAX_CLASSES} short texts. Received: {_show(shape)}.")
    if kinds == "f" and (shape != (2,) or dtype != np.float64):
        raise DataError(f"{label}: {name} must be two numbers. Received: {_show(shape)} of type {dtype}.")
    return header


def _check_examples(headers: Mapping[str, Header], label: str) -> None:
    """Checks shapes and counts of the arrays against one another."""
    for name in [one for one in ("x_train", "x_test") if one in headers]:
        shape = headers[name].shape
        # A file that brings its test set may have given up to a fifth of its examples to it.
        whole = "x_test" not in headers
        fewest = 1 if name == "x_test" else MIN_EXAMPLES if whole else MIN_EXAMPLES - MIN_EXAMPLES // 5
        if len(shape) not in (2, 3, 4):
            raise DataError(
                f"{label}: {name} must have the shape (n, height, width), (n, height, width, channels) or (n, length). "
                f"Received: {_show(shape)}."
            )
        if not fewest <= shape[0] <= MAX_EXAMPLES:
            received = printable(str(shape[0]), 20)
            raise DataError(f"{label}: {name} must hold {fewest} to {MAX_EXAMPLES:,} examples. Received: {received}.")
        if len(shape) == 4 and shape[3] not in (1, 3):
            raise DataError(
                f"{label}: {name} must have 1 or 3 channels as its last axis. Received: the shape {_show(shape)}."
            )
        if len(shape) > 2 and not all(MIN_SIDE <= side <= MAX_SIDE for side in shape[1:3]):
            raise DataError(
                f"{label}: {name} must hold images of {MIN_SIDE} to {MAX_SIDE} pixels a side. Received: {_show(shape)}."
            )
        if len(shape) == 3 and shape[0] == shape[1] < shape[2] and "y" + name[1:] not in headers:
            raise DataError(
                f"{label}: {name} must have its examples along its first axis. Received: {_show(shape)}, which looks "
                f"like {shape[2]} images of {shape[0]}×{shape[1]}: move its last axis to the front, or add y{name[1:]}."
            )
        if len(shape) == 2 and not 1 <= shape[1] <= MAX_VALUES:
            raise DataError(
                f"{label}: {name} must hold vectors of 1 to {MAX_VALUES:,} numbers. Received: {_show(shape)}."
            )
        labels = headers.get("y" + name[1:])
        if labels is not None and labels.shape not in ((shape[0],), (shape[0], 1)):
            raise DataError(
                f"{label}: y{name[1:]} must hold one number per example, so have the shape ({shape[0]},). "
                f"Received: {_show(labels.shape)}."
            )
    spec = spec_of(headers)
    if "x_test" in headers:
        train, test = headers["x_train"], headers["x_test"]
        # Whole and decimal numbers may have different ranges, 0 to 255 and 0 to 1: they are not mixed.
        if spec != spec_of({"x_train": test}) or (train.dtype.kind == "f") != (test.dtype.kind == "f"):
            raise DataError(
                f"{label}: x_test must hold examples like those of x_train, {_show(train.shape[1:])} of type "
                f"{train.dtype}. Received: {_show(test.shape[1:])} of type {test.dtype}."
            )
    total = sum(headers[name].shape[0] for name in ("x_train", "x_test") if name in headers)
    bytes_each = 1 if spec.is_image and headers["x_train"].dtype.itemsize == 1 else 4
    table = total * spec.size * bytes_each
    if table > MAX_TABLE_BYTES:
        raise DataError(
            f"{label} must take at most {megabytes(MAX_TABLE_BYTES)} in memory. Received: {megabytes(table)}."
        )


def spec_of(headers: Mapping[str, Header]) -> DataSpec:
    """Shape of one example, from checked headers alone; these do not tell whether vectors lie in [0, 1]."""
    shape = headers["x_train"].shape
    if len(shape) == 2:
        return DataSpec((shape[1],), unit_range=False)
    return DataSpec((*shape[1:3], shape[3] if len(shape) == 4 else 1))


def counts_of(headers: Mapping[str, Header]) -> tuple[int, int]:
    """Numbers of training and of test examples, after a split where there is no test set."""
    count = headers["x_train"].shape[0]
    if "x_test" in headers:
        return count, headers["x_test"].shape[0]
    return count - count // 5, count // 5


def read_table(
    archive: zipfile.ZipFile, headers: Mapping[str, Header], label: str, class_names: tuple[str, ...] = ()
) -> Table:
    """Decodes and converts the arrays of a file whose headers were checked.

    Args:
        archive: An archive from `archive.open_archive`.
        headers: Its headers from `read_headers`.
        label: The file's name for messages.
        class_names: Names of the classes 0, 1, 2, … where the file itself names none.

    Returns:
        Images and vectors as they were, labels as int64 from 0, and a test set.

    Raises:
        DataError: If a value is not a finite number, lies outside the allowed range, or a label is not whole.
    """
    extent = examine(archive, headers, label)
    tables = {
        name: _read_examples(archive, headers[name], name, label, spec_of(headers), extent.table)
        for name in ("x_train", "x_test")
        if name in headers
    }
    texts = read_texts(archive, headers, label)
    names = texts.class_names or class_names
    parts = list(tables)
    labels: dict[str, np.ndarray] | None = None
    if all("y" + part[1:] in headers for part in parts):
        labels = {part: _read_labels(archive, headers["y" + part[1:]], label) for part in parts}
        values = np.unique(np.concatenate(list(labels.values())))
        if values.size > MAX_CLASSES:
            raise DataError(f"{label}: y must name at most {MAX_CLASSES} classes. Received: {values.size:,}.")
        # Class names belong to the numbers 0, 1, 2, …; other numbers are their own names.
        if not (names and values[0] >= 0 and values[-1] < len(names)):
            names = tuple(str(value) for value in values)
            labels = {part: np.searchsorted(values, one) for part, one in labels.items()}
        labels = {part: one.astype(np.int64) for part, one in labels.items()}
    x_train, y_train = tables["x_train"], labels["x_train"] if labels else None
    if "x_test" in tables:
        x_test, y_test = tables["x_test"], labels["x_test"] if labels else None
    else:
        train, test = split_rows(len(x_train), y_train)
        x_train, x_test = x_train[train], x_train[test]
        if y_train is not None:
            y_train, y_test = y_train[train], y_train[test]
        else:
            y_test = None
    return Table(x_train, y_train, x_test, y_test, names if labels else (), texts.title, texts.note, extent)


def split_rows(count: int, labels: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
    """Splits row numbers into four fifths for training and one fifth for testing, always the same.

    With labels, the rows are shuffled, sorted by class and every fifth is taken, so that each class gives its fifth
    to within one example (systematic sampling), and the size of the test set is known without the labels.

    Args:
        count: Number of rows.
        labels: Class of each row, or None.

    Returns:
        Row numbers for training and for testing, both ascending; `count // 5` of them for testing.
    """
    order = np.random.default_rng(20_240_229).permutation(count)
    if labels is not None:
        order = order[np.argsort(labels[order], kind="stable")]
    test = np.zeros(count, bool)
    test[order[4::5]] = True
    return np.flatnonzero(~test), np.flatnonzero(test)


def _show(shape: tuple[int, ...]) -> str:
    """A shape in words, even if its numbers are absurd."""
    return "(" + ", ".join(printable(str(length), 20) for length in shape) + ("," if len(shape) == 1 else "") + ")"


def examine(archive: zipfile.ZipFile, headers: Mapping[str, Header], label: str) -> Extent:
    """Looks at every value of a file whose headers were checked; keeps none of them.

    Args:
        archive: An archive from `archive.open_archive`.
        headers: Its headers from `read_headers`.
        label: The file's name for messages.

    Raises:
        DataError: If a value is not a finite number or too large, or a label is not whole.
    """
    kind, spec = headers["x_train"].dtype, spec_of(headers)
    what = "images" if spec.is_image else "vectors"
    learnt = _training_rows(archive, headers, label)
    low, high, least, most = np.inf, -np.inf, np.inf, -np.inf
    long = kind.itemsize > 4 or (kind.itemsize == 4 and kind.kind != "f")
    columns = Columns() if long and not spec.is_image else None
    for name in [one for one in ("x_train", "x_test") if one in headers]:
        first = 0
        for rows in _read_rows(archive, headers[name], name, label, LOOK_BYTES):
            if rows.dtype.kind == "f" and not np.isfinite(rows).all():
                raise DataError(f"{label}: {name} must hold finite numbers. Received: NaN or infinity.")
            low, high = min(low, float(rows.min())), max(high, float(rows.max()))
            if max(-low, high) > MAX_MAGNITUDE:
                raise DataError(
                    f"{label}: {what} must have values from {-MAX_MAGNITUDE:g} to {MAX_MAGNITUDE:g}. "
                    f"Received: {low:.4g} to {high:.4g}."
                )
            if name == "x_train":
                known = rows if learnt is None else rows[learnt[first : first + len(rows)]]
                if len(known):
                    least, most = min(least, float(known.min())), max(most, float(known.max()))
                if columns is not None:
                    columns.add(rows)
            first += len(rows)
    table: np.dtype = np.dtype(np.float32)
    if spec.is_image and kind.kind in "bui" and low >= 0 and high <= 255:
        table = np.dtype(np.uint8)
    elif columns is not None and columns.lost > FINE:
        table = np.dtype(np.float64)
    least, most = (float(np.asarray(one, table)) for one in (least, most))
    return Extent(least, most, kind.newbyteorder("="), table)


def _training_rows(archive: zipfile.ZipFile, headers: Mapping[str, Header], label: str) -> np.ndarray | None:
    """Marks the rows of `x_train` that are learnt from, bool of shape `(n,)`; None if all are."""
    if "x_test" in headers:
        return None
    labels = _read_labels(archive, headers["y_train"], label) if "y_train" in headers else None
    count = headers["x_train"].shape[0]
    learnt = np.zeros(count, bool)
    learnt[split_rows(count, labels)[0]] = True
    return learnt


def read_extent(archive: zipfile.ZipFile, headers: Mapping[str, Header], label: str) -> tuple[float, float]:
    """The smallest and the largest training value as a file that this program keeps states them.

    Args:
        archive: See `examine`, like the others.
        headers: Likewise; with `extent`.
        label: Likewise.
    """
    (pair,) = _read_rows(archive, headers["extent"], "extent", label, LOOK_BYTES)
    return float(pair[0]), float(pair[1])


def _read_examples(
    archive: zipfile.ZipFile, header: Header, name: str, label: str, spec: DataSpec, kind: np.dtype
) -> np.ndarray:
    """Decodes an array of examples piece by piece, so that a table of 64-bit numbers never stands in memory."""
    table = np.empty((header.shape[0], *spec.shape), kind)
    done = 0
    for rows in _read_rows(archive, header, name, label, CHUNK_BYTES):
        table[done : done + len(rows)] = rows.reshape(len(rows), *spec.shape)
        done += len(rows)
    return table


def _read_rows(archive: zipfile.ZipFile, header: Header, name: str, label: str, at_once: int) -> Iterator[np.ndarray]:
    """Yields the rows of one array in pieces of so many bytes."""
    row_bytes = header.count // header.shape[0] * header.dtype.itemsize
    # An array whose first axis runs fastest has no rows in one piece: it is read whole.
    step = header.shape[0] if header.fortran else max(1, at_once // row_bytes)
    try:
        with archive.open(header.member) as stream:
            stream.read(header.start)
            for first in range(0, header.shape[0], step):
                rows = min(step, header.shape[0] - first)
                shape = (rows, *header.shape[1:])
                payload = stream.read(rows * row_bytes)
                if len(payload) != rows * row_bytes:
                    raise EOFError("array ends early")
                values = np.frombuffer(payload, header.dtype)
                yield values.reshape(shape, order="F" if header.fortran else "C")
    except ZIP_ERRORS as error:
        raise DataError(f"{label}: {name} must be a whole array. Received: a damaged one.") from error


def _read_labels(archive: zipfile.ZipFile, header: Header, label: str) -> np.ndarray:
    """Decodes labels and checks that they are whole numbers of ordinary size."""
    name = header.member.filename.removesuffix(".npy")
    values = np.concatenate([rows.reshape(-1) for rows in _read_rows(archive, header, name, label, CHUNK_BYTES)])
    if values.dtype.kind == "f" and not (np.isfinite(values).all() and (values == np.rint(values)).all()):
        raise DataError(f"{label}: {name} must hold whole numbers. Received: fractions, NaN or infinity.")
    if values.dtype.kind != "b" and (values.min() < -(2**31) or values.max() > 2**31 - 1):
        raise DataError(f"{label}: {name} must hold numbers of at most 32 bits. Received: larger ones.")
    return values.astype(np.int64)


def read_texts(archive: zipfile.ZipFile, headers: Mapping[str, Header], label: str) -> "Texts":
    """The texts of a file whose headers were checked; empty where it has none."""
    found: dict[str, Any] = {}
    for name in [one for one in ("class_names", "title", "note") if one in headers]:
        header = headers[name]
        try:
            with archive.open(header.member) as stream:
                payload = stream.read()[header.start :]
            texts = np.frombuffer(payload, header.dtype).tolist() if payload else []
            longest = LONGEST_NOTE if name == "note" else LONGEST_TEXT
            found[name] = tuple(printable(str(text), longest) for text in texts)
        except (*ZIP_ERRORS, UnicodeError) as error:
            raise DataError(f"{label}: {name} must hold readable text. Received: damaged text.") from error
    return Texts(found.get("class_names", ()), *("".join(found.get(name, ())[:1]) for name in ("title", "note")))
