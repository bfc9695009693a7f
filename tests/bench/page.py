"""Measures the page as a visitor feels it: `python -m tests.bench.page`. Prints a table; nothing passes or fails here.

Needs an installed Chromium. With `AE_DATA_DIR` the data set is MNIST, else the digits.
"""

import statistics
import sys
import time

import psutil

from ae_core import data
from tests.browser import VIEWS, WATCH, App, browser, running_app, wait_for_step

ROUNDS = 5
READY = "!document.querySelector('.st-key-status').innerText.match(/starting|warming/)"


def main() -> None:
    """Measures everything, medians of several rounds, and prints it."""
    dataset = data.default_name()
    rows: list[tuple[str, str]] = []
    with browser() as chromium:
        shown = []
        for _ in range(ROUNDS):
            begun = time.perf_counter()
            with running_app() as app:
                page = chromium.new_page()
                page.goto(app.url)
                page.wait_for_selector(".st-key-start button", timeout=60_000)
                shown.append(time.perf_counter() - begun)
                page.close()
        rows.append(("command to first page shown", f"{statistics.median(shown):.2f} s"))
        with running_app() as app:
            page = chromium.new_page(viewport={"width": 1280, "height": 720})
            page.goto(app.url)
            page.wait_for_selector(".st-key-start button", timeout=60_000)
            page.wait_for_function(READY, timeout=120_000)
            rows += memory(app, "worker warm")
            for name in ("vanilla", "stacked", "sparse", "denoising", "convolutional"):
                rows += run(page, app, name, dataset)
            rows += memory(app, "after these runs")
    width = max(len(name) for name, _ in rows)
    sys.stdout.write("\n".join(f"{name:{width}}  {value}" for name, value in rows) + "\n")


def run(page, app: App, variant: str, dataset: str) -> list[tuple[str, str]]:
    """Starts a variant several times; the first start compiles it, later ones differ in the seed only."""
    first, trained, rates = [], [], []
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
        page.evaluate(WATCH)
        page.wait_for_timeout(6000)
        slowest = min(len(page.evaluate(f"window.seen['{key}']")) - 1 for key in VIEWS)
        rates.append(slowest / 6)
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
        (f"{variant}: updates a second, slowest view", f"{statistics.median(rates):.2f}"),
        (f"{variant}: pause, stop", f"{statistics.median(pauses):.2f} s, {statistics.median(stops):.2f} s"),
    ]


def memory(app: App, when: str) -> list[tuple[str, str]]:
    """Resident memory of the web process, and of it and all its children."""
    web = psutil.Process(app.process.pid)
    everyone = [web, *web.children(recursive=True)]
    total = sum(process.memory_info().rss for process in everyone)
    return [(f"resident memory, web / all, {when}", f"{web.memory_info().rss / 1e6:.0f} / {total / 1e6:.0f} MB")]


if __name__ == "__main__":
    main()
