"""Tables and series on the Explore page in a browser: computed there, and by a worker."""

import io
import re

import numpy as np
import pytest
from PIL import Image

from ae_core.data.lookup import load
from tests.browser import until, visitor
from tests.conftest import ROOT
from tests.pages.playing import code, drawn, saved, table_of, trained

pytestmark = pytest.mark.browser

TABLE = "variant=stacked&dataset=breast_cancer&latent_dim=2&widths=32&epochs=20&batch_size=32&pace=full"
MASKED = "variant=denoising&dataset=pumps&noise=masking&widths=16&latent_dim=4&epochs=1&train_size=200&pace=full"
SERIES = "variant=recurrent&dataset=pumps&latent_dim=3&recurrent_units=8&epochs=1&train_size=200&pace=full"
IMAGES = re.compile(r"\b(image|picture|pixel)s?\b", re.IGNORECASE)


def told(page) -> list[str]:
    """The numbers at the bars of what is decoded."""
    return page.locator(".ae-decoded-pair text").all_text_contents()


def drag(page, selector: str, begin: tuple[float, float], end: tuple[float, float]) -> None:
    """Drags over an element, from one share of its width and height to another."""
    # At once: an answer of a worker may come at any moment, and the element is drawn anew then.
    box = page.evaluate(
        """selector => { const element = document.querySelector(selector);
        element.scrollIntoView({block: "center"});
        return element.getBoundingClientRect().toJSON(); }""",
        selector,
    )
    for place, (x, y) in enumerate((begin, end)):
        page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"], steps=1 + 5 * place)
        if place == 0:
            page.mouse.down()
    page.mouse.up()


def test_a_dozen_values_are_all_seen_and_of_more_a_dark_edge_tells(chrome):
    style = "".join((ROOT / "assets" / name).read_text(encoding="utf-8") for name in ("style.css", "explore.css"))
    value = '<label class="ae-unit ae-value"><span>name</span><input type="range"><output>1 kW → 2 kW</output></label>'
    page = chrome.new_page(viewport={"width": 400, "height": 900})

    def shown(count: int, scrolled: int) -> tuple[int, float]:
        """How much is not seen, and how dark the lower edge is."""
        page.set_content(
            f'<!doctype html><style>{style}</style><div class="ae-explore">'
            f'<div class="ae-units ae-values" style="width: 20rem">{value * count}</div></div>'
        )
        hidden = page.eval_on_selector(
            ".ae-values", f"list => {{ list.scrollTo(0, {scrolled}); return list.scrollHeight - list.clientHeight; }}"
        )
        with Image.open(io.BytesIO(page.locator(".ae-values").screenshot())) as picture:
            grey = np.asarray(picture.convert("L"), float)
        return hidden, float(np.median(grey[-3:-1]))

    assert shown(12, 0) == (0, 255)
    hidden, edge = shown(13, 0)
    assert hidden > 0 and edge < 230
    assert shown(13, hidden)[1] == 255, "there is nothing below any more"
    page.close()


