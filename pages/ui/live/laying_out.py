"""The codes of a run laid out by t-SNE over HTTP: asked for again and again, which tells how far it is.

A worker computes a layout once for all who ask for it at the same time, see `works.py`, and it is kept for those who
come later.
"""

from collections.abc import Sequence

import msgspec
import numpy as np
from msgspec import Struct
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from pages.ui import shared
from pages.ui.live.computing import Refused
from pages.ui.live.kept import Kept
from pages.ui.live.network import moments_of
from pages.ui.live.works import LONGEST_NAME, Works
from pages.ui.server import origins
from pages.ui.words.language import _, known, spoken

LAYOUT = "/layout/{run}/{step:int}/{page}"
KEPT_BYTES, MOST_KEPT = 4 * 2**20, 1000
MOST = 2  # layouts on their way at a time, for all pages together
PATIENCE = 6.0  # seconds without a question, after which a page counts as closed

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


_kept: Kept[bytes] = Kept(KEPT_BYTES, MOST_KEPT, len)
_works: Works[Key] = Works(MOST, lambda: PATIENCE)


async def layout(request: Request) -> Response:
    """POST asks for the layout of a step, or how far it is; DELETE says that this page does not want it any more."""
    with spoken(known(request.query_params.get("words", ""))):
        if not origins.allowed(request):
            return _refused(_("Only pages of this app may ask."), 403)
        page = request.path_params["page"][:LONGEST_NAME]
        if request.method == "DELETE":
            _works.leave(page)
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
    engine, count = shared.engine(), now.setup.atlas.count
    work = _works.ask(key, page, lambda: engine.lay_out(*key, count), lambda places: _kept.put(key, places))
    if work is None:
        return _refused(_("Others have codes laid out at present; yours are next."), 429)
    return _refused(work.why, 503) if work.why else _told(Laid(work.share))


def _told(laid: Laid) -> Response:
    headers = {"Cache-Control": "no-store"}
    return Response(msgspec.json.encode(laid), media_type="application/json", headers=headers)


def _refused(why: str, status: int) -> Response:
    headers = {"Cache-Control": "no-store"}
    return Response(msgspec.json.encode(Refused(why)), status, media_type="application/json", headers=headers)
