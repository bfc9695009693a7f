"""The canvas that one draws on, alone in a browser: what becomes of a stroke."""

import numpy as np
import pytest

from tests.conftest import ROOT

pytestmark = pytest.mark.browser

SCRIPTS = ROOT / "assets" / "javascript"
BEGIN = """async ([shape, habit]) => {
  const { Drawing } = await import("http://drawing.test/explore/drawing.js");
  document.body.innerHTML = "<canvas style='display: block; width: 200px'></canvas>";
  document.body.style.margin = "0";
  window.seen = 0;
  window.drawing = new Drawing(document.querySelector("canvas"), shape, () => (window.seen += 1));
  window.model = { shape, habit };
}"""


@pytest.fixture(scope="module")
def page(chrome):
    def serve(route):
        path = SCRIPTS / route.request.url.removeprefix("http://drawing.test/")
        body = path.read_bytes() if path.suffix == ".js" else b""
        route.fulfill(body=body, content_type="text/javascript" if path.suffix == ".js" else "text/html")

    opened = chrome.new_page()
    opened.route("http://drawing.test/**", serve)
    opened.goto("http://drawing.test/")
    yield opened
    opened.close()


def stroke(page, shape: list[int], ink: str = "#ffffff") -> np.ndarray:
    """An upright stroke at the left of a canvas, as a picture of the data set."""
    page.evaluate(BEGIN, [shape, {"x": 13.5, "y": 13.5, "side": 18}])
    page.evaluate("ink => { window.drawing.ink = ink; }", ink)
    height = page.locator("canvas").bounding_box()["height"]
    page.mouse.move(50, 0.1 * height)
    page.mouse.down()
    page.mouse.move(50, 0.9 * height, steps=4)
    page.mouse.up()
    assert page.evaluate("window.seen") == 5
    return np.array(page.evaluate("[...window.drawing.fitted(window.model)]")).reshape(shape)


def test_a_grey_stroke_is_centred_and_scaled_as_the_data_are(page):
    rows, columns = np.nonzero(stroke(page, [28, 28, 1])[..., 0] > 128)
    assert abs(columns.mean() - 13.5) < 1 and abs(rows.mean() - 13.5) < 1 and 15 <= np.ptp(rows) <= 19


def test_a_coloured_stroke_stays_where_and_as_it_is(page):
    picture = stroke(page, [20, 40, 3], "#ff8000")
    assert page.locator("canvas").bounding_box()["height"] == pytest.approx(100, abs=1), "as wide and high as the data"
    rows, columns = np.nonzero(picture[..., 0] > 128)
    assert abs(columns.mean() - 9.5) < 1 and np.ptp(rows) > 14, "at a quarter of the width"
    middle = picture[10, columns[rows == 10]].mean(axis=0)
    np.testing.assert_allclose(middle / middle[0], [1, 0.5, 0], atol=0.05)
    page.evaluate("window.drawing.clear()")
    assert page.evaluate("window.drawing.fitted(window.model).every((value) => value === 0)")
