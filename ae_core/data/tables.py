"""A frame of columns becomes rows of numbers: what each column is, what becomes of it, and which one names classes."""

import collections
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ae_core.data.columns import LEFT_OUT, MOST_LABELS, Column, Understood
from ae_core.data.dataset import classes_of
from ae_core.errors import DataError, printable
from ae_core.formats import npz, npz_headers
from ae_core.formats.frames import Read
from ae_core.formats.header import UNKNOWN
from ae_core.formats.written_numbers import NUMERIC, are_dates

MOST_CATEGORIES = 100  # that become columns of their own
LABELS = (  # names of columns that are taken for the label, in small letters, the surest first
    *("label", "class", "target", "y", "labels", "category"),
    *("etikett", "klasse", "kategorie", "标签", "类别", "分类", "类", "標籤", "類別", "分類", "類"),
)
MOSTLY_UNKNOWN = 0.8  # share of a column's cells, from which that is said
DATES = 19000101, 21001231  # between which a whole number can be a date, such as 20240131
MOST_NUMBERS = 32 * 10**6  # in a table
TRUTHS = {"true": "1", "false": "0"}  # as numbers
MOST_UNDERSTOOD = 1000  # columns of which a file says what became of them

_BRACKETS = re.compile(r"(?P<name>.*\S)\s*(?:\[(?P<square>[^\[\]]{1,12})\]|\((?P<round>[^()]{1,12})\))")
_UNIT = re.compile(
    r"(?:[TGMkmµμun]?(?:m|g|s|A|V|W|J|N|Pa|Hz|L|l|mol|eV|B|S|Ω|bar|cal|Nm|Wh|Ah|VA)|cm|dm|dL|dl|in|ft|lb|t|min|h|hr|"
    r"hours?|d|days?|years?|yrs?|hPa|psi|mmHg|K|°?[CF]|%|‰|°|deg|rad|rpm|1/\w+|dB|ppm|lx|lm|px|pixels?|"
    r"USD|EUR|GBP|CNY|[€$£¥])(?:[/·*^ ]-?\w+|[\d²³])*"
)


@dataclass(frozen=True)
class Rows:
    """A table as numbers.

    Args:
        values: float64 of shape `(n, columns)`, NaN where nothing is known.
        columns: What they stand for.
        understood: What was understood of each column of the file.
        label: Name of the column that names the classes, or an empty text.
        classes: Its class of each row, the last one where that is unknown; None without such a column.
        class_names: Names of these classes; of unknown ones too, if there are such.
        notes: Sentences for a person.
    """

    values: np.ndarray
    columns: tuple[Column, ...]
    understood: tuple[Understood, ...]
    label: str
    classes: np.ndarray | None
    class_names: tuple[str, ...]
    notes: tuple[str, ...]


def rows_of(frame: pd.DataFrame, label: str) -> Rows:
    """Numbers of a table: numbers stay, categories become one column each, all else is left out, and that is said.

    Args:
        frame: From `formats.frames`.
        label: The file's name for messages.

    Raises:
        DataError: If nothing is left, too much is, or a number is infinite.
    """
    names = names_and_units([str(name) for name in frame.columns])
    blocks: list[np.ndarray] = []
    columns: list[Column] = []
    understood: list[Understood] = []
    unread = 0
    for place, (name, unit) in enumerate(names):
        one = _column(frame.iloc[:, place], name, unit, label)
        understood.append(one.understood)
        blocks.append(one.values)
        columns += one.columns
        unread += one.unread
        if len(columns) > npz_headers.MAX_VALUES or len(columns) * len(frame) > MOST_NUMBERS:
            raise DataError(
                f"{label} must have at most {npz_headers.MAX_VALUES:,} columns and {MOST_NUMBERS / 1e6:.0f} million "
                "numbers, once each category has a column. Received: more of them."
            )
    if not columns:
        why = LEFT_OUT.get(understood[0].became, "")
        raise DataError(f"{label} must have a column of numbers or categories. Received: none, as {why}.")
    values = np.concatenate(blocks, axis=1)
    named = _label_of(understood, values, columns)
    scarce = sum(one.became in ("kept", "one_hot") and one.unknown > MOSTLY_UNKNOWN * len(frame) for one in understood)
    classes: np.ndarray | None = None
    class_names: tuple[str, ...] = ()
    if named:
        places = [place for place, one in enumerate(columns) if one.name == named]
        categories = tuple(columns[place].category for place in places)
        (classes,), class_names = classes_of([values[:, places]], categories, named)
    understood = [_as_label(one) if one.name == named else one for one in understood]
    notes = tuple(_notes(understood, unread, scarce))
    return Rows(values, tuple(columns), tuple(understood), named, classes, class_names, notes)


