"""What all visitors share: the engine."""

import contextlib
import os
import threading
from collections.abc import AsyncIterator

import streamlit as st
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse

from ae_core.engine import Engine
from pages.ui.live import settling
from pages.ui.server import memory, presses, prompt

HEAD_START_SECONDS = 3.0  # for the first page: loading TensorFlow takes every core for ten seconds
HEALTH = "/healthz"


@st.cache_resource(show_spinner=False)
def engine() -> Engine:
    """The engine, started in the background a moment after the app."""
    shared = Engine(address=os.environ.get("AE_SCHEDULER"))
    begin = threading.Timer(HEAD_START_SECONDS, shared.start)
    begin.daemon = True
    begin.start()
    return shared


@contextlib.asynccontextmanager
async def lifespan(app: object) -> AsyncIterator[None]:
    """Begins with the engine, so that runs which were cut off go on whether or not anybody opens a page.

    It ends with it too: after SIGTERM the server dies of that signal, and nothing else would close the engine.
    """
    prompt.no_delay()
    presses.keep()
    memory.few_pools()
    shared = engine()
    try:
        async with settling.lifespan(app):
            yield
    finally:
        await run_in_threadpool(shared.close)


async def health(_request: Request) -> PlainTextResponse:
    """200, or 503 when training has failed for good, for whoever restarts the app then."""
    shared = engine()
    return PlainTextResponse(shared.status_text, 200 if shared.healthy else 503)