@pytest.mark.slow(seconds=20)
def test_a_table_is_played_with(app, chrome):
    with visitor(chrome) as page:
        trained(page, app, TABLE)
        assert not IMAGES.search(page.inner_text(".ae-explore"))
        assert "worst radius" in told(page) and page.locator(".ae-decoded-pair rect").count() > 60
        before, numbers = code(page, "decoded"), told(page)
        drag(page, ".st-key-plane", (0.3, 0.3), (0.7, 0.7))
        assert code(page, "decoded") != before and told(page) != numbers
        heat = drawn(page)
        page.select_option("select[name=behind]", label="mean texture")
        assert drawn(page) != heat
        ends = [float(one) for one in page.inner_text(".ae-ends").split()]
        texture = load("breast_cancer").x_test[:, 1]
        np.testing.assert_allclose(ends, [texture.min(), texture.max()], atol=0.01)
        page.select_option("select[name=behind]", "-1")

        page.click("button[name=take]")
        second = load("breast_cancer").x_test[1]
        values = {row[0]: float(row[2]) for row in table_of(saved(page, "what_if", "csv"))[1:]}
        np.testing.assert_allclose(list(values.values()), second, rtol=1e-3, atol=1e-3)
        assert page.locator(".ae-value input").count() == 24
        before, changed = code(page, "drawn"), page.locator(".ae-value input").nth(2)
        changed.focus()
        page.keyboard.press("End")
        assert code(page, "drawn") == code(page, "decoded") != before
        again = {row[0]: float(row[2]) for row in table_of(saved(page, "what_if", "csv"))[1:]}
        assert sum(abs(values[name] - again[name]) > 1e-3 for name in values) == 1, "one column has changed"

        page.select_option("select[name=class]", "0")
        assert page.locator(".ae-chosen-images canvas").count() == 24
        assert {row[1] for row in table_of(saved(page, "chosen", "csv"))[1:]} == {"malignant"}
        page.locator(".ae-layers canvas").first.click(position={"x": 1, "y": 1})
        assert "unit 1:" in page.inner_text(".ae-unit-said")
        written = saved(page, "decoded", "svg").decode()
        assert "worst radius" in written and "nearest row" in written

        names = page.locator(".ae-between-part .ae-strip:first-child .ae-label-names span").all_text_contents()
        at_right = [page.locator(f".ae-strip-{way} + .ae-label-values span") for way in (0, 1)]
        assert len(names) == 24 and {"worst radius", "mean texture"} <= set(names)
        assert at_right[0].all_text_contents() == at_right[1].all_text_contents(), "both ways begin at one place"
        page.locator(".ae-strip-0 canvas").nth(8).click()
        assert page.locator(".ae-strips .ae-marked").count() == 2 and page.input_value("input[name=share]") == "100"
        assert at_right[0].all_text_contents() == told(page)[1:-2:2], "what is decoded at the end of the way"
        page.focus(".ae-samples")
        page.keyboard.press("ArrowRight")
        assert page.inner_text(".ae-samples-part .ae-label-which") == "2 / 24"
        assert page.inner_text(".ae-what_if-part .ae-label-which >> nth=0") in {"malignant", "benign"}

        page.click("button[name=to]")
        with page.expect_download() as coming:
            page.click("button[name=film][value=gif]")
        with Image.open(coming.value.path()) as film:
            assert (film.format, getattr(film, "n_frames", 1), film.width) == ("GIF", 32, 720)
            first = np.asarray(film.convert("L"))
            film.seek(31)
            last = np.asarray(film.convert("L"))
        assert np.abs(last.astype(int) - first).max() > 100 and first.mean() > 128
        until(page, lambda: not page.is_visible(".ae-film-said"))
        page.set_viewport_size({"width": 390, "height": 844})
        assert page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.long
@pytest.mark.slow(seconds=20)
def test_a_series_is_drawn_on_and_a_recurrent_network_answers(app, chrome):
    with visitor(chrome, color_scheme="dark") as page:
        trained(page, app, SERIES)
        assert page.inner_text(".ae-explore-said") == "", "the browser computes it"
        assert not IMAGES.search(page.inner_text(".ae-explore"))
        assert {"vibration (mm/s)", "current (A)", "pressure (bar)"} <= set(told(page))
        until(page, lambda: len(code(page, "drawn")) == 3)
        before = code(page, "drawn")
        drag(page, ".ae-sketch svg", (0.3, 0.6), (0.9, 0.4))
        until(page, lambda: code(page, "drawn") != before)
        until(page, lambda: code(page, "drawn") == code(page, "decoded"))
        rows = table_of(saved(page, "sketch", "csv"))
        assert rows[0] == ["moment", "column", "unit", "value", "reconstruction"] and len(rows) == 1 + 64 * 3
        given = np.array([float(row[3]) for row in rows[1:]]).reshape(64, 3)
        original = load("pumps").x_test[0]
        different = np.abs(given - original).max(axis=0) > 0.05
        assert different.tolist() == [False, True, False], "one channel was drawn on"
        assert np.ptp(np.abs(given - original).max(axis=1)[:10]) < 1e-3, "and nothing of its beginning"


@pytest.mark.long
@pytest.mark.slow(seconds=12)
def test_stretches_of_a_series_are_hidden_as_its_training_hid_values(app, chrome):
    with visitor(chrome) as page:
        trained(page, app, MASKED)
        assert page.inner_text(".ae-hidden-said").startswith("Hidden stretches: 12 of 48")
        page.locator("input[name=hidden]").evaluate("one => { one.value = 0; one.dispatchEvent(new Event('input')) }")
        whole = table_of(saved(page, "hidden", "csv"))
        drag(page, ".ae-hidden-seen svg", (0.3, 0.6), (0.9, 0.6))
        count = int(page.inner_text(".ae-hidden-said").split()[2])
        some = table_of(saved(page, "hidden", "csv"))
        hidden = [row[:2] for row in some[1:] if row[4] == "1"]
        assert 6 <= count <= 14 and len(hidden) == 4 * count and {name for _, name in hidden} == {"current"}
        assert [row[3] for row in some] == [row[3] for row in whole] and [row[5] for row in some] != [
            row[5] for row in whole
        ]
        page.focus(".ae-hidden-seen")
        page.keyboard.press("Space")
        assert page.inner_text(".ae-hidden-said").startswith(f"Hidden stretches: {count + 1} of 48")
        assert "vibration" in page.inner_text(".ae-between-part .ae-key")
