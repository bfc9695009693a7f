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

import asyncio
import concurrent.futures
import contextlib
import functools
import json
import time
from collections.abc import AsyncIterator
from typing import Any

import streamlit as st

from ae_core.figures import Figure
from pages.ui import static
from pages.ui.text import _

_ROOT = '<div class="ae-frame"><div class="ae-live" role="img" aria-busy="true"></div><div class="ae-save"></div></div>'
SETTLE_SECONDS = 0.05
MOST_SECONDS = 2.0  # that a page's script waits for a server's loop which is behind

_loop: asyncio.AbstractEventLoop | None = None  # the server's; None where only the script is served


def payload(figure: Figure, step: int, of: str = "") -> bytes:
    """Serialises a figure for `view`: once per snapshot, for all viewers.

    Args:
        figure: What a function of `ae_core.figures` returns.
        step: Optimiser step that it shows; becomes `data-step` of the view.
        of: What it is a picture of: of two with the same name, a view that gets the later one first keeps it. Empty
            for nothing that goes on.
    """
    words = {"png": _("Save as PNG"), "svg": _("Save as SVG")}
    about = {"step": step, "of": of, "at": time.time() if of else 0, "words": words}
    return json.dumps(about | figure, allow_nan=False, separators=(",", ":")).encode()


def view(key: str, payload: bytes | None) -> None:
    """Mounts a live view, or updates it in place. Above it stand two buttons that save it: leave a line free for them.

    Args:
        key: Element key, `live_…`; a class `st-key-…` in the page, from which the style sheet takes the view's height.
        payload: What `payload` made; None while there is nothing to show, which keeps the room for it.

    Raises:
        OSError: If the folder of static files cannot be written when the first view is mounted.
    """
    _component()(key=key, data=payload or b"")


def listen(address: str) -> None:
    """Lets the page's views hear of what is new by themselves, as long as this is mounted.

    Args:
        address: Where, as `streaming.address` says; empty for nowhere.
    """
    _listener()(key="listener", data=address.encode())


def inject_style() -> None:
    """Adds the app's style sheet to the page. Call it first, on every page."""
    st.html(f"<style>{_style()}</style>")


def settle() -> None:
    """Lets what a page wrote reach the browser before the run of its script ends. Call it last.

    A timed fragment that comes due during a full run starts as soon as that run ends, and Streamlit then drops what
    that run had written of the fragment but not yet sent (every 10 ms), though it still reports the run as
    complete: the browser takes the missing elements for removed, and the views would be mounted anew. Seen at one
    click in seven under load; never with this wait, together with `runner.fastReruns = false`.

    References to elements that the browser knows are not dropped. One whose new container was dropped has no place, and
    the page goes blank for good ("Cannot set a node at a delta path"): seen on a busy machine, where the server's loop
    came later than the end of a wait in this thread. So the wait is one of the loop's own, begun after all that was
    written has come to it.
    """
    if _loop is None:
        time.sleep(SETTLE_SECONDS)
    else:
        concurrent.futures.wait([asyncio.run_coroutine_threadsafe(asyncio.sleep(SETTLE_SECONDS), _loop)], MOST_SECONDS)


@contextlib.asynccontextmanager
async def lifespan(_app: Any) -> AsyncIterator[None]:
    """Knows the loop of the server that sends what pages write, for as long as it lives."""
    global _loop
    _loop = asyncio.get_running_loop()
    try:
        yield
    finally:
        _loop = None


@functools.cache
def _component() -> Any:
    script = static.loader("live/mount.js", static.plotly())
    return st.components.v2.component("ae_live", html=_ROOT, js=script, isolate_styles=False)


@functools.cache
def _listener() -> Any:
    script = static.loader("live/listener.js")
    return st.components.v2.component("ae_listener", html="<i hidden></i>", js=script, isolate_styles=False)


@functools.cache
def _style() -> str:
    return (static.ROOT / "assets" / "style.css").read_text(encoding="utf-8")
