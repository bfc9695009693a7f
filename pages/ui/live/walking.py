"""A way through the codes as a film: a browser draws its frames, and only the server can write such files."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from ae_core.errors import DataError
from ae_core.figures.film.walk import walk
from pages.ui.live.answers import refused
from pages.ui.live.questions import Places, whole

WALK = "/walk/{kind}/{frames}"
LARGEST = 2**23  # bytes of a sheet of frames
MOST = 2  # films at a time

_places = Places(
    MOST,
    "Others have films made at present; try again in a moment.",
    LARGEST,
    f"A sheet of frames must have at most {LARGEST:,} bytes.",
)


async def walked(request: Request) -> Response:
    """The film of the frames in the question, a PNG file in which they stand one below the other."""
    kind, frames = request.path_params["kind"], whole(request.path_params["frames"])

    async def answer(sheet: bytes) -> Response:
        try:
            film = await run_in_threadpool(walk, sheet, frames or 0, kind)
        except DataError as error:
            return refused(str(error), 400)
        return Response(film, media_type=f"image/{kind}", headers={"Cache-Control": "no-store"})

    return await _places.answered(request, answer)
