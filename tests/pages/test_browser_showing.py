"""In front of a hall, and inside of another page: what is left of the Train page there."""

import pytest

from tests import stored
from tests.browser import visitor

pytestmark = pytest.mark.browser

LARGE = "parseFloat(getComputedStyle(document.documentElement).fontSize) > 17"
USUAL = "parseFloat(getComputedStyle(document.documentElement).fontSize) === 16"
VISIBLE = """() => ["live_loss", "live_grid", "live_latent", "timeline", "start"].map((key) => {
  const {top, bottom, width} = document.querySelector(`.st-key-${key}`).getBoundingClientRect();
  return width > 0 && top >= 0 && bottom <= innerHeight;
})"""


def test_one_key_makes_the_page_large_and_leaves_away_what_a_hall_does_not_need(app_with_store, chrome):
    app, store = app_with_store
    run = stored.stored(store, 0, stored.TOTAL)
    with visitor(chrome) as page:
        page.goto(f"{app.url}/?run={run}")
        page.wait_for_selector(".st-key-live_latent [data-step]")
        for size in ((1280, 720), (1920, 1080)):
            page.set_viewport_size({"width": size[0], "height": size[1]})
            page.wait_for_function(USUAL)
            page.keyboard.press("f")
            page.wait_for_function(LARGE)
            page.wait_for_function("location.search.includes('present=1')")
            assert page.locator("[data-testid=stSidebar]").is_hidden()
            page.wait_for_function(f"({VISIBLE})().every(Boolean)")
            page.keyboard.press("f")
        page.wait_for_function("!location.search.includes('present')")
        page.wait_for_selector("[data-testid=stSidebar]", state="visible")


def test_another_page_shows_the_views_that_it_names_and_nothing_to_press_but_the_film(app_with_store, chrome):
    app, store = app_with_store
    run = stored.stored(store, 0, stored.TOTAL)
    with visitor(chrome) as page:
        page.set_content(f'<iframe src="{app.url}/?run={run}&embed=1&show=map,loss" width="800" height="500"></iframe>')
        inside = next(frame for frame in page.frames if frame != page.main_frame)
        inside.wait_for_selector(".st-key-live_loss [data-step]")
        inside.wait_for_selector(".st-key-live_latent [data-step]")
        assert inside.locator(".st-key-stage [class*=st-key-live_]").count() == 2
        assert inside.locator(".st-key-start").count() == 0
        assert inside.locator("[data-testid=stSidebar]").is_hidden()
        inside.wait_for_function(
            "document.querySelector('.st-key-timeline').getBoundingClientRect().bottom <= innerHeight"
        )
        assert inside.evaluate("document.documentElement.scrollWidth <= innerWidth")
        # What changes the address keeps it embedded.
        assert "embed=1" in inside.evaluate("location.search")


def test_a_teacher_s_address_leaves_settings_away(app_with_store, chrome):
    app, _ = app_with_store
    with visitor(chrome) as page:
        page.goto(f"{app.url}/?variant=sparse&dataset=digits&hide=variant,dataset,epochs")
        page.wait_for_selector(".st-key-latent_dim")
        assert page.locator(":is(.st-key-variant, .st-key-dataset, .st-key-epochs)").count() == 0
        page.wait_for_function("decodeURIComponent(location.search).includes('hide=variant,dataset,epochs')")
        assert "variant=sparse" in page.evaluate("location.search")
