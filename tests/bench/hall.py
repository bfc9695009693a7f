"""A hall: the app, one worker, a run that is watched, and when its snapshots were made."""

import asyncio
import contextlib
import json
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode

import msgspec
import numpy as np
import psutil
from distributed import Client
from distributed.security import Security

from ae_core.engine import Pace
from tests.bench.visitor import Visitor, visitor
from tests.browser import App, running_app

TOPIC = "autoencoder-"
SPAN = 10.0  # seconds that an audience is looked at
LECTURE = {"variant": "stacked", "widths": "128", "latent_dim": 32, "batch_size": 256, "epochs": 500}


@dataclass
class Hall:
    """A running app whose worker can be listened to.

    Args:
        app: The app.
        client: A connection to the scheduler of its worker.
        made: Every snapshot of any run: its step, and when the scheduler got it, on the wall clock.
    """

    app: App
    client: Client
    made: list[tuple[int, float]] = field(default_factory=list)

    @asynccontextmanager
    async def lecture(self, settings: dict[str, Any], pace: Pace = "full") -> AsyncIterator[tuple[Visitor, str]]:
        """Starts a run from the page, and stops it at the end.

        Args:
            settings: By name, `variant` among them.
            pace: How fast it trains.

        Returns:
            The lecturer's page, and the query with which the others watch the run.
        """
        async with visitor(self.app.url, urlencode(settings | {"pace": pace})) as lecturer:
            await lecturer.press("start")
            await lecturer.until_said("Training", "Done")
            self._listen()
            yield lecturer, urlencode({"run": parse_qs(lecturer.query)["run"][0]})
            if lecturer.offers("stop"):
                await lecturer.press("stop")
            await lecturer.until_said("Stopped", "Done")

    def _listen(self) -> None:
        topics = self.client.run_on_scheduler(lambda dask_scheduler: list(dask_scheduler.get_events()))
        for topic in topics:
            if topic.startswith(TOPIC) and topic not in self.client._event_handlers:
                self.client.subscribe_topic(topic, self._note)

    def _note(self, event: tuple[float, bytes]) -> None:
        at, packed = event
        message = msgspec.msgpack.decode(packed)
        if message["kind"] == "snapshot":
            self.made.append((message["step"], at))


@contextmanager
def hall(folder: Path) -> Iterator[Hall]:
    """Opens the app, as a visitor finds it.

    Args:
        folder: For its runs, and what it keeps while it is open.
    """
    with running_app(TMPDIR=str(folder), AE_RUNS_DIR=str(folder / "runs")) as app:
        asyncio.run(_look_in(app.url))
        with Client(_scheduler(folder), security=_certificate(app), set_as_default=False) as client:
            yield Hall(app, client)


async def _look_in(url: str) -> None:
    """The first page that is opened has the workers started."""
    async with visitor(url, "") as first:
        await first.until_seen()


def _scheduler(folder: Path) -> str:
    """The address of the scheduler that the app has started."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        time.sleep(0.1)
        for file in folder.glob("*/scheduler.json"):
            with contextlib.suppress(json.JSONDecodeError):  # half written
                return str(json.loads(file.read_text())["address"])
    raise TimeoutError("The app has started no scheduler.")


def _certificate(app: App) -> Security:
    """The certificate with which the workers of the app are joined, as their own environment has it."""
    tls = "DASK_DISTRIBUTED__COMM__TLS__"
    for child in psutil.Process(app.process.pid).children():
        found = child.environ()
        if tls + "CA_FILE" in found:
            ca, certificate, key = (found[tls + name] for name in ("CA_FILE", "CLIENT__CERT", "CLIENT__KEY"))
            return Security(require_encryption=True, tls_ca_file=ca, tls_client_cert=certificate, tls_client_key=key)
    raise LookupError("The app has started no workers.")


@asynccontextmanager
async def audience(url: str, query: str, count: int) -> AsyncIterator[list[Visitor]]:
    """Some pages that watch the same run, once all of them have seen something of it.

    Args:
        url: The app's address.
        query: What they open.
        count: How many.
    """
    async with AsyncExitStack() as open_pages:
        seated = []
        for _ in range(count):  # one after the other, as people come in
            seated.append(await open_pages.enter_async_context(visitor(url, query)))
            await seated[-1].until_seen()
        yield seated


def delays(made: list[tuple[int, float]], viewers: list[Visitor], begun: float, ended: float) -> list[float]:
    """Seconds from each snapshot of a span of time to each viewer: until it shows that one, or a later one.

    Args:
        made: Steps, and when they were made.
        viewers: Who has looked on.
        begun: Beginning of the span, on the wall clock.
        ended: Its end; what was made in the last two seconds before it is not counted.
    """
    found = []
    for step, at in made:
        if not begun <= at <= ended - 2.0:
            continue
        for viewer in viewers:
            came = next((when for shown, when in viewer.steps if shown >= step and when >= at - 0.001), None)
            found.append((came if came is not None else time.time()) - at)
    return found


def steps_a_second(made: list[tuple[int, float]], begun: float, ended: float) -> float:
    """Optimiser steps a second in a span of time, from the first snapshot in it to the last."""
    within = [one for one in made if begun <= one[1] <= ended]
    (first, since), (last, until) = within[0], within[-1]
    return (last - first) / (until - since)


async def watched(
    opened: Hall, settings: dict[str, Any], counts: Sequence[int], pace: Pace = "full"
) -> list[dict[str, float]]:
    """Trains one run in front of one audience after the other.

    Args:
        opened: Where.
        settings: What is trained, by name.
        counts: Viewers, the lecturer among them.
        pace: How fast it trains.

    Returns:
        For each count: steps and frames a second, the 95th percentile of the delays in seconds, kilobytes that each
        viewer got in a second, and processors that the web process kept busy.
    """
    found = []
    web = psutil.Process(opened.app.process.pid)
    async with opened.lecture(settings, pace) as (lecturer, query):
        for count in counts:
            async with audience(opened.app.url, query, count - 1) as others:
                await asyncio.sleep(2.0)
                viewers = [lecturer, *others]
                begun, received, worked = time.time(), sum(one.received for one in viewers), _worked(web)
                await asyncio.sleep(SPAN)
                ended, cores = time.time(), (_worked(web) - worked) / SPAN
                late = delays(opened.made, viewers, begun, ended)
                got = sum(one.received for one in viewers) - received
                found.append(
                    {
                        "viewers": count,
                        "pace": steps_a_second(opened.made, begun, ended),
                        "frames": sum(begun <= at <= ended for _, at in opened.made) / (ended - begun),
                        "cores": cores,
                        "delay_95": float(np.percentile(late, 95)),
                        "kilobytes": got / count / (ended - begun) / 1000,
                    }
                )
    return found


def _worked(process: psutil.Process) -> float:
    """Seconds of processors that a process has used."""
    used = process.cpu_times()
    return used.user + used.system
