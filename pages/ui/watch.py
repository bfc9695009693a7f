"""What is seen of a run: buttons, status, numbers and the three views, drawn anew by one timer."""

import time
from typing import Any

import streamlit as st

from ae_core.engine.engine import Run
from ae_core.errors import EngineError, SettingError
from ae_core.settings import Settings
from pages.ui import state
from pages.ui.classify import classifying
from pages.ui.form.controls import TUNABLE_STATES
from pages.ui.live import component, drawn, recorded, status, streaming, tiles
from pages.ui.runs.exporting import export
from pages.ui.runs.share import offered, share
from pages.ui.shared import engine
from pages.ui.state import Session
from pages.ui.words.language import _, language

TICK_SECONDS = 0.5
IDLE_SECONDS = 1.0
SETTLE_SECONDS = 0.4  # how long a button waits for its effect, so that what is drawn next shows it


def watch(own: Session, settings: Settings | None) -> None:
    """Draws everything, and again in time for as long as something can change.

    Args:
        own: The session.
        settings: The experiment in the form, None while something is wrong with it.
    """
    own.shown = _pace(own)
    st.fragment(_draw, run_every=own.shown[1])(own, settings)


def _pace(own: Session) -> tuple[str | None, float | None, bool]:
    """What the whole page depends on: the run that is shown, seconds between drawings, whether it can be tuned."""
    run = own.run
    if run is None:
        moving = recorded.choose(own.form.variant) is not None or engine().status in ("starting", "warming")
        return None, IDLE_SECONDS if moving else None, False
    changing = run.measuring or classifying.moving(run) or bool(own.failure)  # which goes after a while
    still = run.ended and not changing
    tick = TICK_SECONDS if own.owns(run) else max(TICK_SECONDS, streaming.rest(own.page_token, own.opened_at))
    return run.id, None if still else tick, run.state in TUNABLE_STATES


def _draw(own: Session, settings: Settings | None) -> None:
    pace = _pace(own)
    if pace != own.shown:
        st.rerun()  # the whole page: with another timer, and other words beside the form
    run = own.run
    played = recorded.choose(own.form.variant) if run is None else None
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="bar"):
        _buttons(own, run, settings)
        with st.container(key="status"):
            st.html(status.badge(_said(own, run, played)))
        if run is not None and run.snapshot is not None and run.ended:
            export(run, "train")
        share(own, run, settings)
    offered(own)
    setup, snapshot, cached = _messages(own, run, played)
    for text in drawn.texts(setup, snapshot, cached).values():
        if text:
            st.html(text)
    payloads: dict[str, bytes | None] = dict.fromkeys(("live_loss", "live_latent", "live_grid", "live_panel"))
    panels = {panel["name"]: panel for panel in setup["panels"]} if setup is not None else {}
    chosen = st.session_state.get(state.PANEL)
    chosen = chosen if chosen in panels else next(iter(panels), None)
    if setup is not None and snapshot is not None:
        name, logarithmic = run.id if run is not None else "", bool(st.session_state.get(state.LOGARITHMIC))
        payloads |= drawn.payloads(name, setup, snapshot, cached, logarithmic, chosen)
        component.listen(_stream(own, run, logarithmic, chosen))
    left, right = st.columns([11, 9], gap="small")
    with left.container(gap=None):
        _heading("loss", _("Loss"), state.LOGARITHMIC)
        component.mount("live_loss", payloads["live_loss"])
    with right.container(gap=None):
        _heading("latent", _("Code map"))
        component.mount("live_latent", payloads["live_latent"])
    left, right = st.columns([11, 9], gap="small")
    with left.container(gap=None):
        _heading("grid", _("Original and reconstruction"))
        component.mount("live_grid", payloads["live_grid"])
    with right.container(gap=None):
        _panel_heading(panels, chosen)
        component.mount("live_panel", payloads["live_panel"])
    words = language()
    result = run.result if run is not None else None
    if result is not None:
        st.html(cached(("measured", words), lambda: tiles.measured(result)))
    st.html(cached(("notes", words), lambda: tiles.notes(setup)))
    if run is not None:
        classifying.classify(own, run, words)


def _said(own: Session, run: Run | None, played: recorded.Recording | None) -> status.Status:
    wrong = own.refusal(run.state if run is not None else "") or (own.problem if run is None or run.ended else "")
    if wrong:
        return "failed", _("Not possible"), _(wrong)
    if run is not None:
        return status.of_run(run, own.owns(run), engine())
    return status.of_engine(engine(), played.setup if played else None)


