"""What stands above a figure that stands alone."""

import streamlit as st


def above(text: str) -> None:
    """The line above a figure."""
    st.html(f'<div class="ae-heading ae-above">{text}</div>')
