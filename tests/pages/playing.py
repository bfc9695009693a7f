"""Someone who plays with a network on the Explore page, in a browser: what the page shows and gives."""

import csv
import io
from urllib.parse import parse_qs, urlsplit

import numpy as np

from tests.browser import until


def trained(opened, app, settings: str):
    """The page, once it has trained a run and gone on to explore it."""
    opened.goto(f"{app.url}/?{settings}")
    opened.click(".st-key-start button:not([disabled])")
    opened.wait_for_selector(".st-key-train_export button")
    opened.click(".st-key-train_explore a")
    opened.wait_for_selector(".ae-ready")
    return opened


def code(page, key: str) -> list[float]:
    return [float(one) for one in page.get_attribute(f".st-key-{key} [data-code]", "data-code").split(",")]


def picture(page, selector: str) -> np.ndarray:
    """The grey values of a canvas."""
    values = page.evaluate(
        """selector => { const canvas = document.querySelector(selector);
        return [...canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data]; }""",
        selector,
    )
    return np.asarray(values, np.float64).reshape(-1, 4)[:, 0]


def changed(page, selector: str, before: np.ndarray) -> np.ndarray:
    """A canvas, once a worker's answer has changed it."""
    until(page, lambda: np.abs(picture(page, selector) - before).max() > 0)
    return picture(page, selector)


def drawn(page) -> str:
    """All that is drawn on the plane, in letters."""
    return page.evaluate("document.querySelector('.st-key-plane canvas').toDataURL()")


def address(page) -> dict[str, str]:
    """The parameters of the page's address."""
    return {name: values[0] for name, values in parse_qs(urlsplit(page.url).query).items()}


def near(numbers: str, wanted: list[float]) -> bool:
    """Whether the numbers of an address are these, as exact as it has them."""
    return bool(np.allclose([float(one) for one in numbers.split(",")], wanted, rtol=0.01))


def saved(page, part: str, form: str) -> bytes:
    """The file that a part of the page gives."""
    with page.expect_download() as coming:
        page.click(f".ae-{part}-part button[name=save][value={form}]")
    assert coming.value.suggested_filename.endswith(f"-{part}.{form}")
    with open(coming.value.path(), "rb") as file:
        return file.read()


def table_of(content: bytes) -> list[list[str]]:
    """The rows of a CSV file."""
    return list(csv.reader(io.StringIO(content.decode())))
