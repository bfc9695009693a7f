"""The network of a run over HTTP, for browsers that compute with it: see `assets/javascript/network/`.

Whoever has the run's id may have it: as it was at its end, or at one of the steps of which the weights are kept, also
while it trains. A worker reads it once for all who ask; a browser keeps it and asks each time whether it is still the
same, because a run may be given more epochs. Of a network that no browser can compute it gets all but the layers, and
asks a worker for each answer: see `computing.py`.
"""

import asyncio
import functools
import gzip
import hashlib
from collections import Counter
from collections.abc import Sequence
from urllib.parse import quote

import msgspec
from msgspec import Struct
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from ae_core.engine import EngineError, TrainingJob
from pages.ui import shared
from pages.ui.live import recorded
from pages.ui.live.kept import Kept
from pages.ui.live.lanes import Lanes
from pages.ui.live.questions import address, whole
from pages.ui.words.language import _, known, spoken

NETWORK, MOMENTS = "/network/{run}", "/network/{run}/moments"
KEPT_BYTES, MOST_KEPT = 64 * 2**20, 1000
MOST, MOST_OF_ONE = 8, 6  # networks that are asked for at a time, and of them for one address
MOST_WAITING, MOST_OF_ADDRESS = 64, 16  # with those whose turn comes later: of all pages, and of those at one address


class NoNetwork(Struct, frozen=True):
    """What a browser is told that gets no network.

    Args:
        why: One sentence.
        later: Whether it is worth asking again.
        browser: Always false.
    """

    why: str
    later: bool = False
    browser: bool = False


class Packed(Struct, frozen=True):
    """A network as it is sent, or its introduction, or why there is neither.

    Args:
        content: Its bytes in gzip; empty if there is none.
        mark: Changes with the content.
        why: One sentence; empty if there is a network.
        worker: One sentence; why a worker computes it. Empty if the browser does.
    """

    content: bytes
    mark: str
    why: str
    worker: str = ""


class Moments(Struct, frozen=True):
    """When a run can be explored.

    Args:
        steps: Steps at which its network can be had, growing.
        moving: Whether more of them come.
    """

    steps: Sequence[int]
    moving: bool


Key = tuple[str, int, bool]
"""A run, a step, and whether it has ended there: what a network depends on."""

_kept: Kept[Packed] = Kept(KEPT_BYTES, MOST_KEPT, lambda one: len(one.content))
_coming: dict[Key, asyncio.Task[Packed]] = {}
_asked_from: Counter[str] = Counter()  # how many of them, by the address that was first
_lanes = Lanes(MOST, MOST_OF_ONE)  # of their own, so that what workers are slow with keeps nobody else waiting


async def network(request: Request) -> Response:
    """The network of a run: bytes of `ae_core/portable/block.py`, or JSON that says why there are none."""
    with spoken(known(request.query_params.get("words", ""))):
        return await _network(request)


async def moments(request: Request) -> Response:
    """The steps at which a run can be explored, as JSON; a page that follows a training asks every few seconds."""
    found = await run_in_threadpool(where, request.path_params["run"])
    if found is None:
        return Response(status_code=404)
    headers = {"Cache-Control": "no-store"}
    return Response(msgspec.json.encode(found[1]), media_type="application/json", headers=headers)


def where(run_id: str) -> tuple[TrainingJob, Moments] | None:
    """A still copy of a run, and when it can be explored; None if there is no such run.

    This reads the disk, and waits for whoever changes the queue: nothing for the server's own loop.
    """
    run = shared.engine().run(run_id)
    if run is None:
        return None
    now = run.view()
    return now, moments_of(now)


def moments_of(run: TrainingJob) -> Moments:
    """When a run can be explored.

    Args:
        run: A still copy of the run.
    """
    over = run.ended and not run.measuring
    last = run.snapshot.step if over and run.snapshot is not None else None
    kept = [step for step in shared.engine().moments(run.id) if last is None or step < last]
    return Moments(kept if last is None else [*kept, last], moving=not over)


async def _network(request: Request) -> Response:
    recording = await run_in_threadpool(recorded.named, request.path_params["run"])
    if recording is not None and recording.network:
        return _with(request, await run_in_threadpool(_packed_once, recording.network), recording.steps[-1])
    asked = await run_in_threadpool(where, request.path_params["run"])
    if asked is None:
        return _without(NoNetwork(_("There is no such run any more.")), 404)
    now, found = asked
    latest = whole(request.query_params.get("step", ""))
    step = max((one for one in found.steps if latest is None or one <= latest), default=None)
    if step is None and found.moving:
        return _without(NoNetwork(_("This run still trains; in a moment it can be explored."), later=True))
    ended = not found.moving and step in (None, found.steps[-1] if found.steps else None)
    key = now.id, -1 if step is None else step, ended
    if not _room_for(key, address(request)):
        return _without(NoNetwork(_("Others have networks read at present; yours is next."), later=True), 503)
    try:
        packed = await _packed(key, address(request))
    except EngineError as error:
        return _without(NoNetwork(_(str(error)), later=True), 503)
    if packed.why:
        return _without(NoNetwork(_(packed.why)))
    return _with(request, packed, step)


def _with(request: Request, packed: Packed, step: int | None) -> Response:
    headers = {
        "Cache-Control": "private, no-cache",
        "ETag": packed.mark,
        "Vary": "Accept-Encoding",
        "X-Step": str(step),
        "X-Worker": quote(_(packed.worker)),  # the content is the same in all languages
    }
    if packed.mark in request.headers.get("If-None-Match", ""):
        return Response(status_code=304, headers=headers)
    headers["Content-Encoding"] = "gzip"
    return Response(packed.content, media_type="application/octet-stream", headers=headers)


def _without(told: NoNetwork, status: int = 200) -> Response:
    headers = {"Cache-Control": "no-store"}
    return Response(msgspec.json.encode(told), status, media_type="application/json", headers=headers)


def _room_for(key: Key, asker: str) -> bool:
    """Whether a network is at hand or on its way already, or may be asked for by whoever is at that address."""
    if _kept.get(key) is not None or key in _coming:
        return True
    return len(_coming) < MOST_WAITING and _asked_from[asker] < MOST_OF_ADDRESS


async def _packed(key: Key, asker: str = "") -> Packed:
    """What is kept, or what a worker answers: one question, however many wait for it."""
    found = _kept.get(key)
    if found is not None:
        return found
    if key not in _coming:
        _asked_from[asker] += 1
        _coming[key] = asyncio.create_task(_lanes.run(asker, _ask, key))
        _coming[key].add_done_callback(lambda task: _keep(key, asker, task))
    return await asyncio.shield(_coming[key])  # whoever leaves takes it from nobody else


def _keep(key: Key, asker: str, task: asyncio.Task[Packed]) -> None:
    del _coming[key]
    _asked_from.subtract([asker])
    if not _asked_from[asker]:
        del _asked_from[asker]
    if task.cancelled() or task.exception() is not None:
        return
    _kept.put(key, task.result())


def _ask(key: Key) -> Packed:
    run_id, step, ended = key
    answer = shared.engine().network(run_id) if ended else shared.engine().network(run_id, step)
    content = answer.content or answer.introduction
    if not content:
        return Packed(b"", "", answer.why)
    return _packed_of(content, "" if answer.content else answer.why)


@functools.lru_cache(maxsize=32)  # of the recordings, each less than 0.5 MB
def _packed_once(content: bytes) -> Packed:
    return _packed_of(content)


def _packed_of(content: bytes, worker: str = "") -> Packed:
    mark = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    return Packed(gzip.compress(content, 5), mark, "", worker)
