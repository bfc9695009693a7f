"""A run's film as the browser's stage takes it: what stands still, and each frame as JSON."""

import html
import json
from collections.abc import Sequence

from ae_core.figures.shared import Json, Translate, view_words, words
from ae_core.figures.views import PLAIN, VIEWS, View, sentences
from ae_core.measuring.wording import about
from ae_core.messages import Setup, Snapshot


def stage_words(translate: Translate = str) -> dict[str, str]:
    """What the stage says, by the names that `assets/javascript/live` knows.

    Args:
        translate: Turns an English sentence into the reader's language.
    """
    return {
        "logarithmic": translate("Log scale"),
        "plane": translate("Decoded plane"),
        "play": translate("Play"),
        "pause": translate("Pause the film"),
        "live": translate("Live"),
        "newest": translate("Last frame"),
        "timeline": translate("Frames of this run"),
        "speed": translate("Speed"),
        "step": translate("step {step}"),
        "of": translate("frame {number} of {count}"),
        "gone": translate("No frame of step {step} is kept; the nearest one, of step {shown}, is shown."),
        "thinned": translate("{count} of {seen} frames are kept"),
        "lost": translate("The connection is lost; the app is trying to restore it."),
    }


def view_place(view: View, translate: Translate = str) -> Json:
    """One view as the stage makes room for it, `ViewPlace` of `assets/javascript/types/stage.d.ts`.

    Args:
        view: The view.
        translate: Turns its heading into the reader's language.
    """
    return {
        "key": view.key,
        "name": view.name,
        "heading": translate(view.heading),
        "place": view.place,
        "logarithmic": "logarithmic" in view.needs,
        "panel": "panel" in view.needs,
        "plane": "plane" in view.needs,
        "whole": view.whole,
    }


def stage(setup: Setup, steps: Sequence[int], last: Snapshot, language: str, translate: Translate = str) -> Json:
    """All but the frames, `Content` of `assets/javascript/types/stage.d.ts`.

    Args:
        setup: The run's setup message.
        steps: Steps of the frames, growing.
        last: The newest snapshot, of which the curves are drawn.
        language: The reader's.
        translate: Turns an English text into that language.
    """
    translate = about(setup.shape, translate)
    facts = translate("Step {step} of {total}; {device}.").format(
        step=f"{last.step:,}", total=f"{setup.total_steps:,}", device=setup.device
    )
    return {
        "of": setup.run_id,
        "status": [last.state, translate(last.state.capitalize()), facts],
        "said": None,
        "beside": "",
        "address": "",
        "token": "",
        "film": setup.run_id,
        "edition": "",
        "steps": list(steps),
        "shown": None,
        "timeline": True,
        "moving": False,
        "playing": False,
        "views": [view_place(view, translate) for view in VIEWS if setup.panels or "panel" not in view.needs],
        "panels": [
            {"name": one.name, "title": translate(one.title), "help": translate(one.help)} for one in setup.panels
        ],
        "texts": {},
        "language": language,
        "words": stage_words(translate),
        "frames": [],
    }


def frame(setup: Setup, snapshot: Snapshot, curves: bool, translate: Translate = str) -> bytes:
    """One frame as JSON: `Frame` of `assets/javascript/types/stage.d.ts`, and beside it `panels`, figures by name.

    Args:
        setup: The run's setup message.
        snapshot: A snapshot message of it.
        curves: Whether the views are in it that show all steps at once: those of the newest frame serve all.
        translate: Turns an English text into the reader's language.
    """
    given = {**PLAIN, "plane": True}
    drawn = {
        view.key: _figure(view.draw(setup, snapshot, given, translate), snapshot.step, translate)
        for view in VIEWS
        if "panel" not in view.needs and (curves or not view.whole)
    }
    panels = {
        one.name: _figure(view.draw(setup, snapshot, {**given, "panel": one.name}, translate), snapshot.step, translate)
        for view in VIEWS
        if "panel" in view.needs
        for one in setup.panels
        if one.name in snapshot.panels
    }
    told = {
        "step": snapshot.step,
        "epoch": snapshot.epoch,
        "phase": translate(snapshot.phase) if snapshot.phase else "",
        "point": {name: values[-1] for name, values in snapshot.history.items() if values},
        "marks": [
            {"step": mark.step, "text": f"{words(mark.name, translate)} {mark.before:g} → {mark.after:g}"}
            for mark in snapshot.marks
        ],
        "slow": snapshot.batch is not None,
        "views": drawn,
        "panels": panels,
        "texts": {"numbers": _numbers(setup, snapshot, translate)},
        "sentences": sentences(setup, snapshot, translate),
    }
    return json.dumps(told, allow_nan=False, separators=(",", ":")).encode()


def _figure(figure: Json, step: int, translate: Translate) -> Json:
    return {"step": step, "words": view_words(translate)} | figure


def _numbers(setup: Setup, snapshot: Snapshot, translate: Translate) -> str:
    """What can be counted, as HTML; a number that was not measured has a dash, so that nothing moves."""

    def value(name: str) -> str:
        found = snapshot.numbers.get(name)
        return f"{found:.3g}" if isinstance(found, int | float) else "–"

    cells = [
        (translate("Epoch"), f"{snapshot.epoch:.1f}", translate("of {total}").format(total=f"{setup.total_epochs:g}")),
        (translate("Step"), f"{snapshot.step:,}", translate("of {total}").format(total=f"{setup.total_steps:,}")),
        (translate("Test MSE"), value("test_mse"), translate("PCA {value}").format(value=value("pca_mse"))),
        (
            translate("1-NN accuracy"),
            value("knn1_accuracy"),
            translate("PCA {value}").format(value=value("pca_knn1_accuracy")),
        ),
        (
            translate("Code size"),
            f"{setup.code_size:,}",
            translate("of {size}").format(size=f"{setup.input_size:,}"),
        ),
    ]
    tiles = "".join(
        '<div class="ae-tile">'
        f"<span>{html.escape(label)}</span><b>{html.escape(number)}</b><small>{html.escape(beside)}</small></div>"
        for label, number, beside in cells
    )
    return f'<div class="ae-tiles ae-numbers">{tiles}</div>'
