"""Fifty who drag on the Explore page at the same time: what that costs the server, and what each of them sees."""

import http.client
import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import parse_qs, urlsplit

import numpy as np
import psutil

from tests.bench.exploring import trained
from tests.bench.watching import Row
from tests.browser import App

VIEWERS = 50
SPAN = 10.0  # seconds of dragging
REST = 1 / 30  # seconds between two places that a hand comes to
PIXELS = 784
IN_BROWSER = "variant=vanilla&epochs=3&train_size=2000"
BY_WORKER = "variant=stacked&widths=2048,1024&epochs=1&train_size=500"


def dragging(chromium: Any, app: App, dataset: str) -> Iterator[Row]:
    """Network of one's own, and a network that a worker computes.

    Args:
        chromium: A browser, in which the networks are trained.
        app: The app, whose worker is warm.
        dataset: What they are trained on.
    """
    here, there = (_run(trained(chromium, app, f"{one}&dataset={dataset}")) for one in (IN_BROWSER, BY_WORKER))
    netloc, web = urlsplit(app.url).netloc, psutil.Process(app.process.pid)
    with ThreadPoolExecutor(VIEWERS) as viewers:
        begun = _spent(web)
        sizes = [*viewers.map(lambda _: len(_asked(netloc, "GET", f"/network/{here}")[1]), range(VIEWERS))]
        loaded = _spent(web)
        time.sleep(SPAN)  # they drag: nothing is asked
        share = (_spent(web) - loaded) / SPAN
        yield (
            f"{VIEWERS} who drag, in their browsers: web process",
            f"{loaded - begun:.2f} s to send {sizes[0] / 1e6:.2f} MB to each, then {100 * share:.1f} % of a core",
        )
        step, code = _newest(netloc, there)
        begun = _spent(web)
        end = time.monotonic() + SPAN
        seen = [*viewers.map(lambda _: _drag(netloc, f"/compute/{there}/{step}/decoder", code, end), range(VIEWERS))]
        share = (_spent(web) - begun) / SPAN
        answered = [seconds for one in seen for seconds, status in one if status == http.client.OK]
        refused = sum(status != http.client.OK for one in seen for _, status in one)
    yield (
        f"{VIEWERS} who drag, by one worker: shown to each",
        f"{len(answered) / SPAN / VIEWERS:.1f} times a second, {1000 * float(np.median(answered)):.0f} ms, 95 % within "
        f"{1000 * float(np.quantile(answered, 0.95)):.0f} ms; {refused / SPAN:.0f} questions a second refused; "
        f"web process {100 * share:.0f} % of a core",
    )


def _run(address: str) -> str:
    return parse_qs(urlsplit(address).query)["run"][0]


def _spent(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


def _asked(netloc: str, method: str, path: str, body: bytes | None = None) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection(netloc, timeout=60)
    connection.request(method, path, body)
    answer = connection.getresponse()
    said = answer.status, answer.read()
    connection.close()
    return said


def _newest(netloc: str, run: str) -> tuple[int, bytes]:
    """The step of a run's network, and a code that its decoder takes: that of an empty picture."""
    said = json.loads(_asked(netloc, "GET", f"/network/{run}/moments")[1])
    step = int(said["steps"][-1])
    return step, _asked(netloc, "POST", f"/compute/{run}/{step}/encoder", np.zeros(PIXELS, "<f4").tobytes())[1]


def _drag(netloc: str, path: str, code: bytes, end: float) -> list[tuple[float, int]]:
    """Seconds and status of each question of one page, which has one on its way at a time."""
    found = []
    connection = http.client.HTTPConnection(netloc, timeout=60)
    while time.monotonic() < end:
        begun = time.perf_counter()
        connection.request("POST", path, code)
        answer = connection.getresponse()
        answer.read()
        took = time.perf_counter() - begun
        found.append((took, answer.status))
        time.sleep(max(0.0, REST - took))
    connection.close()
    return found
