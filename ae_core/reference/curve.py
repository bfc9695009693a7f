"""Reconstruction error against code size, for PCA and for networks: numbers, and a picture of them."""

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any
from xml.sax.saxutils import escape

from ae_core import variants
from ae_core.figures.shared import COLOURS
from ae_core.reference.measurement import Bench
from ae_core.reference.quantities import pca_squared_error
from ae_core.reference.row import COMMON
from ae_core.reference.trial import leave_untrained, train

NAME = "code-size"
SIZES = (2, 4, 8, 16, 32, 64)
LINES: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {
        "One layer each way": {"variant": "vanilla", "code_activation": "linear"},
        "Two layers, 256": {"variant": "undercomplete", "widths": "256"},
        "Four layers, 512-256-128": {"variant": "stacked", "widths": "512,256,128"},
    }
)
EVERY: Mapping[str, Any] = MappingProxyType({**COMMON, "loss": "mse", "epochs": 12, "learning_rate": 0.002})

WIDTH, HEIGHT = 760, 440
LEFT, RIGHT, TOP, BOTTOM = 70, 200, 56, 56  # margins in pixels
TICKS = (1, 2, 5, 10, 20, 50, 100)


@dataclass(frozen=True)
class Curve:
    """Squared error per test image against code size.

    Args:
        dataset: Name of the data set.
        sizes: Numbers in the code.
        errors: For each line by its name, one error for each size.
    """

    dataset: str
    sizes: tuple[int, ...]
    errors: Mapping[str, tuple[float, ...]]

    def to_dict(self) -> dict[str, Any]:
        """Plain values by name."""
        return {"sizes": list(self.sizes), "errors": {name: list(values) for name, values in self.errors.items()}}


def measure(bench: Bench, sizes: Sequence[int] = SIZES) -> Curve:
    """Trains each line at each size, with seed 0."""
    pca_of = {"dataset": bench.dataset, "validation_share": EVERY["validation_share"]}
    trial = bench.trial(leave_untrained, variants.read_settings(pca_of))
    errors = {"PCA": tuple(pca_squared_error(size)(trial) for size in sizes)}
    for name, line in LINES.items():
        settings = ({"dataset": bench.dataset, **EVERY, **line, "latent_dim": size} for size in sizes)
        errors[name] = tuple(
            bench.trial(train, variants.read_settings(one)).test("squared_error_per_image") for one in settings
        )
    return Curve(bench.dataset, tuple(sizes), errors)


def svg(curve: Curve) -> str:
    """The curve as a picture for a README: both axes logarithmic, each line named where it ends."""
    lowest = min(min(values) for values in curve.errors.values())
    highest = max(max(values) for values in curve.errors.values())
    ticks = [tick for tick in TICKS if lowest / 1.25 <= tick <= highest * 1.25]
    bottom, top = min(lowest, ticks[0]) / 1.1, max(highest, ticks[-1]) * 1.1

    def across(size: float) -> float:
        share = math.log(size / curve.sizes[0]) / math.log(curve.sizes[-1] / curve.sizes[0])
        return LEFT + share * (WIDTH - LEFT - RIGHT)

    def down(error: float) -> float:
        return TOP + math.log(top / error) / math.log(top / bottom) * (HEIGHT - TOP - BOTTOM)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" '
        'font-family="system-ui, sans-serif" font-size="13" fill="#31333f">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
        _text(LEFT, 28, f"Squared error per test image, {curve.dataset}", size=16),
        _text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 14, "numbers in the code", "middle"),
    ]
    for tick in ticks:
        y = down(tick)
        parts.append(f'<path d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}" stroke="#e3e4e8"/>')
        parts.append(_text(LEFT - 10, y + 4, f"{tick}", "end"))
    parts += [_text(across(size), HEIGHT - BOTTOM + 22, f"{size}", "middle") for size in curve.sizes]
    ends = _apart([down(values[-1]) for values in curve.errors.values()])
    for (name, values), colour, end in zip(curve.errors.items(), ("#6b7080", *COLOURS), ends, strict=False):
        places = [(across(size), down(error)) for size, error in zip(curve.sizes, values, strict=True)]
        joined = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
        parts.append(f'<polyline points="{joined}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{colour}"/>' for x, y in places]
        parts.append(_text(WIDTH - RIGHT + 12, end + 4, name, colour=colour))
    return "\n".join([*parts, "</svg>", ""])


def _text(x: float, y: float, text: str, anchor: str = "start", size: int = 13, colour: str = "#31333f") -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}" fill="{colour}">{escape(text)}</text>'
    )


def _apart(heights: list[float], least: float = 18.0) -> list[float]:
    """The same heights, pushed down where names would lie on each other."""
    placed = list(heights)
    order = sorted(range(len(heights)), key=heights.__getitem__)
    for above, below in itertools.pairwise(order):
        placed[below] = max(placed[below], placed[above] + least)
    return placed
