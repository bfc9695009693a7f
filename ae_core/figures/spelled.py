"""Texts and their reconstructions, letter by letter, where the channels of series are the letters of an alphabet."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from ae_core.figures.shared import BARE, COLOURS, GREY, Figure, Json, Translate, layout_of, mean_of
from ae_core.figures.shown import Shown, shown
from ae_core.formats import escape
from ae_core.messages import GridValues, Setup, Snapshot

MOST_MOMENTS = 24  # letters that have room beside each other
MOST_TEXTS = 6
TWO_COLUMNS = 12  # letters of texts of which two have room beside each other
BETWEEN = 1.5  # letters, from one column of texts to the next
APART = 0.6  # of a line's height, between one text and the next
UNDER, THICK = 0.88, 0.1  # of a line's height: where the bar below a letter lies, and how thick it is
WIDEST = 0.9  # of a letter's room, for the bar of a network that is sure
LIKELIEST = 3  # letters that are told of a moment
NOTHING = "·"  # what stands for what comes after the end of a text
RIGHT, WRONG = GREY, COLOURS[6]  # none of those of the runs that are compared


class Line(NamedTuple):
    """What was made of texts.

    Args:
        name: What it is called; safe for Plotly.
        values: ndarray of shape `(count, moments, letters)`, how sure each letter is, from 0 to 1.
    """

    name: str
    values: np.ndarray


def can_be_spelled(setup: Setup, values: GridValues) -> bool:
    """Whether series are short texts: all channels but one are single letters, the values of one variable.

    Args:
        setup: The run's setup message.
        values: The numbers of one of its grids, all of which must be known.
    """
    titles = setup.columns
    letters = sum(len(title.category) == 1 for title in titles)
    one_variable = len({title.name for title in titles}) == 1 and all(title.category for title in titles)
    spelt = len(setup.shape) == 2 and setup.shape[0] <= MOST_MOMENTS and one_variable and letters >= len(titles) - 1 > 0
    return spelt and not np.isnan(np.frombuffer(values.original, "<f4")).any()


def spelled(setup: Setup, snapshot: Snapshot, values: GridValues, translate: Translate) -> Figure:
    """Held-out texts, and below each the likeliest letters of its reconstruction.

    Below a letter of the reconstruction lies a bar in the colour of right or wrong: the longer, the surer. Where a text
    has ended and the reconstruction too, there is none.

    Args:
        setup: The setup message of a run whose series `can_be_spelled`.
        snapshot: One of its snapshot messages.
        values: The numbers of its grid.
        translate: Turns an English label into the reader's language.

    Returns:
        A Plotly figure whose axes are the same for all snapshots of a run.
    """
    table = shown(setup, values)
    made = Line(translate("reconstruction"), table.reconstruction)
    parts = lines_of(setup, table, [made], columns_of(setup), translate)
    layout = layout_of(setup, _label(setup, snapshot, table, translate)) | parts["layout"]
    layout["meta"]["plain"] = True
    return {"data": parts["data"], "layout": layout}


def lines_of(
    setup: Setup, table: Shown, made: Sequence[Line], columns: int, translate: Translate, most: int = MOST_TEXTS
) -> Figure:
    """Texts in one column or two, each with what was made of it below.

    Args:
        setup: The setup message of a run on these texts.
        table: The texts.
        made: What was made of them.
        columns: How many texts stand beside each other.
        translate: Turns an English label into the reader's language.
        most: How many texts there are at most.

    Returns:
        Traces, and what the layout has beside what all views share.
    """
    letters = letters_of(setup)
    moments = table.original.shape[1]
    count = min(most, len(table.original))
    down = -(-count // columns)
    each = 1 + len(made) + APART
    tops = [each * (text % down) for text in range(count)]
    lefts = [(text // down) * (moments + BETWEEN) for text in range(count)]
    wanted, _ = read_of(table.original[:count])
    traces = [_text([letters[place] for place in wanted.ravel()], tops, lefts, moments)]
    for number, line in enumerate(made, start=1):
        found, _ = read_of(line.values[:count])
        below = [top + number for top in tops]
        traces += [
            _bars(line, wanted, correct, below, lefts, setup, translate) | {"showlegend": number == 1}
            for correct in (True, False)
        ]
        traces.append(_text([letters[place] for place in found.ravel()], below, lefts, moments))
    names = [translate("original"), *(line.name for line in made)]
    layout: Json = {
        "margin": {"l": 4, "r": 4, "t": 24, "b": 4, "pad": 4},
        "legend": {"orientation": "h", "x": 0, "y": 1.0, "yanchor": "bottom"},
        "showlegend": True,
        "hovermode": "closest",
        "barmode": "overlay",
        "xaxis": BARE | {"range": [-0.7, columns * (moments + BETWEEN) - BETWEEN - 0.3], "showticklabels": False},
        "yaxis": BARE
        | {
            "range": [down * each - APART, 0],
            "automargin": True,
            "tickmode": "array",
            "tickvals": [each * row + place + 0.5 for row in range(down) for place in range(len(names))],
            "ticktext": names * down,
            "tickfont": {"size": 10},
        },
    }
    return {"data": traces, "layout": layout}


def letters_of(setup: Setup) -> list[str]:
    """What stands for each channel of series that can be spelled."""
    return [title.category if len(title.category) == 1 else NOTHING for title in setup.columns]


def read_of(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The place of the likeliest letter at each moment, and how sure it is, from 0 to 1.

    Args:
        values: ndarray of shape `(…, letters)`; what is no number counts as 0.
    """
    known = np.nan_to_num(values)
    return known.argmax(axis=-1), np.clip(known.max(axis=-1), 0, 1)


