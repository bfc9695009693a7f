"""The one part of a page that changes with a run: drawn by the browser, in one component that always stands there.

Streamlit draws buttons and forms, in whole runs of the page's script only. A timed fragment that adds or takes away
elements can meet such a run half-way, and Streamlit then drops some of them: the page goes blank for good (see its
issues 15084, 16708 and 9372). So status, numbers, findings, views and timeline are not Streamlit's elements. What this
component is given by a run of the script is how things stand; it hears the rest over a connection of its own, and asks
for a run of the script when something has changed that Streamlit must draw, see `streaming.token`.
"""

import functools
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from ae_core.figures.views import View
from ae_core.messages import PanelTitle
from ae_core.web_page.stage import stage_words, view_place
from pages.ui import static
from pages.ui.live.status import Status
from pages.ui.state import Session
from pages.ui.words.language import _, language

DEAF_SECONDS = 1.0  # between two looks where a page cannot listen


@dataclass(frozen=True)
class Content:
    """How things stand when a page's script runs.

    Args:
        of: What is shown, a run's id for example; frames of something else have nothing to do with it.
        status: Where it stands.
        views: What there is to see.
        said: What must be said instead of that for a while: why a button could not do what it was pressed for.
        beside: A sentence that stands beside the status as long as nothing is said instead.
        address: Where news are heard, see `streaming.address`; empty for nowhere.
        token: See `streaming.token`.
        changed_at: When what is shown last changed, on the monotonic clock; 0 where that is unknown.
        film: Name under which its frames are fetched, see `film`; empty if it has none.
        edition: What its frames say of the whole run; frames of another one are fetched anew.
        steps: Steps of its frames.
        frames: Frames to begin with, JSON as `drawn.frame` makes it, oldest first.
        timeline: Whether a person can go through frames.
        shown: The step that the page's address names; None for the newest.
        moving: Whether more frames come.
        playing: Whether its frames pass by themselves, as those of a recording do.
        panels: The panels among which a person may choose.
        texts: HTML by the name of its place, of what is no part of a frame.
    """

    of: str
    status: Status
    views: Sequence[View]
    said: Status | None = None
    beside: str = ""
    address: str = ""
    token: str = ""
    changed_at: float = 0.0
    film: str = ""
    edition: str = ""
    steps: Sequence[int] = ()
    frames: Sequence[bytes] = ()
    timeline: bool = True
    shown: int | None = None
    moving: bool = False
    playing: bool = False
    panels: Sequence[PanelTitle] = ()
    texts: Mapping[str, str] = field(default_factory=dict)


def packed(content: Content) -> bytes:
    """A content as the component gets it: bytes, which Streamlit hands on as they are."""
    about = {
        "of": content.of,
        "status": content.status,
        "said": content.said,
        "beside": content.beside,
        "address": content.address,
        "token": content.token,
        "at": content.changed_at,
        "film": content.film,
        "edition": content.edition,
        "steps": list(content.steps),
        "shown": content.shown,
        "timeline": content.timeline,
        "moving": content.moving,
        "playing": content.playing,
        "views": [view_place(view, _) for view in content.views],
        "panels": [{"name": one.name, "title": one.title, "help": one.help} for one in content.panels],
        "texts": dict(content.texts),
        "language": language(),
        "words": stage_words(_),
    }
    told = json.dumps(about, separators=(",", ":")).encode()
    return told[:-1] + b',"frames":[' + b",".join(content.frames) + b"]}"


def mount(own: Session, key: str, look: Callable[[], bytes]) -> None:
    """Mounts a stage, or tells the one that stands there how things stand now.

    Args:
        own: The session.
        key: Its element key.
        look: Gives what `packed` makes; called again by a timer where the page cannot listen.
    """
    content = look()
    if own.deaf:
        st.fragment(_look_again, run_every=DEAF_SECONDS)(own, key, content, look)
    else:
        _mounted(own, key, content)


def _look_again(own: Session, key: str, content: bytes, look: Callable[[], bytes]) -> None:
    """The only timed part of a page, where something between it and the server prevents a connection of its own."""
    newer = look()
    if json.loads(newer)["token"] != json.loads(content)["token"]:
        st.rerun()
    _mounted(own, key, newer)


def _mounted(own: Session, key: str, content: bytes) -> None:
    _component()(
        key=key, data=content, on_changed_change=_do_nothing, on_deaf_change=functools.partial(_become_deaf, own)
    )


def _become_deaf(own: Session) -> None:
    own.deaf = True


def _do_nothing() -> None:
    """The run of the page's script that follows is all that was wanted."""


@functools.cache
def _component() -> Any:
    script = static.loader("live/mount_stage.js", static.plotly())
    return st.components.v2.component("ae_stage", html='<div class="ae-stage"></div>', js=script, isolate_styles=False)
