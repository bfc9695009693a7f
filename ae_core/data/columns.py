"""What the values of a row, or the channels of a series, stand for."""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Column:
    """One value of a table's rows, or one channel of a series.

    Args:
        name: Its name, as the file has it. All columns of one categorical variable share it.
        unit: Its unit, such as `mm`; empty if it has none or it is unknown.
        category: Of a column that is 1 where a categorical variable has one of its values, else 0: that value. Empty
            for a column of plain numbers.
    """

    name: str
    unit: str = ""
    category: str = ""


@dataclass(frozen=True)
class Understood:
    """What was understood of one column of a file, and what became of it.

    Args:
        name: Its name.
        unit: Its unit, or an empty text.
        kind: `numbers`, `categories`, `texts` or `times`.
        became: `kept`, `one_hot`, `label` or, if it was left out, why: a key of `LEFT_OUT`.
        least: Its smallest known value; None if it has no numbers.
        most: Its largest.
        unknown: Cells of which nothing is known.
        distinct: Different values that are known.
    """

    name: str
    unit: str
    kind: str
    became: str
    least: float | None
    most: float | None
    unknown: int
    distinct: int

    @property
    def names_classes(self) -> bool:
        """Whether it can be the label column."""
        return self.became in ("one_hot", "label") or (self.became == "kept" and 1 < self.distinct <= MOST_LABELS)


MOST_LABELS = 255  # different values of a column that can name classes
LEFT_OUT = {
    "all_unknown": "nothing in it is known",
    "counts_rows": "it only counts the rows",
    "many_texts": "nearly every row has its own text",
    "one_text": "all rows have the same text",
    "times": "dates and times are not read",
    "too_large": "its numbers lie beyond a thousand million",
}
"""Why a column was left out, in words."""


def names_in(text: str) -> tuple[str, ...]:
    """The names in a text, each once and in its order.

    Args:
        text: Names with commas between them; one that has a comma in it stands in quotation marks.
    """
    rows = csv.reader(io.StringIO(" ".join(text.splitlines())), skipinitialspace=True)
    return tuple(dict.fromkeys(name.strip() for row in rows for name in row if name.strip()))


def in_one_text(names: Iterable[str]) -> str:
    """Some names as `names_in` reads them."""
    stream = io.StringIO()
    csv.writer(stream, lineterminator="").writerow(names)
    return stream.getvalue()
