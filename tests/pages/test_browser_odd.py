"""The section that says which examples are odd, as a visitor uses it: found once, then dragged without asking again."""

import csv
import io
import json
from pathlib import Path

import numpy as np
import pytest

from ae_core import data
from tests.browser import until, visitor

pytestmark = pytest.mark.browser

ADDRESS = "variant=stacked&dataset=digits&normal=0&latent_dim=4&epochs=12&batch_size=16&seed=5&pace=full"
STROKES = "all => all.map(path => [getComputedStyle(path).stroke, getComputedStyle(path).strokeDasharray])"
COUNTS = "({hits, misses, alarms, passed}) => [hits, misses, alarms, passed].map(Number)"


def counts(page) -> list[int]:
    """Found, missed, false alarms, passed."""
    return page.eval_on_selector(".ae-odd-confusion", f"place => ({COUNTS})(place.dataset)")


def curves(page, place: str) -> list[str]:
    """Detectors whose lines are drawn there, in the order in which they are."""
    return page.eval_on_selector_all(f"{place} [data-curve]", "all => all.map(path => path.dataset.curve)")


def test_odd_ones_are_found_and_the_threshold_follows_the_hand(app, chrome):
    with visitor(chrome) as page:
        page.goto(f"{app.url}/?{ADDRESS}")
        page.click(".st-key-start button:not([disabled])")
        page.wait_for_selector(".ae-odd-find")
        assert page.eval_on_selector_all(".ae-odd-classes [aria-pressed=true]", "all => all.map(one => one.value)") == [
            "0"
        ]
        page.click(".ae-odd-find")
        page.wait_for_selector(".ae-odd-found:not([hidden]) .ae-odd-histogram svg")
        until(page, lambda: sum(counts(page)) == 359)
        rows = page.eval_on_selector_all("[data-detector]", "all => all.map(row => row.dataset.detector)")
        assert rows == ["error", "distance", "pca", "knn", "isolation_forest", "one_class_svm"]
        assert "Reconstruction error" not in page.inner_text(".ae-odd-verdict")
        for chart in (".ae-odd-roc", ".ae-odd-pr"):
            assert sorted(curves(page, chart)) == sorted(rows), "the run's and all rivals' in one chart"
        assert curves(page, ".ae-odd-curves") == rows
        assert curves(page, ".ae-odd-roc")[-1] == "error", "what is looked at lies above the others"
        page.select_option(".ae-odd select[name=score]", "knn")
        assert curves(page, ".ae-odd-roc")[-1] == curves(page, ".ae-odd-pr")[-1] == "knn"
        strokes = page.eval_on_selector_all(".ae-odd-roc path.ae-odd-curve", STROKES)
        assert len({tuple(one) for one in strokes}) == len(rows), "no two look alike"
        page.select_option(".ae-odd select[name=score]", "error")
        assert page.locator(".ae-odd-oddest img").count() == page.locator(".ae-odd-plainest img").count() == 12

        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.on("websocket", lambda socket: asked.append(socket.url))
        before, slider = counts(page), page.locator(".ae-odd input[name=threshold]")
        slider.fill("1000")
        assert counts(page)[0] == counts(page)[2] == 0, "nothing lies above the largest score"
        slider.fill("0")
        assert counts(page)[1] + counts(page)[3] <= 1
        assert page.input_value(".ae-odd select[name=rule]") == "hand"
        box = page.locator(".ae-odd-histogram").bounding_box()
        page.mouse.move(box["x"] + box["width"] / 4, box["y"] + 40)
        page.mouse.down()
        page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 40, steps=8)
        page.mouse.up()
        held = float(page.get_attribute(".ae-odd-histogram", "data-threshold"))
        page.select_option(".ae-odd select[name=rule]", "f1")
        assert held != float(page.get_attribute(".ae-odd-histogram", "data-threshold"))
        page.select_option(".ae-odd select[name=rule]", "quantile")
        assert counts(page) == before
        assert not [url for url in asked if not url.startswith("data:")], "no one is asked while it is dragged"

        with page.expect_download() as coming:
            page.click(".ae-odd button[name=csv]")
        table = [*csv.DictReader(io.StringIO(Path(coming.value.path()).read_text()))]
        assert len(table) == 359 and {row["odd"] for row in table} == {"0", "1"}
        assert all((row["odd"] == "0") == (row["class"] == "0") for row in table)
        limit = float(page.get_attribute(".ae-odd-histogram", "data-threshold"))
        above = sum(float(row["error"]) > limit for row in table)
        assert abs(above - before[0] - before[2]) <= 1, json.dumps(before)

        page.locator(".st-key-odd summary").last.click()
        digits = data.load("digits").x_test
        stream = io.BytesIO()
        np.save(stream, np.stack([digits[0], 255 - digits[1], digits[2]]))
        file = {"name": "three.npy", "mimeType": "application/octet-stream", "buffer": stream.getvalue()}
        page.set_input_files(".st-key-odd_file input[type=file]", files=[file])
        page.wait_for_selector(".ae-odd-fresh:not([hidden]) img")
        assert page.inner_text(".ae-odd-fresh-oddest figcaption >> nth=0").startswith("Example 1 of the file")
        with page.expect_download() as coming:
            page.click(".ae-odd button[name=fresh]")
        scores = [*csv.DictReader(io.StringIO(Path(coming.value.path()).read_text()))]
        assert [row["number"] for row in scores] == ["0", "1", "2"], "few are enough, and they stay in their order"
        for one in (0, 2):
            assert float(scores[one]["error"]) == pytest.approx(float(table[one]["error"]), rel=1e-4)
        for width in (1920, 390):
            page.set_viewport_size({"width": width, "height": 800})
            wide = page.evaluate(
                "document.querySelector('.ae-odd').scrollWidth - document.querySelector('.ae-odd').clientWidth"
            )
            assert wide <= 0, f"nothing stands out at {width} pixels"
        for title, there in (("Compare", ".ae-runs"), ("Train", ".ae-odd-found:not([hidden]) .ae-odd-histogram svg")):
            page.click(f".st-key-pages a:has-text('{title}')")
            page.wait_for_selector(there)
        assert counts(page) == before, "what was found is still there when one comes back"
