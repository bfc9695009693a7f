"""Series and their reconstructions over one another, over time: a panel for each of their channels."""

from collections.abc import Sequence

import numpy as np

from ae_core.figures.shared import COLOURS, GREY, Figure, Json, Translate, layout_of, mean_of
from ae_core.figures.shown import Shown, shown
from ae_core.messages import GridValues, Setup, Snapshot

MOST_SERIES, MOST_CHANNELS = 3, 3
BETWEEN = 0.03  # of the width or the height, between two panels
ROOM = 0.04  # of a channel's range, above and below it
ORIGINAL, RECONSTRUCTION = GREY, COLOURS[0]

Made = tuple[str, np.ndarray, Json]
"""A reconstruction: what it is called, its values, and how its line looks."""


def lines(setup: Setup, snapshot: Snapshot, values: GridValues, translate: Translate) -> Figure:
    """Held-out series as thick grey lines, their reconstructions as thin blue ones on top.

    Where a value is unknown there is no grey line but stripes, and the reconstruction is dotted. The axes are those of
    all held-out series, so that nothing moves but the lines. Of more than three channels those with the largest error
    at the end would change places, so the first three are shown.

    Args:
        setup: The run's setup message.
        snapshot: One of its snapshot messages.
        values: The numbers of its grid.
        translate: Turns an English label into the reader's language.

    Returns:
        A Plotly figure over seconds, or over moments where their rate is unknown.
    """
    table = shown(setup, values)
    made = [(translate("reconstruction"), table.reconstruction, {"color": RECONSTRUCTION, "width": 2})]
    across = min(len(table.original), MOST_SERIES)
    panels = panels_of(setup, table, made, across, translate)
    layout = layout_of(setup, _label(snapshot, across, translate)) | panels["layout"]
    layout["meta"]["plain"] = True
    return {"data": panels["data"], "layout": layout}


def panels_of(setup: Setup, table: Shown, made: Sequence[Made], across: int, translate: Translate) -> Figure:
    """A panel for each of some series and of their channels: the original, and over it what was made of it.

    Args:
        setup: The setup message of a run on these series.
        table: The series.
        made: What each reconstruction is called, its values, of the originals' shape, and how its line looks.
        across: How many series.
        translate: Turns an English label into the reader's language.

    Returns:
        Traces, and what the layout has beside what all views share.
    """
    down = min(table.original.shape[2], MOST_CHANNELS)
    moments = np.arange(table.original.shape[1]) * table.stride
    times = moments / setup.rate if setup.rate else moments
    layout: Json = {
        "margin": {"l": 8, "r": 8, "t": 22, "b": 8},
        "legend": {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom", "tracegroupgap": 0},
        "showlegend": True,
        "hovermode": "closest",
        "barmode": "overlay",
    }
    traces: list[Json] = []
    title = translate("time (s)") if setup.rate else translate("moment")
    for column in range(across):
        for row in range(down):
            number = row * across + column + 1
            axes = {"xaxis": f"x{number}", "yaxis": f"y{number}"}
            layout |= _axes(table, times, number, (column, across), (row, down), title)
            if column == 0:
                layout["annotations"] = [*layout.get("annotations", []), _channel(table.names[row], number)]
            traces += [
                trace | axes | {"showlegend": number == 1 and "name" in trace}
                for trace in _panel(table, times, column, row, made, translate)
            ]
    return {"data": traces, "layout": layout}


def _panel(
    table: Shown, times: np.ndarray, place: int, channel: int, made: Sequence[Made], translate: Translate
) -> list[Json]:
    original = table.original[place, :, channel]
    unknown = np.isnan(original)
    # A dotted stretch begins and ends where the full one does.
    beside = unknown | np.roll(unknown, 1) | np.roll(unknown, -1)
    traces = [_stripes(table, times, unknown, channel)] if unknown.any() else []
    traces.append(_line(times, original, translate("original"), {"color": ORIGINAL, "width": 3}))
    for name, values, line in made:
        its = values[place, :, channel]
        traces.append(_line(times, np.where(unknown, np.nan, its), name, line))
        if unknown.any():
            filled = _line(times, np.where(beside, its, np.nan), translate("filled in"), line | {"dash": "dot"})
            filled["legendgroup"] = name
            del filled["name"]
            traces.append(filled)
    return traces


def _line(times: np.ndarray, values: np.ndarray, name: str, line: Json) -> Json:
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "legendgroup": name,
        "x": [float(f"{time:.6g}") for time in times],
        "y": [float(f"{value:.5g}") if np.isfinite(value) else None for value in values],
        "line": line,
        "hovertemplate": f"%{{y:.4g}} {name}<extra></extra>",
    }


