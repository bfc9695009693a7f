"""What a variant shows beside the three common views: pictures or bars."""

from ae_core.figures.shared import (
    BARE,
    COLOURS,
    GREY,
    Figure,
    Json,
    Translate,
    heading,
    layout_of,
    picture,
    rounded,
    size_of,
)
from ae_core.formats import escape
from ae_core.measuring.wording import about
from ae_core.messages import Bars, Panel, Pictures, Setup, Snapshot


def panel(setup: Setup, snapshot: Snapshot, panel: str, translate: Translate = str) -> Figure:
    """One panel of a snapshot.

    Args:
        setup: The run's setup message.
        snapshot: One of its snapshot messages.
        panel: The panel's name, one of those in the setup.
        translate: Turns an English label into the reader's language.

    Returns:
        A Plotly figure.
    """
    translate, content = about(setup.shape, translate), snapshot.panels[panel]
    title = next(one.title for one in setup.panels if one.name == panel)
    match content:
        case Pictures():
            data, layout = _pictures(content, translate)
        case Bars():
            data, layout = _bars(content, translate)
    label = f"{translate(title)}, {translate('step')} {snapshot.step}. {translate(content.caption)}".strip()
    layout = layout_of(setup, label) | {"uirevision": f"{setup.run_id} {panel}", "showlegend": False} | layout
    layout["meta"] |= {"plain": True, "view": panel}
    return {"data": data, "layout": layout}


def _pictures(content: Pictures, translate: Translate) -> tuple[list[Json], Json]:
    tile_height, _tile_width = content.tile
    width, height = size_of(content.png)
    step = tile_height + content.gap
    labels = [escape.plotly(translate(row)) for row in content.rows]
    layout = {
        "margin": {"l": 4, "r": 4, "t": 4, "b": 4, "pad": 4},
        "xaxis": BARE | {"range": [-0.5, width - 0.5], "showticklabels": False, "constrain": "domain"},
        "yaxis": BARE
        | {
            "range": [height - 0.5, -0.5],
            "scaleanchor": "x",
            "constrain": "domain",
            "constraintoward": "top",
            "automargin": True,
            "tickmode": "array",
            "tickvals": [(tile_height - 1) / 2 + row * step for row in range(len(labels))],
            "ticktext": labels,
        },
    }
    return [picture(content.png)], layout | _caption(content, translate)


def _bars(content: Bars, translate: Translate) -> tuple[list[Json], Json]:
    faint = set(content.faint)
    values = [rounded(value) for value in content.values]
    trace = {
        "type": "bar",
        "x": content.x,
        "y": values,
        "marker": {"color": [GREY if place in faint else COLOURS[0] for place in range(len(values))]},
        "hovertemplate": "%{x:.4g}: %{y:.4g}<extra></extra>",
    }
    known = [value for value in values if value is not None]
    across = {"y0": content.line, "y1": content.line, "xref": "paper", "x0": 0, "x1": 1}
    upright = {"x0": content.line, "x1": content.line, "yref": "paper", "y0": 0, "y1": 1}
    line = {"type": "line", "line": {"color": COLOURS[1], "width": 2, "dash": "dot"}}
    words = {
        "showarrow": False,
        "text": escape.plotly(translate(content.line_name)),
        "font": {"color": COLOURS[1], "size": 11},
    }
    layout: Json = {
        "margin": {"l": 8, "r": 8, "t": 8, "b": 8},
        "bargap": 0.15,
        "xaxis": {"title": {"text": escape.plotly(translate(content.x_title))}, "automargin": True, "zeroline": False},
        "yaxis": {
            "title": {"text": escape.plotly(translate(content.y_title))},
            "automargin": True,
            "zeroline": True,
            "rangemode": "nonnegative" if min(known, default=0) >= 0 else "normal",
        },
    }
    layout |= _caption(content, translate)
    if content.line is not None:
        layout["shapes"] = [line | (upright if content.upright else across)]
        place = (
            {"x": content.line, "xanchor": "left", "yref": "paper", "y": 1, "yanchor": "top"}
            if content.upright
            else {"xref": "paper", "x": 1, "xanchor": "right", "y": content.line, "yanchor": "bottom"}
        )
        layout["annotations"] = [*layout.get("annotations", []), words | place]
    return [trace], layout


def _caption(content: Panel, translate: Translate) -> Json:
    if not content.caption:
        return {}
    words = heading(escape.plotly(translate(content.caption)), 11)
    return {"annotations": [words], "margin": {"l": 8, "r": 8, "t": 26, "b": 8}}
