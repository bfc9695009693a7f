"""Snapshots become Plotly figures: the loss curves, the map of the codes, the grid of reconstructions.

A figure is a plain dictionary, `{"data": [...], "layout": {...}}`, ready for JSON. It says nothing of colours of
text, grid or page: the browser adds them from its own theme, so that one figure serves every viewer. Beyond what
Plotly reads, `layout.meta` carries `label` (a sentence for screen readers) and what one view needs more.
"""

import base64
import math
import struct
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

Figure = dict[str, Any]
Message = Mapping[str, Any]
Translate = Callable[[str], str]

# All from Paul Tol's qualitative schemes (bright, vibrant, light, rainbow; SRON/EPS/TN/09-002, 2021): the ten that
# lie farthest apart for normal sight and under simulated protanopia, deuteranopia and tritanopia, among those
# that stand out on white as well as on near-black.
COLOURS = (
    "#1965b0", "#ee8866", "#228833", "#33bbee", "#aa3377", "#ccbb44", "#dc050c", "#bbbbbb", "#ae76a3", "#ee3377",
)  # fmt: skip
# A cycle of three, so that the pairs of colours nearest to each other never share a shape, nor do i and i + 10.
SYMBOLS = ("circle", "diamond", "square")
MOST_CLASSES = 20
MOST_MARK_LABELS = 6
GREY = "#8a8f98"


