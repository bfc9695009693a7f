"""Which of these is odd? The section below a run that has ended, whose other half is `assets/javascript/odd`."""

import functools
import threading
from typing import Any

import msgspec
import streamlit as st

from ae_core import data, figures
from ae_core.data.uploads import ENDINGS
from ae_core.engine import TrainingJob
from ae_core.errors import DataError, EngineError
from ae_core.formats import escape
from ae_core.messages import Part, Setup
from pages.ui import static
from pages.ui.live.network import moments_of
from pages.ui.odd.words import words
from pages.ui.server import uploads
from pages.ui.shared import engine
from pages.ui.state import Session
from pages.ui.words.language import _, language

FILE = "odd_file"  # key of the field for a file
MOST, PATIENCE = 2, 60.0  # files that workers score at a time, and seconds that another one waits for them

_places = threading.BoundedSemaphore(MOST)


def find(own: Session, run: TrainingJob) -> None:
    """Draws the section for a run that has a trained network; whoever watches may look for odd ones.

    Args:
        own: The session.
        run: The run that is shown.
    """
    setup, moments = run.setup, moments_of(run)
    if setup is None or moments.moving or not moments.steps or run.result is None or not run.stored:
        return
    with st.container(gap="small", key="odd"):
        _section(own, run, setup, moments.steps[-1])


@st.fragment
def _section(own: Session, run: TrainingJob, setup: Setup, step: int) -> None:
    """A fragment: a file that comes has nothing drawn anew but this."""
    _run, name, part, problem = own.odd_file if own.odd_file[0] == run.id else ("", "", None, "")
    _component()(key="odd_view", data=_content(run, setup, step, name, part))
    with st.expander(_("Score a file of your own")):
        st.file_uploader(
            _("Examples of the same shape, as files are brought for training"),
            type=[ending.removeprefix(".") for ending in ENDINGS],
            key=FILE,
            on_change=_scored,
            args=(own, run),
            max_upload_size=50,
            help=_(
                "Nothing is trained on it, and it is not kept; the network that you see says how odd each example is. "
                "One example is enough. Columns of a table are found by their names."
            ),
        )
        if problem:
            st.error(escape.markdown(_(problem)))


def _scored(own: Session, run: TrainingJob) -> None:
    """A file has come: has it read like the run's data, and a worker score it, which takes a second or two."""
    with uploads.given(FILE) as file:
        if file is None:
            return
        part, problem = None, ""
        try:
            part = _score(run, *file)
        except (DataError, EngineError) as error:
            problem = str(error)
        own.odd_file = (run.id, file[0], part, problem)


def _score(run: TrainingJob, name: str, payload: bytes) -> Part:
    """Files of many come one after the other, or they would all be held here and by workers beside their trainings."""
    if not _places.acquire(timeout=PATIENCE):
        raise EngineError(_("Files of others are being scored at present; try again in a minute."))
    try:
        fitted = data.fit_apart(name, payload, run.settings.dataset, run.settings.label, run.settings.leave_out)
        return engine().score_file(run.id, fitted)
    finally:
        _places.release()


def _content(run: TrainingJob, setup: Setup, step: int, name: str, fresh: Part | None) -> bytes:
    told: dict[str, object] = {
        "run": run.id,
        "step": step,
        "classes": list(setup.class_names),
        "colours": list(figures.COLOURS),
        "normal": run.settings.normal,
        "language": language(),
        "words": words(setup),
    }
    if fresh is not None:
        told |= {"fresh": fresh, "fresh_name": name, "fresh_notes": [_(note) for note in fresh.notes]}
    return msgspec.json.encode(told)


@functools.cache
def _component() -> Any:
    script = static.loader("odd/mount.js")
    return st.components.v2.component(
        "ae_odd", html='<div class="ae-odd ae-explore"></div>', js=script, isolate_styles=False
    )
