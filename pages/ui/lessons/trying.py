"""The step in which a lesson's runs are trained; or their recording is shown, where nothing can be trained."""

import functools
from collections.abc import Sequence

import streamlit as st

from ae_core.engine import TrainingJob
from ae_core.errors import EngineError, SettingError
from ae_core.formats import escape
from ae_core.lessons.lesson import Lesson
from ae_core.recordings import lessons as of_lessons
from pages.ui.live import recorded
from pages.ui.progress import Taken
from pages.ui.server import addresses
from pages.ui.shared import engine
from pages.ui.state import Session
from pages.ui.words.language import _

NEXT, BACK = "N", "B"  # in front of a hall: whatever comes next, and the way back


def runs_of(taken: Taken) -> list[TrainingJob]:
    """The lesson's runs; none if one of them was removed meanwhile."""
    found = [run.view() for one in taken.runs if (run := engine().run(one)) is not None]
    if len(found) < len(taken.runs):
        taken.runs, taken.found = (), ()
        return []
    return found


def buttons(own: Session, lesson: Lesson, taken: Taken, runs: list[TrainingJob]) -> None:
    """Draws the buttons that train, stop and begin anew, and what cannot be done.

    Args:
        own: The session.
        lesson: The lesson.
        taken: How far it has come.
        runs: Its runs.
    """
    going, begun = any(not run.ended for run in runs), bool(runs) or taken.recorded
    silent = engine().status != "ready" or any(run.silent or run.state == "failed" for run in runs)
    offered = not own.changed and bool(recorded.of_lesson(own.lesson))  # they were made without a teacher's changes
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.button(
            _("Train both") if len(lesson.experiments) > 1 else _("Train"),
            key="start",
            shortcut=NEXT if own.showing.present and not begun else None,
            type="primary",
            icon=":material/play_arrow:",
            on_click=_started,
            args=(own, lesson, taken),
            disabled=begun or taken.predicted is None or engine().status == "failed",
        )
        st.button(
            _("Stop"), key="stop", icon=":material/stop:", on_click=stop, args=(own, taken.runs), disabled=not going
        )
        st.button(
            _("Start over"),
            key="lesson_again",
            icon=":material/replay:",
            on_click=_anew,
            args=(taken,),
            disabled=not begun or going,
            help=_("Starts the lesson over, with other random numbers."),
        )
        if offered and not taken.recorded and not taken.found:
            st.button(
                _("Show the recorded runs") if len(lesson.experiments) > 1 else _("Show the recorded run"),
                key="lesson_recorded",
                icon=":material/movie:",
                type="secondary" if silent else "tertiary",
                on_click=_play,
                args=(own, taken),
                disabled=taken.predicted is None,
                help=_("The same experiments, trained before: they need no worker."),
            )
    if taken.predicted is None:
        st.caption(_("First say what you expect."))
    elif silent and offered and not taken.recorded and not taken.found:
        st.caption(_("No worker answers at the moment. The recorded runs show the same at once."))
    if taken.recorded:
        st.caption(_("Recorded runs: trained before, with seed {seed}.").format(seed=of_lessons.SEED))
    if taken.problem:
        st.error(escape.markdown(_(taken.problem)))


def _started(own: Session, lesson: Lesson, taken: Taken) -> None:
    taken.problem = ""
    begun: list[str] = []
    try:
        for one in lesson.experiments:
            title = f"{_(lesson.title)}: {_(one.label)}"
            run = engine().submit(
                one.with_seed(taken.seed),
                own.owner,
                title=title,
                twin_of=begun[0] if begun else None,
                origin=addresses.of_visitor(),
            )
            begun.append(run.id)
    except (EngineError, SettingError) as error:
        taken.problem = str(error)
        stop(own, begun)
        return
    taken.runs = tuple(begun)


def stop(own: Session, runs: Sequence[str]) -> None:
    """Stops those runs that still train.

    Args:
        own: The session, whose runs they are.
        runs: Their ids.
    """
    for one in runs:
        run = engine().run(one)
        if run is not None and not run.ended:
            own.attempt(functools.partial(engine().command, one, own.owner, "stop"))


def _anew(taken: Taken) -> None:
    again = taken.seed if taken.recorded else taken.seed + 1
    taken.seed, taken.runs, taken.recorded, taken.found, taken.problem = again, (), False, (), ""


def _play(own: Session, taken: Taken) -> None:
    stop(own, taken.runs)
    taken.runs, taken.recorded, taken.problem = (), True, ""


def back(own: Session, taken: Taken, before: str) -> None:
    """Draws the button that takes the last step back, for a hall: what is revealed, what was begun, the lesson.

    Args:
        own: The session.
        taken: How far the lesson has come.
        before: Name of the lesson before; empty for none.
    """
    st.button(
        _("Step back"),
        key="lesson_back",
        shortcut=BACK,
        type="tertiary",
        icon=":material/undo:",
        on_click=_stepped_back,
        args=(own, taken, before),
        disabled=not (before or taken.found or taken.runs or taken.recorded),
    )


def _stepped_back(own: Session, taken: Taken, before: str) -> None:
    if taken.found:
        taken.found = ()
    elif taken.runs or taken.recorded:
        stop(own, taken.runs)
        _anew(taken)
    else:
        own.lesson = before
