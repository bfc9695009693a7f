"""The choice of the language, which every page has in its frame."""

import streamlit as st

from pages.ui import unseen
from pages.ui.words.language import LANGUAGES, _, choose, known, language

KEY = "language"
_ANEW = "language_switched"  # in a session: its page is to be loaded anew


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
    st.session_state[_ANEW] = True


def load_anew() -> None:
    """Loads a page anew whose reader has just chosen a language: the address holds everything else.

    Choices are told from one another by the words that a browser shows, and what it has fetched of a film has words
    too; those of the old language would stay.
    """
    if st.session_state.get(_ANEW):
        unseen.mount("language", "load_anew.js", language().encode())
