"""Every string a person reads goes through here, so that a second language is a file: see `ae_core/translation.py`."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import streamlit as st

from ae_core.translation import known, said

__all__ = ["LANGUAGES", "choose", "chosen", "known", "language", "spoken"]

LANGUAGES = {"en": "English", "zh": "中文"}  # what a reader may choose, each in its own words
_CHOSEN = "spoken"  # under which a session keeps what its reader has chosen
_reader: ContextVar[str] = ContextVar("reader", default="")


def language() -> str:
    """The reader's language, such as `en` or `de-CH`: chosen, else the variable `AE_LANGUAGE`, the browser's, `en`."""
    return _reader.get() or chosen() or os.environ.get("AE_LANGUAGE") or st.context.locale or "en"


def chosen() -> str:
    """The language that this session's reader has chosen, one of `LANGUAGES`; empty for none."""
    return str(st.session_state.get(_CHOSEN, ""))


def choose(name: str) -> None:
    """Speaks to this session's reader in a language from now on.

    Args:
        name: One of `LANGUAGES`.
    """
    st.session_state[_CHOSEN] = name


@contextmanager
def spoken(wanted: str) -> Iterator[None]:
    """Inside it, texts are in this language: for what is drawn outside a visitor's session."""
    token = _reader.set(wanted)
    try:
        yield
    finally:
        _reader.reset(token)


def _(text: str) -> str:
    """The text in the reader's language, also that of a sentence into which values have been filled."""
    return said(known(language()), text)
