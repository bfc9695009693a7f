"""What stands above a figure that stands alone."""

import streamlit as st

from ae_core.formats import escape


def above(text: str) -> None:
    """The line above a figure."""
    st.html(f'<div class="ae-heading ae-above">{escape.html(text)}</div>')