def _stripes(table: Shown, times: np.ndarray, unknown: np.ndarray, channel: int) -> Json:
    """A striped bar over each unknown stretch."""
    step = float(times[1] - times[0]) if len(times) > 1 else 1.0
    changes = np.flatnonzero(np.diff(np.concatenate([[0], unknown.astype(int), [0]])))
    begins, ends = changes[::2], changes[1::2] - 1  # first and last moment of each stretch
    low, high = _range(table, channel)
    return {
        "type": "bar",
        "x": [float(times[begin] + times[end]) / 2 for begin, end in zip(begins, ends, strict=True)],
        "y": [high - low] * len(begins),
        "base": low,
        "width": [float(times[end] - times[begin]) + step for begin, end in zip(begins, ends, strict=True)],
        "marker": {
            "color": "rgba(0,0,0,0)",
            "line": {"width": 0},
            "pattern": {"shape": "/", "fgcolor": GREY, "size": 6, "solidity": 0.2},
        },
        "hoverinfo": "skip",
    }


def _range(table: Shown, channel: int) -> tuple[float, float]:
    low, high = float(table.low[channel]), float(table.high[channel])
    room = ROOM * (high - low) or 1.0
    return low - room, high + room


def _axes(
    table: Shown, times: np.ndarray, number: int, across: tuple[int, int], down: tuple[int, int], title: str
) -> Json:
    """The axes of one panel; only outer ones bear numbers and words."""
    (column, columns), (row, rows) = across, down
    left, bottom = column == 0, row == rows - 1
    both: Json = {"fixedrange": True, "zeroline": False, "tickfont": {"size": 9}, "automargin": True}
    x = both | {"domain": _part(column, columns), "anchor": f"y{number}", "showticklabels": bottom, "nticks": 5}
    x |= {"range": [float(times[0]), float(times[-1])] if len(times) > 1 else [-1, 1]}
    y = both | {"domain": _part(rows - 1 - row, rows), "anchor": f"x{number}", "showticklabels": left, "nticks": 3}
    y |= {"range": list(_range(table, row))}
    if bottom and column == columns // 2:
        x["title"] = {"text": title}
    name = "" if number == 1 else str(number)
    return {f"xaxis{name}": x, f"yaxis{name}": y}


def _channel(name: str, number: int) -> Json:
    """What a channel is called, in the corner of its first panel: beside the axis names would cover one another."""
    axis = "" if number == 1 else str(number)
    return {
        "text": name,
        "showarrow": False,
        "font": {"size": 9},
        "xref": f"x{axis} domain",
        "x": 0.01,
        "xanchor": "left",
        "yref": f"y{axis} domain",
        "y": 1,
        "yanchor": "top",
        "borderpad": 0,
    }


def _part(place: int, count: int) -> list[float]:
    each = (1 - BETWEEN * (count - 1)) / count
    begin = place * (each + BETWEEN)
    return [begin, min(1.0, begin + each)]


def _label(snapshot: Snapshot, count: int, translate: Translate) -> str:
    grid = snapshot.grid
    return translate(
        "{count} held-out series and their reconstructions at step {step}: mean squared error {error}, PCA {pca}."
    ).format(
        count=count,
        step=snapshot.step,
        error=f"{mean_of(grid.errors):.4g}",
        pca=f"{mean_of(grid.pca_errors):.4g}",
    )