def loss(setup: Message, snapshot: Message, logarithmic: bool = False, translate: Translate = str) -> Figure:
    """Training (solid) and validation (dashed) curves of the total loss, and of every term if there are several.

    Args:
        setup: The run's setup message.
        snapshot: One of its snapshot messages.
        logarithmic: Whether the loss axis is logarithmic.
        translate: Turns an English label into the reader's language.

    Returns:
        A Plotly figure over epochs, with PCA's loss as a dotted line and a thin line for every setting changed.
    """
    history = snapshot["history"]
    terms = ["loss"] if len(setup["terms"]) < 2 else ["loss", *setup["terms"]]
    total = setup["total_steps"] / max(1, setup["steps_per_epoch"])
    horizon = _horizon(snapshot["epoch"], total)
    traces = []
    for place, term in enumerate(terms):
        colour = COLOURS[place % len(COLOURS)]
        for key, kind, dash in ((term, "training", "solid"), (f"val_{term}", "validation", "dash")):
            if key not in history:
                continue
            curve = _curve(history, key, colour, dash, logarithmic)
            curve["name"] = translate(kind) if len(terms) == 1 else _words(term, translate)
            full = curve["name"] if len(terms) == 1 else f"{curve['name']}, {translate(kind)}"
            curve["hovertemplate"] = f"%{{y:.4g}} {full}<extra></extra>"
            if len(terms) > 1:
                curve |= {"legendgroup": term, "showlegend": dash == "solid"}
            traces.append(curve)
    if len(terms) > 1:
        # One entry a term by its colour, then what the strokes mean: half as many as one for every curve.
        traces += [_stroke(translate("training"), "solid"), _stroke(translate("validation"), "dash")]
    traces += _pca_line(setup, snapshot, horizon, logarithmic, translate)
    unit = _unit(setup, translate)
    title = {"text": f"{translate('epoch')} %{{x:.2f}}, {translate('step')} %{{customdata}}"}
    layout = _layout(setup, _loss_label(setup, snapshot, translate))
    layout |= {
        "hovermode": "x unified",
        "margin": {"l": 8, "r": 12, "t": 26, "b": 8},
        "legend": {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom", "tracegroupgap": 0},
        "xaxis": {
            "title": {"text": translate("epoch")},
            **_ends(0, horizon),
            "unifiedhovertitle": title,
            "automargin": True,
            "zeroline": False,
        },
        "yaxis": {
            "title": {"text": unit},
            "type": "log" if logarithmic else "linear",
            "automargin": True,
            "zeroline": False,
            # A zoom made on one scale means nothing on the other.
            "uirevision": f"{setup['run_id']} {logarithmic}",
        },
        "shapes": [_mark_line(mark) for mark in snapshot["marks"]],
        "annotations": [_mark_words(mark, translate) for mark in snapshot["marks"][-MOST_MARK_LABELS:]],
    }
    return {"data": traces, "layout": layout}


def latent(setup: Message, snapshot: Message, atlas_url: str = "", translate: Translate = str) -> Figure:
    """The fixed held-out images as points of the code plane, coloured by class.

    Args:
        setup: The run's setup message.
        snapshot: One of its snapshot messages.
        atlas_url: Address of the picture that holds every point's image as a tile, relative to the app; empty for
            none.
        translate: Turns an English label into the reader's language.

    Returns:
        A Plotly figure; every point's `customdata` is its place in the atlas, which `layout.meta.atlas` describes.
    """
    points = np.frombuffer(snapshot["latent"], dtype="<f4").reshape(-1, 2)  # (points, 2)
    labels = np.frombuffer(setup["labels"], dtype=np.uint8)  # (points,)
    names = list(setup["class_names"])
    places = np.arange(len(points), dtype=np.uint16)
    groups = [(name, labels == index) for index, name in enumerate(names)]
    if not 1 < len(names) <= MOST_CLASSES or len(labels) != len(points):
        groups = [("", np.ones(len(points), dtype=bool))]
    traces = [
        {
            "type": "scattergl",
            "mode": "markers",
            "name": name,
            "x": _typed(points[chosen, 0]),
            "y": _typed(points[chosen, 1]),
            "customdata": _typed(places[chosen]),
            "marker": {
                "color": COLOURS[index % len(COLOURS)],
                "symbol": SYMBOLS[(index + index // len(COLOURS)) % len(SYMBOLS)],
                "size": 5 if len(points) > 500 else 7,
                "opacity": 0.85,
            },
            # The picture beside the point is drawn by the view; Plotly's own box would hide it.
            "hoverinfo": "none",
        }
        for index, (name, chosen) in enumerate(groups)
    ]
    label = translate("Map of {count} codes, coloured by class, at step {step}.").format(
        count=len(points), step=snapshot["step"]
    )
    layout = _layout(setup, label)
    layout["meta"]["atlas"] = {
        "url": atlas_url,
        "columns": setup["atlas"]["columns"],
        "tile": list(setup["atlas"]["tile"]),
        "count": setup["atlas"]["count"],
        "word": translate("image"),
    }
    titles = ("code 1", "code 2")
    if setup["code_size"] != 2:
        titles = ("first principal component of the code", "second principal component of the code")
    layout |= {
        "margin": {"l": 8, "r": 8, "t": 26, "b": 8},  # above the legend, room for the tools
        "showlegend": len(groups) > 1,
        "legend": {"itemsizing": "constant", "tracegroupgap": 0},
        "hovermode": "closest",
        "xaxis": _plane_axis(translate(titles[0]), points[:, 0]),
        "yaxis": _plane_axis(translate(titles[1]), points[:, 1]),
    }
    return {"data": traces, "layout": layout}


def grid(setup: Message, snapshot: Message, translate: Translate = str) -> Figure:
    """Originals, corruptions, reconstructions, PCA's and errors as one picture, with each image's error below.

    Args:
        setup: The run's setup message.
        snapshot: One of its snapshot messages.
        translate: Turns an English label into the reader's language.

    Returns:
        A Plotly figure in units of the picture's own pixels, which are never smoothed.
    """
    table = snapshot["grid"]
    rows, columns = list(table["rows"]), table["columns"]
    tile_height, tile_width = table["tile"]
    step_y, step_x = tile_height + table["gap"], tile_width + table["gap"]
    width, height = struct.unpack(">II", table["png"][16:24])  # the header chunk comes first in every PNG
    first_x = (width - columns * step_x + table["gap"] + tile_width - 1) / 2
    first_y = (height - len(rows) * step_y + table["gap"] + tile_height - 1) / 2
    centres_x = [first_x + column * step_x for column in range(columns)]
    centres_y = [first_y + row * step_y for row in range(len(rows))]
    errors = {"reconstruction": table["errors"], "pca": table["pca_errors"], "corrupted": table["corrupted_errors"]}

    line = 0.46 * step_y  # height of a row of numbers, enough for the text of a phone
    numbers = [("reconstruction", "MSE"), ("pca", translate("MSE of PCA"))]
    lines_y = [height + (0.6 + place) * line for place in range(len(numbers))]
    text = {
        "type": "scatter",
        "mode": "text",
        "x": centres_x * len(numbers),
        "y": [y for y in lines_y for _ in range(columns)],
        "text": [_short(error) for row, _ in numbers for error in errors[row]],
        "hoverinfo": "skip",
        "cliponaxis": False,
    }
    picture = {
        "type": "image",
        "source": "data:image/png;base64," + base64.b64encode(table["png"]).decode("ascii"),
        "zsmooth": False,
        "hoverinfo": "skip",
    }
    # An image trace can only speak of colours, so what a tile has to say hangs on an unseen point at its centre.
    tiles = {
        "type": "scatter",
        "mode": "markers",
        "marker": {"opacity": 0, "size": 1},
        "x": centres_x * len(rows),
        "y": [y for y in centres_y for _ in range(columns)],
        "text": [_tile_text(row, column, errors.get(row), translate) for row in rows for column in range(columns)],
        "hovertemplate": "%{text}<extra></extra>",
    }
    layout = _layout(setup, _grid_label(snapshot, translate))
    bare = {"showgrid": False, "zeroline": False, "showline": False, "ticks": "", "fixedrange": True}
    # Explicit ends: an image's axis runs downwards, and the rows of numbers lie below it.
    layout |= {
        "margin": {"l": 4, "r": 4, "t": 4, "b": 4, "pad": 4},
        "showlegend": False,
        "hovermode": "closest",
        "hoverdistance": -1,
        "xaxis": bare | {"range": [-0.5, width - 0.5], "showticklabels": False, "constrain": "domain"},
        "yaxis": bare
        | {
            "range": [height + (len(numbers) + 0.2) * line, -0.5],
            "scaleanchor": "x",
            "constrain": "domain",
            "automargin": True,
            "tickmode": "array",
            "tickvals": centres_y + lines_y,
            "ticktext": [_words(row, translate) for row in rows] + [name for _, name in numbers],
        },
    }
    layout["meta"]["plain"] = True
    return {"data": [picture, tiles, text], "layout": layout}


def _layout(setup: Message, label: str) -> dict[str, Any]:
    """What all three views share. Zoom and hidden traces are kept for as long as the run is the same one."""
    return {"meta": {"label": label}, "uirevision": setup["run_id"], "autosize": True}


def _curve(history: Message, key: str, colour: str, dash: str, logarithmic: bool) -> dict[str, Any]:
    # A logarithmic axis has no place for a term that is still zero: a gap, like a value not measured.
    values = [_rounded(value, above_zero=logarithmic) for value in history[key]]
    measured = sum(value is not None for value in values)
    return {
        "type": "scatter",
        "mode": "lines" if measured > 1 else "markers",
        "x": [_rounded(value) for value in history["epoch"]],
        "y": values,
        "customdata": list(history["step"]),
        "line": {"color": colour, "dash": dash, "width": 2},
        "marker": {"color": colour, "size": 7, "symbol": "circle" if dash == "solid" else "circle-open"},
    }


def _stroke(name: str, dash: str) -> dict[str, Any]:
    """An entry of the legend that stands for no curve of its own."""
    line = {"color": GREY, "dash": dash, "width": 2}
    return {"type": "scatter", "mode": "lines", "name": name, "x": [None], "y": [None], "line": line}


def _pca_line(
    setup: Message, snapshot: Message, horizon: float, logarithmic: bool, translate: Translate
) -> list[dict[str, Any]]:
    level = _rounded(snapshot["pca_loss"], above_zero=logarithmic)
    if level is None:
        return []
    name = translate("PCA, same code size")
    history = snapshot["history"]
    places = [0.0, *(_rounded(epoch) for epoch in history["epoch"]), horizon]  # a place to hover beside each value
    return [
        {
            "type": "scatter", "mode": "lines", "name": name, "x": places, "y": [level] * len(places),
            "customdata": [0, *history["step"], setup["total_steps"]],
            "line": {"color": GREY, "dash": "dot", "width": 2},
            "hovertemplate": f"%{{y:.4g}} {name}<extra></extra>",
        }
    ]  # fmt: skip


def _mark_line(mark: Message) -> dict[str, Any]:
    """A thin upright line where a setting was changed."""
    return {
        "type": "line", "yref": "paper", "x0": mark["epoch"], "x1": mark["epoch"], "y0": 0, "y1": 1,
        "layer": "below", "line": {"color": GREY, "width": 1},
    }  # fmt: skip


def _mark_words(mark: Message, translate: Translate) -> dict[str, Any]:
    """What was changed, along that line. Only the newest marks bear words, which would else pile up."""
    text = f"{_words(mark['name'], translate)} {mark['from']:g} → {mark['to']:g}"
    return {
        "text": text, "textangle": -90, "showarrow": False, "font": {"size": 10},
        "x": mark["epoch"], "xanchor": "left", "yref": "paper", "y": 1, "yanchor": "top",
    }  # fmt: skip


def _plane_axis(title: str, values: np.ndarray) -> dict[str, Any]:
    return {"title": {"text": title}, **_ends(*_steady_range(values)), "automargin": True, "zeroline": False}


def _ends(low: float, high: float) -> dict[str, Any]:
    """Ends of an axis that a person's zoom overrides.

    A plain `range` that differs from the one before would undo the zoom at every snapshot: Plotly takes it for the
    program's wish. Bounds of the automatic range are not looked at while an axis is zoomed.
    """
    return {"autorange": True, "autorangeoptions": {"minallowed": low, "maxallowed": high}}


def _steady_range(values: np.ndarray) -> tuple[float, float]:
    """Ends of an axis, on a coarse lattice: they stay put from one snapshot to the next while a cloud breathes.

    The lattice's step is the power of two next above a sixteenth of the span, so that an eighth of it at most is
    empty at either end.
    """
    finite = values[np.isfinite(values)].astype(np.float64)
    if not finite.size:
        return -1.0, 1.0
    low, high = float(finite.min()), float(finite.max())
    span = max(high - low, 1e-6, 1e-6 * abs(low))
    step = 2.0 ** math.ceil(math.log2(span / 16))
    return step * math.floor((low - span / 50) / step), step * math.ceil((high + span / 50) / step)


def _horizon(epoch: float, total: float) -> float:
    """Right end of the epoch axis: grows in rare strides, not with every snapshot, and ends with the run."""
    stride = 10.0 ** math.floor(math.log10(max(epoch, 0.1)))
    nearest = next(end for end in (stride * times for times in (1, 1.5, 2, 3, 5, 7, 10, 15)) if end >= epoch)
    return min(nearest, total) if epoch <= total else nearest


def _typed(values: np.ndarray) -> dict[str, str]:
    """A typed array as Plotly's JSON spells it: a third of the size of the numbers written out."""
    kind = {"float32": "f4", "uint16": "u2"}[values.dtype.name]
    little = np.ascontiguousarray(values, dtype=values.dtype.newbyteorder("<"))
    return {"dtype": kind, "bdata": base64.b64encode(little.tobytes()).decode("ascii")}


def _rounded(value: float | None, above_zero: bool = False) -> float | None:
    """Six digits, or None for what cannot be drawn: not measured, not finite, not above zero where it must be."""
    if value is None or not math.isfinite(value) or (above_zero and value <= 0):
        return None
    return float(f"{value:.6g}")


def _short(error: float) -> str:
    """An error in at most five characters: `.0123`, `1.23`, `4e+05`."""
    if not math.isfinite(error):
        return "–"
    if error < 0.9995:
        return f"{error:.3f}".removeprefix("0") if error >= 0.0095 else f"{error:.4f}".removeprefix("0")
    return f"{error:.3g}" if error < 999.5 else f"{error:.0e}"


def _words(name: str, translate: Translate) -> str:
    """A row's, term's or setting's name for a person."""
    return translate({"pca": "PCA", "loss": "total loss"}.get(name, name.replace("_", " ")))


def _unit(setup: Message, translate: Translate) -> str:
    if len(setup["shape"]) == 3:
        pixel = {"cross_entropy": "cross-entropy per pixel (nats)", "mse": "mean squared error per pixel"}
        return translate(pixel[setup["loss_name"]])
    value = {"cross_entropy": "cross-entropy per value (nats)", "mse": "mean squared error per value"}
    return translate(value[setup["loss_name"]])


def _loss_label(setup: Message, snapshot: Message, translate: Translate) -> str:
    def last(key: str) -> str:
        known = [value for value in snapshot["history"].get(key, []) if value is not None]
        return f"{known[-1]:.4g}" if known else "–"

    return translate(
        "Loss curves at step {step}, epoch {epoch}: training {training}, validation {validation}, "
        "PCA of the same code size {pca}."
    ).format(
        step=snapshot["step"], epoch=f"{snapshot['epoch']:.1f}", training=last("loss"),
        validation=last("val_loss"), pca=f"{snapshot['pca_loss']:.4g}",
    )  # fmt: skip


def _grid_label(snapshot: Message, translate: Translate) -> str:
    table = snapshot["grid"]
    return translate(
        "{count} held-out images and their reconstructions at step {step}: mean squared error {error}, PCA {pca}."
    ).format(
        count=table["columns"], step=snapshot["step"],
        error=f"{np.mean(table['errors']):.4g}", pca=f"{np.mean(table['pca_errors']):.4g}",
    )  # fmt: skip


def _tile_text(row: str, column: int, errors: Sequence[float] | None, translate: Translate) -> str:
    name = f"{_words(row, translate)}, {translate('image')} {column + 1}"
    return name if errors is None else f"{name}<br>MSE {errors[column]:.4g}"
