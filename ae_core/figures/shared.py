"""What all figures share: colours, axes that never jump, numbers and words as Plotly's JSON wants them."""

import base64
import math
import struct
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ae_core import variants
from ae_core.formats import escape
from ae_core.measuring.metric_table import NATS
from ae_core.measuring.wording import about
from ae_core.messages import Setup

Json = dict[str, Any]  # a part of a figure as Plotly has it: a trace, an axis, a layout
Figure = Json  # `data` and `layout`
Translate = Callable[[str], str]

# All from Paul Tol's qualitative schemes (bright, vibrant, light, rainbow; SRON/EPS/TN/09-002, 2021): the ten that
# lie farthest apart for normal sight and under simulated protanopia, deuteranopia and tritanopia, among those
# that stand out on white as well as on near-black.
COLOURS = (
    "#1965b0",
    "#ee8866",
    "#228833",
    "#33bbee",
    "#aa3377",
    "#ccbb44",
    "#dc050c",
    "#bbbbbb",
    "#ae76a3",
    "#ee3377",
)
# A cycle of three, so that the pairs of colours nearest to each other never share a shape, nor do i and i + 10.
SYMBOLS = ("circle", "diamond", "square")
GREY = "#8a8f98"

BARE: Json = {"showgrid": False, "zeroline": False, "showline": False, "ticks": "", "fixedrange": True}
"""An axis of a picture, of which nothing is seen."""


def view_words(translate: Translate) -> dict[str, str]:
    """What stands on the buttons of a view: those that save it, and those for whoever goes about it by keys."""
    return {
        "png": translate("Save as PNG"),
        "svg": translate("Save as SVG"),
        "tools": translate("Chart by keyboard"),
        "keys": translate("Left and right: the next button. Plus and minus: zoom. Shift with an arrow: move. 0: all."),
        "nearer": translate("Zoom in"),
        "farther": translate("Zoom out"),
        "all": translate("Show all"),
    }


def picture(png: bytes) -> Json:
    """The trace of a picture whose pixels are never smoothed."""
    return {
        "type": "image",
        "source": data_uri(png),
        "zsmooth": False,
        "hoverinfo": "skip",
    }


def data_uri(png: bytes) -> str:
    """A picture as an address that holds it."""
    return "data:image/png;base64," + base64.b64encode(png).decode("ascii")


def size_of(png: bytes) -> tuple[int, int]:
    """Width and height of a picture, in pixels."""
    width, height = struct.unpack(">II", png[16:24])  # the header chunk comes first in every PNG
    return width, height


def layout_of(setup: Setup, label: str) -> Json:
    """What all views share. Zoom and hidden traces are kept for as long as the run is the same one."""
    file = escape.file_name(f"{setup.settings['variant']}-{setup.run_id}")  # beginning of the name of a saved picture
    return {"meta": {"label": label, "file": file}, "uirevision": setup.run_id, "autosize": True}


def heading(text: str, size: int) -> Json:
    """A line of words above a figure's left corner, in letters of so many pixels."""
    place = {"xref": "paper", "x": 0, "xanchor": "left", "yref": "paper", "y": 1, "yanchor": "bottom"}
    return {"text": text, "showarrow": False, "font": {"size": size}} | place


def ends(low: float, high: float) -> Json:
    """Ends of an axis that a person's zoom overrides.

    A plain `range` that differs from the one before would undo the zoom at every snapshot: Plotly takes it for the
    program's wish. Bounds of the automatic range are not looked at while an axis is zoomed.
    """
    return {"autorange": True, "autorangeoptions": {"minallowed": low, "maxallowed": high}}


def typed(values: np.ndarray) -> dict[str, str]:
    """A typed array as Plotly's JSON spells it: a third of the size of the numbers written out."""
    kind = {"float32": "f4", "uint16": "u2"}[values.dtype.name]
    little = np.ascontiguousarray(values, dtype=values.dtype.newbyteorder("<"))
    packed = {"dtype": kind, "bdata": base64.b64encode(little.tobytes()).decode("ascii")}
    return packed if values.ndim == 1 else packed | {"shape": ", ".join(map(str, values.shape))}


def rounded(value: float | None, above_zero: bool = False) -> float | None:
    """Six digits, or None for what cannot be drawn: not measured, not finite, not above zero where it must be."""
    if value is None or not math.isfinite(value) or (above_zero and value <= 0):
        return None
    return float(f"{value:.6g}")


def short(error: float) -> str:
    """An error in at most five characters: `.0123`, `1.23`, `4e+05`."""
    if not math.isfinite(error):
        return "–"
    if error < 0.9995:
        return f"{error:.3f}".removeprefix("0") if error >= 0.0095 else f"{error:.4f}".removeprefix("0")
    return f"{error:.3g}" if error < 999.5 else f"{error:.0e}"


def mean_of(errors: Sequence[float]) -> float:
    """The mean over examples; those of which nothing is known have no error."""
    known = [error for error in errors if not math.isnan(error)]
    return float(np.mean(known)) if known else math.nan


def words(name: str, translate: Translate) -> str:
    """A row's, term's or setting's name for a person."""
    return translate({"pca": "PCA", "kl": "KL", "mmd": "MMD", "loss": "total loss"}.get(name, name.replace("_", " ")))


def told_in_nats(term: str) -> bool:
    """Whether a loss term is known by what it is in nats per image.

    It enters the loss as that times its weight, divided by the numbers of an input.

    Args:
        term: Its name.
    """
    metric = variants.metrics().get(term)
    return metric is not None and metric.unit == NATS


def unit(setup: Setup, translate: Translate) -> str:
    """The loss's unit for an axis."""
    pixel = {"cross_entropy": "cross-entropy per pixel (nats)", "mse": "mean squared error per pixel"}
    return about(setup.shape, translate)(pixel[setup.loss_name])
