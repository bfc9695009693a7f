"""The trained network of a run over HTTP, for browsers that compute with it: see `assets/javascript/network/`.

Whoever has the run's id may have it. A worker reads it once for all who ask; a browser keeps it and asks each time
whether it is still the same, because a run may be given more epochs. Of a network that no browser can compute it gets
all but the layers, and asks a worker for each answer: see `computing.py`.
"""

import asyncio
import gzip
import hashlib

import msgspec
from msgspec import Struct
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from ae_core.engine import EngineError
from pages.ui import shared
from pages.ui.live.kept import Kept
from pages.ui.words.language import _, known, spoken

NETWORK = "/network/{run}"
KEPT_BYTES, MOST_KEPT = 64 * 2**20, 1000


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
    """

    content: bytes
    mark: str
    why: str


Key = tuple[str, int]
"""A run, and its last step: what a network depends on."""

_kept: Kept[Packed] = Kept(KEPT_BYTES, MOST_KEPT, lambda one: len(one.content))
_coming: dict[Key, asyncio.Task[Packed]] = {}


async def network(request: Request) -> Response:
    """The network of a run: bytes of `ae_core/portable/block.py`, or JSON that says why there are none."""
    with spoken(known(request.query_params.get("words", ""))):
        return await _network(request)


async def _network(request: Request) -> Response:
    run = await run_in_threadpool(shared.engine().run, request.path_params["run"])
    if run is None:
        return _without(NoNetwork(_("There is no such run any more.")), 404)
    now = run.view()
    if not now.ended or now.measuring:
        return _without(NoNetwork(_("This run still trains; its network can be had when it has ended."), later=True))
    try:
        packed = await _packed((now.id, -1 if now.snapshot is None else now.snapshot.step))
    except EngineError as error:
        return _without(NoNetwork(str(error), later=True), 503)
    if packed.why:
        return _without(NoNetwork(packed.why))
    headers = {"Cache-Control": "private, no-cache", "ETag": packed.mark, "Vary": "Accept-Encoding"}
    if packed.mark in request.headers.get("If-None-Match", ""):
        return Response(status_code=304, headers=headers)
    headers["Content-Encoding"] = "gzip"
    return Response(packed.content, media_type="application/octet-stream", headers=headers)


def _without(told: NoNetwork, status: int = 200) -> Response:
    headers = {"Cache-Control": "no-store"}
    return Response(msgspec.json.encode(told), status, media_type="application/json", headers=headers)


async def _packed(key: Key) -> Packed:
    """What is kept, or what a worker answers: one question, however many wait for it."""
    found = _kept.get(key)
    if found is not None:
        return found
    if key not in _coming:
        _coming[key] = asyncio.create_task(run_in_threadpool(_ask, key[0]))
        _coming[key].add_done_callback(lambda task: _keep(key, task))
    return await asyncio.shield(_coming[key])  # whoever leaves takes it from nobody else


def _keep(key: Key, task: asyncio.Task[Packed]) -> None:
    del _coming[key]
    if task.cancelled() or task.exception() is not None:
        return
    _kept.put(key, task.result())


def _ask(run_id: str) -> Packed:
    answer = shared.engine().network(run_id)
    content = answer.content or answer.introduction
    if not content:
        return Packed(b"", "", answer.why)
    mark = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    return Packed(gzip.compress(content, 5), mark, "")
