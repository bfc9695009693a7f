"""The Explore page: a trained network to play with, in the browser."""

import functools
import json
from collections.abc import Sequence
from typing import Any

import streamlit as st

from ae_core.engine import TrainingJob
from ae_core.formats import escape
from ae_core.messages import Setup
from ae_core.runs import StoredRun
from ae_core.web_page.exploration import exploration, unexplorable
from pages.ui import static
from pages.ui.live import pulse
from pages.ui.runs.comparing import mine
from pages.ui.runs.titles import labels_of
from pages.ui.state import Session
from pages.ui.words.language import _, language

CHOICE = "explore_run"  # key of the choice of the run
MOST_OFFERED = 50
LOOK_SECONDS = 1.0  # until a run that still trains is looked at again


def arrive(own: Session) -> None:
    """Chooses the newest run where none is chosen, before the address is written.

    Args:
        own: The session.
    """
    if own.run_id is None and (offered := _offered(own)):
        own.run_id = offered[0].id


def show(own: Session) -> None:
    """Draws the page.

    Args:
        own: The session.
    """
    run = own.run
    _choice(own, _offered(own))
    if run is None or run.setup is None:
        st.info(_("There is nothing to explore yet: train a run, and come back when it has ended."))
        st.page_link("pages/train.py", label=_("Train"), icon=":material/model_training:")
        return
    problem = _problem(run, run.setup)
    pulse.after(0 if run.ended and not run.measuring else LOOK_SECONDS)
    if problem:
        st.info(escape.markdown(problem))
        return
    _component()(key="explore", data=_content(run, run.setup))


def _offered(own: Session) -> list[StoredRun]:
    """The runs that a person may choose from: those that have ended with a trained model, the newest first."""
    return [run for run in mine(own) if run.state in ("done", "stopped", "diverged")][:MOST_OFFERED]


def _choice(own: Session, offered: Sequence[StoredRun]) -> None:
    if not offered:
        return
    names = dict(zip((run.id for run in offered), labels_of(offered), strict=True))
    ids = [*names] if own.run_id in names or own.run_id is None else [own.run_id, *names]
    if st.session_state.get(CHOICE) not in ids or own.arrived:
        st.session_state[CHOICE] = own.run_id if own.run_id in ids else ids[0]
    st.selectbox(
        _("Run"),
        ids,
        key=CHOICE,
        format_func=lambda one: names.get(one, _("The run of this address")),
        on_change=_chosen,
        args=(own,),
        label_visibility="collapsed",
        width=420,
    )


def _chosen(own: Session) -> None:
    own.run_id, own.frame = st.session_state[CHOICE], None


def _problem(run: TrainingJob, setup: Setup) -> str:
    """One sentence: why this run cannot be explored; empty if it can be tried."""
    if not run.ended or run.measuring:
        return _("This run still trains. It can be explored as soon as it has ended.")
    return _(unexplorable(setup))


def _content(run: TrainingJob, setup: Setup) -> bytes:
    step = run.snapshot.step if run.snapshot is not None else 0
    told = exploration(setup, step, static.atlas(setup.atlas.png), language(), _)
    return json.dumps(told | {"run": run.id}).encode()


@functools.cache
def _component() -> Any:
    script = static.loader("explore/mount.js")
    return st.components.v2.component(
        "ae_explore", html='<div class="ae-explore"></div>', js=script, isolate_styles=False
    )
