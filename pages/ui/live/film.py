"""Frames of runs and recordings over HTTP: a page that goes back in time fetches what it wants to see.

A frame of a step never changes, so a browser may keep it. Each is built and packed once, for all who ask.
"""

import gzip
import json

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from ae_core.engine import Film
from pages.ui import shared
from pages.ui.live import drawn, recorded
from pages.ui.live.kept import Kept
from pages.ui.live.lanes import Lanes
from pages.ui.live.questions import address, whole
from pages.ui.words.language import known, spoken

STEPS, FRAME = "/film/{name}", "/film/{name}/{step}"
KEPT_BYTES, MOST_KEPT = 32 * 2**20, 10_000
KEEP_SECONDS = 3600  # how long a browser may keep a frame

MOST, MOST_OF_ADDRESS = 4, 2  # frames that are drawn at a time

_packed: Kept[bytes] = Kept(KEPT_BYTES, MOST_KEPT, len)
_lanes = Lanes(MOST, MOST_OF_ADDRESS)


def film_of(name: str) -> Film | None:
    """The frames of a run by its id, or of a recording by its name; None if there is no such thing."""
    recording = recorded.named(name)
    return recording if recording is not None else shared.engine().film(name)


async def steps(request: Request) -> Response:
    """The steps of which there are frames, growing, as JSON."""
    found = await run_in_threadpool(_steps, request.path_params["name"])
    if found is None:
        return Response(status_code=404)
    content = json.dumps(found)
    return Response(content, media_type="application/json", headers={"Cache-Control": "no-store"})


def _steps(name: str) -> list[int] | None:
    """Reads the disk, which is nothing for the server's own loop."""
    film = film_of(name)
    return None if film is None else list(film.steps)


async def frame(request: Request) -> Response:
    """One frame as `drawn.frame` makes it, without the curves: those of the newest frame have all of them."""
    name, step = request.path_params["name"], whole(request.path_params["step"])
    if step is None:
        return Response(status_code=404)
    panel, words = request.query_params.get("panel"), known(request.query_params.get("words", ""))
    packed = await _lanes.run(address(request), _frame, name, step, panel, words)
    if packed is None:
        return Response(status_code=404)
    headers = {
        "Content-Encoding": "gzip",
        "Cache-Control": f"private, max-age={KEEP_SECONDS}",
        "Vary": "Accept-Encoding",
    }
    return Response(packed, media_type="application/json", headers=headers)


def _frame(name: str, step: int, panel: str | None, words: str) -> bytes | None:
    film = film_of(name)
    if film is None:
        return None
    panel = drawn.known_panel(film.setup, panel)
    key = name, step, panel, words, film.setup.total_steps
    packed = _packed.get(key)
    if packed is not None:
        drawn.keep_pictures(film.setup)
        return packed
    snapshot = film.frame(step)
    if snapshot is None:
        return None
    with spoken(words):
        packed = gzip.compress(drawn.frame(film.setup, snapshot, panel, drawn.at_once, curves=False), 5)
    _packed.put(key, packed)
    return packed
