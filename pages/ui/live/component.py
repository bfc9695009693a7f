"""The in-place Plotly view: one component that stays mounted while its figure changes.

Where the bytes go, measured with Streamlit 1.67:

- Data of type `bytes` reach the browser as they are. Text or a dictionary would be turned into JSON on every mount,
  for every viewer, and once more for the element's identity. So a figure is serialised once, by `payload`, and the
  same bytes serve all viewers.
- Streamlit remembers what the browser holds: an element whose message did not change goes out as a reference to it
  (60 bytes instead of 40,000), in timed fragments too, if the message is at least `global.minCachedMessageSize`
  long. So "nothing new" needs no logic here: a page mounts the same bytes again.
- Inline script is part of every message, so it only fetches the modules of `assets/javascript/live`.
"""

import functools
import json
from typing import Any

import streamlit as st

from ae_core.figures import Figure
from ae_core.figures.shared import view_words
from pages.ui import static
from pages.ui.words.language import _

_ROOT = (
    '<div class="ae-frame"><div class="ae-live" role="figure" aria-busy="true"></div><div class="ae-save"></div></div>'
)


def payload(figure: Figure, step: int) -> bytes:
    """Serialises a figure for `mount`: once per snapshot, for all viewers.

    Args:
        figure: What a function of `ae_core.figures` returns.
        step: Optimiser step that it shows; becomes `data-step` of the view.
    """
    about = {"step": step, "words": view_words(_)}
    return json.dumps(about | figure, allow_nan=False, separators=(",", ":")).encode()


def mount(key: str, payload: bytes | None) -> None:
    """Mounts a live view, or updates it in place. Two buttons that save it stand above it: leave a line free for them.

    Args:
        key: Element key, `live_…`; a class `st-key-…` in the page, from which the style sheet takes the view's height.
        payload: What `payload` made; None while there is nothing to show, which keeps the room for it.

    Raises:
        OSError: If the folder of static files cannot be written when the first view is mounted.
    """
    _component()(key=key, data=payload or b"")


@functools.cache
def _component() -> Any:
    script = static.loader("live/mount.js", static.plotly())
    return st.components.v2.component("ae_live", html=_ROOT, js=script, isolate_styles=False)
