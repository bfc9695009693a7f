"""The style sheets of the pages, and the heights of the live views on a phone, which are declared with them."""

import functools

import streamlit as st

from ae_core.figures.views import phone_heights
from pages.ui import static

SHEETS = ("style.css", "stage.css", "explore.css", "odd.css", "lessons.css", "page.css")


def inject() -> None:
    """Adds the style to the page. Call it first, on every page."""
    st.html(f"<style>{_style()}</style>")


def inject_also(*names: str) -> None:
    """Adds style sheets of `assets` that not every page has.

    Args:
        names: Their names.
    """
    st.html(f"<style>{''.join(sheet(name) for name in names)}</style>")


@functools.cache
def sheet(name: str) -> str:
    """A style sheet of `assets`, read once.

    Args:
        name: Its name.
    """
    return (static.ROOT / "assets" / name).read_text(encoding="utf-8")


@functools.cache
def _style() -> str:
    return "\n".join([*map(sheet, SHEETS), phone_heights()])