def _heading(name: str, text: str, switch: str | None = None) -> None:
    with st.container(
        horizontal=True, vertical_alignment="center", horizontal_alignment="distribute", key=f"heading_{name}"
    ):
        st.html(f'<div class="ae-heading">{text}</div>')
        if switch:
            st.toggle(_("Log scale"), key=switch, width="content")


def _panel_heading(panels: dict[str, dict[str, Any]], chosen: str | None) -> None:
    """The name of the panel that is shown, or the choice where there are several."""
    help = _(panels[chosen]["help"]) if chosen else None
    with st.container(
        horizontal=True, vertical_alignment="center", horizontal_alignment="distribute", key="heading_panel"
    ):
        if len(panels) < 2:
            title = f"**{_(panels[chosen]['title'])}**" if chosen else "\u00a0"  # some have nothing more to show
            st.markdown(title, help=help, width="content")
            return
        if st.session_state.get(state.PANEL) != chosen:
            st.session_state[state.PANEL] = chosen  # the marked one is the one that is seen
        st.segmented_control(
            _("Inside the network"),
            list(panels),
            key=state.PANEL,
            required=True,
            label_visibility="collapsed",
            format_func=lambda name: _(panels[name]["title"]),
            help=help,
        )


def _stream(own: Session, run: Run | None, logarithmic: bool, panel: str | None) -> str:
    """Where the page hears of what is new in a run; empty where nothing more will come."""
    return streaming.address(own.page_token, run.id, logarithmic, panel) if run is not None and not run.ended else ""


def _messages(
    own: Session, run: Run | None, played: recorded.Recording | None
) -> tuple[dict[str, Any] | None, dict[str, Any] | None, drawn.Cached]:
    """Setup, snapshot, and the memory that all viewers of them share."""
    if run is not None:
        return run.setup, run.snapshot, run.cached
    if played is None:
        return None, None, lambda key, build: build()
    if own.played is not played:  # another variant's begins with its first frame
        own.played, own.begun = played, time.monotonic()
    place = played.frame(time.monotonic() - own.begun)
    return played.setup, played.snapshots[place], lambda key, build: played.cached((place, key), build)


def _buttons(own: Session, run: Run | None, settings: Settings | None) -> None:
    mine = run is not None and own.owns(run)
    active = run is not None and not run.ended
    training = mine and run is not None and run.state in ("starting", "running", "paused")
    paused = run is not None and run.state == "paused"
    st.button(
        _("Start"),
        key="start",
        type="primary",
        icon=":material/play_arrow:",
        on_click=_start,
        disabled=settings is None or (mine and active) or engine().status == "failed",
    )
    st.button(
        _("Resume") if paused else _("Pause"),
        key="pause",
        on_click=_command,
        args=("resume" if paused else "pause",),
        icon=":material/resume:" if paused else ":material/pause:",
        disabled=not training,
    )
    st.button(
        _("Step"),
        key="step",
        icon=":material/skip_next:",
        on_click=_command,
        args=("step",),
        disabled=not training,
        help=_("Trains for a moment, then pauses."),
    )
    st.button(
        _("Stop"), key="stop", icon=":material/stop:", on_click=_command, args=("stop",), disabled=not (mine and active)
    )


def _start() -> None:
    own = state.session()
    own.failure = ""
    try:
        run = engine().submit(own.form.settings(), own.owner)
    except (EngineError, SettingError) as error:
        own.failure = str(error)
    else:
        own.run_id = run.id


def _command(word: str) -> None:
    own = state.session()
    run, own.failure = own.run, ""
    if run is None or run.ended:
        return  # it ended while the button was pressed, which is what is drawn next
    try:
        engine().command(run.id, own.owner, word)
    except EngineError as error:
        own.failure = str(error)
        return
    until = time.monotonic() + SETTLE_SECONDS
    wanted = {"pause": "paused", "resume": "running", "step": "paused", "stop": "stopped"}[word]
    before = (run.snapshot or {}).get("step")
    while time.monotonic() < until:
        now = own.run
        if now is None or now.ended or (now.state == wanted and (word != "step" or _step(now) != before)):
            return
        time.sleep(0.01)


def _step(run: Run) -> int | None:
    return (run.snapshot or {}).get("step")