def columns_of(setup: Setup) -> int:
    """How many texts of such series have room beside each other."""
    return 2 if setup.shape[0] <= TWO_COLUMNS else 1


def _places(tops: Sequence[float], lefts: Sequence[float], moments: int) -> tuple[list[float], list[float]]:
    """Where the letters of each text stand: left to right, and the upper edge of its line."""
    across = [left + moment for left in lefts for moment in range(moments)]
    return across, [top for top in tops for _ in range(moments)]


def _text(letters: Sequence[str], tops: Sequence[float], lefts: Sequence[float], moments: int) -> Json:
    across, upper = _places(tops, lefts, moments)
    return {
        "type": "scatter",
        "mode": "text",
        "x": across,
        "y": [top + 0.42 for top in upper],
        "text": [escape.plotly(letter) for letter in letters],
        "textfont": {"size": 13},
        "hoverinfo": "skip",
        "cliponaxis": False,
        "showlegend": False,
    }


def _bars(
    line: Line,
    wanted: np.ndarray,
    correct: bool,
    tops: Sequence[float],
    lefts: Sequence[float],
    setup: Setup,
    translate: Translate,
) -> Json:
    """The bars below all letters that are right, or below all that are not."""
    shares = line.values[: len(tops)]
    found, sure = read_of(shares)
    ended = np.array([len(title.category) > 1 for title in setup.columns])
    seen = ~(ended[found] & ended[wanted]) & ((found == wanted) == correct)
    here = np.flatnonzero(seen)
    across, upper = _places(tops, lefts, shares.shape[1])
    widths = [float(f"{WIDEST * sure.flat[place]:.3g}") for place in here]
    told = [_told(shares.reshape(-1, shares.shape[2])[place], setup) for place in here]
    return {
        "type": "bar",
        "name": translate("right: the longer, the surer") if correct else translate("wrong"),
        "legendgroup": "right" if correct else "wrong",
        "x": [across[place] - (WIDEST - width) / 2 for place, width in zip(here, widths, strict=True)],
        "y": [THICK] * len(here),
        "base": [upper[place] + UNDER for place in here],
        "width": widths,
        "marker": {"color": RIGHT if correct else WRONG, "line": {"width": 0}},
        "hovertext": told,
        "hovertemplate": f"{line.name}: %{{hovertext}}<extra></extra>",
    }


def _told(shares: np.ndarray, setup: Setup) -> str:
    """The likeliest letters of a moment, `a 62 %, o 21 %`."""
    known = np.nan_to_num(shares)
    best = np.argsort(-known, kind="stable")[:LIKELIEST]
    named = [(escape.plotly(setup.columns[place].category), min(max(known[place], 0), 1)) for place in best]
    return ", ".join(f"{name} {100 * share:.0f} %" for name, share in named)


def _label(setup: Setup, snapshot: Snapshot, table: Shown, translate: Translate) -> str:
    count = min(MOST_TEXTS, len(table.original))
    (wanted, _), (found, _) = read_of(table.original[:count]), read_of(table.reconstruction[:count])
    first, read = ("".join(letters_of(setup)[place] for place in text[0]).rstrip(NOTHING) for text in (wanted, found))
    return translate(
        "{count} held-out texts and their reconstructions at step {step}: {right} of {letters} letters right, {first} "
        "becomes {read}; mean squared error {error}, PCA {pca}."
    ).format(
        count=count,
        step=snapshot.step,
        right=int((wanted == found).sum()),
        letters=wanted.size,
        first=first or NOTHING,
        read=read or NOTHING,
        error=f"{mean_of(snapshot.grid.errors):.4g}",
        pca=f"{mean_of(snapshot.grid.pca_errors):.4g}",
    )
