"""Rows of a table beside their reconstructions: a strip of colours each, and the error of every column above."""

from collections.abc import Mapping, Sequence

import numpy as np

from ae_core.figures.shared import (
    BARE,
    COLOURS,
    GREY,
    Figure,
    Json,
    Translate,
    heading,
    layout_of,
    mean_of,
    short,
    typed,
)
from ae_core.figures.shown import WORST, Shown, shown
from ae_core.formats.png_sheets import CIVIDIS
from ae_core.messages import GridValues, Setup, Snapshot

MOST_ROWS = 3
MOST_TICKS = 30  # columns that are named below; of more every second one, or fewer
LONGEST_LINE = 60  # letters that have room above the bars on a phone
APART = 0.5  # of a strip's height, between one row and the next
FEW_COLUMNS = 8  # whose values have room in their cells
HIGHEST = 1.15  # error at the upper end: that of the mean is 1
BARS_FROM = 0.76  # of the height, where the errors of the columns begin
SCALE = [
    [place / (len(CIVIDIS) - 1), "rgb({},{},{})".format(*colour.astype(int))] for place, colour in enumerate(CIVIDIS)
]


def strips(setup: Setup, snapshot: Snapshot, values: GridValues, translate: Translate) -> Figure:
    """Held-out rows as pairs of strips, original and reconstruction, and above them the error of each column.

    A cell's colour says where its value lies between the lowest and the highest of its column; stripes stand for an
    unknown one, and a dot marks what the reconstruction puts in its place.

    Args:
        setup: The run's setup message.
        snapshot: One of its snapshot messages.
        values: The numbers of its grid.
        translate: Turns an English label into the reader's language.

    Returns:
        A Plotly figure whose axes are the same for all snapshots of a run.
    """
    table = shown(setup, values)
    count = min(len(table.original), MOST_ROWS)
    tops = [place * (2 + APART) for place in range(count)]
    bottom = tops[-1] + 2
    layout = layout_of(setup, _label(snapshot, table, count, translate))
    layout |= {
        "margin": {"l": 4, "r": 8, "t": 20, "b": 4, "pad": 2},
        "showlegend": False,
        "hovermode": "closest",
        "barmode": "overlay",
        "bargap": 0.15,
        "xaxis": axis_of_columns(table),
        "yaxis": BARE
        | {
            "domain": [0, BARS_FROM - 0.04],
            "range": [bottom, 0],
            "automargin": True,
            "tickmode": "array",
            "tickvals": [top + half for top in tops for half in (0.5, 1.5)],
            "ticktext": [translate("original"), translate("reconstruction")] * count,
            "tickfont": {"size": 9},
        },
        "yaxis2": {
            "domain": [BARS_FROM, 1],
            "anchor": "x",
            "range": [0, HIGHEST],
            "fixedrange": True,
            "zeroline": False,
            "automargin": True,
            "tickvals": [0, 1],
            "tickfont": {"size": 9},
        },
        "annotations": [_worst(table, translate)],
    }
    layout["meta"]["plain"] = True
    edges = [edge for top in tops for edge in (top, top + 1, top + 2)]
    shown_rows = list(zip(range(0, 3 * count, 3), table.original, table.reconstruction, strict=False))
    data = [
        cells(table, edges, {place: row for place, row, _ in shown_rows}, translate("original")),
        cells(table, edges, {place + 1: row for place, _, row in shown_rows}, translate("reconstruction")),
        *gaps(table, tops, [(table.reconstruction, [top + 1 for top in tops])], translate),
        _errors(table, translate),
    ]
    return {"data": data, "layout": layout}


