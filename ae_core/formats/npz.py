"""Reads arrays from `.npz` files that nobody vouches for.

An `.npz` file is a zip of `.npy` files. Everything that the zip's index and the arrays' headers state is checked
before an array is decoded, and what is decoded is bounded by what was stated. Nothing is ever unpickled.

What is accepted, whoever made the file:
    `x_train`: `(n, height, width)` or `(n, height, width, channels)` with 1 or 3 channels are images; `(n, columns)`
        are rows, even if their number is a square; `(n, time, channels)` are series, see `npz_headers.is_series`. Of
        rows and series a value that is unknown is NaN.
    `x_test`: the same for the test set. Without it, every fifth example becomes a test example.
    `y_train`, `y_test`: one whole number per example. Used only if every given `x` has its `y`.
    `class_names`, `title`: short texts; `note`: one of a few sentences; `extent`: two numbers, the smallest and the
        largest value of `x_train`. This program writes them into the files that it keeps.
    `columns`: a name for each column of a table or channel of a series; or three texts, with its unit and category.
    `places_in_file`: the row of each example in the file that it came from, training first.
    `rate`: moments of a series a second. `label`: the column that names the classes. `unknown` and `summary`: how many
        cells are unknown, and what became of each column of a file that this program has converted; `source`: the
        SHA-256 of that file, which only `ae_core.data.uploads` reads.
All values stay what they are: nothing is scaled or rounded here, but that most numbers are kept with 32 bits.
"""

import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from ae_core.errors import DataError, printable
from ae_core.formats import npz_headers
from ae_core.formats.archive import ZIP_ERRORS
from ae_core.formats.extent import FINE, Columns, Extent
from ae_core.formats.npz_headers import (
    LONGEST_NOTE,
    LONGEST_TEXT,
    MAX_CLASSES,
    MAX_MAGNITUDE,
    PLACES,
    TABLES,
    TEXTS,
    Header,
    spec_of,
)
from ae_core.settings import DataSpec

CHUNK_BYTES = 8 * 2**20
LOOK_BYTES = 2**18  # of a piece that is only looked at: it stays in the processor's cache


class Texts(NamedTuple):
    """Texts of a file, each printable.

    Args:
        class_names: Names of the classes 0, 1, 2, …; empty if it names none, like the others.
        title: What the file is called.
        note: What a person should know before training on it.
        label: Name of the column that names the classes.
        columns: Name, or name, unit and category, of each column or channel.
        summary: What became of each column of a file that this program has converted.
    """

    class_names: tuple[str, ...]
    title: str
    note: str
    label: str
    columns: tuple[tuple[str, ...], ...]
    summary: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Table:
    """Checked and converted arrays of one file.

    Args:
        x_train: Images `(n, height, width, channels)`, rows `(n, columns)` or series `(n, time, channels)`, see
            `Extent.table` for their type.
        y_train: int64 class numbers from 0, or None.
        x_test: Like `x_train`.
        y_test: Like `y_train`.
        class_names: Names of the classes, empty without labels.
        texts: What else the file says.
        rate: Moments of a series a second; 0 if that is unknown.
        extent: Where the values lie.
        places: Where each example stood, training first: its row in the file that this one was made of, if it says so,
            else its number in this one, from 0.
    """

    x_train: np.ndarray
    y_train: np.ndarray | None
    x_test: np.ndarray
    y_test: np.ndarray | None
    class_names: tuple[str, ...]
    texts: Texts
    rate: float
    extent: Extent
    places: np.ndarray


