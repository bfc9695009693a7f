"""What can be done with stored runs: name, pin, remove, open, export, import."""

import functools
from collections.abc import Sequence

import streamlit as st

from ae_core.errors import DataError, SettingError
from ae_core.formats import escape
from ae_core.ownership import fingerprint
from ae_core.runs import StoredRun
from pages.ui.runs import removing
from pages.ui.runs.exporting import export
from pages.ui.runs.leading import explore_button
from pages.ui.runs.titles import title_of
from pages.ui.server import uploads
from pages.ui.shared import engine
from pages.ui.state import MOST_COMPARED, Session, go_to
from pages.ui.words.language import _


def buttons(own: Session, chosen: Sequence[StoredRun]) -> None:
    """A row of buttons for the first ticked run; Remove acts on all of them.

    Args:
        own: The session.
        chosen: The ticked runs, at least one for anything to appear.
    """
    if not chosen:
        return
    first = chosen[0]
    mark = fingerprint(own.owner)
    owned = [run for run in chosen if run.owner == mark]
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="run_actions"):
        st.button(
            _("Open"),
            icon=":material/open_in_new:",
            key="run_open",
            on_click=_open,
            args=(own, first.id),
            help=_("Shows “{name}” on the Train page.").format(name=escape.markdown(title_of(first))),
        )
        run = engine().run(first.id)
        if run is not None and run.snapshot is not None:
            export(run.view(), "compare")
        if first.ended:
            explore_button(own, first.id, "run_explore")
        if first in owned:
            with st.popover(_("Name"), icon=":material/edit:"):
                st.text_input(
                    _("Title"),
                    first.title,
                    key=f"title_{first.id}",
                    max_chars=80,
                    on_change=_rename,
                    args=(own, first.id),
                )
            st.button(
                _("Unpin") if first.pinned else _("Pin"),
                icon=":material/push_pin:",
                key="run_pin",
                on_click=_pin,
                args=(own, first.id, not first.pinned),
                help=_("A pinned run is kept whatever its age."),
            )
        removable = [run.id for run in owned if run.ended]
        if removable:
            with st.popover(_("Remove"), icon=":material/delete:"):
                st.markdown(_("Remove the ticked runs ({count}) for good?").format(count=len(removable)))
                st.button(_("Remove"), key="run_remove", type="primary", on_click=_remove, args=(own, removable))


def refused(own: Session) -> None:
    """Says what a button could not do; its run may be gone by then."""
    if own.refusal():
        st.error(escape.markdown(_(own.failure)))


def importing(own: Session) -> None:
    """The field that takes a run exported elsewhere."""
    with st.expander(_("Import a run")):
        st.file_uploader(
            _("A .zip file that was exported here or elsewhere"),
            type=["zip"],
            key="run_import",
            on_change=_import,
            args=(own,),
            max_upload_size=uploads.LARGEST_MB,
        )
        if own.import_problem:
            st.error(escape.markdown(_(own.import_problem)))


def _open(own: Session, run_id: str) -> None:
    own.failure = ""
    run = engine().run(run_id)
    if run is None:
        own.failure = _why_not(run_id)
        return
    own.run_id = run_id
    own.form.adopt(run.settings)
    go_to(own, "train")


def _why_not(run_id: str) -> str:
    """Why a run of the table cannot be opened: another version of the app has trained it, or it is gone by now."""
    try:
        engine().store.open(run_id).experiment  # noqa: B018 - read for what may be wrong with it
    except (DataError, SettingError) as error:
        return str(error)
    return _("There is no such run any more.")


def _rename(own: Session, run_id: str) -> None:
    own.failure = ""
    own.attempt(lambda: engine().store.rename(run_id, st.session_state[f"title_{run_id}"]))


def _pin(own: Session, run_id: str, pinned: bool) -> None:
    own.failure = ""
    own.attempt(lambda: engine().store.pin(run_id, pinned))


def _remove(own: Session, run_ids: Sequence[str]) -> None:
    for run_id in run_ids:
        own.failure = ""
        if not own.attempt(functools.partial(removing.remove, run_id, own.owner)):
            return  # what could not be removed stays ticked
        own.compared = [one for one in own.compared if one != run_id]
        if own.run_id == run_id:
            own.run_id = None


def _import(own: Session) -> None:
    with uploads.given("run_import") as file:
        if file is None:
            return
        own.import_problem = ""
        try:
            run_id = engine().import_zip(file[1], own.owner)
        except DataError as error:
            own.import_problem = str(error)
        else:
            own.compared = [run_id, *own.compared][:MOST_COMPARED]
