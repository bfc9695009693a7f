"""One lesson in five steps: see, predict, try, reveal, why."""

import functools
from collections.abc import Sequence

import streamlit as st

from ae_core import lessons
from ae_core.engine import TrainingJob
from ae_core.errors import EngineError, SettingError
from ae_core.formats import escape
from ae_core.lessons import numbers
from ae_core.lessons.lesson import Lesson
from pages.ui import state
from pages.ui.form.controls import notices
from pages.ui.hall import asking
from pages.ui.hall.polls import counted_in
from pages.ui.lessons import outcome, seen
from pages.ui.live import pulse, stage
from pages.ui.shared import engine
from pages.ui.state import Session, Taken
from pages.ui.words.language import _

KEY, PREDICT = "lesson", "predict"
NEXT = "N"  # in front of a hall: whatever comes next
WAITING_SECONDS = 1.0
WHOLE = ("done", "diverged")  # states of a run that has come to its end


def choose(own: Session) -> None:
    """Draws the choice of a lesson."""
    if st.session_state.get(KEY) != own.lesson:
        st.session_state[KEY] = own.lesson
    known = lessons.registry()
    st.selectbox(
        _("Lesson"),
        list(known),
        key=KEY,
        format_func=lambda name: f"{known[name].number}. {_(known[name].title)}",
        on_change=_chosen,
        args=(own,),
        label_visibility="collapsed",
        width=360,
    )


def _chosen(own: Session) -> None:
    own.lesson = st.session_state[KEY]


def show(own: Session) -> None:
    """Draws the lesson that is open."""
    notices(own)
    lesson = lessons.get(own.lesson)
    taken = own.taken.setdefault(own.lesson, Taken())
    runs = _runs(taken)
    left, right = st.columns([1, 1], gap="medium")
    if not runs:  # what trains is to be seen without a scroll, so the film makes room for it
        with left.container(key="lesson_see", gap="xsmall"):
            _step(1, _("See"))
            st.markdown(_(lesson.see.text))
            with st.container(key="lesson_film"):  # a stage keeps the views that it was made with
                stage.mount(own, f"lesson_film_{lesson.see.view}", functools.partial(seen.film, lesson.see))
    with (left if runs else right).container(key="lesson_predict", gap="xsmall"):
        _step(2, _("Predict"))
        st.markdown(_(lesson.question))
        _predict(lesson, taken)
        if not runs or own.lesson in own.asked:
            asking.ask(own, lesson, own.lesson, _came(lesson, taken))
    with right.container(key="lesson_start", gap="xsmall"):
        _step(3, _("Try"))
        _start(own, lesson, taken, runs)
        if runs:
            _step(4, _("Reveal"))
            _reveal(own, lesson, taken, runs)
    if runs:
        with st.container(key="lesson_try"):
            for place, column in enumerate(st.columns(len(runs), gap="medium")):
                with column.container(gap=None):
                    st.markdown(f"**{escape.markdown(_(lesson.experiments[place].label))}**")
                    look = functools.partial(seen.run, runs[place].id)
                    stage.mount(own, f"lesson_run_{place}", look)
    if taken.found:
        with st.container(key="lesson_why", gap="xsmall"):
            _step(5, _("Why"))
            outcome.why(lesson.why)
    pulse.after(WAITING_SECONDS if engine().status != "ready" else 0)


def _came(lesson: Lesson, taken: Taken) -> int | None:
    """The place of the choice, or the bin, that was right; None before that is revealed, or if none was."""
    if not taken.found:
        return None
    facts = lesson.facts(taken.found)
    if lesson.slider is not None:
        return counted_in(lesson, facts[lesson.slider.fact])
    came = lesson.outcome(facts)
    return next((place for place, one in enumerate(lesson.choices) if one is came), None)


def _step(number: int, name: str) -> None:
    st.html(f'<div class="ae-step"><i>{number}</i>{escape.html(name)}</div>')


def _runs(taken: Taken) -> list[TrainingJob]:
    """The lesson's runs; none if one of them was removed meanwhile."""
    found = [run.view() for one in taken.runs if (run := engine().run(one)) is not None]
    if len(found) < len(taken.runs):
        taken.runs, taken.found = (), ()
        return []
    return found


