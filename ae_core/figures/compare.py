"""Several runs in one figure: curves on one axis, the same images in rows, maps turned to match, a sweep."""

import io
from collections.abc import Sequence

import numpy as np

from ae_core.figures.latent import classes, look
from ae_core.figures.shared import (
    BARE,
    COLOURS,
    GREY,
    SYMBOLS,
    Figure,
    Json,
    Translate,
    picture,
    rounded,
    short,
    told_in_nats,
    typed,
    unit,
    words,
)
from ae_core.figures.shown import told_as_numbers
from ae_core.figures.together import rows, series
from ae_core.formats import escape
from ae_core.formats.png_sheets import png
from ae_core.measuring.metric_table import NATS
from ae_core.measuring.wording import about
from ae_core.messages import Grid, Setup, Snapshot

AXES = {"epoch": "epoch", "step": "step", "seconds": "training time (s)"}
LOSSES = ("loss", "reconstruction")  # quantities in the unit of the run's loss
TITLE = 0.14  # of a map's height, for its name in two lines
DASHES = ("solid", "dash", "dot", "dashdot")

Pair = tuple[Setup, Snapshot]  # of one run


def curves(
    runs: Sequence[Pair],
    names: Sequence[str],
    quantity: str = "val_loss",
    axis: str = "epoch",
    logarithmic: bool = False,
    translate: Translate = str,
) -> Figure:
    """One quantity of several runs on a common axis.

    Args:
        runs: Setup and snapshot of each run.
        names: What each is called in the legend.
        quantity: A column of their histories, such as `loss`, `val_loss` or `val_reconstruction`.
        axis: `epoch`, `step` or `seconds`.
        logarithmic: Whether the axis of the quantity is logarithmic.
        translate: Turns an English label into the reader's language.
    """
    units = dict.fromkeys(units_of(runs, quantity, translate))
    if runs:
        translate = about(runs[0][0].shape, translate)
    kind, _, term = quantity.rpartition("val_")
    term = term or kind
    nats = told_in_nats(term)
    traces = []
    for place, ((setup, snapshot), name) in enumerate(zip(runs, names, strict=True)):
        history = snapshot.history
        if quantity not in history:
            continue
        times = setup.input_size if nats else 1
        traces.append(
            {
                "type": "scatter",
                "mode": "lines",
                "name": escape.plotly(name),
                "x": [rounded(value) for value in history[axis]],
                "y": [
                    rounded(None if value is None else times * value, above_zero=logarithmic)
                    for value in history[quantity]
                ],
                "line": {"color": COLOURS[place % len(COLOURS)], "dash": DASHES[place // len(COLOURS) % 4], "width": 2},
                "hovertemplate": f"%{{y:.4g}} {escape.plotly(name)}<extra></extra>",
            }
        )
    kind = translate("validation" if "val_" in quantity else "training")
    title = translate("{quantity}, {kind}").format(quantity=words(term, translate), kind=kind)
    if nats:
        title += f" ({translate('weighted')}, {translate(NATS)})"
    axis_title = "<br>".join([title, *units] if len(units) < 2 else [title, translate("in different units")])
    layout = _layout(runs, translate("{title}; runs: {count}.").format(title=title, count=len(runs)))
    layout |= {
        "hovermode": "x unified",
        "margin": {"l": 8, "r": 12, "t": 26, "b": 8},
        "legend": {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
        "xaxis": {"title": {"text": translate(AXES[axis])}, "automargin": True, "zeroline": False},
        "yaxis": {
            "title": {"text": axis_title},
            "type": "log" if logarithmic else "linear",
            "automargin": True,
            "zeroline": False,
        },
    }
    return {"data": traces, "layout": layout}


def units_of(runs: Sequence[Pair], quantity: str, translate: Translate = str) -> list[str]:
    """The unit of a loss in each run that has it; none of a quantity that is no loss.

    Args:
        runs: Setup and snapshot of each run.
        quantity: As of `curves`.
        translate: Turns an English label into the reader's language.
    """
    if quantity.removeprefix("val_") not in LOSSES:
        return []
    return [unit(setup, translate) for setup, snapshot in runs if quantity in snapshot.history]


def reconstructions(runs: Sequence[Pair], names: Sequence[str], translate: Translate = str) -> Figure:
    """The same held-out examples: the originals once, then each run's reconstruction; of images also its difference.

    What a run's grid lacks is left out, and so is a grid with pictures of another size: runs come from other machines.

    Args:
        runs: Setup and snapshot of each run, all of the same data.
        names: What each is called.
        translate: Turns an English label into the reader's language.
    """
    translate, first = about(runs[0][0].shape, translate), runs[0][1].grid
    layout = _layout(runs, translate("The same images, reconstructed; runs: {count}.").format(count=len(runs)))
    layout["meta"]["plain"] = True
    if told_as_numbers(*runs[0]):
        named = [(name, *run) for name, run in zip(names, runs, strict=True)]
        figure = (series if len(runs[0][0].shape) == 2 else rows)(named, translate)
        return {"data": figure["data"], "layout": figure["layout"] | layout}
    # Blocks of strips, each under its name: beside the strips a name would take half of a phone's width.
    parts: list[tuple[str, list[np.ndarray], list[float]]] = []
    parts.append((translate("original"), _rows(first, first, "original"), []))
    for (_, snapshot), name in zip(runs, names, strict=True):
        parts.append((name, _rows(snapshot.grid, first, "reconstruction", "error"), snapshot.grid.errors))
    blocks = [part for part in parts if part[1]]
    (height, _), gap = first.tile, first.gap
    line = height // 2  # of text, large enough on a phone
    shapes = [strip.shape for _, strips, _ in blocks for strip in strips] or [(height, first.tile[1])]
    width = max(shape[1] for shape in shapes)
    canvas = np.zeros((len(shapes) * (height + gap) + len(blocks) * line, width, 4), np.uint8)
    titles: list[Json] = []
    errors: list[tuple[int, int, float]] = []  # column, lower edge, value
    top = 0
    for name, pictures, values in blocks:
        place = {"x": -0.5, "xanchor": "left", "y": top + 0.9 * line, "yanchor": "bottom"}
        titles.append({"text": escape.plotly(name), "showarrow": False} | place)
        top += line
        errors += [(column, top + height - 1, value) for column, value in enumerate(values)]
        for strip in pictures:
            canvas[top : top + height, : strip.shape[1]] = strip
            top += height + gap
    tile_width = first.tile[1] + gap
    texts = {
        "type": "scatter",
        "mode": "text",
        "hoverinfo": "skip",
        "cliponaxis": False,
        "x": [column * tile_width + first.tile[1] - 1 for column, _, _ in errors],
        "y": [lower for _, lower, _ in errors],
        "text": [short(error) for _, _, error in errors],
        "textposition": "top left",
        "textfont": {"size": 9, "color": "#ffffff"},
    }
    layout |= {
        "margin": {"l": 0, "r": 0, "t": 0, "b": 0},
        "showlegend": False,
        "annotations": titles,
        "xaxis": BARE
        | {
            "range": [-0.5, canvas.shape[1] - 0.5],
            "showticklabels": False,
            "constrain": "domain",
            "constraintoward": "left",
        },
        "yaxis": BARE
        | {
            "range": [canvas.shape[0] - 0.5, -0.5],
            "showticklabels": False,
            "scaleanchor": "x",
            "constrain": "domain",
            "constraintoward": "top",
        },
    }
    return {"data": [picture(png(canvas)), texts], "layout": layout}


def maps(runs: Sequence[Pair], names: Sequence[str], translate: Translate = str) -> Figure:
    """Code maps side by side. Each is turned, mirrored and scaled to lie on the first, which changes no neighbour.

    Args:
        runs: Setup and snapshot of each run, all of the same data, at most six.
        names: What each is called.
        translate: Turns an English label into the reader's language.
    """
    count = len(runs)
    planes = [np.frombuffer(snapshot.latent, "<f4").reshape(-1, 2) for _, snapshot in runs]
    labels = np.frombuffer(runs[0][0].labels, np.uint8)
    traces: list[Json] = []
    layout = _layout(runs, translate("Code maps, aligned; runs: {count}.").format(count=count))
    named = classes(runs[0][0])
    layout |= {
        "margin": {"l": 4, "r": 4, "t": 4, "b": 4},
        "showlegend": bool(named),
        # One for all maps: as each map is one trace, there is nothing that a click could take away.
        "legend": {"orientation": "h", "x": 0, "y": 0, "yanchor": "top", "itemclick": False, "itemdoubleclick": False},
        "hovermode": False,
        "annotations": [],
    }
    aligned = []
    for plane in planes:
        # Where runs show different numbers of images, the first ones are the same.
        shared = min(len(plane), len(planes[0]), len(labels))
        aligned.append(align(plane[:shared], planes[0][:shared]))
    reach = max(2.6, float(np.quantile(np.abs(np.concatenate(aligned)), 0.998)) * 1.05)
    across = count if count <= 3 else -(-count // 2)  # of more than three, half in a second row
    down = -(-count // across)
    for place, (points, name) in enumerate(zip(aligned, names, strict=True)):
        suffix = "" if place == 0 else str(place + 1)
        looks = [look(label if named else 0) for label in labels[: len(points)].tolist()]
        traces.append(
            {
                "type": "scattergl",
                "mode": "markers",
                "x": typed(points[:, 0]),
                "y": typed(points[:, 1]),
                "xaxis": f"x{suffix}",
                "yaxis": f"y{suffix}",
                "showlegend": False,
                "marker": {
                    "color": [COLOURS[colour] for colour, _ in looks],
                    "symbol": [SYMBOLS[symbol] for _, symbol in looks],
                    "size": 4,
                    "opacity": 0.8,
                },
            }
        )
        row, column = divmod(place, across)
        left, right = column / across + 0.01, (column + 1) / across - 0.01
        bottom, top = 1 - (row + 1) / down + 0.01, 1 - row / down - TITLE / down
        bare = {"showticklabels": False, "zeroline": False, "range": [-reach, reach], "fixedrange": True}
        layout[f"xaxis{suffix}"] = bare | {"domain": [left, right], "anchor": f"y{suffix}"}
        layout[f"yaxis{suffix}"] = bare | {
            "anchor": f"x{suffix}",
            "scaleanchor": f"x{suffix}",
            "domain": [bottom, top],
        }
        layout["annotations"].append(
            {
                "text": "<br>".join(escape.plotly(part) for part in name.split(", ", 1)),
                "showarrow": False,
                "xref": "paper",
                "x": (left + right) / 2,
                "xanchor": "center",
                "yref": "paper",
                "y": top,
                "yanchor": "bottom",
                "font": {"size": 10.5},
            }
        )
    layout["meta"]["plain"] = True
    return {"data": [*traces, *(_class(number, name) for number, name in enumerate(named))], "layout": layout}


def _class(number: int, name: str) -> Json:
    """A class in the legend, which stands for its points in all maps."""
    colour, symbol = look(number)
    return {
        "type": "scatter",
        "mode": "markers",
        "name": escape.plotly(name),
        "x": [None],
        "y": [None],
        "marker": {"color": COLOURS[colour], "symbol": SYMBOLS[symbol], "size": 8},
    }


def sweep(
    values: Sequence[float],
    errors: Sequence[float],
    pca_errors: Sequence[float],
    setting: str,
    translate: Translate = str,
) -> Figure:
    """Test error against one setting, with PCA's line.

    Args:
        values: The setting in each run, in ascending order.
        errors: Mean squared error per value of each run on held-out images.
        pca_errors: PCA's of the same code size.
        setting: The setting's label.
        translate: Turns an English label into the reader's language.
    """
    wide = min(values) > 0 and max(values) / min(values) >= 8
    common = {"type": "scatter", "mode": "lines+markers", "x": list(values)}
    traces = [
        common
        | {
            "name": translate("autoencoder"),
            "y": [rounded(error) for error in errors],
            "line": {"color": COLOURS[0], "width": 2},
            "marker": {"size": 8},
        },
        common
        | {
            "name": translate("PCA, same code size"),
            "y": [rounded(error) for error in pca_errors],
            "line": {"color": GREY, "dash": "dot", "width": 2},
            "marker": {"size": 6},
        },
    ]
    label = translate("Test error against {setting} for {count} runs.").format(setting=setting, count=len(values))
    layout: Json = {"meta": {"label": label, "file": "compare"}, "uirevision": f"sweep {setting}"}
    layout["autosize"] = True
    layout |= {
        "hovermode": "x unified",
        "margin": {"l": 8, "r": 12, "t": 26, "b": 8},
        "legend": {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
        "xaxis": {
            "title": {"text": escape.plotly(setting)},
            "type": "log" if wide else "linear",
            "automargin": True,
            "zeroline": False,
            "tickmode": "array",
            "tickvals": list(values),
            "ticktext": [f"{value:g}" for value in values],
        },
        "yaxis": {
            "title": {"text": translate("test MSE per pixel")},
            "automargin": True,
            "zeroline": False,
            "rangemode": "tozero",
        },
    }
    return {"data": traces, "layout": layout}


def align(points: np.ndarray, target: np.ndarray) -> np.ndarray:
    """Turns, mirrors and scales a map so that its points lie as near as they can to those of another (Procrustes).

    Args:
        points: ndarray of shape `(n_points, 2)`.
        target: The same points in the other map, same shape.

    Returns:
        The map about its mean, with the standard deviation of the target's directions set to 1, float32.

    References:
        Schönemann, A generalized solution of the orthogonal Procrustes problem, Psychometrika 31, 1966.
    """

    def standard(plane: np.ndarray) -> np.ndarray:
        centred = np.nan_to_num(plane.astype(np.float64))
        centred = centred - centred.mean(axis=0)
        return centred / max(float(np.sqrt((centred**2).mean())), 1e-12)

    moved, fixed = standard(points), standard(target)
    left, _, right = np.linalg.svd(moved.T @ fixed)
    return (moved @ (left @ right)).astype(np.float32)


def _layout(runs: Sequence[Pair], label: str) -> Json:
    return {
        "meta": {"label": label, "file": "compare"},
        "autosize": True,
        "uirevision": " ".join(setup.run_id for setup, _ in runs),
    }


def _rows(grid: Grid, first: Grid, *names: str) -> list[np.ndarray]:
    """Those of these rows that a grid's picture has, `(height, width, 4)` bytes; none if its tiles are others."""
    if (grid.tile, grid.gap) != (first.tile, first.gap):
        return []
    from PIL import Image

    picture = np.asarray(Image.open(io.BytesIO(grid.png)).convert("RGBA"))
    tops = [grid.rows.index(name) * (grid.tile[0] + grid.gap) for name in names if name in grid.rows]
    return [picture[top : top + grid.tile[0]] for top in tops]
