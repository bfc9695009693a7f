"""Several runs in one figure: curves on one axis, the same images in rows, maps turned to match, a sweep."""

import base64
import io
from collections.abc import Sequence
from typing import Any

import numpy as np

from ae_core.figures.shared import COLOURS, GREY, Figure, Message, Translate, layout_of, rounded, short, typed, words
from ae_core.panels import png

AXES = {"epoch": "epoch", "step": "step", "seconds": "training time (s)"}
DASHES = ("solid", "dash", "dot", "dashdot")

Pair = tuple[Message, Message]  # setup and snapshot of one run


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
    traces = []
    for place, ((_, snapshot), name) in enumerate(zip(runs, names, strict=True)):
        history = snapshot["history"]
        if quantity not in history:
            continue
        traces.append(
            {
                "type": "scatter", "mode": "lines", "name": name,
                "x": [rounded(value) for value in history[axis]],
                "y": [rounded(value, above_zero=logarithmic) for value in history[quantity]],
                "line": {"color": COLOURS[place % len(COLOURS)], "dash": DASHES[place // len(COLOURS) % 4], "width": 2},
                "hovertemplate": f"%{{y:.4g}} {name}<extra></extra>",
            }
        )  # fmt: skip
    kind, _, term = quantity.rpartition("val_")
    title = f"{words(term or kind, translate)}, {translate('validation' if 'val_' in quantity else 'training')}"
    layout = _layout(runs, translate("{title} of {count} runs.").format(title=title, count=len(runs)))
    layout |= {
        "hovermode": "x unified",
        "margin": {"l": 8, "r": 12, "t": 26, "b": 8},
        "legend": {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
        "xaxis": {"title": {"text": translate(AXES[axis])}, "automargin": True, "zeroline": False},
        "yaxis": {
            "title": {"text": title}, "type": "log" if logarithmic else "linear", "automargin": True, "zeroline": False,
        },
    }  # fmt: skip
    return {"data": traces, "layout": layout}


def reconstructions(runs: Sequence[Pair], names: Sequence[str], translate: Translate = str) -> Figure:
    """The same held-out images: the originals once, then each run's reconstruction and its difference.

    Args:
        runs: Setup and snapshot of each run, all of the same data.
        names: What each is called.
        translate: Turns an English label into the reader's language.
    """
    first = runs[0][1]["grid"]
    strips, labels = [_row(first, "original")], [translate("original")]
    errors: list[list[float]] = [[]]
    for (_, snapshot), name in zip(runs, names, strict=True):
        grid = snapshot["grid"]
        strips += [_row(grid, "reconstruction"), _row(grid, "error")]
        labels += [name, translate("difference")]
        errors += [grid["errors"], []]
    height, width = strips[0].shape[:2]
    gap = first["gap"]
    canvas = np.zeros((len(strips) * (height + gap) - gap, width, 4), np.uint8)
    for place, strip in enumerate(strips):
        canvas[place * (height + gap) : place * (height + gap) + height] = strip
    tile_width = first["tile"][1] + gap
    texts = {
        "type": "scatter", "mode": "text", "hoverinfo": "skip", "cliponaxis": False,
        "x": [column * tile_width + first["tile"][1] - 1 for row in errors for column in range(len(row))],
        "y": [place * (height + gap) + height - 1 for place, row in enumerate(errors) for _ in row],
        "text": [short(error) for row in errors for error in row],
        "textposition": "top left", "textfont": {"size": 9, "color": "#ffffff"},
    }  # fmt: skip
    picture = {
        "type": "image", "source": "data:image/png;base64," + base64.b64encode(png(canvas)).decode("ascii"),
        "zsmooth": False, "hoverinfo": "skip",
    }  # fmt: skip
    bare = {"showgrid": False, "zeroline": False, "showline": False, "ticks": "", "fixedrange": True}
    layout = _layout(runs, translate("The same images, reconstructed by {count} runs.").format(count=len(runs)))
    layout |= {
        "margin": {"l": 4, "r": 4, "t": 4, "b": 4, "pad": 4}, "showlegend": False,
        "xaxis": bare | {"range": [-0.5, canvas.shape[1] - 0.5], "showticklabels": False, "constrain": "domain"},
        "yaxis": bare | {
            "range": [canvas.shape[0] - 0.5, -0.5], "scaleanchor": "x", "constrain": "domain", "constraintoward": "top",
            "automargin": True, "tickmode": "array", "ticktext": labels,
            "tickvals": [(height - 1) / 2 + place * (height + gap) for place in range(len(strips))],
        },
    }  # fmt: skip
    layout["meta"]["plain"] = True
    return {"data": [picture, texts], "layout": layout}


def maps(runs: Sequence[Pair], names: Sequence[str], translate: Translate = str) -> Figure:
    """Code maps side by side. Each is turned, mirrored and scaled to lie on the first, which changes no neighbour.

    Args:
        runs: Setup and snapshot of each run, all of the same data, at most six.
        names: What each is called.
        translate: Turns an English label into the reader's language.
    """
    count = len(runs)
    planes = [np.frombuffer(snapshot["latent"], "<f4").reshape(-1, 2) for _, snapshot in runs]
    labels = np.frombuffer(runs[0][0]["labels"], np.uint8)
    traces: list[dict[str, Any]] = []
    layout = _layout(runs, translate("Code maps of {count} runs, aligned.").format(count=count))
    layout |= {"margin": {"l": 8, "r": 8, "t": 28, "b": 8}, "showlegend": False, "hovermode": False, "annotations": []}
    for place, (plane, name) in enumerate(zip(planes, names, strict=True)):
        # Where runs show different numbers of images, the first ones are the same.
        shared = min(len(plane), len(planes[0]), len(labels))
        points = align(plane[:shared], planes[0][:shared])
        suffix = "" if place == 0 else str(place + 1)
        colours = [COLOURS[label % len(COLOURS)] for label in labels[:shared]]
        traces.append(
            {
                "type": "scattergl", "mode": "markers", "x": typed(points[:, 0]), "y": typed(points[:, 1]),
                "xaxis": f"x{suffix}", "yaxis": f"y{suffix}",
                "marker": {"color": colours, "size": 4, "opacity": 0.8},
            }
        )  # fmt: skip
        left, right = place / count + 0.01, (place + 1) / count - 0.01
        bare = {"showticklabels": False, "zeroline": False, "range": [-2.6, 2.6], "fixedrange": True}
        layout[f"xaxis{suffix}"] = bare | {"domain": [left, right], "anchor": f"y{suffix}"}
        layout[f"yaxis{suffix}"] = bare | {"anchor": f"x{suffix}", "scaleanchor": f"x{suffix}"}
        layout["annotations"].append(
            {
                "text": name, "showarrow": False, "xref": "paper", "x": (left + right) / 2, "xanchor": "center",
                "yref": "paper", "y": 1, "yanchor": "bottom",
            }
        )  # fmt: skip
    layout["meta"]["plain"] = True
    return {"data": traces, "layout": layout}


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
        common | {"name": translate("autoencoder"), "y": [rounded(error) for error in errors],
                  "line": {"color": COLOURS[0], "width": 2}, "marker": {"size": 8}},
        common | {"name": translate("PCA, same code size"), "y": [rounded(error) for error in pca_errors],
                  "line": {"color": GREY, "dash": "dot", "width": 2}, "marker": {"size": 6}},
    ]  # fmt: skip
    label = translate("Test error against {setting} for {count} runs.").format(setting=setting, count=len(values))
    layout: dict[str, Any] = {"meta": {"label": label}, "uirevision": f"sweep {setting}", "autosize": True}
    layout |= {
        "hovermode": "x unified", "margin": {"l": 8, "r": 12, "t": 26, "b": 8},
        "legend": {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
        "xaxis": {
            "title": {"text": setting}, "type": "log" if wide else "linear", "automargin": True, "zeroline": False,
            "tickmode": "array", "tickvals": list(values), "ticktext": [f"{value:g}" for value in values],
        },
        "yaxis": {
            "title": {"text": translate("test MSE per pixel")}, "automargin": True, "zeroline": False,
            "rangemode": "tozero",
        },
    }  # fmt: skip
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


def _layout(runs: Sequence[Pair], label: str) -> dict[str, Any]:
    together = {"run_id": " ".join(setup["run_id"] for setup, _ in runs)}
    return layout_of(together, label)


def _row(grid: Message, name: str) -> np.ndarray:
    """One row of a grid's picture: `(height, width, 4)` bytes."""
    from PIL import Image

    picture = np.asarray(Image.open(io.BytesIO(grid["png"])).convert("RGBA"))
    height = grid["tile"][0]
    top = list(grid["rows"]).index(name) * (height + grid["gap"])
    return picture[top : top + height]
