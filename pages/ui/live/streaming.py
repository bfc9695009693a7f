"""What is new in a run, sent to a page the moment it is there, over a connection beside Streamlit's own.

Streamlit draws a page in whole runs of its script only. Whatever changes with a training is said here, once for all
pages that look at the same thing: it is built and serialised once, and costs one write to a socket for each viewer.
"""

import asyncio
import contextlib
import hashlib
import json
import logging
import time
from collections.abc import AsyncIterator, Hashable, Mapping, Sequence
from typing import Protocol
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.websockets import WebSocket, WebSocketDisconnect

from ae_core.engine import ClassifierJob, Engine, Job, TrainingJob
from ae_core.errors import DataError
from ae_core.variants import registry
from pages.ui import shared
from pages.ui.live import drawn, recorded, status
from pages.ui.server import origins
from pages.ui.words.language import known, language, spoken

ROUTE = "/live/{place}"
ENGINE = "engine"  # the place at which is heard how far the workers are
TOGETHER = "together"  # the place at which is heard whether anything has changed with some jobs
MOST_TOGETHER = 40  # of them
LOOK_SECONDS = 0.04  # between two looks at what trains
REST_SECONDS = 1.0  # between two looks at what does not
CURVES_SECONDS = 1.0  # between two messages with whole curves and all steps; pages add what comes between them
ALIVE_SECONDS = 2.0  # after so much silence a page hears that the connection lives
UNDER_WAY = 6  # messages on their way to a page, beyond which it is sent no more: they would only grow old there
MOST = 2000  # connections: twice as many as one address may have, see `bounds.py`
GONE, FULL = 4404, 1013  # codes with which a connection is refused
BROKEN = 1011  # the one with which it ends because of a fault here; the page connects again

_log = logging.getLogger(__name__)


def address(place: str, **wishes: str) -> str:
    """Where a page hears of something, relative to the app.

    Args:
        place: Id of a run or of a classifier's job, or `ENGINE`.
        wishes: `variant`, whose recording is shown meanwhile, at `ENGINE`; `runs`, ids with commas, at `TOGETHER`.
    """
    return f"live/{place}?{urlencode({'words': language(), **wishes})}"


def token(job: Job) -> str:
    """What the parts of a page depend on that Streamlit draws: as long as it stays the same they stay too.

    Args:
        job: What is shown.
    """
    tunable = isinstance(job, TrainingJob) and job.setup is not None  # what can be tuned is known
    owner = hashlib.sha256(job.owner.encode()).hexdigest()[:8]
    return "/".join([job.id, job.state, str(job.measuring), str(job.result is not None), str(tunable), job.pace, owner])


def token_of_engine(engine: Engine) -> str:
    """The same where nothing is trained yet."""
    return "failed" if engine.status == "failed" else ""


def token_of_all(jobs: Sequence[Job]) -> str:
    """The same for some jobs of which a page shows numbers too."""
    versions = ",".join(sorted(f"{job.id}.{job.state}.{job.version}" for job in jobs))
    return hashlib.sha256(versions.encode()).hexdigest()[:16]


class Source(Protocol):
    """Something that changes, as a page is told of it.

    Attributes:
        key: Sources with the same one tell the same, so that pages share a channel.
        watched: Ids of the jobs that whoever listens is watching.
    """

    @property
    def key(self) -> Hashable: ...

    @property
    def watched(self) -> Sequence[str]: ...

    def version(self) -> Hashable:
        """Another one as soon as there is something new; None if it is there no more."""

    def message(self, curves: bool) -> bytes:
        """What is to be said of it now, JSON: `token`, `status`, and perhaps `frame` and others, see `said`.

        Args:
            curves: Whether with whole curves, see `drawn.frame`, and with the steps of all frames.
        """

    @property
    def moving(self) -> bool:
        """Whether something new may come at any moment."""


