"""The Learn page in a browser: one lesson from its film to its why, then the other parts."""

import re

import pytest

from tests.browser import until, visitor

pytestmark = pytest.mark.browser


def test_a_lesson_is_predicted_trained_and_revealed(app, chrome):
    with visitor(chrome) as page:
        page.goto(f"{app.url}/learn?lesson=incompressible")
        page.wait_for_selector(".st-key-lesson_film [data-step]")
        assert page.locator(".st-key-reveal").count() == 0, "nothing is trained yet"
        hand = page.locator(".st-key-predict input")
        hand.focus()
        for _press in range(5):
            page.keyboard.press("ArrowRight")
        until(page, lambda: "60" in page.inner_text(".st-key-predict"))
        page.click(".st-key-start button:not([disabled])")
        page.wait_for_selector(".st-key-lesson_try .ae-running, .st-key-lesson_try .ae-done")
        assert hand.is_disabled(), "what was expected is kept"
        page.wait_for_selector(".st-key-reveal button:not([disabled])")
        steps = page.eval_on_selector_all(
            ".st-key-lesson_try .st-key-live_loss [data-step]", "all => all.map(one => Number(one.dataset.step))"
        )
        assert len(steps) == 2 and min(steps) > 0, "both were seen"
        page.click(".st-key-reveal button")
        said = page.locator(".ae-outcome")
        said.wait_for()
        assert "Measured." in said.inner_text()
        assert "You expected 60 %; measured: " in said.inner_text()
        assert page.locator(".ae-measured tbody tr").count() == 3
        page.wait_for_selector(".st-key-lesson_why .katex")
        page.wait_for_selector(".st-key-lesson_why [data-testid=stCode]:has-text('keras.layers.Dense(10)')")
        assert "lesson=incompressible" in page.url
        for width in (1920, 390):
            page.set_viewport_size({"width": width, "height": 800})
            wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert wide <= 0, f"nothing stands out at {width} pixels"
        page.set_viewport_size({"width": 1280, "height": 720})

        page.click(".st-key-lesson input")
        page.get_by_role("option", name="3. One layer or three", exact=True).click()
        page.wait_for_selector(".st-key-lesson_film .st-key-live_latent [data-step]")
        page.click(".st-key-learn_part button:has-text('Words')")
        page.wait_for_selector(".ae-glossary")
        page.click(".st-key-learn_part button:has-text('Theory')")
        page.click(".st-key-theory_open_undercomplete button")
        page.wait_for_selector(".st-key-lesson_film .st-key-live_loss [data-step]")
        until(page, lambda: "lesson=linear_is_pca" in page.url)
        page.click(".st-key-learn_part button:has-text('Variants')")
        page.wait_for_selector(".ae-table code")
        page.click(".st-key-learn_part button:has-text('Lessons')")
        page.click(".st-key-lesson input")
        page.get_by_role("option", name="12.").click()
        page.wait_for_selector(".ae-outcome"), "what was revealed is still there"


@pytest.mark.long
def test_a_lesson_in_chinese_goes_by_its_recorded_runs_and_outlasts_a_reload(app, chrome):
    with visitor(chrome) as page:
        page.goto(f"{app.url}/learn?lesson=copying&lang=zh")
        page.locator(".st-key-predict label:has(input)").nth(1).click()
        page.click(".st-key-lesson_recorded button:not([disabled])")
        page.wait_for_selector(".st-key-lesson_played .st-key-live_grid [data-step]")
        assert "录像" in page.inner_text(".st-key-lesson_start")
        page.click(".st-key-reveal button:not([disabled])")
        said = page.locator(".ae-outcome")
        said.wait_for()
        assert "784" in said.inner_text() and not re.search("[A-Za-z]{3}", said.inner_text()), "all of it is Chinese"
        assert page.locator(".ae-look img").count() == 2
        page.wait_for_selector(".st-key-lesson_why .katex")
        page.reload()
        said.wait_for()
        assert page.locator(".st-key-predict input").nth(1).is_checked(), "nothing is lost"

        text = page.locator(".st-key-lesson_why [data-testid=stMarkdown] p").first
        page.wait_for_function("CSS.highlights?.get('ae-words')?.size > 0")
        text.scroll_into_view_if_needed()
        page.keyboard.press("?")
        card = page.locator(".ae-words:not([hidden])")
        card.wait_for()
        assert re.search("[\u4e00-\u9fff]", card.inner_text())
        page.keyboard.press("Escape")
        assert page.locator(".ae-words").is_hidden()
        page.locator(".st-key-lesson_why .katex-display .mord.mathnormal").first.hover(force=True)  # under its hat
        card.wait_for()
        assert "重构" in card.inner_text(), "a sign of the formula is explained"