def read_table(
    archive: zipfile.ZipFile, headers: Mapping[str, Header], label: str, class_names: tuple[str, ...] = ()
) -> Table:
    """Decodes and converts the arrays of a file whose headers were checked.

    Args:
        archive: An archive from `archive.open_archive`.
        headers: Its headers from `npz_headers.read_headers`.
        label: The file's name for messages.
        class_names: Names of the classes 0, 1, 2, … where the file itself names none.

    Returns:
        Images and vectors as they were, labels as int64 from 0, and a test set.

    Raises:
        DataError: If a value is infinite, or unknown in a picture, or too large, or a label is not whole.
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
    places = np.arange(sum(len(one) for one in tables.values()))
    if PLACES in headers:
        places = np.concatenate(list(_read_rows(archive, headers[PLACES], PLACES, label, CHUNK_BYTES)))
    if "x_test" in tables:
        x_test, y_test = tables["x_test"], labels["x_test"] if labels else None
    else:
        train, test = split_rows(len(x_train), y_train)
        x_train, x_test = x_train[train], x_train[test]
        places = places[np.concatenate([train, test])]
        if y_train is not None:
            y_train, y_test = y_train[train], y_train[test]
        else:
            y_test = None
    rate = read_number("rate", archive, headers, label)
    return Table(x_train, y_train, x_test, y_test, names if labels else (), texts, rate, extent, places)


def read_plain(archive: zipfile.ZipFile, names: Sequence[str], label: str) -> dict[str, np.ndarray]:
    """Arrays of plain numbers by name, as they are.

    Args:
        archive: See `npz_headers.read_plain`, like the others and what is raised.
        names: Likewise.
        label: Likewise.
    """
    return {
        name: np.concatenate(list(_read_rows(archive, header, name, label, CHUNK_BYTES)))
        for name, header in npz_headers.read_plain(archive, names, label).items()
    }


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


def examine(archive: zipfile.ZipFile, headers: Mapping[str, Header], label: str) -> Extent:
    """Looks at every value of a file whose headers were checked; keeps none of them.

    Args:
        archive: An archive from `archive.open_archive`.
        headers: Its headers from `npz_headers.read_headers`.
        label: The file's name for messages.

    Raises:
        DataError: If a value is infinite, or unknown in a picture, or too large, or no training value is known, or a
            label is not whole.
    """
    kind, spec = headers["x_train"].dtype, spec_of(headers)
    what = "images" if spec.is_image else "series" if spec.is_series else "vectors"
    learnt = _training_rows(archive, headers, label)
    low, high, least, most, unknown = np.inf, -np.inf, np.inf, -np.inf, 0
    long = kind.itemsize > 4 or (kind.itemsize == 4 and kind.kind != "f")
    columns = Columns() if long and not spec.is_image else None
    cells = _cells(read_texts(archive, headers, label).columns, spec)
    for name in [one for one in ("x_train", "x_test") if one in headers]:
        first = 0
        for rows in _read_rows(archive, headers[name], name, label, LOOK_BYTES):
            if rows.dtype.kind == "f":
                if spec.is_image and not np.isfinite(rows).all():
                    raise DataError(f"{label}: {name} must hold finite numbers. Received: NaN or infinity.")
                unknown += int(np.count_nonzero(np.isnan(rows) if cells is None else np.isnan(rows)[:, cells]))
                if np.isinf(rows).any():
                    raise DataError(
                        f"{label}: {name} must hold finite numbers, or NaN for what is unknown. Received: infinity."
                    )
            low, high = np.fmin(low, _end(np.fmin, rows)), np.fmax(high, _end(np.fmax, rows))
            if max(-low, high) > MAX_MAGNITUDE:
                raise DataError(
                    f"{label}: {what} must have values from {-MAX_MAGNITUDE:g} to {MAX_MAGNITUDE:g}. "
                    f"Received: {low:.4g} to {high:.4g}."
                )
            if name == "x_train":
                known = rows if learnt is None else rows[learnt[first : first + len(rows)]]
                least, most = np.fmin(least, _end(np.fmin, known)), np.fmax(most, _end(np.fmax, known))
                if columns is not None:
                    columns.add(rows.reshape(-1, rows.shape[-1]))
            first += len(rows)
    if least > most:
        raise DataError(f"{label}: x_train must hold a value that is known. Received: none but NaN.")
    table: np.dtype = np.dtype(np.float32)
    if spec.is_image and kind.kind in "bui" and low >= 0 and high <= 255:
        table = np.dtype(np.uint8)
    elif columns is not None and columns.lost > FINE:
        table = np.dtype(np.float64)
    least, most = (float(np.asarray(one, table)) for one in (least, most))
    return Extent(least, most, unknown, kind.newbyteorder("="), table)


def _cells(columns: tuple[tuple[str, ...], ...], spec: DataSpec) -> list[int] | None:
    """Columns of rows that stand for one cell each: the first of each variable. None if all do."""
    firsts = {row[0]: place for place, row in reversed(list(enumerate(columns)))}
    several = len(spec.shape) == 1 and len(columns) == spec.size and len(firsts) < len(columns)
    return sorted(firsts.values()) if several and all(row[0] for row in columns) else None


def _end(of: np.ufunc, rows: np.ndarray) -> float:
    """The smallest or the largest known value, by `fmin` or `fmax`; NaN if none is known."""
    return float(of.reduce(rows, axis=None)) if rows.size else np.nan


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


def read_number(name: str, archive: zipfile.ZipFile, headers: Mapping[str, Header], label: str) -> float:
    """A number that a file whose headers were checked says of itself, `rate` or `unknown`; 0 if it does not.

    Raises:
        DataError: If it is not finite, or below 0.
    """
    if name not in headers:
        return 0.0
    number = float(next(_read_rows(archive, headers[name], name, label, LOOK_BYTES))[0])
    if not 0 <= number <= MAX_MAGNITUDE:
        raise DataError(f"{label}: {name} must be a number from 0 to {MAX_MAGNITUDE:g}. Received: {number:g}.")
    return number


def read_texts(archive: zipfile.ZipFile, headers: Mapping[str, Header], label: str) -> "Texts":
    """The texts of a file whose headers were checked; empty where it has none."""
    found: dict[str, tuple[str, ...]] = {}
    for name in [one for one in (*TEXTS, *TABLES) if one in headers]:
        header = headers[name]
        try:
            with archive.open(header.member) as stream:
                payload = stream.read()[header.start :]
            texts = np.frombuffer(payload, header.dtype).tolist() if payload else []
            longest = LONGEST_NOTE if name == "note" else LONGEST_TEXT
            found[name] = tuple(printable(str(text), longest) for text in texts)
        except (*ZIP_ERRORS, UnicodeError) as error:
            raise DataError(f"{label}: {name} must hold readable text. Received: damaged text.") from error
    title, note, column = ("".join(found.get(name, ())[:1]) for name in ("title", "note", "label"))
    columns, summary = (_by_rows(found.get(name, ()), headers.get(name)) for name in TABLES)
    return Texts(found.get("class_names", ()), title, note, column, columns, summary)


def _by_rows(texts: tuple[str, ...], header: Header | None) -> tuple[tuple[str, ...], ...]:
    if header is None or not texts:
        return ()
    width = len(texts) // header.shape[0]
    return tuple(texts[first : first + width] for first in range(0, len(texts), width))
