"""The network as a picture: one bar a layer, from the input down to the code and back."""

import html
import itertools
import math
from typing import Any

import streamlit as st

from pages.ui.words.language import _
from pages.ui.words.units import shape

_WIDTH = 360  # the picture's own units: a phone shows them one to one
_BAR, _GAP = 30, 14
_NARROWEST = 96


# st.html takes SVG out; inside an <img> it would not have the page's colours.
_SCRIPT = """\
export default ({ data, parentElement }) => {
  parentElement.querySelector(".ae-picture").innerHTML = new TextDecoder().decode(data);
};
"""


def show(description: dict[str, Any]) -> None:
    """Draws the network into the page.

    Args:
        description: What `training.describe` returns.
    """
    component = st.components.v2.component(
        "ae_network", html='<div class="ae-picture"></div>', js=_SCRIPT, isolate_styles=False
    )
    component(key="network", data=network(description).encode())


def network(description: dict[str, Any]) -> str:
    """Draws what `training.describe` returns.

    The width of a bar grows with the logarithm of the numbers that leave the layer. Colours come from the style sheet.

    Args:
        description: Keys `layers`, `input_shape`, `code_shape`, `parameters`, `corruption`.

    Returns:
        An SVG element.
    """
    rows = _rows(description)
    largest = max(math.prod(row["shape"]) for row in rows)
    parts, edges = [], []
    for place, row in enumerate(rows):
        wide = _wide(math.prod(row["shape"]), largest)
        top = place * (_BAR + _GAP)
        edges.append((_WIDTH / 2 - wide / 2, _WIDTH / 2 + wide / 2, top))
        parts.append(_bar(row, wide, top))
    funnels = [
        f'<path class="ae-net-link" d="M{a:.1f} {top + _BAR} H{b:.1f} L{d:.1f} {below} H{c:.1f} Z"/>'
        for (a, b, top), (c, d, below) in itertools.pairwise(edges)
    ]
    height = len(rows) * (_BAR + _GAP) - _GAP
    label = _("{layers} layers with {parameters:,} parameters: {input} numbers in, a code of {code}.").format(
        layers=len(rows),
        parameters=description["parameters"],
        input=math.prod(description["input_shape"]),
        code=math.prod(description["code_shape"]),
    )
    return (
        f'<svg class="ae-net" viewBox="-1 -1 {_WIDTH + 2} {height + 2}" role="img" aria-label="{html.escape(label)}">'
        f"{''.join(funnels)}{''.join(parts)}</svg>"
    )


def _rows(description: dict[str, Any]) -> list[dict[str, Any]]:
    """Layers in order, with the input first, damage if there is any, and without the decoder's own input."""
    size = list(description["input_shape"])
    rows = [{"kind": "input", "text": _("Input"), "shape": size, "parameters": 0}]
    if description.get("corruption"):
        text = _("Noise ({kind})").format(kind=_(str(description["corruption"]).replace("_", " ")))
        rows.append({"kind": "noise", "text": text, "shape": size, "parameters": 0})
    encoder = [layer for layer in description["layers"] if layer["part"] == "encoder"]
    for layer in description["layers"]:
        if layer["type"] == "InputLayer":
            continue
        kind = "code" if layer is encoder[-1] else layer["part"]
        activation = layer["activation"]
        text = layer["type"] + (f", {activation}" if activation and activation != "linear" else "")
        rows.append({"kind": kind, "text": text, "shape": layer["output_shape"], "parameters": layer["parameters"]})
    return rows


def _wide(numbers: int, largest: int) -> float:
    share = math.log(numbers + 1) / math.log(largest + 1)
    return _NARROWEST + (_WIDTH - _NARROWEST) * share**2


def _bar(row: dict[str, Any], wide: float, top: float) -> str:
    left = _WIDTH / 2 - wide / 2
    title = _("Code: {text}").format(text=row["text"]) if row["kind"] == "code" else row["text"]
    count = f" · {row['parameters']:,} {_('parameters')}" if row["parameters"] else ""
    return (
        f'<rect class="ae-net-{row["kind"]}" x="{left:.1f}" y="{top}" width="{wide:.1f}" height="{_BAR}" rx="5"/>'
        f'<text x="{_WIDTH / 2}" y="{top + 13}"><tspan class="ae-net-name">{html.escape(title)}</tspan></text>'
        f'<text x="{_WIDTH / 2}" y="{top + 25}"><tspan class="ae-net-size">{shape(row["shape"])}{count}</tspan></text>'
    )