def axis_of_columns(table: Shown) -> Json:
    """The axis below strips: names of the columns, or of every second one, or of fewer."""
    every = -(-len(table.names) // MOST_TICKS)
    return BARE | {
        "type": "category",
        "categoryorder": "array",
        "categoryarray": table.names,
        "range": [-0.5, len(table.names) - 0.5],
        "automargin": True,
        "tickangle": 90,
        "tickmode": "array",
        "tickvals": table.names[::every],
        "ticktext": table.ticks[::every],
        "tickfont": {"size": 9},
    }


def cells(table: Shown, edges: Sequence[float], rows: Mapping[int, np.ndarray], word: str) -> Json:
    """Rows as strips of colours: one map of colours for each kind, so that a word for it stands beside the pointer.

    Args:
        table: What the columns are called, and between which values they lie.
        edges: Upper and lower edges of all strips and of what lies between them, growing downwards.
        rows: The values of each strip, of shape `(columns,)`, by the place of its upper edge.
        word: What these rows are, for whoever points at them.
    """
    width = np.where(table.high > table.low, table.high - table.low, 1.0)
    values = np.full((len(edges) - 1, len(table.names)), np.nan)
    for place, row in rows.items():
        values[place] = row
    shares = np.clip((values - table.low) / width, 0, 1)
    # Plotly writes what stands at the axis, which is cut and without a unit, where anything stands there.
    all_named = len(table.names) <= MOST_TICKS
    name = "%{hovertext}" if all_named else "%{x}"
    few: Json = {}
    if len(table.names) <= FEW_COLUMNS:
        text = [["" if np.isnan(value) else f"{value:.4g}" for value in strip] for strip in values]
        few = {"text": text, "texttemplate": "%{text}", "textfont": {"size": 9}}
    return (
        {
            "type": "heatmap",
            "x": table.names,
            "y": list(edges),
            "z": typed(shares.astype(np.float32)),
            "customdata": typed(values.astype(np.float32)),
            "zmin": 0,
            "zmax": 1,
            "colorscale": SCALE,
            "showscale": False,
            "hoverongaps": False,
            "hovertemplate": f"{name}: %{{customdata:.4g}} ({word})<extra></extra>",
        }
        | few
        | ({"hovertext": [table.names] * len(values)} if all_named else {})
    )


def gaps(
    table: Shown, tops: Sequence[float], made: Sequence[tuple[np.ndarray, Sequence[float]]], translate: Translate
) -> list[Json]:
    """Stripes over what is unknown, and dots on what reconstructions fill it with.

    Args:
        table: The rows.
        tops: Upper edges of the strips of the first originals.
        made: Reconstructions of the same rows, `(count, columns)`, and the upper edges of their strips.
        translate: Turns an English label into the reader's language.
    """
    rows, columns = np.nonzero(np.isnan(table.original[: len(tops)]))
    if not len(rows):
        return []
    names = [table.names[column] for column in columns]
    stripes = {
        "type": "bar",
        "x": names,
        "y": [1] * len(rows),
        "base": [tops[row] for row in rows.tolist()],
        "width": 1,
        "marker": {
            "color": "rgba(0,0,0,0)",
            "line": {"width": 0},
            "pattern": {"shape": "/", "fgcolor": GREY, "size": 5, "solidity": 0.3},
        },
        "hovertext": names,
        "hovertemplate": f"%{{hovertext}}: {translate('unknown')}<extra></extra>",
    }
    dots = {
        "type": "scatter",
        "mode": "markers",
        "x": names * len(made),
        "y": [its_tops[row] + 0.8 for _, its_tops in made for row in rows.tolist()],
        "customdata": typed(np.concatenate([values[rows, columns] for values, _ in made]).astype(np.float32)),
        "text": names * len(made),
        "marker": {"size": 3, "color": "#ffffff", "line": {"width": 0.5, "color": "#000000"}},
        "hovertemplate": f"%{{text}}: %{{customdata:.4g}} ({translate('filled in')})<extra></extra>",
    }
    return [stripes, dots]


def _errors(table: Shown, translate: Translate) -> Json:
    """One bar a column; those that are reconstructed worst in another colour."""
    worst = set(_ranking(table)[:WORST])
    return {
        "type": "bar",
        "x": table.names,
        "y": [None if not np.isfinite(error) else float(f"{error:.4g}") for error in table.errors],
        "yaxis": "y2",
        "marker": {"color": [COLOURS[1] if place in worst else COLOURS[0] for place in range(len(table.names))]},
        "hovertext": table.names,
        "hovertemplate": f"%{{hovertext}}: %{{y:.3g}} {translate('of its standard deviation')}<extra></extra>",
    }


def _ranking(table: Shown) -> list[int]:
    """Places of the columns, the worst first; those that are never known are left out."""
    known = np.flatnonzero(np.isfinite(table.errors))
    return [int(place) for place in known[np.argsort(-table.errors[known], kind="stable")]]


def _worst(table: Shown, translate: Translate) -> Json:
    worst = [f"{table.names[place]} {short(table.errors[place])}" for place in _ranking(table)[:WORST]]
    line = translate("Worst columns: {columns}")
    while len(worst) > 1 and len(line.format(columns=", ".join(worst))) > LONGEST_LINE:
        worst.pop()
    return heading(line.format(columns=", ".join(worst)), 10)


def _label(snapshot: Snapshot, table: Shown, count: int, translate: Translate) -> str:
    grid = snapshot.grid
    return translate(
        "{count} held-out rows and their reconstructions at step {step}: mean squared error {error}, PCA {pca}; the "
        "column with the largest error is {worst}."
    ).format(
        count=count,
        step=snapshot.step,
        error=f"{mean_of(grid.errors):.4g}",
        pca=f"{mean_of(grid.pca_errors):.4g}",
        worst=table.names[_ranking(table)[0]] if _ranking(table) else "–",
    )