@dataclass(frozen=True)
class _Column:
    values: np.ndarray  # (n, as many as columns)
    columns: list[Column]
    understood: Understood
    unread: int = 0  # cells that are no numbers among numbers


def _column(cells: pd.Series, name: str, unit: str, label: str) -> _Column:
    unread = 0
    if pd.api.types.is_datetime64_any_dtype(cells.dtype) or pd.api.types.is_timedelta64_dtype(cells.dtype):
        return _left_out(cells, name, unit, "times", "times")
    if not (pd.api.types.is_numeric_dtype(cells.dtype) or pd.api.types.is_bool_dtype(cells.dtype)):
        meant = {cell: text_of(cell) for cell in cells.dropna().unique()}
        texts = cells.astype(object).map(meant)
        known = int(texts.notna().sum())
        if are_dates(texts.dropna()):
            return _left_out(texts, name, unit, "times", "times")
        numbers = pd.to_numeric(texts, errors="coerce")
        readable = int(numbers.notna().sum())
        if not known or readable < NUMERIC * known:
            return _categories(texts, name, unit, known)
        cells, unread = numbers, known - readable
    values = cells.to_numpy(np.float64, na_value=np.nan)
    if np.isinf(values).any():
        raise DataError(f"{label}: the column {printable(name)!r} must hold finite numbers. Received: infinity.")
    known_values = values[~np.isnan(values)]
    if not known_values.size:
        return _left_out(cells, name, unit, "numbers", "all_unknown")
    if np.abs(known_values).max() > npz_headers.MAX_MAGNITUDE:
        return _left_out(cells, name, unit, "numbers", "too_large")
    if _counts(values):
        return _left_out(cells, name, unit, "numbers", "counts_rows")
    if _are_dates(known_values):
        return _left_out(cells, name, unit, "times", "times")
    fact = Understood(
        name,
        unit,
        "numbers",
        "kept",
        float(known_values.min()),
        float(known_values.max()),
        int(np.isnan(values).sum()),
        len(np.unique(known_values)),
    )
    return _Column(values[:, None], [Column(name, unit)], fact, unread)


def text_of(cell: object) -> str | None:
    """A cell as it is shown, or None if it says nothing.

    Args:
        cell: What the frame holds.
    """
    text = printable(str(cell).strip(), 60)
    return None if text.lower() in UNKNOWN else text


