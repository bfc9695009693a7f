"""What leads to the Explore page."""

import streamlit as st

from pages.ui import state
from pages.ui.state import Session
from pages.ui.words.language import _

ICON = ":material/travel_explore:"


def explore_link(key: str) -> None:
    """A link that opens the run that is shown.

    A browser follows it by itself. A button would have to wait for a run of the page's script, and while a run ends,
    those that its news ask for bring the browser back to where they were asked.

    Args:
        key: Element key.
    """
    with st.container(key=key, width="content"):
        st.page_link("pages/explore.py", label=_("Explore"), icon=ICON)


def explore_button(own: Session, run_id: str, key: str) -> None:
    """A button that opens another run.

    Args:
        own: The session.
        run_id: The run.
        key: Element key.
    """
    st.button(
        _("Explore"),
        icon=ICON,
        key=key,
        on_click=_leave,
        args=(own, run_id),
        help=_("Drag, draw and pull: play with what this network has learnt."),
    )


def _leave(own: Session, run_id: str) -> None:
    own.run_id = run_id
    state.go_to(own, "explore")
