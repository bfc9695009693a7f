"""One lesson in five steps: see, predict, try, reveal, why."""

import functools

import streamlit as st

from ae_core import lessons
from ae_core.engine import TrainingJob
from ae_core.formats import escape
from ae_core.lessons import changing
from ae_core.lessons.lesson import Lesson
from ae_core.script.lesson_book import lesson_book
from pages.ui.form.controls import notices
from pages.ui.hall import asking
from pages.ui.hall.polls import counted_in
from pages.ui.lessons import outcome, revealing, seen, trying
from pages.ui.live import pulse, stage
from pages.ui.progress import Taken, shelf
from pages.ui.runs.exporting import guarded
from pages.ui.shared import engine
from pages.ui.state import Session
from pages.ui.words.language import _

KEY, PREDICT = "lesson", "predict"
WAITING_SECONDS = 1.0


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
    lesson = changing.changed(lessons.get(own.lesson), own.changed)
    kept = f"{own.lesson};{changing.written(own.changed)}" if own.changed else own.lesson
    taken = own.progress.of(kept)
    if own.changed:
        for one in lesson.experiments:
            engine().estimate(one.with_seed(taken.seed))  # so that Train can refuse what would take too long
    runs = trying.runs_of(taken)
    begun = bool(runs) or taken.recorded
    before, after = _beside(own.lesson)
    left, right = st.columns([1, 1], gap="medium")
    if not begun:  # what trains is to be seen without a scroll, so the film makes room for it
        with left.container(key="lesson_see", gap="xsmall"):
            _step(1, _("See"))
            st.markdown(_(lesson.see.text))
            with st.container(key="lesson_film"):  # a stage keeps the views that it was made with
                stage.mount(own, f"lesson_film_{lesson.see.view}", functools.partial(seen.film, lesson.see))
    with (left if begun else right).container(key="lesson_predict", gap="xsmall"):
        _step(2, _("Predict"))
        st.markdown(_(lesson.question))
        _predict(lesson, taken, begun)
        if not begun or own.lesson in own.progress.asked:
            asking.ask(own, lesson, own.lesson, _came(lesson, taken), bool(taken.found))
    with (left if taken.found else right).container(key="lesson_start", gap="xsmall"):
        _step(3, _("Try"))
        if own.changed:
            told = ", ".join(f"{name} = {value}" for name, value in own.changed.items())
            st.caption(escape.markdown(_("Changed by this address: {settings}.").format(settings=told)))
        trying.buttons(own, lesson, taken, runs)
        if own.showing.present:
            trying.back(own, taken, before)
            if taken.found:
                revealing.onward(own, taken, after)  # here it is above the fold
    if begun:
        with right.container(key="lesson_reveal", gap="xsmall"):
            _step(4, _("Reveal"))
            revealing.show(own, lesson, taken, runs)
            if taken.found and not own.showing.present:
                revealing.onward(own, taken, after)
    why = st.container(key="lesson_why", gap="xsmall")  # always there, so that the runs below it stay where they are
    if taken.found:
        with why:
            _step(5, _("Why"))
            outcome.why(lesson.why)
            _notebook(own, lesson, taken)
    if begun:
        _try(own, lesson, taken, runs)
    shelf.keep(own.owner, own.progress)
    pulse.after(WAITING_SECONDS if engine().status != "ready" else 0)


def _notebook(own: Session, lesson: Lesson, taken: Taken) -> None:
    """The lesson to take away: a worker writes what trains its runs."""

    def made() -> str:
        settings = [one.with_seed(taken.seed) for one in lesson.experiments]
        return lesson_book(lesson, [engine().script(one)["python"] for one in settings], _)

    st.download_button(
        _("Notebook"),
        guarded(own, made),
        escape.file_name(f"{own.lesson}.ipynb"),
        key="lesson_notebook",
        icon=":material/download:",
        on_click="ignore",
        help=_(
            "This lesson for Jupyter: the question, what trains its runs as plain Keras, and room for what you expect."
        ),
    )
    if problem := own.refusal():
        st.error(escape.markdown(_(problem)))


def _beside(name: str) -> tuple[str, str]:
    """Names of the lessons before and after; empty where there is none."""
    known = list(lessons.registry())
    place = known.index(name)
    return (known[place - 1] if place else ""), (known[place + 1] if place + 1 < len(known) else "")


def _try(own: Session, lesson: Lesson, taken: Taken, runs: list[TrainingJob]) -> None:
    """The runs side by side: live, or their recording."""
    with st.container(key="lesson_played" if taken.recorded else "lesson_try"):
        for place, column in enumerate(st.columns(len(lesson.experiments), gap="medium")):
            with column.container(gap=None):
                st.markdown(f"**{escape.markdown(_(lesson.experiments[place].label))}**")
                if taken.recorded:
                    look = functools.partial(seen.recorded_run, own.lesson, place)
                    stage.mount(own, f"lesson_played_{place}", look)
                else:
                    stage.mount(own, f"lesson_run_{place}", functools.partial(seen.run, runs[place].id))


def _came(lesson: Lesson, taken: Taken) -> int | None:
    """The place of the choice, or the bin, that was right; None before that is revealed, or if none was."""
    if not taken.found:
        return None
    facts = lesson.facts([one.numbers for one in taken.found])
    if lesson.slider is not None:
        return counted_in(lesson, facts[lesson.slider.fact])
    came = lesson.outcome(facts)
    return next((place for place, one in enumerate(lesson.choices) if one is came), None)


def _step(number: int, name: str) -> None:
    st.html(f'<div class="ae-step"><i>{number}</i>{escape.html(name)}</div>')


def _predict(lesson: Lesson, taken: Taken, begun: bool) -> None:
    slider = lesson.slider
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
    taken.said, taken.predicted = True, st.session_state[PREDICT]
