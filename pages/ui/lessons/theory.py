"""Comparisons of ideas, each with a press that opens the lesson which shows it."""

import functools
import logging

import streamlit as st

from ae_core import lessons
from ae_core.formats import escape
from ae_core.lessons.theory import THEORY, Theory
from ae_core.recordings import boltzmann
from pages.ui import state
from pages.ui.lessons import outcome
from pages.ui.state import Session
from pages.ui.words.language import _

_log = logging.getLogger(__name__)


def show(own: Session) -> None:
    """Draws all of them."""
    for one in THEORY:
        with st.container(key=f"theory_{one.name}", gap="small"):
            st.subheader(_(one.title), anchor=False)
            st.html(_table(one))
            st.markdown(_(one.text))
            if one.rival:
                _rivals(one.rival)
            outcome.formula(one.formula, one.symbols)
            lesson = lessons.get(one.lesson)
            st.button(
                _("See it measured: {lesson}").format(lesson=_(lesson.title)),
                key=f"theory_open_{one.name}",
                icon=":material/school:",
                on_click=_open,
                args=(own, one.lesson),
            )


def _rivals(text: str) -> None:
    found = _recorded()
    if found is not None:
        told = escape.html(_(text).format(**found.errors))
        sheet = f"<figure>{outcome.image(found.picture, told)}</figure>"
        st.html(f'<div class="ae-look ae-look-wide">{sheet}</div><p class="ae-look-text">{told}</p>')


@functools.cache
def _recorded() -> boltzmann.Rivals | None:
    try:
        return boltzmann.load()
    except (OSError, ValueError, KeyError, TypeError):
        _log.exception("The pictures of a Boltzmann machine cannot be read.")
        return None


def _table(one: Theory) -> str:
    top = "".join(f"<th>{escape.html(_(head))}</th>" for head in one.heads)
    body = "".join(
        f"<tr><th>{escape.html(_(row[0]))}</th>"
        + "".join(f"<td>{escape.html(_(cell))}</td>" for cell in row[1:])
        + "</tr>"
        for row in one.rows
    )
    return f'<div class="ae-table"><table><thead><tr><td></td>{top}</tr></thead><tbody>{body}</tbody></table></div>'


def _open(own: Session, name: str) -> None:
    own.learning, own.lesson = state.LESSONS, name
