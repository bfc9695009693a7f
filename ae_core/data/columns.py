"""What the values of a row, or the channels of a series, stand for."""

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
