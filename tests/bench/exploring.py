"""What playing with a trained network costs: `python -m tests.bench.page --only explore`."""

import statistics
from collections.abc import Iterator, Sequence
from typing import Any

from tests.bench.watching import Row
from tests.browser import App

RUNS = (
    ("in the browser", "variant=vanilla&epochs=3&train_size=2000"),
    ("by a worker", "variant=recurrent&epochs=2&train_size=1000&latent_dim=2"),
)
BESIDE = "variant=vanilla&epochs=500&seed=9&pace=full"  # a training that goes on meanwhile
MOVES = 120  # of a drag, and of a stroke
REST = 1000 / 30  # milliseconds between two moves
SETTLE = 3000  # milliseconds until a page rests, a worker's compiled network is ready, or a training has begun
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
    pages = [(where, _trained(chromium, app, f"{settings}&dataset={dataset}")) for where, settings in RUNS]
    training = _page(chromium)
    training.goto(f"{app.url}/?{BESIDE}&dataset={dataset}")
    training.click(".st-key-start button:not([disabled])")
    training.wait_for_function("document.querySelector('.st-key-status')?.innerText.includes('Training')")
    for where, page in pages:
        yield f"explore, {where}: bytes that a viewer loads", f"{_loaded(chromium, page.url) / 1e6:.2f} MB"
        yield f"explore, {where}: drag to decoded", _told(_moved(page, "decoded", ".st-key-plane canvas"))
        yield f"explore, {where}: stroke to point moved", _told(_moved(page, "drawn", ".ae-canvas"))
        page.context.close()
    training.click(".st-key-stop button")
    training.context.close()


def _page(chromium):
    page = chromium.new_context(viewport={"width": 1280, "height": 720}).new_page()
    page.set_default_timeout(180_000)
    return page


def _trained(chromium, app: App, settings: str):
    """The Explore page of a run that has just been trained."""
    page = _page(chromium)
    page.goto(f"{app.url}/?{settings}&pace=full")
    page.click(".st-key-start button:not([disabled])")
    page.wait_for_selector(".st-key-train_export button")
    page.click(".st-key-train_explore a")
    page.wait_for_selector(".ae-ready")
    return page


def _loaded(chromium, address: str) -> int:
    """Bytes that somebody loads who has been here never before."""
    page = _page(chromium)
    requests: list[Any] = []
    page.on("requestfinished", requests.append)
    page.goto(address)
    page.wait_for_selector(".ae-ready")
    page.wait_for_timeout(SETTLE)
    loaded = sum(max(0, one.sizes()["responseBodySize"]) for one in requests)
    page.context.close()
    return loaded


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
    median, high = statistics.median(milliseconds), statistics.quantiles(milliseconds, n=20)[-1]
    return f"{median:.0f} ms, 95th percentile {high:.0f} ms, shown {len(milliseconds)} times in {MOVES} moves"
