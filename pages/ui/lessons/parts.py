"""The four parts of the Learn page, of which one is open."""

from collections.abc import Callable, Mapping

import streamlit as st

from pages.ui import presenting, state
from pages.ui.lessons import lesson, theory, variants, words
from pages.ui.state import Session
from pages.ui.words.language import _

KEY = "learn_part"
PARTS: Mapping[str, tuple[str, Callable[[Session], None]]] = {
    state.LESSONS: ("Lessons", lesson.show),
    state.VARIANTS: ("Variants", variants.show),
    "theory": ("Theory", theory.show),
    "words": ("Words", words.show),
}


def show(own: Session) -> None:
    """Draws the choice of a part, and that part."""
    if st.session_state.get(KEY) != own.learning:
        st.session_state[KEY] = own.learning
    presenting.arrange(own)
    with st.container(key="learn_head", horizontal=True, vertical_alignment="center", gap="medium"):
        st.segmented_control(
            _("Learn"),
            list(PARTS),
            key=KEY,
            format_func=lambda name: _(PARTS[name][0]),
            required=True,
            on_change=_opened,
            args=(own,),
            label_visibility="collapsed",
            width="content",
        )
        if own.learning == state.LESSONS:
            lesson.choose(own)
            presenting.switch(own)
    state.write_address()
    PARTS[own.learning][1](own)


def _opened(own: Session) -> None:
    own.learning = st.session_state[KEY]
