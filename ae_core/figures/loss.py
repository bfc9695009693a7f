"""The loss curves of one run."""

import math
import statistics
from collections.abc import Sequence

from ae_core.figures.shared import (
    COLOURS,
    GREY,
    Figure,
    Json,
    Translate,
    ends,
    layout_of,
    rounded,
    told_in_nats,
    unit,
    words,
)
from ae_core.formats import escape
from ae_core.measuring.metric_table import NATS
from ae_core.measuring.wording import about
from ae_core.messages import Curves, Mark, PhaseStart, Setup, Snapshot

MOST_MARK_LABELS = 6
RECENT = 5  # values before the last, against which a curve falls or rises
LEVEL = 0.005  # share by which a value may differ from those before it and still count as level


def loss(setup: Setup, snapshot: Snapshot, logarithmic: bool = False, translate: Translate = str) -> Figure:
    """Training (solid) and validation (dashed) curves of the total loss, and of every term if there are several.

    Args:
        setup: The run's setup message.
        snapshot: One of its snapshot messages.
        logarithmic: Whether the loss axis is logarithmic.
        translate: Turns an English label into the reader's language.

    Returns:
        A Plotly figure over epochs, with PCA's loss as a dotted line and a thin line for every setting changed.
    """
    translate, history = about(setup.shape, translate), snapshot.history
    terms = ["loss"] if len(setup.terms) < 2 else ["loss", *setup.terms]
    horizon = _horizon(snapshot.epoch, setup.total_epochs)
    begins = [phase.epoch for phase in setup.phases][1:]
    traces = []
    for place, term in enumerate(terms):
        colour = COLOURS[place % len(COLOURS)]
        for key, kind, dash in ((term, "training", "solid"), (f"val_{term}", "validation", "dash")):
            if key not in history:
                continue
            curve = _curve(history, key, colour, dash, logarithmic, begins)
            curve["name"] = translate(kind) if len(terms) == 1 else words(term, translate)
            full = str(curve["name"])
            if len(terms) > 1:
                full = translate("{quantity}, {kind}").format(quantity=full, kind=translate(kind))
            curve["hovertemplate"] = f"%{{y:.4g}} {full}<extra></extra>"
            if told_in_nats(term):
                curve["text"] = [
                    "" if value is None else f"{value * setup.input_size:.3g} {translate(NATS)}" for value in curve["y"]
                ]
                curve["hovertemplate"] = f"%{{y:.4g}} {full} ({translate('weighted')}: %{{text}})<extra></extra>"
            if len(terms) > 1:
                curve |= {"legendgroup": term, "showlegend": dash == "solid"}
            traces.append(curve)
    if len(terms) > 1:
        # One entry a term by its colour, then what the strokes mean: half as many as one for every curve.
        traces += [_stroke(translate("training"), "solid"), _stroke(translate("validation"), "dash")]
    traces += _pca_line(setup, snapshot, horizon, logarithmic, translate)
    scale = unit(setup, translate)
    title = {"text": f"{translate('epoch')} %{{x:.2f}}, {translate('step')} %{{customdata}}"}
    layout = layout_of(setup, loss_sentence(setup, snapshot, translate))
    layout |= {
        "hovermode": "x unified",
        "margin": {"l": 8, "r": 12, "t": 26, "b": 8},
        "legend": {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom", "tracegroupgap": 0},
        "xaxis": {
            "title": {"text": translate("epoch")},
            **ends(0, horizon),
            "unifiedhovertitle": title,
            "automargin": True,
            "zeroline": False,
        },
        "yaxis": {
            "title": {"text": scale},
            "type": "log" if logarithmic else "linear",
            # With nothing but PCA's line Plotly would put it in the middle between numbers that no loss has.
            "rangemode": "normal" if history["epoch"] else "nonnegative",
            "automargin": True,
            "zeroline": False,
            # A zoom made on one scale means nothing on the other.
            "uirevision": f"{setup.run_id} {logarithmic}",
        },
        "shapes": [
            *(_line(mark) for mark in snapshot.marks),
            *(_line(phase) | {"line": {"color": GREY, "width": 1, "dash": "dash"}} for phase in setup.phases),
        ],
        "annotations": [
            *(_mark_words(mark, translate) for mark in snapshot.marks[-MOST_MARK_LABELS:]),
            *(_upright(translate(phase.name), phase.epoch) for phase in setup.phases if phase.epoch <= horizon),
        ],
    }
    return {"data": traces, "layout": layout}


def _curve(history: Curves, key: str, colour: str, dash: str, logarithmic: bool, begins: Sequence[float]) -> Json:
    # A logarithmic axis has no place for a term that is still zero: a gap, like a value not measured.
    values = [rounded(value, above_zero=logarithmic) for value in history[key]]
    measured = sum(value is not None for value in values)
    epochs, steps = [rounded(value) for value in history["epoch"]], list(history["step"])
    for begin in begins:
        # Each phase has a loss of its own: no line joins them. The point at a boundary ends the earlier phase.
        place = next((at for at, epoch in enumerate(epochs) if epoch is not None and epoch > begin), None)
        if place:
            for column, gap in ((values, None), (epochs, epochs[place - 1]), (steps, steps[place - 1])):
                column.insert(place, gap)
    return {
        "type": "scatter",
        "mode": "lines" if measured > 1 else "markers",
        "x": epochs,
        "y": values,
        "customdata": steps,
        "meta": {"column": key},
        "line": {"color": colour, "dash": dash, "width": 2},
        "marker": {"color": colour, "size": 7, "symbol": "circle" if dash == "solid" else "circle-open"},
    }


def _stroke(name: str, dash: str) -> Json:
    """An entry of the legend that stands for no curve of its own."""
    line = {"color": GREY, "dash": dash, "width": 2}
    return {"type": "scatter", "mode": "lines", "name": name, "x": [None], "y": [None], "line": line}


def _pca_line(setup: Setup, snapshot: Snapshot, horizon: float, logarithmic: bool, translate: Translate) -> list[Json]:
    level = rounded(snapshot.pca_loss, above_zero=logarithmic)
    if level is None:
        return []
    name = translate("PCA, validation")
    history = snapshot.history
    places = [0.0, *(rounded(epoch) for epoch in history["epoch"]), horizon]  # a place to hover beside each value
    return [
        {
            "type": "scatter",
            "mode": "lines",
            "name": name,
            "x": places,
            "y": [level] * len(places),
            "customdata": [0, *history["step"], setup.total_steps],
            "line": {"color": GREY, "dash": "dot", "width": 2},
            "hovertemplate": f"%{{y:.4g}} {name}<extra></extra>",
        }
    ]


def _line(at: Mark | PhaseStart) -> Json:
    """A thin upright line where a setting was changed, or a phase begins."""
    return {
        "type": "line",
        "yref": "paper",
        "x0": at.epoch,
        "x1": at.epoch,
        "y0": 0,
        "y1": 1,
        "layer": "below",
        "line": {"color": GREY, "width": 1},
    }


def _mark_words(mark: Mark, translate: Translate) -> Json:
    """What was changed, along that line. Only the newest marks bear words, which would else pile up."""
    text = f"{words(mark.name, translate)} {mark.before:g} → {mark.after:g}"
    return _upright(text, mark.epoch)


def _upright(text: str, epoch: float) -> Json:
    return {
        "text": escape.plotly(text),
        "textangle": -90,
        "showarrow": False,
        "font": {"size": 10},
        "x": epoch,
        "xanchor": "left",
        "yref": "paper",
        "y": 1,
        "yanchor": "top",
    }


def _horizon(epoch: float, total: float) -> float:
    """Right end of the epoch axis: grows in rare strides, not with every snapshot, and ends with the run."""
    stride = 10.0 ** math.floor(math.log10(max(epoch, 0.1)))
    nearest = next(end for end in (stride * times for times in (1, 1.5, 2, 3, 5, 7, 10, 15)) if end >= epoch)
    return min(nearest, total) if epoch <= total else nearest


def loss_sentence(_setup: Setup, snapshot: Snapshot, translate: Translate = str) -> str:
    """What the curves say, for whoever cannot see them: where they are, and whether the validation loss falls.

    Args:
        _setup: The run's setup message.
        snapshot: One of its snapshot messages.
        translate: Turns an English sentence into the reader's language.
    """

    def known(key: str) -> list[float]:
        return [value for value in snapshot.history.get(key, []) if value is not None]

    def last(key: str) -> str:
        return f"{known(key)[-1]:.4g}" if known(key) else "–"

    return translate(
        "Loss curves at step {step}, epoch {epoch}: training {training}, validation {validation} ({trend}), "
        "PCA of the same code size {pca}."
    ).format(
        step=snapshot.step,
        epoch=f"{snapshot.epoch:.1f}",
        training=last("loss"),
        validation=last("val_loss"),
        trend=_trend(known("val_loss"), translate),
        pca="–" if snapshot.pca_loss is None else f"{snapshot.pca_loss:.4g}",
    )


def _trend(values: Sequence[float], translate: Translate) -> str:
    """Where a curve goes, held against the mean of the few values before its last."""
    if len(values) < 2:
        return translate("the first")
    before = statistics.fmean(values[-1 - RECENT : -1])
    if not math.isfinite(before) or abs(values[-1] - before) <= LEVEL * abs(before):
        return translate("level")
    return translate("falling") if values[-1] < before else translate("rising")
