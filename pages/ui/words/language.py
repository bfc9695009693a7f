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
from pages.ui.words.templates import Templates

DOMAIN = "autoencoder_lab"
LANGUAGES = {"en": "English", "zh": "中文"}  # what a reader may choose, each in its own words
_CHOSEN = "spoken"  # under which a session keeps what its reader has chosen
_FOLDER = ROOT / "assets" / "locale"
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
    """The text in the reader's language, also that of a sentence into which values have been filled."""
    # gettext answers an empty text with the header of the translation file.
    return _said(known(language()), text) if text else ""


@functools.lru_cache(maxsize=8192)
def _said(wanted: str, text: str) -> str:
    found = _translation(wanted).gettext(text)
    return found if found != text else _templates(wanted).filled(text)


@functools.cache
def _translation(wanted: str) -> gettext.NullTranslations:
    return gettext.translation(DOMAIN, _FOLDER, languages=[wanted], fallback=True)


@functools.cache
def _templates(wanted: str) -> Templates:
    file = _FOLDER / wanted / "LC_MESSAGES" / f"{DOMAIN}.mo"
    return Templates(file.read_bytes() if file.is_file() else b"", functools.partial(_said, wanted))


def _names(wanted: str) -> list[str]:
    return [wanted.replace("-", "_"), wanted.replace("_", "-").split("-")[0]]