class _OfJob:
    """A job of the engine."""

    def __init__(self, engine: Engine, job: Job, panel: str | None, words: str) -> None:
        self._engine, self._job, self._panel, self._words = engine, job, panel, words
        self.key: Hashable = (job.id, panel, words)
        self.watched: Sequence[str] = (job.id,)
        self._looked = time.monotonic()

    def version(self) -> Hashable:
        now = time.monotonic()
        if now - self._looked >= REST_SECONDS:
            self._looked = now
            # Another object, if the queue had forgotten it; and one that another process trains is read anew.
            found = self._engine.run(self._job.id) or self._engine.job(self._job.id)
            if found is None:
                return None
            self._job = found
        return self._job.version, self._engine.status if self._job.state == "queued" else ""

    @property
    def moving(self) -> bool:
        return not self._job.ended or self._job.measuring

    def message(self, curves: bool) -> bytes:
        job = self._job.view()
        with spoken(self._words):
            match job:
                case TrainingJob():
                    steps = self._steps(job) if curves else ()
                    where = status.of_run(job, self._engine)
                    return said(token(job), where, self._frame(job, curves), steps, job.changed_at)
                case ClassifierJob():
                    where, frame = status.of_classifier(job, self._engine), drawn.classifier_frame(job)
                    return said(token(job), where, frame, changed_at=job.changed_at)
        raise TypeError(job)

    def _frame(self, job: TrainingJob, curves: bool) -> bytes:
        if job.setup is None or job.snapshot is None:
            return b"null"
        return drawn.frame(job.setup, job.snapshot, self._panel, job.cached, curves)

    def _steps(self, job: TrainingJob) -> Sequence[int]:
        """Those that can be gone back to; a page that is too slow to hear of each frame learns of them so."""
        film = self._engine.film(job.id)
        return () if film is None else film.steps


class _OfEngine:
    """The workers, before anything is trained."""

    def __init__(self, engine: Engine, variant: str, words: str) -> None:
        self._engine, self._words = engine, words
        self._variant = variant if variant in registry() else ""
        self.key: Hashable = (ENGINE, self._variant, words)
        self.watched: Sequence[str] = ()

    def version(self) -> Hashable:
        return self._engine.status, self._engine.status_text

    @property
    def moving(self) -> bool:
        return False

    def message(self, curves: bool) -> bytes:
        recording = recorded.choose(self._variant) if self._variant else None
        with spoken(self._words):
            return said(
                token_of_engine(self._engine), status.of_engine(self._engine, recording.setup if recording else None)
            )


class _OfAll:
    """Some jobs at once."""

    moving = False

    def __init__(self, engine: Engine, ids: Sequence[str]) -> None:
        self._engine, self.watched = engine, ids
        self.key: Hashable = (TOGETHER, *ids)

    def version(self) -> Hashable:
        return token_of_all(self._jobs())

    def message(self, curves: bool) -> bytes:
        return json.dumps({"token": token_of_all(self._jobs())}).encode()

    def _jobs(self) -> list[Job]:
        found = [self._engine.run(one) or self._engine.job(one) for one in self.watched]
        return [job.view() for job in found if job is not None]


def said(
    told: str, where: status.Status, frame: bytes = b"null", steps: Sequence[int] = (), changed_at: float = 0.0
) -> bytes:
    """A message.

    Args:
        told: The token of what it is about.
        where: Where that stands.
        frame: What is seen of it, JSON.
        steps: Of which there are frames, growing; none where nothing is said of them.
        changed_at: When it last changed, on the monotonic clock; 0 where that is unknown.
    """
    known = {"token": told, "status": where, "steps": list(steps), "at": changed_at}
    about = json.dumps(known, separators=(",", ":")).encode()
    return about[:-1] + b',"frame":' + frame + b"}"


class Channel:
    """Looks at one source for all pages that listen to it.

    Args:
        source: The source.
        known: Its version by the time of a page's first message, or before.

    Attributes:
        listeners: How many do.
        count: Number of the newest message; None once the source is gone.
    """

    def __init__(self, source: Source, known: Hashable) -> None:
        self.source, self.listeners = source, 0
        self.count: int | None = 0
        self._message = b""
        self._known = known
        self._changed = asyncio.Condition()
        self._curves_at = 0.0
        self._task = asyncio.create_task(self._look())

    def close(self) -> None:
        """Looks no more."""
        self._task.cancel()

    @property
    def broken(self) -> bool:
        """Whether it looks no more although the source is there, because of an error that nobody has thought of."""
        return self.count is not None and self._task.done()

    async def after(self, count: int) -> tuple[int | None, bytes]:
        """The newest message that is later than another one, and its number, as soon as there is one."""
        async with self._changed:
            await self._changed.wait_for(lambda: self.count is None or self.count > count)
            return self.count, self._message

    async def _look(self) -> None:
        while True:
            await asyncio.sleep(LOOK_SECONDS if self.source.moving else REST_SECONDS)
            version = await run_in_threadpool(self.source.version)
            if version == self._known and version is not None:
                continue
            self._known = version
            try:
                message = b"" if version is None else await run_in_threadpool(self._build)
            except (OSError, DataError):  # pages would wait for ever; the next snapshot may be told
                _log.exception("What is new of %s cannot be told.", self.source.key)
                continue
            async with self._changed:
                self._message, self.count = message, None if version is None else (self.count or 0) + 1
                self._changed.notify_all()
            if version is None:
                return

    def _build(self) -> bytes:
        now = time.monotonic()
        curves = now - self._curves_at >= CURVES_SECONDS or not self.source.moving
        if curves:
            self._curves_at = now
        return self.source.message(curves)


