"""Answers of a run's network over HTTP, for browsers that cannot compute it: a worker does.

A page asks one question at a time, and lets go of those that a newer one has overtaken. What is more than workers can
do is refused at once; the page asks again.
"""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from ae_core.engine import EngineError
from pages.ui import shared
from pages.ui.live.answers import refused
from pages.ui.live.network import where
from pages.ui.live.questions import Places, whole

COMPUTE = "/compute/{run}/{step}/{part}"
LARGEST = 2**21  # bytes of a question
MOST = 8  # questions at a time, of all pages together

_places = Places(
    MOST,
    "Too many questions at a time; ask again in a moment.",
    LARGEST,
    f"A question must have at most {LARGEST:,} bytes.",
)


async def compute(request: Request) -> Response:
    """What the encoder or the decoder makes of the rows in the question: numbers in, numbers out, float32."""
    asked = request.path_params

    async def answer(rows: bytes) -> Response:
        return await run_in_threadpool(_answer, asked["run"], whole(asked["step"]), asked["part"], rows)

    return await _places.answered(request, answer)


def _answer(run_id: str, step: int | None, part: str, rows: bytes) -> Response:
    """All on one thread: each change of threads costs milliseconds while a training runs beside it."""
    asked_of = where(run_id)
    if asked_of is None:
        return refused("There is no such run any more.", 404)
    if step is None or step not in asked_of[1].steps:
        return refused("This run has another network by now.", 409)
    try:
        answer = shared.engine().compute(run_id, step, part, rows)
    except EngineError as error:
        return refused(str(error), 503)
    return Response(answer, media_type="application/octet-stream", headers={"Cache-Control": "no-store"})
