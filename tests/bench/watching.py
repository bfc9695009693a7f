"""A run as a person watches it: frames that reach the eye, the way back to any of them, and what that weighs."""

import asyncio
import itertools
import random
import statistics
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from tests.bench.hall import LECTURE, hall, watched
from tests.browser import VIEWS, WATCH, App, visitor, wait_for_step

Row = tuple[str, str]

PACES = ("full", "watch", "slow")
LOOK = 10_000  # milliseconds that frames are counted
JUMPS, COLD_JUMPS = 40, 10
SLOWER = (1, 6)  # times as slow as this processor
BEHIND = 30_000  # milliseconds that two pages are compared
SHOWN_AT = "window.seen.live_loss.map(({ step, at }) => [step, performance.timeOrigin + at])"
HOVER = 2000  # milliseconds that a pointer is on the timeline before somebody drags
FOLLOWERS = 50
PLAIN = "variant=vanilla&latent_dim=2&epochs=4"
STARTED = "(document.querySelector('.st-key-status')?.innerText ?? '').includes('{}')"

# Milliseconds from an input event of the slider until all views show that frame and the browser has painted it.
JUMP = """async place => {
  const slider = document.querySelector(".ae-track input");
  const views = [...document.querySelectorAll(".st-key-stage .ae-view:not(.ae-none) .ae-live")];
  const painted = () => new Promise(done => requestAnimationFrame(() => setTimeout(done)));
  const begun = performance.now();
  slider.value = String(place);
  slider.dispatchEvent(new Event("input", { bubbles: true }));
  const wanted = STEPS[place];
  while (views.some(({ dataset }) => Number(dataset.step) !== wanted)) {
    if (performance.now() - begun > 20_000) throw new Error(`Frame ${place} of step ${wanted} is not drawn.`);
    await painted();
  }
  await painted();
  return performance.now() - begun;
}"""
FETCHED = "performance.getEntriesByType('resource').map(one => one.name.match(/film.[^/]+.([0-9]+)/)?.[1] ?? '')"


def frames_seen(chromium: Any, app: App, variant: str, dataset: str) -> Iterator[Row]:
    """Distinct frames a second that the slowest view shows, at each pace, from the beginning of a run.

    Args:
        chromium: The browser.
        app: The app, its worker warm.
        variant: What is trained, its code two numbers.
        dataset: On what.
    """
    for pace in PACES:
        with visitor(chromium) as page:
            page.goto(f"{app.url}/?variant={variant}&dataset={dataset}&latent_dim=2&epochs=30&pace={pace}")
            page.click(".st-key-start button:not([disabled])")
            page.wait_for_function(STARTED.format("Training"))
            for key in VIEWS:
                wait_for_step(page, key, 0)
            page.evaluate(WATCH)
            begun = page.evaluate("performance.now()")
            page.wait_for_function(f"performance.now() - {begun} > {LOOK} || {STARTED.format('Done')}")
            seconds = (page.evaluate("performance.now()") - begun) / 1000
            seen = page.evaluate("window.seen")
            slowest = min(len(seen[key]) - 1 for key in VIEWS)
            if page.is_enabled(".st-key-stop button"):
                page.click(".st-key-stop button")
            page.wait_for_function(f"{STARTED.format('Stopped')} || {STARTED.format('Done')}")
        over = f", {slowest} frames in {seconds:.0f} s"
        yield f"{variant}: frames a second, {pace}, slowest view", f"{slowest / seconds:.1f}{over}"


def behind(chromium: Any, app: App, dataset: str) -> Iterator[Row]:
    """How long after a page with all of a processor another one shows the same frame, on a slower one."""
    for times in SLOWER:
        with visitor(chromium) as fast, visitor(chromium) as slow:
            fast.goto(f"{app.url}/?variant=convolutional&dataset={dataset}&latent_dim=2&epochs=500&batch_size=1")
            fast.click(".st-key-start button:not([disabled])")
            fast.wait_for_function("new URLSearchParams(location.search).has('run')")
            slow.goto(fast.url)
            for page, key in itertools.product((fast, slow), VIEWS):
                wait_for_step(page, key, 0)
            slow.context.new_cdp_session(slow).send("Emulation.setCPUThrottlingRate", {"rate": times})
            for page in (fast, slow):
                page.evaluate(WATCH)
            fast.wait_for_timeout(BEHIND)
            shown, later = (dict(page.evaluate(SHOWN_AT)) for page in (fast, slow))
            fast.click(".st-key-stop button")
        lags = [at - shown[step] for step, at in later.items() if step in shown]
        worst = f"at most {max(lags):.0f} ms, {len(later)} frames shown against {len(shown)}"
        yield f"page on a processor {times} times as slow, behind by", f"{statistics.median(lags):.0f} ms, {worst}"


