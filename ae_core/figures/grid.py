"""Originals and reconstructions side by side: pictures here; rows and series have figures of their own."""

from collections.abc import Sequence

from ae_core.figures.lines import lines
from ae_core.figures.shared import BARE, Figure, Translate, layout_of, mean_of, picture, short, size_of, words
from ae_core.figures.shown import told_as_numbers
from ae_core.figures.spelled import can_be_spelled, spelled
from ae_core.figures.strips import strips
from ae_core.formats import escape
from ae_core.measuring.wording import about
from ae_core.messages import Setup, Snapshot


def grid(setup: Setup, snapshot: Snapshot, translate: Translate = str) -> Figure:
    """Held-out examples and what comes out of the network for them.

    Args:
        setup: The run's setup message.
        snapshot: One of its snapshot messages.
        translate: Turns an English label into the reader's language.

    Returns:
        A Plotly figure: strips of a table's rows, letters of texts, lines of other series, else pictures.
    """
    translate, values = about(setup.shape, translate), snapshot.grid.values
    if values is None or not told_as_numbers(setup, snapshot):
        return pictures(setup, snapshot, translate)
    if can_be_spelled(setup, values):
        return spelled(setup, snapshot, values, translate)
    draw = lines if len(setup.shape) == 2 else strips
    return draw(setup, snapshot, values, translate)


def pictures(setup: Setup, snapshot: Snapshot, translate: Translate = str) -> Figure:
    """Originals, corruptions, reconstructions, PCA's and errors as one picture, with each image's error below.

    Args:
        setup: The run's setup message.
        snapshot: One of its snapshot messages.
        translate: Turns an English label into the reader's language.

    Returns:
        A Plotly figure in units of the picture's own pixels, which are never smoothed.
    """
    table = snapshot.grid
    rows, columns = table.rows, table.columns
    tile_height, tile_width = table.tile
    step_y, step_x = tile_height + table.gap, tile_width + table.gap
    width, height = size_of(table.png)
    first_x = (width - columns * step_x + table.gap + tile_width - 1) / 2
    first_y = (height - len(rows) * step_y + table.gap + tile_height - 1) / 2
    centres_x = [first_x + column * step_x for column in range(columns)]
    centres_y = [first_y + row * step_y for row in range(len(rows))]
    errors = {"reconstruction": table.errors, "pca": table.pca_errors}
    if table.corrupted_errors is not None:
        errors["corrupted"] = table.corrupted_errors

    line = 0.46 * step_y  # height of a row of numbers, enough for the text of a phone
    numbers = [("reconstruction", "MSE"), ("pca", translate("MSE of PCA"))]
    lines_y = [height + (0.6 + place) * line for place in range(len(numbers))]
    text = {
        "type": "scatter",
        "mode": "text",
        "x": centres_x * len(numbers),
        "y": [y for y in lines_y for _ in range(columns)],
        "text": [short(error) for row, _ in numbers for error in errors[row]],
        "hoverinfo": "skip",
        "cliponaxis": False,
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
    layout = layout_of(setup, _grid_label(snapshot, translate))
    # Explicit ends: an image's axis runs downwards, and the rows of numbers lie below it.
    layout |= {
        "margin": {"l": 4, "r": 4, "t": 4, "b": 4, "pad": 4},
        "showlegend": False,
        "hovermode": "closest",
        "hoverdistance": -1,
        "xaxis": BARE | {"range": [-0.5, width - 0.5], "showticklabels": False, "constrain": "domain"},
        "yaxis": BARE
        | {
            "range": [height + (len(numbers) + 0.2) * line, -0.5],
            "scaleanchor": "x",
            "constrain": "domain",
            "constraintoward": "top",
            "automargin": True,
            "tickmode": "array",
            "tickvals": centres_y + lines_y,
            "ticktext": [escape.plotly(words(row, translate)) for row in rows] + [name for _, name in numbers],
        },
    }
    layout["meta"]["plain"] = True
    return {"data": [picture(table.png), tiles, text], "layout": layout}


def _grid_label(snapshot: Snapshot, translate: Translate) -> str:
    table = snapshot.grid
    return translate(
        "{count} held-out images and their reconstructions at step {step}: mean squared error {error}, PCA {pca}."
    ).format(
        count=table.columns,
        step=snapshot.step,
        error=f"{mean_of(table.errors):.4g}",
        pca=f"{mean_of(table.pca_errors):.4g}",
    )


def _tile_text(row: str, column: int, errors: Sequence[float] | None, translate: Translate) -> str:
    name = f"{escape.plotly(words(row, translate))}, {translate('image')} {column + 1}"
    return name if errors is None else f"{name}<br>MSE {errors[column]:.4g}"
