"""The browser's own button, which leads to the page before."""

import functools
from typing import Any

import streamlit as st

from pages.ui import static


def keep() -> None:
    """Sees to it that each page is one entry of the browser's history, whatever is chosen on it."""
    _component()(key="back_button")


@functools.cache
def _component() -> Any:
    return st.components.v2.component("ae_back_button", html="", js=static.script("back_button.js"))
