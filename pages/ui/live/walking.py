"""A way through the codes as a film: a browser draws its frames, and only the server can write such files."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from ae_core.errors import DataError
from ae_core.figures.film.walk import walk
from pages.ui.live.answers import refused
from pages.ui.server import origins

WALK = "/walk/{kind}/{frames:int}"
LARGEST = 2**23  # bytes of a sheet of frames
MOST = 2  # films at a time

_made: set[Request] = set()


async def walked(request: Request) -> Response:
    """The film of the frames in the question, a PNG file in which they stand one below the other."""
    if not origins.allowed(request):
        return refused("Only pages of this app may ask.", 403)
    if len(_made) >= MOST:
        return refused("Others have films made at present; try again in a moment.", 429)
    _made.add(request)
    try:
        return await _walked(request)
    finally:
        _made.discard(request)


async def _walked(request: Request) -> Response:
    sheet = b""
    async for piece in request.stream():
        sheet += piece
        if len(sheet) > LARGEST:
            return refused(f"A sheet of frames must have at most {LARGEST:,} bytes.", 413)
    kind = request.path_params["kind"]
    try:
        film = await run_in_threadpool(walk, sheet, request.path_params["frames"], kind)
    except DataError as error:
        return refused(str(error), 400)
    return Response(film, media_type=f"image/{kind}", headers={"Cache-Control": "no-store"})
