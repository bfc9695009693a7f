"""The codes of a run laid out by t-SNE over HTTP: asked for again and again, which tells how far it is.

A worker computes a layout once for all who ask for it at the same time, see `works.py`, and it is kept for those who
come later.
"""

from collections.abc import Sequence

import numpy as np
from msgspec import Struct
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from pages.ui import shared
from pages.ui.live.answers import refused, told
from pages.ui.live.kept import Kept
from pages.ui.live.network import where
from pages.ui.live.questions import address, whole
from pages.ui.live.works import Works, asked
from pages.ui.words.language import _

LAYOUT = "/layout/{run}/{step}/{page}"
KEPT_BYTES, MOST_KEPT = 4 * 2**20, 1000
MOST = 2  # layouts on their way at a time, for all pages together

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
_works: Works[Key] = Works(MOST)


async def layout(request: Request) -> Response:
    """POST asks for the layout of a step, or how far it is; DELETE says that this page does not want it any more."""
    return await asked(request, _works, _layout)


async def _layout(request: Request, page: str) -> Response:
    run_id, step = request.path_params["run"], whole(request.path_params["step"])
    asked_of = await run_in_threadpool(where, run_id)
    if asked_of is None:
        return refused(_("There is no such run any more."), 404)
    now, moments = asked_of
    if now.setup is None or step is None or step not in moments.steps:
        return refused(_("This run has another network by now."), 409)
    key = now.id, step
    found = _kept.get(key)
    if found is not None:
        return told(Laid(1.0, np.frombuffer(found, "<f4").round(3).tolist()))
    engine, count = shared.engine(), now.setup.atlas.count
    work = _works.ask(
        key, page, address(request), lambda: engine.lay_out(*key, count), lambda places: _kept.put(key, places)
    )
    if work is None:
        return refused(_("Others have codes laid out at present; yours are next."), 429)
    return refused(_(work.why), 503) if work.why else told(Laid(work.share))
