"""What a text file of rows and cells is like: its letters, what parts its cells, its decimal mark."""

import collections
import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ae_core.errors import DataError, printable
from ae_core.formats.header import UNKNOWN, is_header
from ae_core.formats.written_numbers import hold_dates, is_date, written

SAMPLE_ROWS = 200
LONGEST_LINE = 2**20  # characters
ALIKE = 0.95  # share of the rows that must have one length, for a mark to be what parts their cells
SPACES = r"\s+"

_BLANK_LINE = re.compile(r"^[ \t]*\n", re.MULTILINE)


@dataclass(frozen=True)
class Form:
    """How a text file is to be read.

    Args:
        delimiter: What parts the cells: one character, or `SPACES`.
        decimal: The decimal mark, `.` or `,`.
        names: Names of the columns; empty if the file names none.
        width: Cells in a row.
        skipped: Lines before the first row of cells.
        dates: Places of the columns that hold dates, some of which look like decimal numbers.
        unsure: A number of each column, by its place, whose marks may all part thousands or all part decimals.
    """

    delimiter: str
    decimal: str
    names: tuple[str, ...]
    width: int
    skipped: int
    dates: tuple[int, ...]
    unsure: Mapping[int, str]


def decoded(payload: bytes, label: str) -> str:
    """The letters of a text file: UTF-8, UTF-16 that says so, Chinese machines' GB 18030, or western Windows'.

    Args:
        payload: The file.
        label: Its name for messages.

    Raises:
        DataError: If it is no text.
    """
    if payload[:2] in (b"\xff\xfe", b"\xfe\xff"):
        encodings = ["utf-16"]
    else:
        encodings = ["utf-8-sig", *(["gb18030"] if _is_chinese(payload) else []), "cp1252", "latin-1"]
    for encoding in encodings:
        try:
            text = payload.decode(encoding)
        except UnicodeError:
            continue
        if "\0" not in text:
            return text.replace("\r\n", "\n").replace("\r", "\n")
    raise DataError(f"{label} must be a text of rows and cells. Received: something else.")


def _is_chinese(payload: bytes) -> bool:
    """Whether letters beyond ASCII mostly come in pairs that begin as those of common Chinese characters do.

    In western texts they stand alone, and accented small letters are larger numbers.
    """
    runs = re.findall(rb"[\x80-\xff]+", payload[: 2**20])
    return sum(len(run) > 1 and run[0] < 0xE0 for run in runs) > len(runs) / 2


def form_of(text: str, label: str) -> Form:
    """Looks at the first rows of a text file.

    Args:
        text: Its letters.
        label: Its name for messages.

    Raises:
        DataError: If it has no rows, none below its header, or lines of absurd length.
    """
    lines = text[: SAMPLE_ROWS * 2**14].split("\n", SAMPLE_ROWS + 1)[: SAMPLE_ROWS + 1]
    if any(len(line) > LONGEST_LINE for line in lines):
        raise DataError(f"{label} must have lines of at most {LONGEST_LINE:,} characters. Received: a longer one.")
    skipped = next((number for number, line in enumerate(lines) if line.strip()), None)
    if skipped is None:
        raise DataError(f"{label} must have rows of cells. Received: none.")
    lines = [line for line in lines[skipped:] if line.strip()]
    lines = lines[:-1] if len(lines) > SAMPLE_ROWS else lines  # the last one may be cut
    delimiter = _delimiter(lines)
    rows = cells_of(lines, delimiter)
    width = _usual_length(rows)[0]
    dates = _dates(rows[1:], width)
    dated = frozenset(dates)
    decimal = _decimal([cell for row in rows[1:] for place, cell in enumerate(row) if place not in dated], delimiter)
    head = rows[0]
    if len(head) == width + 1 and head[0] == "#":  # as NumPy writes it
        head = head[1:]
    if len(head) == width - 1:  # as R writes it: the rows' own names have none
        head = ["", *head]
    if len(rows) == 1 and not any(written(cell, decimal) for cell in head):
        raise DataError(f"{label} must have rows below its header. Received: a header alone.")
    named = len(head) == width and is_header(head, rows[1:], decimal)
    names = tuple(name.lstrip("#").strip() for name in head) if named else ()
    unsure = _unsure(rows[1:] if named else rows, width, "," if delimiter == "," else ".,")
    return Form(delimiter, decimal, names, width, skipped + named, dates, unsure)


