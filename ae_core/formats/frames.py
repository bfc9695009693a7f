"""Tables that nobody vouches for, `.csv` and `.parquet`, as frames of pandas: numbers, texts, NaN for the unknown."""

import io
import re
import warnings
from collections.abc import Collection, Iterator
from typing import NamedTuple

import pandas as pd

from ae_core.errors import DataError, printable
from ae_core.formats import delimited, npz_headers
from ae_core.formats.archive import megabytes
from ae_core.formats.delimited import Form, form_of, shown_names
from ae_core.formats.header import UNKNOWN
from ae_core.formats.written_numbers import as_numbers, written

MOST_COLUMNS = npz_headers.MAX_VALUES
NO_VALUES = sorted({text for one in UNKNOWN for text in (one, one.upper(), one.capitalize())} | {"NaN", "N/a"})
_TOO_MANY = re.compile(r"in line (\d+), saw (\d+)")
# What pandas and what is below it raise on broken files.
ERRORS = (pd.errors.ParserError, pd.errors.EmptyDataError, ValueError, TypeError, LookupError, OSError, Warning)


class Read(NamedTuple):
    """A table, and what was done to read it.

    Args:
        frame: A column of numbers is float64, int64 or bool; any other holds texts, or numbers and a few texts that are
            none. Names are printable, each once. The index is the number of each row in the file, as a spreadsheet
            counts them.
        notes: Sentences for a person.
    """

    frame: pd.DataFrame
    notes: tuple[str, ...] = ()


