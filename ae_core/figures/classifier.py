"""How well classes are told apart while classifiers learn: on the code, on raw pixels, on PCA."""

from collections.abc import Mapping

from ae_core.figures.shared import COLOURS, GREY, Figure, Json, Translate, rounded
from ae_core.messages import ErrorCurve

# Both ends stay, whatever is measured: one mistake in 500, and all wrong.
LEAST, MOST = 0.2, 100.0
TICKS = (0.2, 0.5, 1, 2, 5, 10, 20, 50, 100)
COLOUR_OF = {"code": COLOURS[0], "pixels": COLOURS[1], "pca": GREY}
NAMES = {"code": "code", "pixels": "pixels", "pca": "PCA, same size"}


def classifier(curves: Mapping[str, ErrorCurve], epochs: int, key: str, translate: Translate = str) -> Figure:
    """Share of mistakes on validation images against epochs, in per cent on a logarithmic axis.

    Args:
        curves: By the name of what is classified: `code`, `pixels`, `pca`. What is missing has not been trained yet.
        epochs: How many epochs each is trained.
        key: What it shows; zoom is kept as long as it is the same.
        translate: Turns an English label into the reader's language.

    Returns:
        A Plotly figure whose axes and legend stay as they are from the first to the last epoch.
    """
    traces: list[Json] = []
    last = []
    for name, colour in COLOUR_OF.items():
        errors = [100 * error for error in curves[name].validation_error] if name in curves else []
        title = translate(NAMES[name])
        traces.append(
            {
                "type": "scatter",
                "mode": "lines+markers",
                "name": title,
                "showlegend": True,
                # A trace without a point has no place in the legend, which would jump when the first one comes.
                "x": list(range(1, len(errors) + 1)) or [None],
                # No mistake at all has no place on a logarithmic axis: it stands at its lower end.
                "y": [rounded(max(error, LEAST)) for error in errors] or [None],
                "customdata": [rounded(error) for error in errors] or [None],
                "line": {"color": colour, "width": 2, "dash": "dot" if name == "pca" else "solid"},
                "marker": {"color": colour, "size": 5},
                "hovertemplate": f"%{{customdata:.3g}} % {title}<extra></extra>",
            }
        )
        last.append(f"{title} {errors[-1]:.2f} %" if errors else f"{title} –")
    label = translate("Mistakes on validation images while classifiers learn: {values}.").format(values=", ".join(last))
    layout = {
        "meta": {"label": label, "file": f"classifier-{key}"},
        "uirevision": key,
        "autosize": True,
        "hovermode": "x unified",
        "margin": {"l": 8, "r": 12, "t": 26, "b": 8},
        "legend": {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
        "xaxis": {
            "title": {"text": translate("epoch")},
            "range": [0, epochs + 0.5],
            "automargin": True,
            "zeroline": False,
        },
        "yaxis": {
            "title": {"text": translate("mistakes in validation (%)")},
            "type": "log",
            "range": [-0.72, 2.02],
            "tickmode": "array",
            "tickvals": TICKS,
            "ticktext": [f"{tick:g}" for tick in TICKS],
            "automargin": True,
            "zeroline": False,
        },
    }
    return {"data": traces, "layout": layout}
