"""What is heard by whoever has the page read aloud, and seen by nobody."""

import streamlit as st

from ae_core.formats import escape

PRODUCT = "Autoencoder Lab"


def headings(page: str) -> None:
    """The two headings above all others: what this is, and which page of it. The navigation shows them to the eye.

    Args:
        page: Title of the page, in the reader's language.
    """
    st.html(f'<h1 class="ae-heard">{PRODUCT}</h1><h2 class="ae-heard">{escape.html(page)}</h2>')