def read_csv(payload: bytes, label: str, texts: Collection[str] = ()) -> Read:
    """A text file of rows and cells, see `delimited.form_of`.

    Args:
        payload: The file.
        label: Its name for messages.
        texts: Names of columns whose cells stay what was written: `007`, `10%`.

    Raises:
        DataError: If it is no such text, or too large.
    """
    text = delimited.decoded(payload, label)
    form = form_of(text, label)
    if form.width > MOST_COLUMNS:
        raise DataError(f"{label} must have at most {MOST_COLUMNS:,} columns. Received: {form.width:,}.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # a warning of pandas says that cells were dropped
            frame = _read(text, form, texts)
            frame.index = pd.Index(delimited.row_numbers(text, form, len(frame)))
    except ERRORS as error:
        raise DataError(
            f"{label} must have {form.width:,} cells in every row, as most have. Received: {_said(error)}."
        ) from error
    # A column may have the other decimal mark than its file.
    read = _with_signs(_bounded(frame, label), texts, form.decimal, *({".", ","} - {form.decimal}))
    return read._replace(notes=(*_of_names(form, read.frame), *read.notes, *_of_marks(form, read.frame)))


def _of_names(form: Form, frame: pd.DataFrame) -> Iterator[str]:
    """What is to be said of the columns' names."""
    if not form.names:
        yield "No header was found, so the columns are named x1, x2 and so on."
    seen: set[str] = set()
    for name, shown in zip(form.names, frame.columns, strict=False):
        if name and name in seen:
            yield f"A column name that comes again is numbered, such as {shown!r}."
            return
        seen.add(name)


def _of_marks(form: Form, frame: pd.DataFrame) -> Iterator[str]:
    """How numbers were read that may be read in two ways, by one of the first column that has such."""
    said: list[tuple[str, float]] = []
    for place, cell in form.unsure.items():
        numbers = pd.to_numeric(frame.iloc[:, place], errors="coerce")
        either = [float(one.number) for mark in ".," if (one := written(cell, mark)) is not None]
        said += [(cell, one) for one in either if (numbers == one).any()][:1]
    if said:
        cell, number = said[0]
        yield (
            f"In numbers such as {printable(cell)} the mark may part thousands or decimals; "
            f"that one was read as {number:.10g}."
        )


def _with_signs(frame: pd.DataFrame, texts: Collection[str], *marks: str) -> Read:
    """The same with numbers where texts are such, and their sign of per cent or money as the unit of the column.

    Args:
        frame: As pandas read it.
        texts: See `read_csv`.
        marks: Decimal marks, the likely one first.
    """
    names, signs = [str(name) for name in frame.columns], set()
    for place, kind in enumerate(frame.dtypes):
        if pd.api.types.is_numeric_dtype(kind) or pd.api.types.is_datetime64_any_dtype(kind) or names[place] in texts:
            continue
        cells = frame.iloc[:, place]
        found = [one for mark in marks if (one := as_numbers(cells, mark)) is not None]
        if not found:
            continue
        # Where 0,512 stands among them, 1,512 are no thousands: the mark by which the most are numbers is right.
        numbers, sign = max(found, key=lambda one: pd.to_numeric(one[0], errors="coerce").count())
        frame.isetitem(place, numbers)
        signs |= {sign} - {""}
        named = f"{names[place]} [{sign}]"
        if sign and not names[place].endswith((")", "]")) and named not in names:
            names[place] = named
    frame.columns = pd.Index(names)
    said = f"Signs beside numbers were read as units: {', '.join(sorted(signs))}." if signs else ""
    return Read(frame, (said,) if said else ())


def _read(text: str, form: Form, texts: Collection[str]) -> pd.DataFrame:
    shown = shown_names(form.names, form.width)
    written = {*(shown[place] for place in form.dates), *(name for name in shown if name in texts)}
    return pd.read_csv(
        io.StringIO(text),
        sep=form.delimiter,
        header=None,
        names=shown,
        skiprows=form.skipped,
        skip_blank_lines=True,
        skipinitialspace=True,
        index_col=False,
        decimal=form.decimal,
        dtype=dict.fromkeys(written, str),
        na_values=NO_VALUES,
        keep_default_na=False,
        nrows=npz_headers.MAX_EXAMPLES + 1,
        low_memory=False,
    )


def _said(error: BaseException) -> str:
    """What is wrong with which row, as far as pandas tells."""
    if "EOF inside string" in str(error):
        return "a quoted cell without an end"
    found = _TOO_MANY.search(str(error))
    return f"line {found[1]} with {found[2]}" if found else "a row with more"


def read_parquet(payload: bytes, label: str, texts: Collection[str] = ()) -> Read:
    """A `.parquet` file; what it holds is looked at before it is decoded.

    Args:
        payload: The file.
        label: Its name for messages.
        texts: See `read_csv`.

    Returns:
        What it holds; dates stay such.

    Raises:
        DataError: If it is damaged or too large.
    """
    import pyarrow
    import pyarrow.parquet

    try:
        file = pyarrow.parquet.ParquetFile(io.BytesIO(payload))
        facts = file.metadata
        size = sum(facts.row_group(place).total_byte_size for place in range(facts.num_row_groups))
        if size > npz_headers.MAX_RAW_BYTES:
            most = megabytes(npz_headers.MAX_RAW_BYTES)
            raise DataError(f"{label} must unpack to at most {most}. Received: {megabytes(size)}.")
        if facts.num_columns > MOST_COLUMNS or facts.num_rows > npz_headers.MAX_EXAMPLES:
            raise DataError(
                f"{label} must have at most {npz_headers.MAX_EXAMPLES:,} rows and {MOST_COLUMNS:,} columns. "
                f"Received: {facts.num_rows:,} rows and {facts.num_columns:,} columns."
            )
        nested = [field.name for field in file.schema_arrow if pyarrow.types.is_nested(field.type)]
        if nested:
            raise DataError(
                f"{label} must hold plain columns. Received: {printable(nested[0])!r}, of lists or records."
            )
        frame = file.read().to_pandas(ignore_metadata=True)
    except DataError:
        raise
    except Exception as error:
        raise DataError(f"{label} must be a whole .parquet file. Received: a damaged one.") from error
    frame.columns = shown_names([str(name) for name in frame.columns], frame.shape[1])
    frame.index += 2  # a spreadsheet shows the names as row 1
    return _with_signs(_bounded(frame, label), texts, ".")


def _bounded(frame: pd.DataFrame, label: str) -> pd.DataFrame:
    rows, columns = frame.shape
    fewest, most = npz_headers.MIN_EXAMPLES, npz_headers.MAX_EXAMPLES
    if rows > most:
        raise DataError(f"{label} must have at most {most:,} rows. Received: more than that.")
    if not columns:
        raise DataError(f"{label} must have columns. Received: none.")
    if rows * columns * 8 > npz_headers.MAX_RAW_BYTES:
        raise DataError(
            f"{label} must take at most {megabytes(npz_headers.MAX_RAW_BYTES)} in memory. "
            f"Received: {megabytes(rows * columns * 8)}."
        )
    if not rows:
        raise DataError(f"{label} must have {fewest} rows or more. Received: none.")
    return frame
