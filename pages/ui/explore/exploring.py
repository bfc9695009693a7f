"""The Explore page: a trained network to play with, in the browser."""

import functools
import json
from collections.abc import Sequence
from typing import Any

import streamlit as st

from ae_core.engine import TrainingJob
from ae_core.errors import DataError
from ae_core.formats import escape
from ae_core.messages import Setup
from ae_core.runs import StoredRun
from ae_core.web_page.exploration import exploration, unexplorable
from pages.ui import shared, static
from pages.ui.live import pulse, recorded
from pages.ui.live.network import Moments, moments_of
from pages.ui.runs.comparing import mine
from pages.ui.runs.titles import labels_of
from pages.ui.state import Session
from pages.ui.words.language import _, language
from pages.ui.words.names import experiment

CHOICE = "explore_run"  # key of the choice of the run
MOST_OFFERED = 50
LOOK_SECONDS = 1.0  # until a run that has only begun is looked at again
EXPLORABLE = ("running", "paused", "done", "stopped", "diverged")
TOO_EARLY = "This run cannot be explored yet: it has only begun, or keeps nothing of its network until it has ended."

GONE = "The files of this run are not there any more, so nothing of it can be explored."


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
    run, played = own.run, recorded.explorable(own.form.variant)
    _choice(own, _offered(own))
    if run is None and played is not None:
        said = _("Nothing of yours is here yet. This is a recorded run to play with, {name}; train a run of your own.")
        st.info(escape.markdown(said.format(name=experiment(played.setup.settings))))
        st.page_link("pages/train.py", label=_("Train"), icon=":material/model_training:")
        _component()(key="explore", data=_recorded(played))
        return
    if run is None or (run.setup is None and run.ended):
        st.info(_("There is nothing to explore yet: train a run, and come back when it has ended."))
        st.page_link("pages/train.py", label=_("Train"), icon=":material/model_training:")
        return
    if gone(run):
        st.info(escape.markdown(_(GONE)))
        return
    setup, moments = run.setup, moments_of(run)
    pulse.after(0 if (setup and moments.steps) or not moments.moving else LOOK_SECONDS)
    problem = _(unexplorable(setup)) if setup else ""
    if setup is None or problem or not moments.steps:
        st.info(escape.markdown(problem or _(TOO_EARLY)))
        return
    _component()(key="explore", data=_content(run, setup, moments))


def gone(run: TrainingJob) -> bool:
    """Whether somebody has taken the files of a run away that has ended.

    Args:
        run: A still copy of the run.
    """
    if not run.ended or not run.stored:
        return False
    try:
        shared.engine().store.open_any(run.id)
    except DataError:
        return True
    return False


def _offered(own: Session) -> list[StoredRun]:
    """The runs that a person may choose from: those that have a trained model, or train now; the newest first."""
    return [run for run in mine(own) if run.state in EXPLORABLE][:MOST_OFFERED]


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


def _recorded(played: recorded.Recording) -> bytes:
    setup = played.setup
    told = exploration(setup, played.steps[-1], static.atlas(setup.atlas.png), language(), _)
    return json.dumps(told).encode()


def _content(run: TrainingJob, setup: Setup, moments: Moments) -> bytes:
    told = exploration(setup, moments.steps[-1], static.atlas(setup.atlas.png), language(), _)
    return json.dumps(
        told | {"run": run.id, "steps": moments.steps, "moving": moments.moving, "layouts": True}
    ).encode()


@functools.cache
def _component() -> Any:
    script = static.loader("explore/mount.js")
    return st.components.v2.component(
        "ae_explore", html='<div class="ae-explore"></div>', js=script, isolate_styles=False
    )