def _categories(texts: pd.Series, name: str, unit: str, known: int) -> _Column:
    found = sorted(set(texts.dropna()), key=natural)
    if not known:
        return _left_out(texts, name, unit, "texts", "all_unknown")
    if len(found) == 1:
        return _left_out(texts, name, unit, "texts", "one_text")
    if len(found) > min(MOST_CATEGORIES, max(2, known // 2)):
        return _left_out(texts, name, unit, "texts", "many_texts")
    numbers = {category: number for number, category in enumerate(found)}
    places = texts.map(numbers).to_numpy(np.float64, na_value=np.nan)
    values = (places[:, None] == np.arange(len(found))).astype(np.float64)
    values[np.isnan(places)] = np.nan
    fact = Understood(name, unit, "categories", "one_hot", None, None, len(texts) - known, len(found))
    return _Column(values, [Column(name, unit, category) for category in found], fact)


def _left_out(cells: pd.Series, name: str, unit: str, kind: str, why: str) -> _Column:
    fact = Understood(name, unit, kind, why, None, None, int(cells.isna().sum()), int(cells.nunique()))
    return _Column(np.empty((len(cells), 0)), [], fact)


def _counts(values: np.ndarray) -> bool:
    """Whether a column counts the rows: whole numbers in order, in even steps, from wherever."""
    step = values[1] - values[0] if len(values) > 1 else 0.0
    whole = values[0] == np.rint(values[0]) and step == np.rint(step)
    return bool(whole and step != 0 and np.array_equal(values, values[0] + step * np.arange(len(values))))


def _are_dates(known: np.ndarray) -> bool:
    """Whether numbers are dates such as 20240131, most of them once, so that they say as little as a row's number."""
    least, most = DATES
    if known.min() < least or known.max() > most or len(np.unique(known)) <= len(known) / 2:
        return False
    months, days = known // 100 % 100, known % 100
    return bool((known == np.rint(known)).all() and ((months - 1) // 12 == 0).all() and ((days - 1) // 31 == 0).all())


def natural(text: str) -> tuple[bool, float, str]:
    """Sorts texts that are numbers by value, before the others."""
    number = float(text) if re.fullmatch(r"[+-]?\d+(\.\d+)?", text) else 0.0
    return re.fullmatch(r"[+-]?\d+(\.\d+)?", text) is None, number, text


def names_and_units(names: list[str]) -> list[tuple[str, str]]:
    """Names without the unit that some have in brackets, unless two were the same without it.

    Args:
        names: As a file has them.
    """
    parted = []
    for name in names:
        found = _BRACKETS.fullmatch(name)
        unit = (found["square"] or found["round"]).strip() if found else ""
        sure = found is not None and (found["square"] is not None or _UNIT.fullmatch(unit) is not None)
        parted.append((found["name"], unit) if found and sure else (name, ""))
    often = collections.Counter(name for name, _ in parted)
    return [(whole, "") if often[name] > 1 else (name, unit) for whole, (name, unit) in zip(names, parted, strict=True)]


def _label_of(understood: list[Understood], values: np.ndarray, columns: list[Column]) -> str:
    """The column that is called as a label is and can be one; an empty text if there is none, or no other column."""
    for wanted in LABELS:
        for one in understood:
            if (
                one.name.lower() != wanted
                or not one.names_classes
                or all(column.name == one.name for column in columns)
            ):
                continue
            places = [place for place, column in enumerate(columns) if column.name == one.name]
            whole = values[:, places]
            if np.array_equal(whole, np.rint(whole), equal_nan=True) and one.distinct <= min(
                MOST_LABELS, len(values) / 2
            ):
                return one.name
    return ""


def _as_label(one: Understood) -> Understood:
    return Understood(one.name, one.unit, one.kind, "label", one.least, one.most, one.unknown, one.distinct)


def _notes(understood: list[Understood], unread: int, scarce: int) -> Iterator[str]:
    out = sum(one.became in LEFT_OUT for one in understood)
    if out:
        yield f"{out:,} of {len(understood):,} columns {'is' if out == 1 else 'are'} left out."
    if unread:
        what = "cell among numbers is" if unread == 1 else "cells among numbers are"
        yield f"{unread:,} {what} no number and {'counts' if unread == 1 else 'count'} as unknown."
    if scarce:
        kept = f"{scarce:,} column is" if scarce == 1 else f"{scarce:,} columns are"
        yield f"{kept} learnt from although more than four fifths of the cells are empty."


def arrays_of(learnt_from: Read, tested_on: Read | None, label: str) -> dict[str, np.ndarray]:
    """A table as the arrays that `formats.npz` reads, with its test rows: those of a second frame, or every fifth.

    Args:
        learnt_from: Rows to learn from.
        tested_on: Rows to test on, with the same columns; None if there are none.
        label: The file's name for messages.

    Raises:
        DataError: See `rows_of`; or if the two have other columns.
    """
    train, test = learnt_from.frame, None if tested_on is None else tested_on.frame
    if test is not None and list(test.columns) != list(train.columns):
        raise DataError(f"{label} must have the same columns for training and for testing. Received: different ones.")
    whole = train if test is None else pd.concat([train, test], ignore_index=True)
    if len(whole) < npz_headers.MIN_EXAMPLES:
        raise DataError(f"{label} must have {npz_headers.MIN_EXAMPLES} rows or more. Received: {len(whole):,}.")
    rows = rows_of(whole, label)
    places = np.concatenate([train.index, [] if test is None else test.index]).astype(np.int64)
    learnt, held = np.arange(len(train)), np.arange(len(train), len(rows.values))
    if test is None:
        learnt, held = npz.split_rows(len(rows.values), rows.classes)
    arrays = {"x_train": rows.values[learnt], "x_test": rows.values[held], "columns": written(rows.columns)}
    arrays[npz_headers.PLACES] = places[np.concatenate([learnt, held])]
    if rows.label:
        arrays |= {"label": np.array([rows.label]), "class_names": np.array(rows.class_names)}
    notes = (*learnt_from.notes, *(() if tested_on is None else tested_on.notes), *rows.notes)
    if notes:
        arrays["note"] = np.array([" ".join(dict.fromkeys(notes))[: npz_headers.LONGEST_NOTE]])
    return arrays | {"summary": written_summary(rows.understood)}


def written(columns: tuple[Column, ...]) -> np.ndarray:
    """Columns as texts `(n, 3)`."""
    return np.array([(one.name, one.unit, one.category) for one in columns])


def written_summary(understood: tuple[Understood, ...]) -> np.ndarray:
    """What became of columns as texts `(n, 8)`, of the first ones."""
    return np.array(
        [
            (one.name, one.unit, one.kind, one.became, *map(_figure, (one.least, one.most)), one.unknown, one.distinct)
            for one in understood[:MOST_UNDERSTOOD]
        ]
    ).astype(str)


def _figure(value: float | None) -> str:
    return "" if value is None else repr(value)


def numbers_of(cells: pd.Series, name: str, label: str) -> tuple[np.ndarray, int]:
    """A column of numbers as training would read it, and how many of its cells are none.

    Args:
        cells: The column; of few rows it may look like a counter, or be unknown, and is read all the same.
        name: Its name.
        label: The file's name for messages.

    Returns:
        float64 of shape `(n,)`, NaN where a cell is no number; and the cells of which something is known all the same.

    Raises:
        DataError: If it holds texts alone, infinity, or numbers that are too large.
    """
    read = _column(cells, name, "", label)
    if read.understood.became == "kept":
        return read.values[:, 0], read.unread
    if pd.api.types.is_numeric_dtype(cells.dtype) or pd.api.types.is_bool_dtype(cells.dtype):
        values, unread = cells.to_numpy(np.float64, na_value=np.nan), 0
    else:
        texts = [text_of(cell) for cell in cells]
        known = [text for text in texts if text is not None]
        wrong = "".join(known[:1])
        if all(text.lower() in TRUTHS for text in known):  # beside an unknown cell, true and false are texts
            texts = [None if text is None else TRUTHS[text.lower()] for text in texts]
        values = pd.to_numeric(pd.Series(texts, dtype=object), errors="coerce").to_numpy(np.float64, na_value=np.nan)
        unread = len(known) - int(np.count_nonzero(~np.isnan(values)))
        if known and unread == len(known):
            raise DataError(
                f"The column {printable(name)!r} must hold numbers, as in the run's data. Received: {wrong!r}."
            )
    most = np.fmax.reduce(np.abs(values), initial=0.0)
    if most > npz_headers.MAX_MAGNITUDE:
        raise DataError(
            f"The column {printable(name)!r} must have values from {-npz_headers.MAX_MAGNITUDE:g} to "
            f"{npz_headers.MAX_MAGNITUDE:g}. Received: {most:.4g}."
        )
    return values, unread


def texts_of(cells: pd.Series) -> list[str | None]:
    """A column's cells as they are shown, None where one says nothing."""
    whole = pd.api.types.is_float_dtype(cells.dtype)  # whole numbers beside an unknown cell
    return [text_of(int(cell) if whole and cell == np.rint(cell) else cell) for cell in cells]


def one_hot(cells: pd.Series, categories: Sequence[str]) -> tuple[np.ndarray, list[str]]:
    """A column as 1 for its category and 0 for the others, NaN where nothing is known; and categories that are none.

    Args:
        cells: The column.
        categories: Those that there are; a row with another one has 0 for all.
    """
    numbers = {category: number for number, category in enumerate(categories)}
    meant: dict[str, int] = {}  # in the one spelling of numbers, and of true and false
    for category, number in numbers.items():
        meant[_meant(category)] = -1 if _meant(category) in meant else number  # 01 beside 1 is not the same
    texts = texts_of(cells)
    found = {text: numbers.get(text, meant.get(_meant(text), -1)) for text in texts if text is not None}
    places = np.array([np.nan if text is None else found[text] for text in texts])
    values = (places[:, None] == np.arange(len(numbers))).astype(np.float64)
    values[np.isnan(places)] = np.nan
    return values, sorted((text for text, place in found.items() if place < 0), key=natural)


def _meant(text: str) -> str:
    """A category in one spelling, whoever wrote it: spreadsheets write 01 as 1, and True as TRUE."""
    number = re.fullmatch(r"0*(\d+)(?:\.0*)?", text)
    return number[1] if number else text.lower() if text.lower() in TRUTHS else text
