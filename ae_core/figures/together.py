"""Rows and series of several runs: the originals once, and what each run makes of them."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from ae_core.figures.lines import Made, panels_of
from ae_core.figures.shared import BARE, COLOURS, Figure, Json, Translate, short
from ae_core.figures.shown import Shown, cut, shown
from ae_core.figures.spelled import Line, can_be_spelled, lines_of
from ae_core.figures.strips import axis_of_columns, cells, gaps
from ae_core.formats import escape
from ae_core.messages import Setup, Snapshot

Named = tuple[str, Setup, Snapshot]  # what a run is called, and its messages

MOST_STRIPS = 10  # of all rows and runs together, which have room for a name each
MOST_ROWS = 3
TEXT = 0.8  # of a strip's height, for the name above it
APART = 0.4  # between one row and the next
MOST_LINES, LONGEST_BESIDE = 16, 20  # of texts and runs together, and letters of a run's name beside its line
MOST_SERIES = 2  # more runs make more lines, which need wider panels than those of one run


def rows(runs: Sequence[Named], translate: Translate) -> Figure:
    """Held-out rows of a table: below the strip of each original those of the runs, each with its squared error.

    Args:
        runs: Of the same data; at least one, whose grids have numbers.
        translate: Turns an English label into the reader's language.

    Returns:
        Traces, and what the layout has beside what all views share.
    """
    known = _alike(runs)
    first = known[0].table
    count = max(1, min(MOST_ROWS, MOST_STRIPS // (1 + len(known)), *(len(one.table.original) for one in known)))
    each = 1 + len(known)  # strips of one row
    tops = [group * (each * (1 + TEXT) + APART) + place * (1 + TEXT) for group in range(count) for place in range(each)]
    edges = [0.0] + [edge for top in tops for edge in (top + TEXT, top + TEXT + 1)]
    strips = [top + TEXT for top in tops]  # upper edges

    def strips_of(values: np.ndarray, place: int) -> dict[int, np.ndarray]:
        return {1 + 2 * (group * each + place): values[group] for group in range(count)}

    traces = [cells(first, edges, strips_of(first.original, 0), translate("original"))]
    heads = [_head(translate("original"), strips[group * each]) for group in range(count)]
    for place, one in enumerate(known, start=1):
        traces.append(cells(first, edges, strips_of(one.table.reconstruction, place), one.name))
        for group, error in enumerate(one.errors[:count]):
            heads.append(_head(f"{one.name}, MSE {short(error)}", strips[group * each + place]))
    made = [(one.table.reconstruction, strips[place::each]) for place, one in enumerate(known, start=1)]
    layout = {
        "margin": {"l": 4, "r": 8, "t": 4, "b": 4, "pad": 2},
        "showlegend": False,
        "hovermode": "closest",
        "barmode": "overlay",
        "xaxis": axis_of_columns(first),
        "yaxis": BARE | {"range": [edges[-1], 0], "showticklabels": False},
        "annotations": heads,
    }
    return {"data": [*traces, *gaps(first, strips[::each], made, translate)], "layout": layout}


def series(runs: Sequence[Named], translate: Translate) -> Figure:
    """Held-out series as thick grey lines, and over them the reconstruction of each run in the colour of its curve.

    Texts letter by letter instead, those of the runs below the original.

    Args:
        runs: As of `rows`.
        translate: Turns an English label into the reader's language.

    Returns:
        Traces, and what the layout has beside what all views share.
    """
    setup, values = runs[0][1], runs[0][2].grid.values
    if values is not None and can_be_spelled(setup, values):
        known = _alike([(cut(name, LONGEST_BESIDE), its_setup, snapshot) for name, its_setup, snapshot in runs])
        lines = [Line(one.name, one.table.reconstruction) for one in known]
        most = min(MOST_LINES // (1 + len(known)), *(len(one.table.original) for one in known))
        return lines_of(setup, known[0].table, lines, 1, translate, most)
    known = _alike(runs)
    made: list[Made] = [(one.name, one.table.reconstruction, {"color": one.colour, "width": 2}) for one in known]
    across = min(MOST_SERIES, *(len(one.table.original) for one in known))
    return panels_of(setup, known[0].table, made, across, translate)


class _Told(NamedTuple):
    """What is shown of a run: its name, safe for Plotly, the colour of its curve, its numbers, an error for each."""

    name: str
    colour: str
    table: Shown
    errors: list[float]


def _alike(runs: Sequence[Named]) -> list[_Told]:
    """The runs whose grids show the same columns or channels as the first one's; others learnt from something else."""
    found: list[_Told] = []
    for place, (name, setup, snapshot) in enumerate(runs):
        values = snapshot.grid.values
        if values is None or setup.shape != runs[0][1].shape:
            continue
        table = shown(setup, values)
        first = found[0].table if found else table
        if table.names == first.names and table.original.shape[1:] == first.original.shape[1:]:
            found.append(_Told(escape.plotly(name), COLOURS[place % len(COLOURS)], table, snapshot.grid.errors))
    return found


def _head(text: str, upper: float) -> Json:
    """A name above a strip: beside it, it would take half of a phone's width."""
    place = {"xref": "paper", "x": 0, "xanchor": "left", "y": upper, "yanchor": "bottom", "borderpad": 0}
    return {"text": text, "showarrow": False, "font": {"size": 10}} | place
