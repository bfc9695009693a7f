"""Which test examples of a run are odd, over HTTP: asked for again and again, which tells how far it is.

Workers do it once for all who ask at the same time, see `works.py`, and it is kept for those who come later. What a
threshold makes of it is computed in the browser.
"""

from collections.abc import Collection

from msgspec import Raw, Struct
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

ODD = "/odd/{run}/{step}/{page}"
KEPT_BYTES, MOST_KEPT = 16 * 2**20, 100
MOST = 2  # at a time, for all pages together
LONGEST_NORMAL = 1000  # characters that name classes

Key = tuple[str, int, str]
"""A run, its last step, and the classes that are called normal."""


class Looked(Struct, frozen=True, omit_defaults=True):
    """How far it is.

    Args:
        share: 0 to 1.
        found: What `messages.Anomalies` says, as JSON, once it is there.
    """

    share: float
    found: Raw | None = None


_kept: Kept[bytes] = Kept(KEPT_BYTES, MOST_KEPT, len)
_works: Works[Key] = Works(MOST)


async def odd(request: Request) -> Response:
    """POST asks which examples are odd, or how far that is; DELETE says that this page does not want it any more."""
    return await asked(request, _works, _odd)


async def _odd(request: Request, page: str) -> Response:
    run_id, step = request.path_params["run"], whole(request.path_params["step"])
    asked_of = await run_in_threadpool(where, run_id)
    if asked_of is None:
        return refused(_("There is no such run any more."), 404)
    now, moments = asked_of
    if moments.moving or step is None or step not in moments.steps[-1:]:
        return refused(_("This run has another network by now."), 409)
    names = now.setup.class_names if now.setup is not None else ()
    normal = one_spelling(request.query_params.get("normal", "")[:LONGEST_NORMAL], names)
    key = now.id, step, normal
    found = _kept.get(key)
    if found is not None:
        return told(Looked(1.0, Raw(found)))
    engine = shared.engine()
    work = _works.ask(
        key, page, address(request), lambda: engine.find_odd(now.id, normal), lambda told: _kept.put(key, told)
    )
    if work is None:
        return refused(_("Others look for odd examples at present; yours are next."), 429)
    return refused(_(work.why), 503) if work.why else told(Looked(work.share))


def one_spelling(normal: str, names: Collection[str]) -> str:
    """The same classes in one spelling, each once and in order, so that they are one question.

    Args:
        normal: Names of classes, with commas between them.
        names: All names. What is a name itself stays as it is: it may have commas in it.
    """
    known = {name.strip() for name in names}
    sorted_ones = ",".join(sorted({one.strip() for one in normal.split(",")} - {""}))
    return normal.strip() if {normal.strip(), sorted_ones} & known else sorted_ones
