"""What a run looks like at one step, serialised: built once for all who watch it.

A frame is JSON, because every browser reads that in a millisecond; pictures in it are small.
"""

import functools
import json
from collections.abc import Callable, Hashable, Mapping
from typing import Any

from ae_core import figures
from ae_core.diagnosis import diagnose
from ae_core.engine import ClassifierJob
from ae_core.figures.shared import Json, words
from ae_core.figures.views import VIEWS, Given, View, sentences
from ae_core.messages import ErrorCurve, Setup, Snapshot
from pages.ui import static
from pages.ui.live import component, recorded, tiles
from pages.ui.live.findings import findings_html
from pages.ui.words.language import _, language
from pages.ui.words.nouns import of_dataset

Cached = Callable[[Hashable, Callable[[], Any]], Any]


def at_once(_key: Hashable, build: Callable[[], Any]) -> Any:
    """No memory: for what is kept in another form."""
    return build()


def frame(setup: Setup, snapshot: Snapshot, panel: str | None, cached: Cached, curves: bool = True) -> bytes:
    """All that a page shows of one step.

    Args:
        setup: The run's setup message.
        snapshot: A snapshot message of it.
        panel: Name of the panel that is looked at; None, or one that the run does not have, for its first one.
        cached: The memory that all viewers of this snapshot share.
        curves: Whether the views are in it that show all steps at once. A page that has them already moves a cursor, or
            adds `point` at their end.

    Returns:
        JSON: `step`, `epoch`, `phase`; `point`, the last of the curves' points by column; `marks` of the timeline;
        `slow`, whether it is one step after the one before; `views`, figures by element key; `texts`, HTML by the name
        of its place; `sentences`, by element key, what is said of a view whose figure serves all frames.
    """
    panel = known_panel(setup, panel)
    keep_pictures(setup)

    def build() -> bytes:
        chosen: Given = {"logarithmic": False, "panel": panel, "plane": True}  # the page hides it where nobody wants it
        views = [view for view in VIEWS if view.ready(chosen) and (curves or not view.whole)]
        figures = [f'"{view.key}":'.encode() + _figure(view, setup, snapshot, chosen, cached) for view in views]
        about = {
            "step": snapshot.step,
            "epoch": snapshot.epoch,
            "phase": _(snapshot.phase),
            "point": {name: values[-1] for name, values in snapshot.history.items() if values},
            "marks": _marks(setup, snapshot),
            "slow": snapshot.batch is not None,
            "texts": texts(setup, snapshot),
            "sentences": sentences(setup, snapshot, _),
        }
        told = json.dumps(about, separators=(",", ":")).encode()
        return told[:-1] + b',"views":{' + b",".join(figures) + b"}}"

    made: bytes = cached(("frame", panel, curves, language()), build)
    return made


def keep_pictures(setup: Setup) -> None:
    """Sees to it that the pictures are in their place that a frame names, also one that was drawn long ago.

    There are only so many of them, and those that were asked for longest ago go.
    """
    static.atlas(setup.atlas.png)


def both_ends(name: str, words: str) -> list[bytes]:
    """The first and the last frame of a recording, the last with its curves; none where there is no recording.

    Args:
        name: Its name among the films.
        words: The reader's language, in which it is remembered.
    """
    played = recorded.named(name)
    if played is not None:
        keep_pictures(played.setup)
    return _both_ends(name, words)


@functools.lru_cache(maxsize=32)  # each less than 0.2 MB
def _both_ends(name: str, _words: str) -> list[bytes]:
    played = recorded.named(name)
    ends = [] if played is None else [(played.frame(played.steps[0]), False), (played.newest, True)]
    return [
        frame(played.setup, one, None, at_once, curves)
        for one, curves in ends
        if played is not None and one is not None
    ]


def _marks(setup: Setup, snapshot: Snapshot) -> list[Json]:
    """What happened on the way: where phases begin, and rates that were changed."""
    per_epoch = setup.total_steps / max(setup.total_epochs, 1)
    phases = [{"step": round(phase.epoch * per_epoch), "text": _(phase.name)} for phase in setup.phases]
    return phases + [
        {"step": mark.step, "text": f"{words(mark.name, _)} {mark.before:g} → {mark.after:g}"}
        for mark in snapshot.marks
    ]


def known_panel(setup: Setup, panel: str | None) -> str | None:
    """That panel if the run has it, else its first one; None if it has none."""
    names = [one.name for one in setup.panels]
    return panel if panel in names else next(iter(names), None)


def _figure(view: View, setup: Setup, snapshot: Snapshot, chosen: Given, cached: Cached) -> bytes:
    depends = tuple(chosen[need] for need in view.needs if need in chosen)

    def build() -> bytes:
        given = dict(chosen)
        if "atlas_url" in view.needs:
            given["atlas_url"] = static.atlas(setup.atlas.png)
        return component.payload(view.draw(setup, snapshot, given, _), snapshot.step)

    made: bytes = cached((view.key, depends, language()), build)
    return made


def classifier_frame(job: ClassifierJob) -> bytes:
    """All that a page shows of a classifier that trains, like `frame`."""
    found = job.result or job.snapshot
    curves = found.curves if found is not None else {}
    made: bytes = job.cached(
        ("classifier", language()),
        lambda: curves_of_classifier(curves, job.epochs, job.id, job.settings.dataset),  # type: ignore[arg-type]
    )
    return made


def curves_of_classifier(curves: Mapping[str, ErrorCurve], epochs: int, key: str, dataset: str) -> bytes:
    """The curves of mistakes as a frame.

    Args:
        curves: By the name of what is classified.
        epochs: How many epochs each is trained.
        key: What it shows; zoom is kept as long as it is the same.
        dataset: Name of the data set, whose examples may be rows or series.
    """
    step = sum(len(curve.validation_error) for curve in curves.values())
    figure = component.payload(figures.classifier(curves, epochs, key, of_dataset(dataset)), step)
    about = {
        "step": step,
        "epoch": 0,
        "phase": "",
        "point": {},
        "marks": [],
        "slow": False,
        "texts": {},
        "sentences": {},
    }
    return json.dumps(about).encode()[:-1] + b',"views":{"live_classifier":' + figure + b"}}"


def texts(setup: Setup | None, snapshot: Snapshot | None) -> dict[str, str]:
    """Numbers and sentences as HTML, by the name of their place; a part that a variant does not have is empty.

    Args:
        setup: The run's setup message, None before it.
        snapshot: A snapshot message of it, None before it.
    """
    return {
        "numbers": tiles.tiles(setup, snapshot),
        "more": tiles.more(setup, snapshot),
        "batch": tiles.batch(setup, snapshot),
        "findings": findings_html(diagnose(setup, snapshot, _) if setup and snapshot else []),
    }
