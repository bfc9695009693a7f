"""What stands above a live view: its name, and the control of what a person can choose about it."""

import streamlit as st

from ae_core.figures.views import View
from ae_core.messages import PanelTitle
from pages.ui import state
from pages.ui.words.language import _


def above(text: str) -> None:
    """The line above a view that nothing can be chosen about."""
    st.html(f'<div class="ae-heading ae-above">{text}</div>')


def heading(view: View, panels: dict[str, PanelTitle], panel: str | None) -> None:
    """The line above a view.

    Args:
        view: The view.
        panels: The run's panels by name.
        panel: Name of the one that is shown, None for none.
    """
    with st.container(
        horizontal=True, vertical_alignment="center", horizontal_alignment="distribute", key=f"heading_{view.name}"
    ):
        if "panel" in view.needs:
            _choice_of_panel(view, panels, panel)
        else:
            st.html(f'<div class="ae-heading">{_(view.heading)}</div>')
        if "logarithmic" in view.needs:
            st.toggle(_("Log scale"), key=state.LOGARITHMIC, width="content")


def _choice_of_panel(view: View, panels: dict[str, PanelTitle], chosen: str | None) -> None:
    """The name of the panel that is shown, or the choice where there are several."""
    help = _(panels[chosen].help) if chosen else None
    if len(panels) < 2:
        title = f"**{_(panels[chosen].title)}**" if chosen else "\u00a0"  # some runs have no panels
        st.markdown(title, help=help, width="content")
        return
    if st.session_state.get(state.PANEL) != chosen:
        st.session_state[state.PANEL] = chosen  # so that the one marked is the one shown
    st.segmented_control(
        _(view.heading),
        list(panels),
        key=state.PANEL,
        required=True,
        label_visibility="collapsed",
        format_func=lambda name: _(panels[name].title),
        help=help,
    )
