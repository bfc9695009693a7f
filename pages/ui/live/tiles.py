"""The row of numbers above the views, and the sentences below them."""

import base64
from collections.abc import Mapping

from ae_core import variants
from ae_core.figures.shared import Translate
from ae_core.formats import escape
from ae_core.measuring.metric_table import NEITHER, Metric
from ae_core.messages import Numbers, Result, Setup, Snapshot
from pages.ui.words.names import better
from pages.ui.words.nouns import of_setup
from pages.ui.words.units import UNKNOWN, duration, number, percent

COMMON = {
    "samples_per_second",
    "eta_seconds",
    "test_mse",
    "pca_mse",
    "knn1_accuracy",
    "pca_knn1_accuracy",
    "active_units",
    "turned_mse",
}


def _taken(seconds: float | None, running: bool, translate: Translate) -> str:
    """How long a training has taken; nothing of one whose time is not known, as of a recording."""
    if not seconds:
        return ""
    return (translate("{time} so far") if running else translate("{time} in all")).format(time=duration(seconds))


def tiles(setup: Setup | None, snapshot: Snapshot | None) -> str:
    """The numbers as HTML; dashes before anything is known, so that nothing moves later.

    Args:
        setup: The run's setup message, or None.
        snapshot: Its newest snapshot message, or None.
    """
    _, known = of_setup(setup), _single(snapshot.numbers) if snapshot else {}
    rate = known.get("samples_per_second")
    running = snapshot is not None and snapshot.state in ("running", "paused")
    device, _comma, about = setup.device.partition(",") if setup else (UNKNOWN, "", "")
    left = _("Time left")
    cells = [
        (
            _("Epoch"),
            f"{snapshot.epoch:.1f}" if snapshot else UNKNOWN,
            _("of {total}").format(total=f"{setup.total_epochs:g}" if setup else UNKNOWN),
            _("How many times the network has seen every training image."),
        ),
        (
            _("Step"),
            f"{snapshot.step:,}" if snapshot else UNKNOWN,
            _("of {total}").format(total=f"{setup.total_steps:,}" if setup else UNKNOWN),
            _("Updates of the weights, one for each batch."),
        ),
        (
            _("Images/s"),
            f"{rate:,.0f}" if rate else UNKNOWN,
            "",
            _("Training images per second, measured over the last steps."),
        ),
        (
            left,
            duration(known.get("eta_seconds") if running else None),
            _taken(snapshot.seconds, running, _) if snapshot else "",
            _("Training time that remains at the present speed."),
        ),
        (
            _("Test MSE"),
            number(known.get("test_mse")),
            _("PCA {value}").format(value=number(known.get("pca_mse"))),
            _(
                "Mean squared error per pixel, beside PCA's with a code of the same size; less is better. On some of "
                "the held-out images: all are measured at the end."
            ),
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
            "",
            _("Share of the code's units whose value still changes from image to image."),
        ),
        (
            _("Code size"),
            f"{setup.code_size:,}" if setup else UNKNOWN,
            _("of {size}").format(size=f"{setup.input_size:,}" if setup else UNKNOWN),
            _("Numbers in the code, beside the numbers in one input."),
        ),
        (
            _("Device"),
            device,
            _(about.strip()) or UNKNOWN,
            _("The device that trains the network."),
        ),
    ]
    empty = "" if snapshot else " ae-empty"
    drawn = "".join(_cell(*cell, of_now=cell[0] == left) for cell in cells)
    return f'<div class="ae-tiles ae-numbers{empty}">{drawn}</div>'


def more(setup: Setup | None, snapshot: Snapshot | None) -> str:
    """The numbers that only some variants have, as a second row; empty where there are none."""
    numbers = _single(snapshot.numbers) if snapshot else {}
    return _row(setup, {name: value for name, value in numbers.items() if name not in COMMON})


def measured(setup: Setup | None, result: Result) -> str:
    """What was measured at the end of a run, as rows of numbers; empty where nothing was."""
    _, row = of_setup(setup), _row(setup, _single(result.test))
    return f'<div class="ae-heading">{_("Measured at the end, on all held-out images")}</div>{row}' if row else ""


def batch(setup: Setup | None, snapshot: Snapshot | None) -> str:
    """The batch of the last step, where one is looked at after the other; else empty."""
    _ = of_setup(setup)
    seen = snapshot.batch if snapshot is not None else None
    if seen is None:
        return ""
    caption = _("This batch of {count} images, and their reconstructions: loss {loss}").format(
        count=seen.size, loss=number(seen.loss)
    )
    picture = base64.b64encode(seen.pictures.png).decode("ascii")
    label = escape.html(caption)
    image = f'<img alt="{label}" src="data:image/png;base64,{picture}">'
    return f'<figure class="ae-batch"><figcaption>{label}</figcaption>{image}</figure>'


def _single(numbers: Numbers) -> dict[str, float]:
    """Those that are no lists."""
    return {name: value for name, value in numbers.items() if isinstance(value, int | float)}


def _row(setup: Setup | None, numbers: Mapping[str, float]) -> str:
    cells, known, _ = [], variants.metrics(), of_setup(setup)
    for name, value in numbers.items():
        # Another version of the program may have measured something that this one has no words for.
        metric = known.get(name) or Metric(name, name, "", NEITHER, _("This version does not know what it means."))
        shown = percent(value) if metric.unit == "share" else number(value)
        unit = _(metric.unit) if metric.unit != "share" else ""
        beside = unit or better(metric)
        if unit and better(metric):
            beside = _("{unit}, {better}").format(unit=unit, better=better(metric))
        cells.append(_cell(_(metric.title), shown, beside or "\u00a0", _(metric.help)))
    return f'<div class="ae-tiles ae-numbers ae-more">{"".join(cells)}</div>' if cells else ""


def _cell(label: str, value: str, beside: str, help: str, of_now: bool = False) -> str:
    """A number; beside one that holds of now only a dash, which takes its place where an earlier frame is seen."""
    label, value, beside, help = (escape.html(text) for text in (label, value, beside, help))
    shown = f'<b class="ae-now">{value}</b><b class="ae-then">{UNKNOWN}</b>' if of_now else f"<b>{value}</b>"
    return (
        f'<div class="ae-tile" tabindex="0" data-help="{help}"><span>{label}</span>{shown}<small>{beside}</small></div>'
    )


def notes(setup: Setup | None) -> str:
    """Sentences that a person should know of this run, as HTML."""
    if setup is None:
        return '<div class="ae-note"></div>'
    _ = of_setup(setup)
    sentences = [escape.html(_(note)) for note in setup.notes]
    return f'<div class="ae-note">{"<br>".join(sentences)}</div>'