def _predict(lesson: Lesson, taken: Taken) -> None:
    begun, slider = bool(taken.runs), lesson.slider
    if slider is not None:
        if taken.predicted is None:
            taken.predicted = slider.low + round((slider.high - slider.low) / 2 / slider.step) * slider.step
        _set(taken.predicted)
        st.slider(
            _("What do you expect?"),
            slider.low,
            slider.high,
            step=slider.step,
            key=PREDICT,
            format=f"%g {slider.unit.replace('%', '%%')}",
            on_change=_predicted,
            args=(taken,),
            disabled=begun,
        )
        return
    _set(None if taken.predicted is None else int(taken.predicted))
    st.radio(
        _("What do you expect?"),
        range(len(lesson.choices)),
        index=None,
        key=PREDICT,
        format_func=lambda place: _(lesson.choices[place].text),
        on_change=_predicted,
        args=(taken,),
        disabled=begun,
    )


def _set(value: float | None) -> None:
    if st.session_state.get(PREDICT, "") != value:
        st.session_state[PREDICT] = value


def _predicted(taken: Taken) -> None:
    taken.predicted = st.session_state[PREDICT]


def _start(own: Session, lesson: Lesson, taken: Taken, runs: list[TrainingJob]) -> None:
    going = any(not run.ended for run in runs)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.button(
            _("Train both") if len(lesson.experiments) > 1 else _("Train"),
            key="start",
            shortcut=NEXT if own.showing.present and not runs else None,
            type="primary",
            icon=":material/play_arrow:",
            on_click=_started,
            args=(own, lesson, taken),
            disabled=bool(runs) or taken.predicted is None or engine().status == "failed",
        )
        st.button(
            _("Stop"), key="stop", icon=":material/stop:", on_click=_stop, args=(own, taken.runs), disabled=not going
        )
        st.button(
            _("Anew"),
            key="lesson_again",
            icon=":material/replay:",
            on_click=_anew,
            args=(taken,),
            disabled=not runs or going,
            help=_("Begins the lesson anew, with other random numbers."),
        )
    if taken.predicted is None:
        st.caption(_("First say what you expect."))
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
                origin=st.context.ip_address or "",
            )
            begun.append(run.id)
    except (EngineError, SettingError) as error:
        taken.problem = str(error)
        _stop(own, begun)
        return
    taken.runs = tuple(begun)


def _stop(own: Session, runs: Sequence[str]) -> None:
    for one in runs:
        run = engine().run(one)
        if run is not None and not run.ended:
            own.attempt(functools.partial(engine().command, one, own.owner, "stop"))


def _anew(taken: Taken) -> None:
    taken.seed, taken.runs, taken.found, taken.problem = taken.seed + 1, (), (), ""


def _reveal(own: Session, lesson: Lesson, taken: Taken, runs: list[TrainingJob]) -> None:
    if taken.found:
        outcome.show(lesson, taken.found, taken.predicted, taken.seed)
        st.button(
            _("Side by side on Compare"),
            key="lesson_compare",
            icon=":material/compare_arrows:",
            on_click=_compare,
            args=(own, taken),
        )
        return
    ready = all(run.ended and run.result is not None for run in runs)
    whole = all(run.state in WHOLE for run in runs)
    if all(run.ended and not run.measuring for run in runs) and not (ready and whole):
        st.warning(_("A run did not come to its end, so there is nothing to compare. Begin anew."))
        return
    st.button(
        _("Reveal"),
        key="reveal",
        shortcut=NEXT if own.showing.present else None,
        type="primary",
        icon=":material/visibility:",
        on_click=_revealed,
        args=(lesson, taken),
        disabled=not (ready and whole),
        help=None if ready else _("As soon as the runs have ended and are measured."),
    )


def _revealed(lesson: Lesson, taken: Taken) -> None:
    taken.problem, found = "", []
    name = next(name for name, one in lessons.registry().items() if one is lesson)
    try:
        for one in taken.runs:
            run = engine().run(one)
            if run is None or run.setup is None or run.snapshot is None or run.result is None:
                return  # it was removed meanwhile; the next drawing shows that
            extra = engine().lesson_numbers(one, name) if lesson.measure is not None else None
            found.append(numbers.of_run(run.setup, run.snapshot, run.result, extra))
    except EngineError as error:
        taken.problem = str(error)
        return
    taken.found = tuple(found)


def _compare(own: Session, taken: Taken) -> None:
    own.compared = list(taken.runs)
    state.go_to(own, "compare")