class Page:
    """A page that listens, and says of each message that it has taken it; one that never says so is not waited for.

    Args:
        socket: The connection to it, accepted.
    """

    def __init__(self, socket: WebSocket) -> None:
        self._socket = socket
        self._sent = self._taken = 0
        self._takes = asyncio.Condition()

    async def send(self, message: bytes) -> None:
        """Sends a message, however many are under way."""
        self._sent += 1
        await self._socket.send_bytes(message)

    async def ready(self) -> None:
        """Waits until fewer than `UNDER_WAY` messages are."""
        async with self._takes:
            await self._takes.wait_for(lambda: not self._taken or self._sent - self._taken < UNDER_WAY)

    async def hear(self) -> None:
        """Hears what messages it takes, until it goes away; what it says is ignored."""
        while (await self._socket.receive())["type"] != "websocket.disconnect":
            async with self._takes:
                self._taken = min(self._taken + 1, self._sent)
                self._takes.notify_all()


_channels: dict[Hashable, Channel] = {}


@contextlib.asynccontextmanager
async def _channel(source: Source) -> AsyncIterator[Channel]:
    """The channel of such a source, which all who listen share; it lasts as long as somebody does."""
    known = await run_in_threadpool(source.version)  # which may read the disk
    channel = _channels.get(source.key)
    if channel is None or channel.count is None or channel.broken:
        channel = _channels[source.key] = Channel(source, known)
    channel.listeners += 1
    try:
        yield channel
    finally:
        channel.listeners -= 1
        if not channel.listeners:
            channel.close()
            if _channels.get(source.key) is channel:
                del _channels[source.key]


def _source(engine: Engine, place: str, wishes: Mapping[str, str]) -> Source | None:
    # Whatever is asked for beyond what there is must not make a channel of its own.
    words = known(wishes.get("words", ""))
    if place == ENGINE:
        return _OfEngine(engine, wishes.get("variant", ""), words)
    if place == TOGETHER:
        ids = wishes.get("runs", "")[: 16 * MOST_TOGETHER].split(",")[:MOST_TOGETHER]
        return _OfAll(engine, sorted({one for one in ids if engine.run(one) or engine.job(one)}))
    job = engine.run(place) or engine.job(place)
    if job is None:
        return None
    setup = job.setup if isinstance(job, TrainingJob) else None
    panel = wishes.get("panel")
    offered = {one.name for one in setup.panels} if setup is not None else ()
    return _OfJob(engine, job, panel if panel in offered else None, words)


async def stream(socket: WebSocket) -> None:
    """Tells one page of one place, from what is newest until the page closes."""
    engine = await run_in_threadpool(shared.engine)
    wishes, place = dict(socket.query_params), socket.path_params["place"][:80]
    if not origins.allowed(socket):
        await socket.close()
        return
    source = await run_in_threadpool(_source, engine, place, wishes)
    await socket.accept()
    if source is None or sum(channel.listeners for channel in _channels.values()) >= MOST:
        await socket.close(GONE if source is None else FULL)
        return
    page = Page(socket)
    closed = asyncio.ensure_future(page.hear())
    try:
        async with _channel(source) as channel:
            seen = channel.count
            await page.send(await run_in_threadpool(channel.source.message, True))
            while not closed.done() and seen is not None:
                for watched in source.watched:
                    engine.seen(watched)
                news = asyncio.ensure_future(_news(page, channel, seen))
                await asyncio.wait({closed, news}, timeout=ALIVE_SECONDS, return_when=asyncio.FIRST_COMPLETED)
                if not news.done():
                    news.cancel()
                    if channel.broken:
                        await socket.close(BROKEN)
                        return
                    if not closed.done():
                        await page.send(b"{}")
                    continue
                seen, message = news.result()
                if seen is not None:
                    await page.send(message)
            if not closed.done():
                await socket.close(GONE)
    except WebSocketDisconnect:
        pass  # while something was being sent
    finally:
        closed.cancel()


async def _news(page: Page, channel: Channel, seen: int) -> tuple[int | None, bytes]:
    """What is newest by the time that a page can take it."""
    await page.ready()
    return await channel.after(seen)
