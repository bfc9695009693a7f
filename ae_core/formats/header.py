"""Whether the first row of a table names its columns."""

import itertools

from ae_core.formats.written_numbers import is_date, written

UNKNOWN = ("", "?", "na", "n/a", "#n/a", "nan", "-nan", "null", "none", "<na>", "-", "--")
"""What stands in a cell whose value is unknown, in small letters."""

YEARS = 1900.0, 2100.0
FEWEST_EVEN = 3  # numbers in even steps that are no accident beside a name
FEWEST_COUNTED = 4  # likewise without one: 0, 1, 2, 3
FEWEST_RISING = 6  # numbers that rise from column to column by no accident, such as wavelengths


def is_header(head: list[str], rows: list[list[str]], decimal: str) -> bool:
    """Whether a first row names columns: its cells differ in kind from those below.

    Texts above numbers are names, and so are texts that come nowhere below. Numbers are names beside such texts if they
    are years or go in even steps, and without any if they count the columns or are years that stand out.

    Args:
        head: The first row.
        rows: Those below it, of which some may have another length.
        decimal: The decimal mark, `.` or `,`.
    """
    if not rows or sum(not cell for cell in head) > 1:
        return False
    below = [[row[place] for row in rows if place < len(row)] for place in range(len(head))]
    known = [place for place, cell in enumerate(head) if cell.lower() not in UNKNOWN]
    values = {place: float(one.number) for place in known if (one := written(head[place], decimal))}
    texts = [place for place in known if place not in values]
    if any(is_date(head[place]) and any(map(is_date, below[place])) for place in texts):
        return False
    if values:
        return _are_names(values, below, rows, decimal, alone=not texts) and not any(
            head[place] in below[place] for place in texts
        )
    if any(written(cell, decimal) for place in texts for cell in below[place]):
        return True
    return bool(texts) and not any(head[place] in below[place] for place in texts)


def _are_names(
    values: dict[int, float], below: list[list[str]], rows: list[list[str]], decimal: str, alone: bool
) -> bool:
    """Whether numbers in a first row, by their places, name columns."""
    row, others = list(values.values()), [_numbers(other, values, decimal) for other in rows[:5]]
    low, high = YEARS
    years = all(low <= one <= high and one == round(one) for one in row)
    even = _is_even(row) and sum(map(_is_even, others)) * 2 <= len(others)
    if len(set(row)) < len(row):
        return False
    if alone:
        counts = len(row) >= FEWEST_COUNTED and row[:2] in ([0, 1], [1, 2])
        return even and (counts or (years and _stand_out(values, below, decimal)))
    rising = len(row) >= FEWEST_RISING and _rises(row) and sum(map(_rises, others)) * 2 <= len(others)
    return even or rising or (years and _stand_out(values, below, decimal))


def _numbers(row: list[str], places: dict[int, float], decimal: str) -> list[float]:
    found = [written(row[place], decimal) for place in places if place < len(row)]
    return [float(one.number) for one in found if one]


def _rises(row: list[float]) -> bool:
    return len(row) > 1 and all(one < other for one, other in itertools.pairwise(row))


def _is_even(row: list[float]) -> bool:
    step = row[1] - row[0] if len(row) >= FEWEST_EVEN else 0.0
    return step != 0 and all(abs(other - one - step) <= 1e-6 * abs(step) for one, other in itertools.pairwise(row))


def _stand_out(values: dict[int, float], below: list[list[str]], decimal: str) -> bool:
    """Whether each year lies beyond the numbers of its column, which are no years themselves."""
    low, high = YEARS
    for place, value in values.items():
        found = [float(one.number) for cell in below[place] if (one := written(cell, decimal))]
        years = sum(low <= one <= high and one == round(one) for one in found)
        if found and (min(found) <= value <= max(found) or 2 * years > len(found)):
            return False
    return True
