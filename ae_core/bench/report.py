"""What was measured, as a Markdown table that also reads well in a terminal."""

from collections.abc import Sequence

from ae_core.bench.line import Line

HEAD = ("what", "against", "measured", "goal", "")


def table(lines: Sequence[Line]) -> str:
    """One row for each line."""
    rows = [HEAD, *map(cells, lines)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEAD))]

    def joined(row: Sequence[str]) -> str:
        return "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |"

    return "\n".join([joined(HEAD), joined(["-" * width for width in widths]), *map(joined, rows[1:])])


def cells(line: Line) -> tuple[str, ...]:
    """A line's cells, in the order of the head."""
    goal = "" if line.goal is None else f"{'≥' if line.goal.at_least else '≤'} {_number(line.goal.limit, line.unit)}"
    measured = "–" if line.value is None else _number(line.value, line.unit)
    remark = "" if line.reached is not False else "not reached"
    return line.what, line.against, f"{measured} ({line.remark})" if line.remark else measured, goal, remark


def _number(value: float, unit: str) -> str:
    digits = 0 if abs(value) >= 100 else 1 if unit == "%" else 2
    return f"{value:.{digits}f} {unit}".strip()
