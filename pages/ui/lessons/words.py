"""The glossary: words of the field, and the lesson in which each is seen."""

import streamlit as st

from ae_core import lessons
from ae_core.formats import escape
from ae_core.lessons.glossary import GLOSSARY, Word
from pages.ui.state import Session
from pages.ui.words.language import _

KEY = "glossary_filter"


def show(_own: Session) -> None:
    """Draws the words that contain what was typed; all of them at first."""
    wanted = st.text_input(_("Find a word"), key=KEY, width=360).strip().casefold()
    found = [one for one in GLOSSARY if wanted in f"{_(one.term)} {_(one.meaning)}".casefold()]
    if not found:
        st.caption(_("No word of the list contains that."))
        return
    heads = _("Word"), _("Meaning"), _("Seen in")
    top = "".join(f"<th>{escape.html(head)}</th>" for head in heads)
    body = "".join(_line(one) for one in sorted(found, key=lambda one: _(one.term).casefold()))
    st.html(
        f'<div class="ae-table ae-glossary"><table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table></div>'
    )


def _line(one: Word) -> str:
    place = ""
    if one.lesson:
        title = escape.html(_(lessons.get(one.lesson).title))
        place = f'<a href="?lesson={one.lesson}" target="_self">{title}</a>'
    return f"<tr><th>{escape.html(_(one.term))}</th><td>{escape.html(_(one.meaning))}</td><td>{place}</td></tr>"
