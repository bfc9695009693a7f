"""The numbers of rows and series as figures have them: unpacked, with names and units."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from ae_core.formats import escape
from ae_core.messages import ColumnTitle, GridValues, Setup, Snapshot

LONGEST_NAME, LONGEST_TICK = 22, 10  # letters
MOST_NAMELESS = 64  # values of rows of which nothing else is known; longer ones look like curves, and are drawn so
WORST = 3  # columns that are named because they are reconstructed worst


@dataclass(frozen=True)
class Shown:
    """What a `GridValues` holds.

    Args:
        original: ndarray of shape `(count, columns)` or `(count, moments, channels)`; NaN where a value is unknown.
        reconstruction: The same shape.
        low: Lowest known value of each column or channel among all held-out examples.
        high: Highest one.
        errors: Root mean squared error of each, as a share of its standard deviation; NaN where nothing is known.
        names: What each is called, with its unit, no two alike.
        ticks: The same without units, as short as there is room at an axis.
        stride: Every so-manieth column or moment is among them.
    """

    original: np.ndarray
    reconstruction: np.ndarray
    low: np.ndarray
    high: np.ndarray
    errors: np.ndarray
    names: list[str]
    ticks: list[str]
    stride: int


def told_as_numbers(setup: Setup, snapshot: Snapshot) -> bool:
    """Whether a grid is drawn from its numbers, as rows and series are, and not as small pictures.

    Args:
        setup: The run's setup message.
        snapshot: One of its snapshot messages.
    """
    values = snapshot.grid.values
    if values is None:
        return False
    if len(setup.shape) == 2 or setup.columns or setup.shape[0] <= MOST_NAMELESS:
        return True
    return bool(np.isnan(_unpacked(values.original)).any())


def shown(setup: Setup, values: GridValues, safe: Callable[[str], str] = escape.plotly) -> Shown:
    """Unpacks the values of a grid.

    Args:
        setup: The run's setup message.
        values: Those of one of its snapshots.
        safe: Makes names safe for what draws them.
    """
    length, *channels = setup.shape
    shape = (values.count, -(-length // values.stride), *channels)
    low, high = _unpacked(values.ends).reshape(2, -1)
    titles = setup.columns or [ColumnTitle(name=f"x{place + 1}") for place in range(setup.shape[-1])]
    titles = titles[:: 1 if channels else values.stride]
    return Shown(
        original=_unpacked(values.original).reshape(shape),
        reconstruction=_unpacked(values.reconstruction).reshape(shape),
        low=low,
        high=high,
        errors=_unpacked(values.errors),
        names=_names(titles, safe),
        ticks=[safe(cut(title.category or title.name, LONGEST_TICK)) for title in titles],
        stride=values.stride,
    )


def _unpacked(packed: bytes) -> np.ndarray:
    return np.frombuffer(packed, "<f4").astype(np.float64)


def _names(titles: Sequence[ColumnTitle], safe: Callable[[str], str]) -> list[str]:
    """`radius (mm)`, `colour: red`; a number tells those apart that would be called alike."""
    names: dict[str, None] = {}
    for title in titles:
        name = cut(f"{title.name}: {title.category}" if title.category else title.name, LONGEST_NAME)
        whole = wanted = safe(f"{name} ({title.unit})" if title.unit else name)
        number = 1
        while whole in names:
            number += 1
            whole = f"{wanted} {number}"
        names[whole] = None
    return list(names)


def cut(name: str, most: int) -> str:
    """A name that has at most so many letters."""
    return name if len(name) <= most else f"{name[: most - 1]}…"
