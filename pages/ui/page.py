"""The style of what the pages draw themselves."""

import functools

import streamlit as st

from pages.ui import static


def inject_style() -> None:
    """Adds the pages' own style sheet."""
    st.html(f"<style>{_style()}</style>")


@functools.cache
def _style() -> str:
    return (static.ROOT / "assets" / "page.css").read_text(encoding="utf-8")
