"""Asks a hall a lesson's question: the code that phones read, and the answers as they come in."""

import functools
import itertools
import json
from typing import Any

import streamlit as st

from ae_core.lessons.lesson import Lesson
from pages.ui import static
from pages.ui.hall import polls
from pages.ui.hall.phone import polls as open_polls
from pages.ui.runs import share
from pages.ui.server import addresses
from pages.ui.state import Session
from pages.ui.words.language import _, known, language

KEY = "hall"


def ask(own: Session, lesson: Lesson, name: str, came: int | None, revealed: bool) -> None:
    """Draws the button that asks the hall; once it is asked, the code and the answers; once it has ended, the answers.

    Args:
        own: The session.
        lesson: The lesson.
        name: Its name.
        came: The place of the answer that it came out to be, once that is revealed; None before, or if it is none.
        revealed: Whether it is: who answers now would know.
    """
    asked = own.progress.asked
    poll = open_polls.get(asked[name]) if name in asked else None
    if poll is not None and revealed:
        open_polls.end(poll)
    if poll is None or poll.ended:
        if poll is not None or asked.pop(name, ""):
            st.caption(_("This question is closed."))
        if poll is not None:
            _component()(key="hall_answers", data=_content(lesson, poll, came, True))
        if revealed:
            return
        st.button(
            _("Ask the hall"),
            key=KEY,
            icon=":material/groups:",
            type="tertiary",
            on_click=_ask,
            args=(own, name),
            help=_("Phones answer; you see how many expect what. Nothing is kept of who answered."),
        )
        return
    address = share.address_of({"lang": known(language())}, f"hall/{poll.id}")
    code, answers = st.columns([1, 2], gap="small", vertical_alignment="center")
    with code:
        st.html(share.qr_code(address, _("The address for phones as a QR code.")))
        st.caption(_("Scan to answer:") + f" [{address.partition('://')[2].partition('?')[0]}]({address})")
        share.say_if_only_here()
    with answers:
        # The first answers would sway the others.
        shown = st.toggle(_("Show the answers"), key="hall_shown") or came is not None
        _component()(key="hall_answers", data=_content(lesson, poll, came, shown))
        st.button(_("End the question"), key="hall_end", type="tertiary", on_click=_end, args=(poll,))


def _ask(own: Session, name: str) -> None:
    poll = open_polls.ask(own.owner, name, addresses.of_visitor())
    if poll is None:
        own.notices.append(_("So many questions are open on this server that there is no room for one more."))
    else:
        own.progress.asked[name] = poll.id


def _end(poll: polls.Poll) -> None:
    open_polls.end(poll)


def _content(lesson: Lesson, poll: polls.Poll, came: int | None, shown: bool) -> bytes:
    ends = polls.bounds(lesson)
    unit = lesson.slider.unit if lesson.slider is not None else ""
    bins = [f"{low:g}–{high:g} {unit}".strip() for low, high in itertools.pairwise(ends)]
    return json.dumps(
        {
            "address": f"hall/{poll.id}/answers?key={poll.key}",
            "answers": bins or [_(one.text) for one in lesson.choices],
            "came": came,
            "shown": shown,
            "words": {"total": _("Answers: {count}"), "none": _("Nobody has answered yet.")},
        }
    ).encode()


@functools.cache
def _component() -> Any:
    html = '<div class="ae-hall" role="status"></div>'
    return st.components.v2.component("ae_hall", html=html, js=static.loader("hall/answers.js"), isolate_styles=False)
