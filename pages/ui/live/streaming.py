"""What is new in a run, sent to a page the moment it is there, over a connection beside Streamlit's own.

A timed fragment costs the server tens of milliseconds for each viewer, whether or not anything is new: fifty viewers
would take more than a processor core from the training. What is sent here is serialised once, and costs one write to a
socket for each viewer. So the more pages listen here, the more rarely their timers redraw them. A page that cannot
listen, because something between it and the server prevents it, is redrawn as often as ever.
"""

import asyncio
import json
import time
from collections import Counter
from collections.abc import Mapping
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.websockets import WebSocket, WebSocketDisconnect

from ae_core.engine import TrainingJob
from ae_core.figures.views import Given
from ae_core.messages import Setup, Snapshot
from pages.ui import shared
from pages.ui.live import drawn
from pages.ui.words.language import language, spoken

ROUTE = "/live/{run_id}"
LOOK_SECONDS = 0.1
MOST = 1000  # connections
DRAWN_A_SECOND = 6  # pages redrawn by their timers, all visitors together
RESTS = (2.0, 8.0)  # few values, because a page whose value changes is redrawn as a whole
PATIENCE = 10.0  # seconds that a page has to open its connection
GONE, FULL = 4404, 1013  # codes with which a connection is refused

_listening: Counter[str] = Counter()  # connections by the page that opened them


def address(page: str, run_id: str, chosen: Given) -> str:
    """Where a page hears of a run, relative to the app.

    Args:
        page: Token of the page.
        run_id: The run.
        chosen: What the viewer has chosen: `logarithmic` and `panel`.
    """
    wishes = {
        "page": page,
        "log": int(bool(chosen["logarithmic"])),
        "panel": chosen["panel"] or "",
        "words": language(),
    }
    return f"live/{run_id}?{urlencode(wishes)}"


def rest(page: str, since: float) -> float:
    """Seconds that a page's timer must wait between two drawings; 0 for no wait.

    Args:
        page: Token of the page.
        since: When it was opened, on the monotonic clock.
    """
    count = len(_listening)
    deaf = not _listening[page] and time.monotonic() - since > PATIENCE
    if deaf or count <= DRAWN_A_SECOND / 2:
        return 0.0
    return next((seconds for seconds in RESTS if seconds >= count / DRAWN_A_SECOND), RESTS[-1])


async def stream(socket: WebSocket) -> None:
    """Tells one page of a run, from what is newest until the run ends or the page closes."""
    engine = await run_in_threadpool(shared.engine)
    run = await run_in_threadpool(engine.run, socket.path_params["run_id"])
    if run is None or len(_listening) >= MOST:
        await socket.accept()
        await socket.close(GONE if run is None else FULL)
        return
    page = socket.query_params.get("page", "")[:40]
    await socket.accept()
    _listening[page] += 1
    closed = asyncio.ensure_future(_closed(socket))
    try:
        version = -1
        while not closed.done():
            ended = run.ended
            if run.version != version:
                now = await run_in_threadpool(run.view)
                version = now.version
                setup, snapshot = now.setup, now.snapshot
                if setup is not None and snapshot is not None:
                    said = await run_in_threadpool(_message, now, setup, snapshot, socket.query_params)
                    await socket.send_bytes(said)
            if ended:
                await socket.close()
                return
            await asyncio.wait({closed}, timeout=LOOK_SECONDS)
    except WebSocketDisconnect:
        pass  # while something was being sent
    finally:
        closed.cancel()
        _listening[page] -= 1
        if not _listening[page]:
            del _listening[page]


async def _closed(socket: WebSocket) -> None:
    """Waits until the page goes away; whatever it says is ignored."""
    while (await socket.receive())["type"] != "websocket.disconnect":
        pass


def _message(run: TrainingJob, setup: Setup, snapshot: Snapshot, wishes: Mapping[str, str]) -> bytes:
    """Everything that changes with a snapshot, once for all pages with the same wishes."""
    words = wishes.get("words", "en")[:20]
    wanted = wishes.get("panel")
    panel = wanted if any(one.name == wanted for one in setup.panels) else None
    chosen: Given = {"logarithmic": wishes.get("log") == "1", "panel": panel}

    def build() -> bytes:
        views = drawn.payloads(run.id, setup, snapshot, chosen, run.cached)
        parts = [f'"{key}":'.encode() + payload for key, payload in views.items()]
        texts = json.dumps(drawn.texts(setup, snapshot, run.cached)).encode()
        return b'{"views":{' + b",".join(parts) + b'},"texts":' + texts + b"}"

    with spoken(words):
        return run.cached(("stream", *chosen.values(), words), build)
