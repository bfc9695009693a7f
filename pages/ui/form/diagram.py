"""The network as a picture: one bar a layer, from the input down to the code and back."""

import functools
import itertools
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st

from ae_core.formats import escape
from pages.ui import static
from pages.ui.words.language import _
from pages.ui.words.units import shape

_WIDTH = 360  # the picture's own units: a phone shows them one to one
_BAR, _GAP = 30, 14
_NARROWEST = 96


@dataclass(frozen=True)
class Bar:
    """A layer, or what stands for the input or its damage.

    Args:
        kind: `input`, `noise`, `encoder`, `code` or `decoder`.
        text: What stands in it.
        shape: Shape of what leaves it.
        parameters: Numbers that it learns.
    """

    kind: str
    text: str
    shape: list[int]
    parameters: int = 0


def show(description: Mapping[str, Any]) -> None:
    """Draws the network into the page.

    Args:
        description: What `training.describe` returns.
    """
    _component()(key="network", data=network(description).encode())


@functools.cache
def _component() -> Any:
    script = static.script("network_picture.js")
    return st.components.v2.component(
        "ae_network", html='<div class="ae-picture"></div>', js=script, isolate_styles=False
    )


def network(description: Mapping[str, Any]) -> str:
    """Draws what `training.describe` returns.

    The width of a bar grows with the logarithm of the numbers that leave the layer. Colours come from the style sheet.

    Args:
        description: Keys `layers`, `input_shape`, `code_shape`, `parameters`, `corruption`.

    Returns:
        An SVG element.
    """
    bars = _bars(description)
    largest = max(math.prod(bar.shape) for bar in bars)
    parts, edges = [], []
    for place, bar in enumerate(bars):
        wide = _wide(math.prod(bar.shape), largest)
        top = place * (_BAR + _GAP)
        edges.append((_WIDTH / 2 - wide / 2, _WIDTH / 2 + wide / 2, top))
        parts.append(_drawn(bar, wide, top))
    funnels = [
        f'<path class="ae-net-link" d="M{a:.1f} {top + _BAR} H{b:.1f} L{d:.1f} {below} H{c:.1f} Z"/>'
        for (a, b, top), (c, d, below) in itertools.pairwise(edges)
    ]
    height = len(bars) * (_BAR + _GAP) - _GAP
    label = _("{layers} layers with {parameters:,} parameters: {input} numbers in, a code of {code}.").format(
        layers=len(bars),
        parameters=description["parameters"],
        input=math.prod(description["input_shape"]),
        code=math.prod(description["code_shape"]),
    )
    return (
        f'<svg class="ae-net" viewBox="-1 -1 {_WIDTH + 2} {height + 2}" role="img" aria-label="{escape.html(label)}">'
        f"{''.join(funnels)}{''.join(parts)}</svg>"
    )


def _bars(description: Mapping[str, Any]) -> list[Bar]:
    """Layers in order, with the input first, damage if there is any, and without the decoder's own input."""
    size = list(description["input_shape"])
    bars = [Bar("input", _("Input"), size)]
    if description.get("corruption"):
        kind = _(str(description["corruption"]).replace("_", " "))
        bars.append(Bar("noise", _("Noise ({kind})").format(kind=kind), size))
    encoder = [layer for layer in description["layers"] if layer["part"] == "encoder"]
    for layer in description["layers"]:
        if layer["type"] == "InputLayer":
            continue
        kind = "code" if layer is encoder[-1] else layer["part"]
        activation = layer["activation"]
        text = layer["type"] + (f", {activation}" if activation and activation != "linear" else "")
        bars.append(Bar(kind, text, layer["output_shape"], layer["parameters"]))
    return bars


def _wide(numbers: int, largest: int) -> float:
    share = math.log(numbers + 1) / math.log(largest + 1)
    return _NARROWEST + (_WIDTH - _NARROWEST) * share**2


def _drawn(bar: Bar, wide: float, top: float) -> str:
    left = _WIDTH / 2 - wide / 2
    title = _("Code: {text}").format(text=bar.text) if bar.kind == "code" else bar.text
    count = f" · {bar.parameters:,} {escape.html(_('parameters'))}" if bar.parameters else ""
    return (
        f'<rect class="ae-net-{bar.kind}" x="{left:.1f}" y="{top}" width="{wide:.1f}" height="{_BAR}" rx="5"/>'
        f'<text x="{_WIDTH / 2}" y="{top + 13}"><tspan class="ae-net-name">{escape.html(title)}</tspan></text>'
        f'<text x="{_WIDTH / 2}" y="{top + 25}"><tspan class="ae-net-size">{shape(bar.shape)}{count}</tspan></text>'
    )
