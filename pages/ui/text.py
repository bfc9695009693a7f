"""Every string a person reads goes through here, so that a second language is a file.

Translations lie in `assets/locale/LANGUAGE/LC_MESSAGES/autoencoder_lab.mo`; without one the text stays English.
"""

import functools
import gettext
import math
import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

import streamlit as st

DOMAIN = "autoencoder_lab"
UNKNOWN = "–"
_FOLDER = Path(__file__).resolve().parents[2] / "assets" / "locale"
_reader: ContextVar[str] = ContextVar("reader", default="")


def language() -> str:
    """The reader's language: the variable `AE_LANGUAGE`, else the browser's, else English; such as `en` or `de-CH`."""
    return _reader.get() or os.environ.get("AE_LANGUAGE") or st.context.locale or "en"


@contextmanager
def spoken(wanted: str) -> Iterator[None]:
    """Within it, texts are in this language: for what is drawn outside a visitor's session."""
    token = _reader.set(wanted)
    try:
        yield
    finally:
        _reader.reset(token)


def _(text: str) -> str:
    """The text in the reader's language."""
    # An empty text would give the head of the translation file.
    return _translation(language()).gettext(text) if text else ""


@functools.lru_cache(maxsize=32)
def _translation(wanted: str) -> gettext.NullTranslations:
    names = [wanted.replace("-", "_"), wanted.replace("_", "-").split("-")[0]]
    return gettext.translation(DOMAIN, _FOLDER, languages=names, fallback=True)


def word(name: str) -> str:
    """A choice's or setting's internal name as words: `salt_and_pepper` → `Salt and pepper`."""
    known = {
        "relu": "ReLU",
        "elu": "ELU",
        "gelu": "GELU",
        "mse": "Mean squared error",
        "cross_entropy": "Cross-entropy",
        "auto": "Automatic",
        "sgd": "SGD",
        "rmsprop": "RMSprop",
        "l1": "L1",
        "l2": "L2",
        "kl": "KL",
        "gru": "GRU",
        "lstm": "LSTM",
        "zscore": "Drop by z-score",
        "iqr": "Drop by interquartile range",
        "shift_rotate": "Shift and rotate",
    }
    return _(known.get(name, name.replace("_", " ").capitalize()))


def number(value: float | None, digits: int = 3) -> str:
    """A number with so many significant digits; a dash where it is unknown.

    Args:
        value: The number, or None.
        digits: Significant digits, from 1.
    """
    if value is None or not math.isfinite(value):
        return UNKNOWN
    if value == 0 or 1e-4 <= abs(value) < 10**digits:
        places = digits - 1 - (math.floor(math.log10(abs(value))) if value else 0)
        return f"{value:.{max(0, places)}f}"
    return f"{value:,.0f}" if 1 <= abs(value) < 1e9 else f"{value:.{digits - 1}e}"


def percent(share: float | None) -> str:
    """A share from 0 to 1 as per cent; a dash where it is unknown."""
    return UNKNOWN if share is None or not math.isfinite(share) else f"{100 * share:.1f} %"


def duration(seconds: float | None) -> str:
    """A time in the largest units that matter: `40 s`, `2 min 05 s`, `1 h 10 min`."""
    if seconds is None or not math.isfinite(seconds):
        return UNKNOWN
    whole = max(0, round(seconds))
    if whole < 60:
        return _("{seconds} s").format(seconds=whole)
    if whole < 3600:
        return _("{minutes} min {seconds:02d} s").format(minutes=whole // 60, seconds=whole % 60)
    return _("{hours} h {minutes:02d} min").format(hours=whole // 3600, minutes=whole % 3600 // 60)


def ordinal(place: int) -> str:
    """A place in a line: `1st`, `2nd`, `11th`."""
    ending = "th" if 10 <= place % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(place % 10, "th")
    return _("{place}" + ending).format(place=place)


def shape(lengths: tuple[int, ...] | list[int]) -> str:
    """A shape: `28×28×1`, or `100`."""
    return "×".join(str(length) for length in lengths)
