"""What playing with a trained network costs: `python -m tests.bench.page --only explore`, within three minutes."""

import statistics
from collections.abc import Iterator, Sequence
from typing import Any

from tests.bench.watching import Row
from tests.browser import App, until, visitor

RUNS = (
    ("in the browser", "variant=vanilla&epochs=3&train_size=2000"),
    ("recurrent, in the browser", "variant=recurrent&epochs=1&train_size=500&latent_dim=2"),
    ("masked, in the browser", "variant=masked&epochs=1&train_size=500"),
    ("stacked, above 12 MB, by a worker", "variant=stacked&widths=2048,1024&epochs=1&train_size=500"),
    ("vector-quantised, in the browser", "variant=vector_quantized&epochs=1&train_size=500"),
)
BESIDE = "variant=vanilla&epochs=500&seed=9&pace=full"  # a training that goes on meanwhile
MOVES = 90  # of a drag, and of a stroke
REST = 1000 / 30  # milliseconds between two moves
SETTLE = 2000  # milliseconds until a page rests, or has shown the last answer
# Notes how long it took each time that a part has shown something new.
NOTE = """([part]) => {
  const root = document.querySelector(`.st-key-${part} [data-code]`);
  window.noted = [];
  const note = () => window.noted.push(Number(root.dataset.milliseconds));
  window.observing?.disconnect();
  window.observing = new MutationObserver(note);
  window.observing.observe(root, { attributes: true, attributeFilter: ["data-milliseconds"] });
}"""


def explore(chromium, app: App, dataset: str) -> Iterator[Row]:
    """From a drag to what is decoded, and from a stroke to its point, with a training beside it; and what is loaded."""
    addresses = [(where, trained(chromium, app, f"{settings}&dataset={dataset}")) for where, settings in RUNS]
    with visitor(chromium) as training:
        training.goto(f"{app.url}/?{BESIDE}&dataset={dataset}")
        training.click(".st-key-start button:not([disabled])")
        until(training, lambda: training.inner_text(".st-key-status").startswith("Training"))
        for where, address in addresses:
            with visitor(chromium) as page:  # somebody who has been here never before
                yield f"explore, {where}: bytes that a viewer loads", f"{_loaded(page, address) / 1e6:.2f} MB"
                yield f"explore, {where}: drag to decoded", _told(_moved(page, "decoded", ".st-key-plane canvas"))
                yield f"explore, {where}: stroke to point moved", _told(_moved(page, "drawn", ".ae-canvas"))
        training.click(".st-key-stop button")  # it has gone on until now


def trained(chromium, app: App, settings: str) -> str:
    """Address of the Explore page of a run that has just been trained.

    Args:
        chromium: A browser.
        app: The app, whose worker is warm.
        settings: Of the run, as in an address.
    """
    with visitor(chromium) as page:
        page.goto(f"{app.url}/?{settings}&pace=full")
        page.click(".st-key-start button:not([disabled])")
        page.wait_for_selector(".st-key-train_export button")
        page.click(".st-key-train_explore a")
        page.wait_for_selector(".ae-ready")
        address: str = page.url
        return address


def _loaded(page, address: str) -> int:
    """Bytes that are loaded until the page is ready and rests."""
    requests: list[Any] = []
    page.on("requestfinished", lambda request: requests.append(request))  # Playwright takes no built-in function
    page.goto(address)
    page.wait_for_selector(".ae-ready")
    page.wait_for_timeout(SETTLE)
    return sum(max(0, one.sizes()["responseBodySize"]) for one in [*requests])


def _moved(page, part: str, surface: str) -> list[float]:
    """Milliseconds from each move of a pointer that drags until its part has shown what follows from it."""
    page.locator(surface).scroll_into_view_if_needed()
    box = page.locator(surface).bounding_box()
    page.evaluate(NOTE, [part])
    page.mouse.move(box["x"] + 0.2 * box["width"], box["y"] + 0.2 * box["height"])
    page.mouse.down()
    for move in range(MOVES):
        share = 0.2 + 0.6 * move / MOVES
        page.mouse.move(box["x"] + share * box["width"], box["y"] + share * box["height"])
        page.wait_for_timeout(REST)
    page.mouse.up()
    page.wait_for_timeout(SETTLE)
    found: list[float] = page.evaluate("window.noted")
    return found


def _told(milliseconds: Sequence[float]) -> str:
    if len(milliseconds) < 2:
        return f"shown {len(milliseconds)} times in {MOVES} moves"
    median, high = statistics.median(milliseconds), statistics.quantiles(milliseconds, n=20)[-1]
    return f"{median:.0f} ms, 95th percentile {high:.0f} ms, shown {len(milliseconds)} times in {MOVES} moves"
