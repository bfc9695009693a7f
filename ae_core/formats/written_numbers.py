"""Numbers as people write them, with groups of thousands and signs of per cent or money; and dates, which are none."""

import re
from collections import Counter
from collections.abc import Callable, Mapping
from typing import NamedTuple

import pandas as pd

NUMERIC = 0.9  # share of the known cells that must be numbers, for the others to count as unknown
SAMPLE = 500  # cells of a column that are looked at first
_SIGNS = r"%|‰|[€$£¥₹₩₽元]|EUR|USD|GBP|CHF|CNY|RMB|JPY"
_GAPS = "[ \u00a0\u202f\u2009'’]"  # that part thousands in any country
_EXPONENT = r"(?:e[+-]?\d+)?"
_MONTH, _CENTURY = r"(?:0?[1-9]|1[0-2])", r"(?:19|20)\d{2}"
_TIME = r"\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?: ?[ap]\.?m\.?)?(?:Z|[+-]\d{2}:?\d{2})?"
_DATE = re.compile(
    rf"(?:\d{{4}}(?P<a>[-/.])\d{{1,2}}(?P=a)\d{{1,2}}|\d{{1,2}}(?P<b>[-/.])\d{{1,2}}(?P=b)(?:\d{{4}}|\d{{2}})"
    rf"|{_MONTH}[-/.]{_CENTURY}|{_CENTURY}[-/.](?:0[1-9]|1[0-2])|\d{{4}}年\d{{1,2}}月(?:\d{{1,2}}日)?)"
    rf"(?:[ T]+{_TIME})?|{_TIME}",
    re.IGNORECASE,
)
# Which may be a decimal number too.
_DAY = re.compile(r"(?:0[1-9]|[12]\d|3[01])\.(?:0[1-9]|1[0-2])\.?")


class Written(NamedTuple):
    """A cell that is a number.

    Args:
        number: As Python reads it.
        sign: Its sign of per cent or money; empty if it has none.
    """

    number: str
    sign: str


def _pattern(decimal: str, grouping: str) -> re.Pattern[str]:
    mark = re.escape(decimal)
    groups = rf"[1-9]\d{{0,2}}(?P<gap>{re.escape(grouping)}|{_GAPS})\d{{3}}(?:(?P=gap)\d{{3}})*"
    return re.compile(
        rf"(?P<minus>[+-]?)(?:(?P<before>{_SIGNS})\s?(?P<inner>-?))?"
        rf"(?P<number>(?:{groups}|\d+)(?:{mark}\d*)?{_EXPONENT}|{mark}\d+{_EXPONENT})(?:\s?(?P<after>{_SIGNS}))?",
        re.IGNORECASE,
    )


_PATTERNS = {".": _pattern(".", ","), ",": _pattern(",", ".")}


def written(cell: str, decimal: str = ".") -> Written | None:
    """What number a cell holds; None if it holds none.

    Groups of thousands have three digits each, are parted by one mark throughout, and do not begin with 0. So dates,
    versions and most telephone numbers are no numbers.

    Args:
        cell: Without spaces around it.
        decimal: The decimal mark, `.` or `,`; the other one may part thousands, as spaces and apostrophes may.
    """
    found = _PATTERNS[decimal].fullmatch(cell.replace("\u2212", "-"))
    if found is None or (found["before"] and found["after"]):
        return None
    if found["gap"] and found["minus"] == "+" and not (found["before"] or found["after"]):
        return None  # a telephone number
    digits = found["number"].replace(found["gap"] or "\0", "").replace(decimal, ".")
    minus = "-" if "-" in (found["minus"], found["inner"]) else ""
    return Written(minus + digits, (found["before"] or found["after"] or "").upper())


def is_date(cell: str) -> bool:
    """Whether a cell is a date, a month of a year, or a time of day."""
    return _DATE.fullmatch(cell) is not None


def _often(texts: pd.Series, holds: Callable[[str], object]) -> bool:
    """Whether something holds for half of a sample of the cells, or more: a large table need not be looked at whole."""
    some = [cell for cell in texts.iloc[:: 1 + len(texts) // SAMPLE] if isinstance(cell, str)]
    return bool(some) and 2 * sum(bool(holds(cell.strip())) for cell in some) >= len(some)


def are_dates(texts: pd.Series) -> bool:
    """Whether nearly all cells of a column are dates, see `hold_dates`.

    Args:
        texts: Cells of which something is known.
    """
    if not _often(texts, lambda cell: is_date(cell) or _DAY.fullmatch(cell)):
        return False
    return hold_dates(Counter(cell.strip() if isinstance(cell, str) else "" for cell in texts))


def hold_dates(cells: Mapping[str, int]) -> bool:
    """Whether nearly all cells of a column are dates, or days of a year such as 24.12 or 24.12.

    These may be decimal numbers too. One that begins with 0, such as 01.12, says that they are not.

    Args:
        cells: How often each stands in the column, without spaces around it.
    """

    def mostly(pattern: re.Pattern[str]) -> bool:
        return sum(count for cell, count in cells.items() if pattern.fullmatch(cell)) >= NUMERIC * cells_in_all

    cells_in_all = sum(cells.values())
    days = any(cell.startswith("0") for cell in cells) and mostly(_DAY)
    return cells_in_all > 0 and (days or mostly(_DATE))


def as_numbers(cells: pd.Series, decimal: str = ".") -> tuple[pd.Series, str] | None:
    """A column of texts that nearly all are numbers with one sign, or with none: these as numbers, and the sign.

    Args:
        cells: Texts, and NaN for the unknown.
        decimal: See `written`.

    Returns:
        A column of floats and the texts that are no numbers, and the sign, which may be empty; None if it is no such
        column.
    """
    texts = cells.dropna()
    if not _often(texts, lambda cell: written(cell, decimal) is not None) or are_dates(texts):
        return None
    meant = {cell: written(cell.strip(), decimal) for cell in texts.unique() if isinstance(cell, str)}
    signs = texts.map(lambda cell: one.sign if (one := meant.get(cell)) else None)
    often = signs.value_counts()
    if often.empty or often.iloc[0] < NUMERIC * len(texts):
        return None
    sign = str(often.index[0])
    numbers = {cell: float(one.number) for cell, one in meant.items() if one is not None and one.sign == sign}
    return cells.map(lambda cell: numbers.get(cell, cell)).astype(object), sign
