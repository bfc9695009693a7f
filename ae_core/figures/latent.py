"""The map of the codes."""

import numpy as np

from ae_core.figures.plane import behind
from ae_core.figures.shared import COLOURS, SYMBOLS, Figure, Json, Translate, ends, layout_of, typed
from ae_core.formats import escape
from ae_core.measuring.plane import steady_range
from ae_core.measuring.wording import about
from ae_core.messages import Setup, Snapshot
from ae_core.translation import in_a_row

MOST_CLASSES = 20


def latent(
    setup: Setup, snapshot: Snapshot, atlas_url: str = "", plane: bool = False, translate: Translate = str
) -> Figure:
    """The fixed held-out images as points of the code plane, coloured by class.

    Args:
        setup: The run's setup message.
        snapshot: One of its snapshot messages.
        atlas_url: Address of the picture that holds every point's image as a tile, relative to the app; empty for
            none.
        plane: Whether what the decoder makes of the plane lies behind the points, where a snapshot has it.
        translate: Turns an English label into the reader's language.

    Returns:
        A Plotly figure; every point's `customdata` is its place in the atlas, which `layout.meta.atlas` describes.
    """
    translate = about(setup.shape, translate)
    points = np.frombuffer(snapshot.latent, dtype="<f4").reshape(-1, 2)  # (points, 2)
    labels = np.frombuffer(setup.labels, dtype=np.uint8)  # (points,)
    places = np.arange(len(points), dtype=np.uint16)
    groups = [(name, labels == index) for index, name in enumerate(classes(setup))]
    if not groups or len(labels) != len(points):
        groups = [("", np.ones(len(points), dtype=bool))]
    looks = [look(index) for index in range(len(groups))]
    traces = [
        {
            "type": "scattergl",
            "mode": "markers",
            "name": escape.plotly(name),
            "meta": {"name": name},
            "x": typed(points[chosen, 0]),
            "y": typed(points[chosen, 1]),
            "customdata": typed(places[chosen]),
            "marker": {
                "color": COLOURS[looks[index][0]],
                "symbol": SYMBOLS[looks[index][1]],
                "size": 5 if len(points) > 500 else 7,
                "opacity": 0.85,
            },
            # The picture beside the point is drawn by the view; Plotly's own box would hide it.
            "hoverinfo": "none",
        }
        for index, (name, chosen) in enumerate(groups)
    ]
    layout = layout_of(setup, _sentence(setup, snapshot, len(points), translate))
    layout["meta"]["atlas"] = {
        "url": atlas_url,
        "columns": setup.atlas.columns,
        "tile": list(setup.atlas.tile),
        "count": setup.atlas.count,
        "word": translate("image"),
    }
    titles = axis_titles(setup)
    layout |= {
        # Fixed, so that the axes stay where they are whatever is written at them; above the legend, room for the tools.
        "margin": {"l": 52, "r": 8, "t": 26, "b": 40},
        "showlegend": len(groups) > 1,
        "legend": {"itemsizing": "constant", "tracegroupgap": 0},
        "hovermode": "closest",
        "xaxis": _plane_axis(translate(titles[0]), points[:, 0]),
        "yaxis": _plane_axis(translate(titles[1]), points[:, 1]),
    }
    if plane and snapshot.plane is not None:
        layout["images"] = [behind(snapshot.plane)]
    return {"data": traces, "layout": layout}


def _sentence(setup: Setup, snapshot: Snapshot, points: int, translate: Translate) -> str:
    """What the map says, for whoever cannot see it."""
    said = translate("Map of {count} codes, coloured by class, at step {step}.")
    if not classes(setup):
        said = translate("Map of {count} codes at step {step}.")
    said = said.format(count=points, step=snapshot.step)
    found = snapshot.numbers.get("knn1_accuracy")
    if not isinstance(found, float):
        return said
    told = translate("{classes} classes, 1-NN accuracy {accuracy}.")
    return in_a_row(said, told.format(classes=len(setup.class_names), accuracy=f"{found:.3g}"))


def classes(setup: Setup) -> list[str]:
    """Names of the classes that the points are told apart by; none where there is one only, or too many."""
    return setup.class_names if 1 < len(setup.class_names) <= MOST_CLASSES else []


def look(number: int) -> tuple[int, int]:
    """Number of a class's colour among `COLOURS`, and of its symbol among `SYMBOLS`."""
    return number % len(COLOURS), (number + number // len(COLOURS)) % len(SYMBOLS)


def axis_titles(setup: Setup) -> tuple[str, str]:
    """What the axes of the map are called, in English."""
    if setup.code_size <= 2:
        return "code 1", "code 2" if setup.code_size == 2 else "–"
    # Not its first and second component: within their plane the map is turned, so that it lies as it lay before.
    return "principal plane of the code, across", "principal plane of the code, up"


def _plane_axis(title: str, values: np.ndarray) -> Json:
    return {"title": {"text": title}, **ends(*steady_range(values)), "automargin": False, "zeroline": False}
