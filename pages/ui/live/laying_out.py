"""The codes of a run laid out by t-SNE over HTTP: asked for again and again, which tells how far it is.

A worker computes a layout once for all who ask for it at the same time, and it is kept for those who come later. When
nobody asks any more, because the pages that did have been closed or have said that they gave it up, the worker stops
at the end of the stretch that it is at.
"""

import asyncio
import time
from collections.abc import Sequence

import msgspec
import numpy as np
from msgspec import Struct
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from ae_core.engine import EngineError
from pages.ui import shared
from pages.ui.live.computing import Refused
from pages.ui.live.kept import Kept
from pages.ui.live.network import moments_of
from pages.ui.server import origins
from pages.ui.words.language import _, known, spoken

LAYOUT = "/layout/{run}/{step:int}/{page}"
KEPT_BYTES, MOST_KEPT = 4 * 2**20, 1000
MOST = 2  # layouts on their way at a time, for all pages together
PATIENCE = 6.0  # seconds without a question, after which a page counts as closed
LONGEST_NAME = 40  # of a page, which it gives itself

Key = tuple[str, int]
"""A run and a step."""


class Laid(Struct, frozen=True, omit_defaults=True):
    """How far a layout is.

    Args:
        share: 0 to 1.
        places: The layout, x and y of each example in turn, once it is there.
    """

    share: float
    places: Sequence[float] = ()


class _Work:
    """A layout on its way.

    Attributes:
        share: How much of it is done.
        why: One sentence; why there is none.
        pages: When each page that waits for it has last asked.
        task: What brings it forth.
    """

    def __init__(self) -> None:
        self.share, self.why = 0.0, ""
        self.pages: dict[str, float] = {}
        self.task: asyncio.Task[None] | None = None

    @property
    def wanted(self) -> bool:
        """Whether any page still waits for it; those that have gone are forgotten."""
        now = time.monotonic()
        self.pages = {page: at for page, at in self.pages.items() if now - at < PATIENCE}
        return bool(self.pages)


_kept: Kept[bytes] = Kept(KEPT_BYTES, MOST_KEPT, len)
_works: dict[Key, _Work] = {}


async def layout(request: Request) -> Response:
    """POST asks for the layout of a step, or how far it is; DELETE says that this page does not want it any more."""
    with spoken(known(request.query_params.get("words", ""))):
        if not origins.allowed(request):
            return _refused(_("Only pages of this app may ask."), 403)
        page = request.path_params["page"][:LONGEST_NAME]
        if request.method == "DELETE":
            _leave(page)
            return Response(status_code=204)
        return await _layout(request.path_params["run"], request.path_params["step"], page)


async def _layout(run_id: str, step: int, page: str) -> Response:
    run = await run_in_threadpool(shared.engine().run, run_id)
    if run is None:
        return _refused(_("There is no such run any more."), 404)
    now = run.view()
    if now.setup is None or step not in (await run_in_threadpool(moments_of, now)).steps:
        return _refused(_("This run has another network by now."), 409)
    key = now.id, step
    found = _kept.get(key)
    if found is not None:
        return _told(Laid(1.0, np.frombuffer(found, "<f4").round(3).tolist()))
    _leave(page, but=key)
    if key not in _works and sum(not one.why for one in _works.values()) >= MOST:
        return _refused(_("Others have codes laid out at present; yours are next."), 429)
    work = _works.get(key)
    if work is None:
        work = _works[key] = _Work()
        work.task = asyncio.create_task(_lay_out(key, now.setup.atlas.count, work))
    if work.why:
        del _works[key]  # whoever asks again has it tried again
        return _refused(work.why, 503)
    work.pages[page] = time.monotonic()
    return _told(Laid(work.share))


def _leave(page: str, but: Key | None = None) -> None:
    """A page wants no layout any more but one; what went wrong and nobody has asked about is forgotten."""
    for key, work in [*_works.items()]:
        if key != but:
            work.pages.pop(page, None)
            if work.why and not work.wanted:
                del _works[key]


async def _lay_out(key: Key, count: int, work: _Work) -> None:
    """Goes from stretch to stretch as long as somebody wants it."""
    stretches = shared.engine().lay_out(*key, count)
    places = b""
    try:
        while work.wanted and work.share < 1.0:
            work.share, places = await run_in_threadpool(next, stretches)
        if work.share >= 1.0:
            _kept.put(key, places)
    except EngineError as error:
        work.why = str(error)
    finally:
        if not work.why:
            del _works[key]


def _told(laid: Laid) -> Response:
    headers = {"Cache-Control": "no-store"}
    return Response(msgspec.json.encode(laid), media_type="application/json", headers=headers)


def _refused(why: str, status: int) -> Response:
    headers = {"Cache-Control": "no-store"}
    return Response(msgspec.json.encode(Refused(why)), status, media_type="application/json", headers=headers)
