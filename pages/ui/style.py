"""The style sheets of the pages."""

import functools

import streamlit as st

from pages.ui import static

SHEETS = ("style.css", "page.css")


def inject() -> None:
    """Adds the style sheets to the page. Call it first, on every page."""
    st.html(f"<style>{_sheets()}</style>")


@functools.cache
def _sheets() -> str:
    return "\n".join((static.ROOT / "assets" / name).read_text(encoding="utf-8") for name in SHEETS)
