"""The style sheets of the pages, and the heights of the live views on a phone, which are declared with them."""

import functools

import streamlit as st

from ae_core.figures.views import VIEWS
from pages.ui import static

SHEETS = ("style.css", "stage.css", "explore.css", "page.css")
PHONE = "@media (max-width: 640px)"  # as in the sheets


def inject() -> None:
    """Adds the style to the page. Call it first, on every page."""
    st.html(f"<style>{_style()}</style>")


@functools.cache
def _style() -> str:
    sheets = [(static.ROOT / "assets" / name).read_text(encoding="utf-8") for name in SHEETS]
    return "\n".join([*sheets, heights()])


def heights() -> str:
    """Rules that give each live view its height on a phone before its figure is there, so that nothing jumps."""
    rules = [f".st-key-{view.key} .ae-live {{ height: {view.phone_height}; }}" for view in VIEWS]
    return "\n".join([f"{PHONE} {{", *rules, "}"])
