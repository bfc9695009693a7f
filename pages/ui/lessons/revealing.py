"""The step in which a lesson's runs are measured and held against the prediction."""

import streamlit as st

from ae_core.engine import TrainingJob
from ae_core.errors import EngineError
from ae_core.formats import escape
from ae_core.lessons import numbers
from ae_core.lessons.lesson import Lesson
from ae_core.lessons.measured import Measured
from ae_core.translation import in_a_row
from pages.ui import state
from pages.ui.lessons import outcome
from pages.ui.lessons.trying import NEXT
from pages.ui.live import recorded
from pages.ui.progress import Taken
from pages.ui.shared import engine
from pages.ui.state import Session
from pages.ui.words.language import _

WHOLE = ("done", "diverged")  # states of a run that has come to its end


def show(own: Session, lesson: Lesson, taken: Taken, runs: list[TrainingJob]) -> None:
    """Draws the button that reveals, and then what was revealed.

    Args:
        own: The session.
        lesson: The lesson.
        taken: How far it has come.
        runs: Its runs; none where the recorded ones are shown.
    """
    if taken.found:
        outcome.show(lesson, taken)
        return
    ready = all(run.ended and run.result is not None for run in runs)
    whole = all(run.state in WHOLE for run in runs)
    if all(run.ended and not run.measuring for run in runs) and not (ready and whole):
        why = next((_(run.error) for run in runs if run.error), "")
        sentence = _("A run did not come to its end, so there is nothing to compare. Press “Start over”.")
        st.warning(escape.markdown(in_a_row(sentence, why)))
        return
    st.button(
        _("Reveal"),
        key="reveal",
        shortcut=NEXT if own.showing.present else None,
        type="primary",
        icon=":material/visibility:",
        on_click=_revealed,
        args=(own, lesson, taken),
        disabled=not (ready and whole),
        help=None if ready else _("As soon as the runs have ended and are measured."),
    )


def onward(own: Session, taken: Taken, after: str) -> None:
    """Draws what one goes on with: the runs on Compare, the next lesson.

    Args:
        own: The session.
        taken: How far the lesson has come.
        after: Name of the next lesson; empty for none.
    """
    with st.container(horizontal=True, gap="small"):
        if taken.runs:
            st.button(
                _("Side by side on Compare"),
                key="lesson_compare",
                icon=":material/compare_arrows:",
                on_click=_compare,
                args=(own, taken),
            )
        if after:
            st.button(
                _("Next lesson"),
                key="lesson_next",
                shortcut=NEXT if own.showing.present else None,
                icon=":material/arrow_forward:",
                on_click=_next,
                args=(own, after),
            )


def _revealed(own: Session, lesson: Lesson, taken: Taken) -> None:
    taken.problem, found = "", []
    if taken.recorded:
        taken.found = [measured for _film, measured in recorded.of_lesson(own.lesson)]
        return
    try:
        for one in taken.runs:
            run = engine().run(one)
            if run is None or run.setup is None or run.snapshot is None or run.result is None:
                return  # it was removed meanwhile; the next drawing shows that
            asked = engine().lesson_measured(one, own.lesson) if lesson.asks else Measured(numbers={})
            every = numbers.of_run(run.setup, run.snapshot, run.result, asked.numbers)
            found.append(Measured(numbers=every, picture=asked.picture))
        lesson.facts([one.numbers for one in found])
    except EngineError as error:
        taken.problem = str(error)
        return
    except (ArithmeticError, KeyError):
        taken.problem = _("What was measured of these runs cannot be compared: a number is zero, or has no meaning.")
        return
    taken.found = found


def _compare(own: Session, taken: Taken) -> None:
    own.compared = list(taken.runs)
    state.go_to(own, "compare")


def _next(own: Session, after: str) -> None:
    own.lesson = after
