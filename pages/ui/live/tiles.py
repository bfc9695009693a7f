"""The row of numbers above the views, and the sentences below them."""

import html
from typing import Any

from ae_core.measuring.metric_table import METRICS
from pages.ui.words.language import _
from pages.ui.words.units import UNKNOWN, duration, number, percent

COMMON = {
    "samples_per_second",
    "eta_seconds",
    "test_mse",
    "pca_mse",
    "knn1_accuracy",
    "pca_knn1_accuracy",
    "active_units",
}


def tiles(setup: dict[str, Any] | None, snapshot: dict[str, Any] | None) -> str:
    """The numbers as HTML; dashes before anything is known, so that nothing moves later.

    Args:
        setup: The run's setup message, or None.
        snapshot: Its newest snapshot message, or None.
    """
    setup, snapshot = setup or {}, snapshot or {}
    known = snapshot.get("numbers", {})
    total = setup.get("total_steps")
    epochs = setup.get("total_epochs")
    epoch = f"{snapshot['epoch']:.1f}" if "epoch" in snapshot else UNKNOWN
    rate = known.get("samples_per_second")
    running = snapshot.get("state") in ("running", "paused")
    code, size = setup.get("code_size"), setup.get("input_size")
    cells = [
        (
            _("Epoch"),
            epoch,
            _("of {total}").format(total=f"{epochs:g}" if epochs else UNKNOWN),
            _("How many times the network has seen every training image."),
        ),
        (
            _("Step"),
            f"{snapshot['step']:,}" if "step" in snapshot else UNKNOWN,
            _("of {total}").format(total=f"{total:,}" if total else UNKNOWN),
            _("Updates of the weights, one for each batch."),
        ),
        (
            _("Images a second"),
            f"{rate:,.0f}" if rate else UNKNOWN,
            _("in training"),
            _("Training images per second, measured over the last steps."),
        ),
        (
            _("Time left"),
            duration(known.get("eta_seconds") if running else None),
            _("{time} so far").format(time=duration(snapshot.get("seconds"))),
            _("Training time that remains at the present speed."),
        ),
        (
            _("Test MSE"),
            number(known.get("test_mse")),
            _("PCA {value}").format(value=number(known.get("pca_mse"))),
            _("Mean squared error per pixel on held-out images, beside PCA of the same code size. Less is better."),
        ),
        (
            _("1-NN accuracy"),
            percent(known.get("knn1_accuracy")),
            _("PCA {value}").format(value=percent(known.get("pca_knn1_accuracy"))),
            _("How often the nearest code belongs to an image of the same class, beside PCA's code of the same size."),
        ),
        (
            _("Active units"),
            percent(known.get("active_units")),
            _("of the code"),
            _("Share of the code's units whose value still changes from image to image."),
        ),
        (
            _("Code size"),
            f"{code:,}" if code else UNKNOWN,
            _("of {size} numbers").format(size=f"{size:,}" if size else UNKNOWN),
            _("Numbers in the code, beside the numbers in one input."),
        ),
        (
            _("Device"),
            setup.get("device", UNKNOWN).partition(",")[0],
            setup.get("device", "").partition(",")[2].strip() or UNKNOWN,
            _("What trains."),
        ),
    ]
    empty = "" if snapshot else " ae-empty"
    return f'<div class="ae-tiles ae-numbers{empty}">{"".join(_cell(*cell) for cell in cells)}</div>'


def more(snapshot: dict[str, Any] | None) -> str:
    """The numbers that only some variants have, as a second row; empty where there are none."""
    numbers = (snapshot or {}).get("numbers", {})
    return _row({name: value for name, value in numbers.items() if name not in COMMON})


def measured(result: dict[str, Any] | None) -> str:
    """What was measured at the end of a run, as rows of numbers; empty before."""
    row = _row((result or {}).get("test", {}))
    return f'<div class="ae-heading">{_("Measured at the end, on held-out images")}</div>{row}' if row else ""


def _row(numbers: dict[str, Any]) -> str:
    cells = []
    for name, value in numbers.items():
        if name not in METRICS or not isinstance(value, int | float):
            continue
        metric = METRICS[name]
        better = {"lower": _("less is better"), "higher": _("more is better")}.get(metric.better, "")
        shown = percent(value) if metric.unit == "share" else number(value)
        beside = ", ".join(_(part) for part in (metric.unit if metric.unit != "share" else "", better) if part)
        cells.append(_cell(_(metric.title), shown, beside or "\u00a0", _(metric.help)))
    return f'<div class="ae-tiles ae-numbers ae-more">{"".join(cells)}</div>' if cells else ""


def _cell(label: str, value: str, beside: str, help: str) -> str:
    label, value, beside, help = (html.escape(text) for text in (label, value, beside, help))
    return (
        f'<div class="ae-tile" tabindex="0" data-help="{help}"><span>{label}</span><b>{value}</b>'
        f"<small>{beside}</small></div>"
    )


def notes(setup: dict[str, Any] | None) -> str:
    """Sentences that a person should know of this run, as HTML."""
    if setup is None:
        return '<div class="ae-note"></div>'
    sentences = [html.escape(_(note)) for note in setup["notes"]]
    return f'<div class="ae-note">{"<br>".join(sentences)}</div>'
