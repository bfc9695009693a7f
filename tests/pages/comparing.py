"""Someone who deals with runs in a browser: trains one, ticks some on the Compare page, and varies them there."""

from typing import Any

from tests.browser import plight


def train(app, page, address: str, word: str) -> str:
    page.goto(f"{app.url}/?{address}")
    page.dblclick(".st-key-start button:not([disabled])")  # as many people press everything
    wait_for_words(page, ".st-key-status", word)
    return page.url.split("run=")[1].split("&")[0]


def wait_for_words(page, place: str, words: str) -> None:
    from playwright.sync_api import TimeoutError as Late

    try:
        page.wait_for_function(
            "([place, words]) => document.querySelector(place)?.innerText.includes(words)",
            arg=[place, words],
        )
    except Late:
        said = page.locator(place).all_inner_texts()
        raise AssertionError(f"{place} of {page.url} says {said}, not {words!r}.\n{plight(page)}") from None


def compare(app, page) -> None:
    page.goto(f"{app.url}/compare")
    page.wait_for_selector(".ae-runs tbody td")


def rows(page) -> list[str]:
    """Names of the runs in the table, from above."""
    return page.eval_on_selector_all(".ae-runs tbody tr", "all => all.map(row => row.cells[1]?.innerText ?? '')")


def tick(page, *names: str) -> None:
    for name in names:
        box = page.locator(".ae-runs tbody tr", has_text=name).first.locator("input")
        box.click()
        page.wait_for_timeout(300)


def vary(page, values: str) -> None:
    field = page.locator(".st-key-twin_values input")
    field.fill(values)
    field.press("Tab")
    page.wait_for_timeout(500)
    page.dblclick(".st-key-twin_start button")  # which starts nothing twice


def bring(page, name: str, content: bytes) -> None:
    file = {"name": name, "mimeType": "application/zip", "buffer": content}
    page.set_input_files(".st-key-run_import input[type=file]", [file])


def figure_of(page, key: str) -> dict[str, Any]:
    """What a view draws: names, and the numbers along x of its traces."""
    return page.evaluate(
        """key => {
            const plot = document.querySelector(`.st-key-${key} .ae-live-plot`);
            return {names: plot.data.map(trace => trace.name), x: plot._fullData.map(trace => [...(trace.x ?? [])]),
                    texts: (plot.layout.annotations ?? []).map(one => one.text)};
        }""",
        key,
    )
