"""The Train page below its form: buttons, status, numbers and live views, redrawn by one timer."""

import time

import streamlit as st

from ae_core.engine import TrainingJob
from ae_core.figures.views import Given, rows
from ae_core.messages import Setup, Snapshot
from ae_core.settings import Settings
from pages.ui import state
from pages.ui.classify import classifying
from pages.ui.form.controls import TUNABLE_STATES
from pages.ui.live import component, drawn, recorded, status, streaming, tiles
from pages.ui.live.buttons import buttons
from pages.ui.live.headings import heading
from pages.ui.runs.exporting import export
from pages.ui.runs.share import offered, share
from pages.ui.shared import engine
from pages.ui.state import Session
from pages.ui.words.language import _, language

TICK_SECONDS = 0.5
IDLE_SECONDS = 1.0


def watch(own: Session, settings: Settings | None) -> None:
    """Draws everything, and redraws it regularly for as long as something can change.

    Args:
        own: The session.
        settings: The experiment in the form, None while something is wrong with it.
    """
    own.shown = _pace(own)
    st.fragment(_draw, run_every=own.shown[1])(own, settings)


def _pace(own: Session) -> tuple[str | None, float | None, bool]:
    """What the whole page depends on: the run shown, the seconds between drawings, whether the run can be tuned."""
    run = own.run
    if run is None:
        moving = recorded.choose(own.form.variant) is not None or engine().status in ("starting", "warming")
        return None, IDLE_SECONDS if moving else None, False
    changing = run.measuring or classifying.moving(run) or bool(own.failure)  # a failure is shown for a while only
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
        buttons(own, run, settings)
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
    panels = {panel.name: panel for panel in setup.panels} if setup is not None else {}
    panel = st.session_state.get(state.PANEL)
    panel = panel if panel in panels else next(iter(panels), None)
    payloads: dict[str, bytes] = {}
    if setup is not None and snapshot is not None:
        chosen: Given = {"logarithmic": bool(st.session_state.get(state.LOGARITHMIC)), "panel": panel}
        payloads = drawn.payloads(run.id if run is not None else "", setup, snapshot, chosen, cached)
        component.listen(_stream(own, run, chosen))
    for views in rows():
        columns = st.columns([view.width for view in views], gap="small")
        for view, column in zip(views, columns, strict=True):
            with column.container(gap=None):
                heading(view, panels, panel)
                component.mount(view.key, payloads.get(view.key))
    words = language()
    result = run.result if run is not None else None
    if result is not None:
        st.html(cached(("measured", words), lambda: tiles.measured(result)))
    st.html(cached(("notes", words), lambda: tiles.notes(setup)))
    if run is not None:
        classifying.classify(own, run, words)


def _said(own: Session, run: TrainingJob | None, played: recorded.Recording | None) -> status.Status:
    wrong = own.refusal(run.state if run is not None else "") or (own.problem if run is None or run.ended else "")
    if wrong:
        return "failed", _("Not possible"), _(wrong)
    if run is not None:
        return status.of_run(run, own.owns(run), engine())
    return status.of_engine(engine(), played.setup if played else None)


def _stream(own: Session, run: TrainingJob | None, chosen: Given) -> str:
    """Where the page hears of what is new in a run; empty where nothing more will come."""
    return streaming.address(own.page_token, run.id, chosen) if run is not None and not run.ended else ""


def _messages(
    own: Session, run: TrainingJob | None, played: recorded.Recording | None
) -> tuple[Setup | None, Snapshot | None, drawn.Cached]:
    """Setup, snapshot, and the memory that all viewers of them share."""
    if run is not None:
        return run.setup, run.snapshot, run.cached
    if played is None:
        return None, None, lambda key, build: build()
    if own.played is not played:  # another variant's recording starts at its first frame
        own.played, own.begun = played, time.monotonic()
    place = played.frame(time.monotonic() - own.begun)
    return played.setup, played.snapshots[place], lambda key, build: played.cached((place, key), build)
