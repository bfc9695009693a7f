"""Every string a person reads goes through here, so that a second language is a file.

Translations lie in `assets/locale/LANGUAGE/LC_MESSAGES/autoencoder_lab.mo`; without one the text stays English.
"""

import functools
import gettext
import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import streamlit as st

from ae_core.folders import ROOT

DOMAIN = "autoencoder_lab"
_FOLDER = ROOT / "assets" / "locale"
_reader: ContextVar[str] = ContextVar("reader", default="")


def language() -> str:
    """The reader's language: the variable `AE_LANGUAGE`, else the browser's, else English; such as `en` or `de-CH`."""
    return _reader.get() or os.environ.get("AE_LANGUAGE") or st.context.locale or "en"


@contextmanager
def spoken(wanted: str) -> Iterator[None]:
    """Inside it, texts are in this language: for what is drawn outside a visitor's session."""
    token = _reader.set(wanted)
    try:
        yield
    finally:
        _reader.reset(token)


def _(text: str) -> str:
    """The text in the reader's language."""
    # gettext answers an empty text with the header of the translation file.
    return _translation(language()).gettext(text) if text else ""


@functools.lru_cache(maxsize=32)
def _translation(wanted: str) -> gettext.NullTranslations:
    names = [wanted.replace("-", "_"), wanted.replace("_", "-").split("-")[0]]
    return gettext.translation(DOMAIN, _FOLDER, languages=names, fallback=True)
