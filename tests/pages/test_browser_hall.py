"""A lecturer asks, a phone answers, and the lecturer sees it."""

import pytest

from ae_core import lessons
from tests.browser import visitor

pytestmark = pytest.mark.browser

PHONE = {"viewport": {"width": 390, "height": 844}}
WIDE = "document.documentElement.scrollWidth <= innerWidth"
NAME = next(name for name, one in lessons.registry().items() if one.slider is None)


def test_a_hall_answers_and_the_lecturer_sees_how_many_expect_what(app, chrome):
    with visitor(chrome) as page, visitor(chrome, **PHONE) as phone:
        page.goto(f"{app.url}/learn?lesson={NAME}")
        page.click(".st-key-hall button")
        page.wait_for_selector(".st-key-lesson_predict .ae-code")
        phone.goto(page.locator(".st-key-lesson_predict a[href*='/hall/']").get_attribute("href"))
        assert phone.evaluate(WIDE)
        phone.check("input[name=answer][value='1']")
        phone.click("button[type=submit]")
        phone.wait_for_selector("[role=status]")
        bars = page.locator(".ae-hall > div b")
        page.wait_for_function("document.querySelector('.ae-hall small')?.textContent === 'Answers: 1'")
        assert set(bars.all_text_contents()) == {""}, "what was answered would sway the others"
        page.locator(".st-key-hall_shown label").click()
        page.wait_for_function("document.querySelectorAll('.ae-hall > div b')[1]?.textContent === '1'")
        assert bars.all_text_contents() == ["0", "1", *["0"] * (bars.count() - 2)]
        page.click(".st-key-hall_end button")
        page.wait_for_selector(".st-key-hall button")
        assert bars.all_text_contents()[1] == "1", "what was answered stays to be seen"
        phone.reload()
        phone.get_by_text("closed").first.wait_for()
