"""The end of a page's script waits until what it wrote is on its way to the browser."""

import asyncio
import concurrent.futures
import contextlib
import time
from collections.abc import AsyncIterator

SETTLE_SECONDS = 0.05
MOST_SECONDS = 2.0  # longest that a page's script waits for a server loop that has fallen behind

_loop: asyncio.AbstractEventLoop | None = None  # the server's; None where only the script is served


def settle() -> None:
    """Lets what a page wrote reach the browser before the run of its script ends. Call it last.

    A timed fragment that comes due during a full run starts as soon as that run ends. Streamlit then drops what the run
    had written of the fragment but not yet sent (it sends every 10 ms), and still reports the run as complete: the
    browser takes the missing elements for removed, and the views are mounted anew. Seen at one click in seven under
    load; never with this wait and `runner.fastReruns = false`.

    References to elements that the browser already knows are not dropped. A reference whose new container was dropped
    has nowhere to go, and the page goes blank for good ("Cannot set a node at a delta path"): seen on a busy machine,
    where the server's loop came round only after a wait in this thread was over. So the wait happens in the loop
    itself, and begins after everything that was written has reached it.
    """
    if _loop is None:
        time.sleep(SETTLE_SECONDS)
    else:
        concurrent.futures.wait([asyncio.run_coroutine_threadsafe(asyncio.sleep(SETTLE_SECONDS), _loop)], MOST_SECONDS)


@contextlib.asynccontextmanager
async def lifespan(_app: object) -> AsyncIterator[None]:
    """Knows the loop of the server that sends what pages write, for as long as it lives."""
    global _loop
    _loop = asyncio.get_running_loop()
    try:
        yield
    finally:
        _loop = None
