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


def known(wanted: str) -> str:
    """The language that is spoken when one is asked for: that one, or what it is a dialect of, else English.

    Args:
        wanted: Anything, such as `de-CH`.
    """
    return next((name for name in _names(wanted) if name in _translated()), "en")


@functools.cache
def _translated() -> frozenset[str]:
    return frozenset(file.parents[1].name for file in _FOLDER.glob(f"*/LC_MESSAGES/{DOMAIN}.mo"))


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
    return gettext.translation(DOMAIN, _FOLDER, languages=_names(wanted), fallback=True)


def _names(wanted: str) -> list[str]:
    return [wanted.replace("-", "_"), wanted.replace("_", "-").split("-")[0]]
