"""Measures the page as a visitor feels it: `python -m tests.bench.page`. Prints a table; nothing passes or fails here.

Needs an installed Chromium. With `AE_DATA_DIR` the data set is MNIST, else the digits.
"""

import argparse
import contextlib
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import psutil

from ae_core import bench, data
from ae_core.bench.line import Line
from tests.bench import dragging, exploring, phones, watching
from tests.bench.watching import Row
from tests.browser import App, browser, running_app, wait_for_step

ROUNDS = 5
WIDTH = 60  # characters of a row's name
READY = "document.querySelector('.st-key-status')?.innerText.match(/starting|warming|$^/) === null"


def main() -> None:
    """Measures what is asked for, everything by default, and prints it."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.page", description="Measures the page.")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=list(PARTS), help="all by default")
    dataset = data.default_name()
    for part in parser.parse_args().only:
        for name, value in PARTS[part](dataset):
            sys.stdout.write(f"{name:{WIDTH}}  {value}\n")
            sys.stdout.flush()


def first_page(dataset: str) -> Iterator[Row]:
    """From the command to the first page, in turns with a page of one button, and the page of a second visitor."""
    ours, plain, second = [], [], []
    with browser() as chromium, tempfile.TemporaryDirectory() as folder:
        button = Path(folder) / "button.py"
        button.write_text('import streamlit as st\n\nst.button("Press", key="press")\n', encoding="utf-8")
        for _ in range(ROUNDS):
            begun = time.perf_counter()
            with running_app(script=button) as app:
                opened(chromium, app, "press")
                plain.append(time.perf_counter() - begun)
            begun = time.perf_counter()
            with running_app() as app:
                opened(chromium, app, "start")
                ours.append(time.perf_counter() - begun)
                begun = time.perf_counter()
                opened(chromium, app, "start")
                second.append(time.perf_counter() - begun)
    ratio = statistics.median(mine / theirs for mine, theirs in zip(ours, plain, strict=True))
    yield "command to first page shown", f"{statistics.median(ours):.2f} s"
    yield "the same, a page of one button", f"{statistics.median(plain):.2f} s; ours takes {ratio:.2f} times as long"
    yield "address to page, the second visitor, worker loading", f"{statistics.median(second):.2f} s"


def opened(chromium: Any, app: App, button: str) -> None:
    """Somebody else opens the app, and sees a button by its key."""
    context = chromium.new_context()
    page = context.new_page()
    page.goto(app.url)
    page.wait_for_selector(f".st-key-{button} button", timeout=60_000)
    context.close()


def runs(dataset: str) -> Iterator[Row]:
    """Start, pause and stop, and what stays in memory."""
    with warm() as (chromium, app):
        page = chromium.new_page(viewport={"width": 1280, "height": 720})
        yield from memory(app, "worker warm")
        for name in ("vanilla", "stacked", "sparse", "denoising", "convolutional"):
            yield from run(page, app, name, dataset)
        yield from memory(app, "after these runs")


def frames(dataset: str) -> Iterator[Row]:
    """Frames that reach the eye."""
    with warm() as (chromium, app):
        for name in ("vanilla", "convolutional", "variational"):
            yield from watching.frames_seen(chromium, app, name, dataset)


def behind(dataset: str) -> Iterator[Row]:
    """A page on a slow processor."""
    with warm() as (chromium, app):
        yield from watching.behind(chromium, app, dataset)


def slider(dataset: str) -> Iterator[Row]:
    """Going back in time."""
    with warm() as (chromium, app):
        yield from watching.slider(chromium, app, dataset)


def weight(dataset: str) -> Iterator[Row]:
    """What a viewer loads."""
    with warm() as (chromium, app):
        yield from watching.weight(chromium, app, dataset)


def explore(dataset: str) -> Iterator[Row]:
    """Playing with a trained network."""
    with warm() as (chromium, app):
        yield from exploring.explore(chromium, app, dataset)


def fifty(dataset: str) -> Iterator[Row]:
    """Fifty who play with trained networks."""
    with warm() as (chromium, app):
        yield from dragging.dragging(chromium, app, dataset)


def hall(dataset: str) -> Iterator[Row]:
    """Phones that answer a question."""
    with warm() as (chromium, app):
        yield from phones.answers(chromium, app, dataset)


def speed(dataset: str) -> Iterator[Row]:
    """Training with frames and without, as `python -m ae_core bench` measures it."""
    lines: list[Line] = []
    bench.run(["snapshots"], 3, 5.0, sys.executable, lambda text: None, lines.append)
    for line in lines:
        yield line.what, f"{line.value:.1f} {line.unit} longer than without, {line.remark}"


@contextlib.contextmanager
def warm() -> Iterator[tuple[Any, App]]:
    """A browser, and an app whose worker waits for something to train."""
    with browser() as chromium, running_app() as app:
        page = chromium.new_page()
        page.goto(app.url)
        page.wait_for_selector(".st-key-start button", timeout=60_000)
        page.wait_for_function(READY, timeout=120_000)
        page.close()
        yield chromium, app


def run(page, app: App, variant: str, dataset: str) -> list[Row]:
    """Starts a variant several times; the first start compiles it, later ones differ in the seed only."""
    first, trained = [], []
    pauses: list[float] = []
    stops: list[float] = []
    for seed in range(3):
        page.goto(f"{app.url}/?variant={variant}&dataset={dataset}&epochs=500&seed={seed}")
        page.wait_for_selector(".st-key-start button:not([disabled])", timeout=60_000)
        page.wait_for_timeout(3000)
        page.click(".st-key-start button")
        begun = time.perf_counter()
        page.wait_for_function(
            "document.querySelector('.st-key-status').innerText.includes('Training')", timeout=60_000
        )
        first.append(time.perf_counter() - begun)
        wait_for_step(page, "live_loss", 0)
        trained.append(time.perf_counter() - begun)
        page.wait_for_timeout(2000)
        for key, word, times in (("pause", "Paused", pauses), ("stop", "Stopped", stops)):
            page.click(f".st-key-{key} button")
            begun = time.perf_counter()
            page.wait_for_function(
                f"document.querySelector('.st-key-status').innerText.includes('{word}')", timeout=20_000
            )
            times.append(time.perf_counter() - begun)
    return [
        (f"{variant}: Start to first live values, first time", f"{first[0]:.2f} s (trained: {trained[0]:.2f} s)"),
        (
            f"{variant}: the same, compiled before",
            f"{statistics.median(first[1:]):.2f} s (trained: {statistics.median(trained[1:]):.2f} s)",
        ),
        (f"{variant}: pause, stop", f"{statistics.median(pauses):.2f} s, {statistics.median(stops):.2f} s"),
    ]


def memory(app: App, when: str) -> list[Row]:
    """Resident memory of the web process, and of it and all its children."""
    web = psutil.Process(app.process.pid)
    everyone = [web, *web.children(recursive=True)]
    total = sum(process.memory_info().rss for process in everyone)
    return [(f"resident memory, web / all, {when}", f"{web.memory_info().rss / 1e6:.0f} / {total / 1e6:.0f} MB")]


PARTS: Mapping[str, Callable[[str], Iterator[Row]]] = MappingProxyType(
    {
        "first": first_page,
        "runs": runs,
        "frames": frames,
        "behind": behind,
        "slider": slider,
        "weight": weight,
        "followers": watching.followers,
        "explore": explore,
        "fifty": fifty,
        "hall": hall,
        "speed": speed,
    }
)

if __name__ == "__main__":
    main()