def slider(chromium: Any, app: App, dataset: str) -> Iterator[Row]:
    """From the slider to what is drawn: frames that nobody has fetched before, and such as the page has at hand."""
    chance = random.Random(0)
    cold: list[float] = []
    run, steps = "", []
    for seed in range(JUMPS // COLD_JUMPS):
        run = trained(chromium, app, f"{PLAIN}&dataset={dataset}&pace=full&seed={seed}")
        with visitor(chromium) as page:
            steps = open_run(page, app, run)
            for _ in range(COLD_JUMPS):
                fetched = set(page.evaluate(FETCHED))
                unseen = [place for place, step in enumerate(steps[:-1]) if str(step) not in fetched]
                cold.append(page.evaluate(JUMP.replace("STEPS", str(steps)), chance.choice(unseen)))
    yield "slider to drawn, frame never fetched before", milliseconds(cold)
    with visitor(chromium) as page:
        open_run(page, app, run)
        page.hover(".ae-timeline")
        page.wait_for_timeout(HOVER)
        warm = [
            page.evaluate(JUMP.replace("STEPS", str(steps)), chance.randrange(len(steps) - 1)) for _ in range(JUMPS)
        ]
    yield f"slider to drawn, pointer on the timeline for {HOVER / 1000:.0f} s", milliseconds(warm)


def weight(chromium: Any, app: App, dataset: str) -> Iterator[Row]:
    """Bytes that a viewer loads, packed as they come: to see a run, and then to have its whole film at hand."""
    run = trained(chromium, app, f"{PLAIN}&dataset={dataset}&pace=full")
    with visitor(chromium) as page:
        loaded = {"page": 0, "sockets": 0}
        listener = page.context.new_cdp_session(page)
        listener.send("Network.enable")

        def count(event: dict[str, Any]) -> None:
            loaded["page"] += event["encodedDataLength"]

        def hear(event: dict[str, Any]) -> None:
            data, text = event["response"]["payloadData"], event["response"]["opcode"] == 1
            loaded["sockets"] += len(data) if text else 3 * len(data) // 4  # base64

        listener.on("Network.loadingFinished", count)
        listener.on("Network.webSocketFrameReceived", hear)
        steps = open_run(page, app, run)
        page.wait_for_timeout(1000)
        yield "bytes of a first page", f"{loaded['page'] / 1e6:.2f} MB, and {loaded['sockets'] / 1e3:.0f} kB heard"
        before = loaded["page"]
        page.hover(".ae-timeline")
        page.wait_for_function(f"new Set({FETCHED}.filter(Boolean)).size >= {len(steps) - 1}")
        page.wait_for_timeout(500)
        film = loaded["page"] - before
        yield f"bytes of a film of {len(steps)} frames", f"{film / 1e6:.2f} MB, {film / len(steps) / 1e3:.1f} kB each"


def followers(dataset: str) -> Iterator[Row]:
    """What the web process takes while many pages follow a run that is watched. None of them is a browser."""
    with tempfile.TemporaryDirectory() as folder, hall(Path(folder)) as opened:
        settings = LECTURE | {"dataset": dataset, "latent_dim": 2}
        rounds = asyncio.run(watched(opened, settings, (1, FOLLOWERS), pace="watch"))
    for one in rounds:
        delay, rate = f"95 % of frames within {one['delay_95']:.2f} s", f"{one['frames']:.1f} frames a second"
        yield (
            f"web process with {one['viewers']:.0f} followers, watch",
            f"{one['cores']:.2f} cores, {rate}, {delay}, {one['kilobytes']:.0f} kB/s each",
        )


def trained(chromium: Any, app: App, query: str) -> str:
    """Trains to the end, and gives the run's id."""
    with visitor(chromium) as page:
        page.goto(f"{app.url}/?{query}")
        page.click(".st-key-start button:not([disabled])")
        page.wait_for_function(STARTED.format("Done"))
        page.wait_for_function(f"!{STARTED.format('being measured')}")
        run: str = page.evaluate("new URLSearchParams(location.search).get('run')")
        return run


def open_run(page: Any, app: App, run: str) -> list[int]:
    """Opens an ended run, and gives the steps of its frames once it is shown."""
    page.goto(f"{app.url}/?run={run}")
    page.evaluate("performance.setResourceTimingBufferSize(5000)")
    for key in VIEWS:
        wait_for_step(page, key, 0)
    steps: list[int] = page.evaluate(f"fetch('/film/{run}').then(answer => answer.json())")
    page.wait_for_function(f"document.querySelector('.ae-track input').max === '{len(steps) - 1}'")
    page.wait_for_timeout(1500)  # until Plotly has drawn, and what comes first has come
    return steps


def milliseconds(times: Sequence[float]) -> str:
    """Median and 95th percentile."""
    return f"{statistics.median(times):.0f} ms, 95 % within {np.percentile(times, 95):.0f} ms ({len(times)} jumps)"
