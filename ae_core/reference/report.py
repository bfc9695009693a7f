"""What was measured, as text: a Markdown table that also reads well in a terminal."""

from collections.abc import Sequence

from ae_core.reference.curve import Curve
from ae_core.reference.measurement import Outcome

HEAD = ("row", "what", "ours", "held against", "ratio", "", "s")


def table(outcomes: Sequence[Outcome]) -> str:
    """One line for each row, then sources and remarks, and where we fall short."""
    lines = [_cells(one) for one in outcomes]
    widths = [max(len(line[column]) for line in (HEAD, *lines)) for column in range(len(HEAD))]

    def joined(cells: Sequence[str]) -> str:
        return "| " + " | ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)) + " |"

    rule = ["-" * width for width in widths]
    return "\n".join([joined(HEAD), joined(rule), *map(joined, lines), "", *map(_note, outcomes)])


def curve_table(curve: Curve) -> str:
    """Squared error per test image, one line for each network, one column for each code size."""
    width = max(map(len, curve.errors))
    head = "| " + "code size".ljust(width) + " | " + " | ".join(f"{size:6}" for size in curve.sizes) + " |"
    rule = "| " + "-" * width + " | " + " | ".join("-" * 6 for _ in curve.sizes) + " |"
    lines = (
        "| " + name.ljust(width) + " | " + " | ".join(f"{error:6.2f}" for error in errors) + " |"
        for name, errors in curve.errors.items()
    )
    return "\n".join([head, rule, *lines])


def number(value: float) -> str:
    """A number with four digits that count."""
    return f"{value:#.4g}".rstrip(".")


def _cells(one: Outcome) -> tuple[str, ...]:
    spread = f" ± {one.spread:.2g} ({len(one.values)} seeds)" if one.spread is not None else ""
    return (
        one.row,
        f"{one.title}, {one.unit}",
        number(one.mean) + spread,
        f"{one.want} {number(one.figure)}",
        f"{one.ratio:.3f}",
        "reached" if one.reached else "missed",
        f"{one.seconds:.0f}",
    )


def _note(one: Outcome) -> str:
    seeds = " One seed." if one.seconds and len(one.values) == 1 else ""
    remark = f" {one.remark}" if one.remark else ""
    return f"- {one.row}: {one.source}.{seeds}{remark}"
