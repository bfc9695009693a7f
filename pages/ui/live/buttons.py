"""Start, pause, step, pace and stop."""

import time

import streamlit as st

from ae_core.engine import TrainingJob
from ae_core.errors import EngineError, SettingError
from ae_core.formats import escape
from ae_core.settings import Settings
from pages.ui import state
from pages.ui.server import addresses
from pages.ui.shared import engine
from pages.ui.state import Session
from pages.ui.words.language import _

MORE_EPOCHS = "more_epochs"  # key of the number
MOST_MORE = 500
KEYS = {"start": "S", "pause": "P", "step": "N", "stop": "E"}  # in front of a hall
SETTLE_SECONDS = 0.4  # how long a button waits for its effect, so that the next drawing shows it


def buttons(own: Session, run: TrainingJob | None, settings: Settings | None) -> None:
    """The row of buttons; those that make no sense at the moment are disabled.

    Args:
        own: The session.
        run: The run that is shown, or None.
        settings: The experiment in the form, None while something is wrong with it.
    """
    mine = run is not None and own.owns(run)
    active = run is not None and not run.ended
    training = mine and run is not None and run.state in ("starting", "running", "paused")
    paused = run is not None and run.state == "paused"
    keys = KEYS if own.showing.present else {}
    st.button(
        _("Start"),
        key="start",
        shortcut=keys.get("start"),
        type="primary",
        icon=":material/play_arrow:",
        on_click=_start,
        disabled=settings is None or (mine and active) or engine().status == "failed",
    )
    st.button(
        _("Resume") if paused else _("Pause"),
        key="pause",
        shortcut=keys.get("pause"),
        on_click=_command,
        args=("resume" if paused else "pause",),
        icon=":material/resume:" if paused else ":material/pause:",
        disabled=not training,
    )
    st.button(
        _("Step"),
        key="step",
        shortcut=keys.get("step"),
        icon=":material/skip_next:",
        on_click=_command,
        args=("step",),
        disabled=not training,
        help=_("Trains for a moment, then pauses."),
    )
    _choice_of_pace(own, run)
    st.button(
        _("Stop"),
        key="stop",
        shortcut=keys.get("stop"),
        icon=":material/stop:",
        on_click=_command,
        args=("stop",),
        disabled=not (mine and active),
    )


def again(run: TrainingJob) -> None:
    """What lets an ended run train on: the rest of its epochs if it was cut off, or more of them.

    Args:
        run: The run, which has ended and is this person's.
    """
    unfinished, problem = not engine().why_not_go_on(run), engine().why_not_extend(run)
    if unfinished and problem:
        _rest(run)
    elif run.snapshot is not None:
        with st.popover(_("Train longer"), icon=":material/fast_forward:", key="more"):
            if unfinished:
                _rest(run)
            _more_epochs(run, problem)


def _rest(run: TrainingJob) -> None:
    st.button(
        _("Go on"),
        key="go_on",
        icon=":material/resume:",
        on_click=_go_on,
        args=(run.id,),
        help=_("Trains the rest of its epochs, from where it ended."),
    )


def _go_on(run_id: str) -> None:
    own = state.session()
    own.failure = ""
    own.attempt(lambda: engine().go_on(run_id, own.owner, origin=addresses.of_visitor()))


def _more_epochs(run: TrainingJob, problem: str) -> None:
    st.caption(escape.markdown(_(problem)) or _what_they_do(run))
    st.number_input(_("More epochs"), 1, MOST_MORE, 10, key=MORE_EPOCHS, disabled=bool(problem))
    st.button(
        _("Train longer"),
        key="extend",
        type="primary",
        icon=":material/play_arrow:",
        on_click=_extend,
        args=(run.id,),
        disabled=bool(problem),
    )


def _what_they_do(run: TrainingJob) -> str:
    """A schedule knows where it ends: with more epochs it takes another way than with all of them from the start."""
    if run.settings.schedule == "cosine":
        return _("It goes on from where it ended; the learning rate rises first, as its cosine spans all epochs now.")
    return _("It goes on from where it ended; the result is the same as with all epochs from the start.")


def _extend(run_id: str) -> None:
    own = state.session()
    own.failure = ""
    more = st.session_state[MORE_EPOCHS]
    own.attempt(lambda: engine().extend(run_id, own.owner, more, origin=addresses.of_visitor()))


def _choice_of_pace(own: Session, run: TrainingJob | None) -> None:
    """How fast the run is to go that trains, or the next one."""
    watching = run is not None and not run.ended and not own.owns(run)
    now = run.pace if run is not None and not run.ended else own.pace
    names = {"full": _("Full speed"), "watch": _("Watch"), "slow": _("Slow")}
    if st.session_state.get(state.PACE) != now:
        st.session_state[state.PACE] = now
    st.segmented_control(
        _("Pace"),
        list(names),
        key=state.PACE,
        format_func=names.__getitem__,
        required=True,
        disabled=watching,
        on_change=_set_pace,
        label_visibility="collapsed",
        width="content",
    )


def _set_pace() -> None:
    own, pace = state.session(), st.session_state[state.PACE]
    own.pace, own.failure = pace, ""
    run = own.run
    if run is None or run.ended or not own.owns(run):
        return
    own.attempt(lambda: engine().command(run.id, own.owner, "pace", value=pace))


def _start() -> None:
    own = state.session()
    own.failure = ""
    try:
        run = engine().submit(own.form.settings(), own.owner, pace=own.pace, origin=addresses.of_visitor())
    except (EngineError, SettingError) as error:
        own.failure = str(error)
    else:
        own.run_id = run.id


def _command(word: str) -> None:
    own = state.session()
    run, own.failure = own.run, ""
    if run is None or run.ended:
        return  # it ended while the button was being pressed; the next drawing shows that
    if not own.attempt(lambda: engine().command(run.id, own.owner, word)):
        return
    until = time.monotonic() + SETTLE_SECONDS
    wanted = {"pause": "paused", "resume": "running", "step": "paused", "stop": "stopped"}[word]
    before = _step(run)
    while time.monotonic() < until:
        now = own.run
        if now is None or now.ended or (now.state == wanted and (word != "step" or _step(now) != before)):
            return
        time.sleep(0.01)


def _step(run: TrainingJob) -> int | None:
    return run.snapshot.step if run.snapshot is not None else None
