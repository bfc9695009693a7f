"""The numbers of rows and series as figures have them: unpacked, with names and units."""

from dataclasses import dataclass

import numpy as np

from ae_core.formats import escape
from ae_core.messages import ColumnTitle, GridValues, Setup

LONGEST_NAME = 22  # letters
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
        names: What each is called, with its unit, no two alike, safe for Plotly.
        stride: Every so-manieth column or moment is among them.
    """

    original: np.ndarray
    reconstruction: np.ndarray
    low: np.ndarray
    high: np.ndarray
    errors: np.ndarray
    names: list[str]
    stride: int


def shown(setup: Setup, values: GridValues) -> Shown:
    """Unpacks the values of a grid.

    Args:
        setup: The run's setup message.
        values: Those of one of its snapshots.
    """
    length, *channels = setup.shape
    shape = (values.count, -(-length // values.stride), *channels)
    low, high = _unpacked(values.ends).reshape(2, -1)
    return Shown(
        original=_unpacked(values.original).reshape(shape),
        reconstruction=_unpacked(values.reconstruction).reshape(shape),
        low=low,
        high=high,
        errors=_unpacked(values.errors),
        names=_names(setup, 1 if channels else values.stride),
        stride=values.stride,
    )


def _unpacked(packed: bytes) -> np.ndarray:
    return np.frombuffer(packed, "<f4").astype(np.float64)


def _names(setup: Setup, stride: int) -> list[str]:
    """`radius (mm)`, `colour: red`; `x1`, `x2` and so on where nothing is known."""
    count = setup.shape[-1]
    titles = setup.columns or [ColumnTitle(name=f"x{place + 1}") for place in range(count)]
    names: list[str] = []
    taken: set[str] = set()
    for place, title in enumerate(titles[::stride]):
        name = f"{title.name}: {title.category}" if title.category else title.name
        unit = f" ({title.unit})" if title.unit else ""
        name = name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…"
        name = escape.plotly(f"{name}{unit}")
        names.append(name if name not in taken else f"{name} {place * stride + 1}")
        taken.add(names[-1])
    return names
