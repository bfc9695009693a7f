"""The Explore page in a browser: a trained network is dragged, drawn on, pulled and sampled; no server is asked."""

import numpy as np
import pytest

from ae_core.data.lookup import load
from tests.browser import running_app, until, visitor

pytestmark = pytest.mark.browser

DEEP = "variant=stacked&dataset=digits&latent_dim=2&widths=64&epochs=12&batch_size=32&seed=4&pace=full"


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    with running_app(AE_RUNS_DIR=str(tmp_path_factory.mktemp("runs"))) as started:
        yield started


@pytest.fixture(scope="module")
def page(app, chrome):
    """The Explore page of a run that this person has trained."""
    with visitor(chrome) as opened:
        opened.goto(f"{app.url}/?{DEEP}")
        opened.click(".st-key-start button:not([disabled])")
        opened.wait_for_selector(".st-key-train_export button")
        opened.get_by_role("link", name="Explore").first.click()
        opened.wait_for_selector(".ae-ready")
        yield opened


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


def test_what_is_dragged_is_decoded_in_the_browser(page):
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    box = page.locator(".st-key-plane").bounding_box()
    page.mouse.move(box["x"] + 0.3 * box["width"], box["y"] + 0.3 * box["height"])
    page.mouse.down()
    before, shown = code(page, "decoded"), picture(page, ".ae-decoded-picture")
    page.mouse.move(box["x"] + 0.7 * box["width"], box["y"] + 0.7 * box["height"], steps=4)
    page.mouse.up()
    after = code(page, "decoded")
    assert after[0] > before[0] and after[1] < before[1], "right and down"
    assert np.abs(picture(page, ".ae-decoded-picture") - shown).mean() > 5
    assert float(page.get_attribute(".st-key-decoded [data-code]", "data-milliseconds")) < 1000
    assert "from the nearest code" in page.inner_text(".ae-decoded-said")
    assert not [url for url in asked if "_stcore" not in url], "nothing is asked of the server"


def test_a_test_image_on_the_canvas_is_reconstructed_and_found_again(page):
    page.click("button[name=take]")
    until(page, lambda: page.inner_text(".ae-drawn-said") != "")
    fitted, made = picture(page, ".ae-drawn-fitted"), picture(page, ".ae-drawn-made")
    original = load("digits").x_test[0].reshape(-1).astype(np.float64)
    assert np.corrcoef(fitted, original)[0, 1] > 0.9, "centred and scaled as the data set is"
    assert np.corrcoef(fitted, made)[0, 1] > 0.6
    assert page.locator(".ae-drawn-near canvas").count() == 5
    assert code(page, "drawn") == code(page, "decoded")
    page.click("button[name=clear]")
    box = page.locator(".ae-canvas").bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 0.2 * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 0.8 * box["height"], steps=5)
    page.mouse.up()
    rows, columns = np.nonzero(picture(page, ".ae-drawn-fitted").reshape(28, 28) > 64)
    assert abs(columns.mean() - 13.5) < 2 and rows.max() - rows.min() > 12, "an upright stroke in the middle"


def test_numbers_of_a_code_are_pulled(page):
    slider = page.locator(".ae-unit input").first
    assert page.locator(".ae-unit input").count() == 2
    before = code(page, "decoded")
    slider.focus()
    for _ in range(20):
        page.keyboard.press("ArrowRight")
    after = code(page, "decoded")
    assert sum(abs(one - other) > 1e-6 for one, other in zip(before, after, strict=True)) == 1


def test_the_way_between_two_codes_is_a_strip_and_a_slider(page):
    assert page.locator(".ae-strip-0 canvas").count() == page.locator(".ae-strip-1 canvas").count() == 9
    first = picture(page, ".ae-strip-0 canvas:first-child")
    page.click("button[name=from]")
    assert np.abs(picture(page, ".ae-strip-0 canvas:first-child") - first).max() > 0
    np.testing.assert_allclose(
        picture(page, ".ae-strip-0 canvas:first-child"), picture(page, ".ae-strip-1 canvas:first-child"), atol=2
    )
    page.locator("input[name=share]").focus()
    page.keyboard.press("End")
    np.testing.assert_allclose(
        picture(page, ".ae-decoded-picture"), picture(page, ".ae-strip-0 canvas:last-child"), atol=2
    )


def test_samples_spread_with_the_temperature(page):
    def spread() -> float:
        return float(
            np.std([picture(page, f".ae-samples canvas:nth-child({at})") for at in range(1, 13)], axis=0).mean()
        )

    page.locator("input[name=temperature]").evaluate("one => { one.value = 0; one.dispatchEvent(new Event('input')) }")
    assert spread() < 1
    page.locator("input[name=temperature]").evaluate("one => { one.value = 1; one.dispatchEvent(new Event('input')) }")
    assert spread() > 5


def test_a_page_with_no_run_says_what_to_do(app, chrome):
    with visitor(chrome) as stranger:
        stranger.goto(f"{app.url}/explore")
        stranger.wait_for_selector("[data-testid=stAlert]")
        assert "train a run" in stranger.inner_text("[data-testid=stAlert]")


def test_a_run_that_no_browser_computes_says_so(app, chrome):
    with visitor(chrome) as person:
        person.goto(f"{app.url}/?variant=recurrent&dataset=digits&epochs=1&train_size=200&pace=full")
        person.click(".st-key-start button:not([disabled])")
        person.wait_for_selector(".st-key-train_export button", timeout=120_000)
        person.get_by_role("link", name="Explore").first.click()
        until(person, lambda: "GRU" in person.inner_text(".ae-explore-said"))
        assert "cannot be explored in a browser" in person.inner_text(".ae-explore-said")
        assert person.locator(".ae-ready").count() == 0
