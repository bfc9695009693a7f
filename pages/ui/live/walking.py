"""A way through the codes as a film: a browser draws its frames, and only the server can write such files."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from ae_core.errors import DataError
from ae_core.figures.film.walk import walk
from pages.ui.live.answers import refused
from pages.ui.live.questions import body, whole
from pages.ui.server import origins

WALK = "/walk/{kind}/{frames}"
LARGEST = 2**23  # bytes of a sheet of frames
MOST = 2  # films at a time

_made: set[Request] = set()


async def walked(request: Request) -> Response:
    """The film of the frames in the question, a PNG file in which they stand one below the other."""
    if not origins.allowed(request):
        return refused("Only pages of this app may ask.", 403)
    sheet = await body(request, LARGEST, f"A sheet of frames must have at most {LARGEST:,} bytes.")
    if isinstance(sheet, Response):
        return sheet
    if len(_made) >= MOST:
        return refused("Others have films made at present; try again in a moment.", 429)
    _made.add(request)
    try:
        return await _walked(request, sheet)
    finally:
        _made.discard(request)


async def _walked(request: Request, sheet: bytes) -> Response:
    kind, frames = request.path_params["kind"], whole(request.path_params["frames"])
    try:
        film = await run_in_threadpool(walk, sheet, frames or 0, kind)
    except DataError as error:
        return refused(str(error), 400)
    return Response(film, media_type=f"image/{kind}", headers={"Cache-Control": "no-store"})