def row_numbers(text: str, form: Form, count: int) -> list[int]:
    """The number of each row of cells, as a spreadsheet counts them: the first line is row 1, blank ones count too.

    Args:
        text: The file's letters.
        form: Their form.
        count: Rows of cells that were read.
    """
    first = form.skipped + 1
    straight = list(range(first, first + count))
    body = text.split("\n", form.skipped)[-1]
    if not _BLANK_LINE.search(body):
        return straight
    lines = body.split("\n")
    records: Iterable[list[str]] = [[line] for line in lines]
    try:
        if '"' in body:  # a quoted cell may go over several lines, which are one row
            records = list(
                csv.reader(io.StringIO(body), delimiter="\t" if form.delimiter == SPACES else form.delimiter)
            )
    except csv.Error:
        return straight
    found = [first + place for place, record in enumerate(records) if any(cell.strip() for cell in record)]
    return found if len(found) == count else straight


def cells_of(lines: Sequence[str], delimiter: str) -> list[list[str]]:
    """Cells of each line, without spaces around them."""
    if delimiter == SPACES:
        return [line.split() for line in lines]
    try:
        return [[cell.strip() for cell in row] for row in csv.reader(lines, delimiter=delimiter, skipinitialspace=True)]
    except csv.Error:  # a quoted cell without an end
        return [[cell.strip() for cell in line.split(delimiter)] for line in lines]


def _usual_length(rows: list[list[str]]) -> tuple[int, float]:
    """The length that most rows have, and their share."""
    (length, count), *_others = collections.Counter(len(row) for row in rows if row).most_common(1)
    return length, count / len(rows)


def _delimiter(lines: list[str]) -> str:
    """What parts the cells: the first mark that gives rows of one length, but a comma before what parts fewer."""
    found = {}
    for mark in (";", "\t", "|", ","):
        length, share = _usual_length(cells_of(lines, mark) or [[""]])
        if length > 1 and share >= ALIKE:
            found[mark] = length
    if (
        ";" in found
    ):  # in a table of commas a semicolon hardly ever parts all rows alike; the other way round it is usual
        return ";"
    if found:
        return max(found, key=lambda mark: found[mark])
    length, share = _usual_length(cells_of(lines, SPACES))
    spaced = length > 1 and share == 1 and not any('"' in line for line in lines)
    return SPACES if spaced else ","


def _decimal(cells: list[str], delimiter: str) -> str:
    """The decimal mark: a comma where some cells have one that is, and no cell has a point that is."""
    if delimiter == ",":
        return "."
    marked = [cell for cell in cells if ("." in cell or "," in cell) and not is_date(cell)]
    points = any(written(cell, ".") and not written(cell, ",") for cell in marked)
    commas = any("," in cell and written(cell, ",") for cell in marked)
    return "," if commas and not points else "."


def _dates(rows: list[list[str]], width: int) -> tuple[int, ...]:
    """Places of the columns of which nearly all cells are dates."""
    return tuple(
        place
        for place in range(width)
        if hold_dates(
            collections.Counter(row[place] for row in rows if place < len(row) and row[place].lower() not in UNKNOWN)
        )
    )


def _unsure(rows: list[list[str]], width: int, marks: str) -> dict[int, str]:
    """Columns in which both ways of reading a mark are possible, as in 1.234, and a cell of each.

    Args:
        rows: Rows of cells.
        width: Cells in a row.
        marks: Those that may be read in both ways: where commas part cells, a point parts decimals.
    """
    found = {}
    for place in range(width):
        cells = [row[place] for row in rows if place < len(row)]
        marked = [cell for cell in cells if any(mark in cell for mark in ".,") and not is_date(cell)]
        numbers = [cell for cell in marked if written(cell, ".") or written(cell, ",")]
        both = [cell for cell in numbers if written(cell, ".") and written(cell, ",")]
        if both and len(both) == len(numbers) and any(mark in both[0] for mark in marks):
            found[place] = both[0]
    return found


def shown_names(names: Sequence[str], width: int) -> list[str]:
    """Names of so many columns, printable and each once; `x1`, `x2`, … where there are none.

    Args:
        names: Those of the file; may be empty.
        width: How many.
    """
    found: dict[str, int] = {}  # name → place
    last: dict[str, int] = {}  # beginning of a name that comes again → the number it had last
    for place in range(width):
        plain = printable(" ".join(names[place].split())) if names else ""
        name, again = plain or f"x{place + 1}", (plain or "x")[:52]
        while name in found:
            last[again] = last.get(again, 1) + 1
            name = f"{again} ({last[again]})"
        found[name] = place
    return list(found)
