"""The choice of the language, which every page has in its frame."""

import streamlit as st

from pages.ui.words.language import LANGUAGES, _, choose, known, language

KEY = "language"


def switch() -> None:
    """Draws the choice; it stands in the navigation bar, where it takes no height."""
    now = known(language())
    if st.session_state.get(KEY) != now:
        st.session_state[KEY] = now
    st.selectbox(
        _("Language"),
        list(LANGUAGES),
        key=KEY,
        format_func=lambda name: LANGUAGES[name],
        label_visibility="collapsed",
        on_change=_switched,
    )


def _switched() -> None:
    choose(st.session_state[KEY])
