"""All that a person has here: how long it is kept, and the button that removes it."""

import functools
import time

import streamlit as st

from ae_core import data
from ae_core.ownership import fingerprint, holds
from pages.ui.runs import removing
from pages.ui.shared import engine
from pages.ui.state import Session
from pages.ui.words.language import _

PATIENCE = 20.0  # seconds for which a training that was stopped may take to end
LOOK = 0.2


def your_data(own: Session) -> None:
    """Says how long things are kept, and offers to delete all that is this person's."""
    with st.popover(_("Your data"), icon=":material/delete_forever:", key="erase"):
        st.caption(
            _(
                "A run is kept for {days:g} days after its end, a pinned one for longer; where room is short, the "
                "oldest go first. Uploads are kept until newer ones need their room. This browser's cookie says what "
                "is yours."
            ).format(days=engine().store.days_kept)
        )
        st.markdown(
            _("Stop your trainings, and delete all your runs ({count}) and all your uploads for good?").format(
                count=len(_runs_of(own))
            )
        )
        st.button(_("Delete all"), key="erase_all", type="primary", on_click=_erase, args=(own,))


def _runs_of(own: Session) -> list[str]:
    mark = fingerprint(own.owner)
    return [run.id for run in engine().store.list_runs() if run.owner == mark]


def _erase(own: Session) -> None:
    own.failure = ""
    for job in engine().jobs():
        if holds(own.owner, job.owner) and not (job.ended or job.elsewhere):
            own.attempt(functools.partial(engine().command, job.id, own.owner, "stop"))
    until, left = time.monotonic() + PATIENCE, _runs_of(own)
    while left:
        own.failure = ""
        left = [one for one in left if not own.attempt(functools.partial(removing.remove, one, own.owner))]
        if time.monotonic() > until:
            break
        time.sleep(LOOK if left else 0.0)
    own.attempt(lambda: data.remove_uploads(fingerprint(own.owner), engine().store.needed_data()))
    gone = engine().run(own.run_id) is None if own.run_id else True
    own.compared = [run_id for run_id in own.compared if run_id in left]
    own.run_id = None if gone else own.run_id
    own.uploads.clear()
    if own.form.value("dataset") not in data.catalogue():
        own.form.choose("dataset", None)
