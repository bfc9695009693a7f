"""In front of a hall, or inside of somebody else's page: what the Train page then leaves away, and the way back."""

from dataclasses import replace

import streamlit as st

from pages.ui import state, style, unseen
from pages.ui.state import Session
from pages.ui.words.language import _

KEY = "F"  # as players of films have it for the whole screen


def arrange(own: Session) -> None:
    """Adds the style of what is shown. Call it before anything is drawn.

    Args:
        own: The session.
    """
    if own.showing.bare:
        style.inject_also("bare.css", "embed.css" if own.showing.embed else "present.css")
    if own.showing.present:
        unseen.mount("free_keys", "free_keys.js")


def switch(own: Session) -> None:
    """The button, with its key, that begins or ends the large view.

    Args:
        own: The session.
    """
    present = own.showing.present
    st.button(
        _("Back") if present else _("Present"),
        key="present",
        shortcut=KEY,
        icon=":material/close_fullscreen:" if present else ":material/slideshow:",
        on_click=_toggle,
        type="tertiary",
        help=_("Back to the form.") if present else _("Large, without the form, for a projector."),
    )


def _toggle() -> None:
    own = state.session()
    own.showing = replace(own.showing, present=not own.showing.present)
