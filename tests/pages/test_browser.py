"""What only a browser shows: the page is alive, updates in place, obeys, and survives a refresh."""

import contextlib
import itertools
import time
from typing import Any

import pytest

from tests import waiting
from tests.browser import MOVING, VIEWS, WATCH, step_of, until, visitor, wait_for_step

pytestmark = pytest.mark.browser

# Small steps over a small set: long enough to be paused, tuned, left and found again.
LONG = "?variant=denoising&dataset=digits&epochs=500&batch_size=1&latent_dim=2&seed=3&pace=slow"


@pytest.fixture
def page(chrome):
    with visitor(chrome, **MOVING) as opened:
        yield opened


def status(page) -> str:
    return page.inner_text(".st-key-status")


def wait_for_status(page, word: str) -> None:
    page.wait_for_function(f"document.querySelector('.st-key-status')?.innerText.includes('{word}')")


def resting_step(page) -> int:
    """The step that is shown once nothing more is on its way; a training shows a new one each second."""
    shown = [-1, step_of(page)]

    def look_again() -> None:
        time.sleep(2)
        shown.append(step_of(page))

    waiting.until(lambda: shown[-2] == shown[-1], look_again, lambda: "it went on")
    return shown[-1]


def press(page, key: str) -> None:
    page.click(f".st-key-{key} button:not([disabled])")


def test_a_run_is_started_watched_steered_left_found_and_stopped(app, page, chrome):
    page.goto(app.url + "/" + LONG)
    for key in VIEWS:
        page.wait_for_selector(f".st-key-{key} [data-step]")
    assert "Recording" in status(page)
    wait_for_step(page, "live_loss", 0)  # the recording plays before anything is trained

    page.wait_for_function("!document.querySelector('.st-key-status').innerText.match(/starting|warming/)")
    press(page, "start")
    wait_for_status(page, "Training")
    assert "run=" in page.url
    for key in VIEWS:
        wait_for_step(page, key, 0)
    page.evaluate(WATCH)
    page.wait_for_function("Object.values(window.seen).every((steps) => steps.length >= 4)")
    for key in VIEWS:
        seen = page.evaluate(f"window.seen['{key}']")
        steps = [entry["step"] for entry in seen]
        assert steps == sorted(steps)
        assert page.evaluate(f"document.querySelector('.st-key-{key} [data-step]').stamp") == key, "never replaced"

    press(page, "pause")
    wait_for_status(page, "Paused")
    halted = resting_step(page)

    press(page, "step")
    wait_for_step(page, "live_loss", halted)
    stepped = resting_step(page)

    press(page, "pause")  # it says Resume now
    resumed = wait_for_step(page, "live_loss", stepped)

    field = page.locator(".st-key-learning_rate input")
    field.fill("0.01")
    field.press("Enter")
    page.wait_for_selector(".st-key-live_loss :text('learning rate')")

    address = page.url
    assert "learning_rate=0.01" in address
    page.reload()
    wait_for_step(page, "live_loss", resumed)
    assert page.url.split("run=")[1] == address.split("run=")[1]
    assert "Training" in status(page)

    with visitor(chrome) as stranger:
        stranger.goto(page.url)
        wait_for_step(stranger, "live_loss", 0)
        for key in ("pause", "step", "stop"):
            assert stranger.is_disabled(f".st-key-{key} button"), "only the owner commands a run"

    press(page, "stop")
    wait_for_status(page, "Stopped")
    resting_step(page)
    assert page.is_enabled(".st-key-start button")
    first = page.url

    heard: list[str] = []
    page.on("websocket", lambda opened: heard.append(opened.url))
    press(page, "start")
    again = "a page hears of its next run as it did of the one before"
    until(page, lambda: page.url != first and any(page.url.split("run=")[1] in url for url in heard), again)
    press(page, "stop")
    wait_for_status(page, "Stopped")


def test_a_slow_update_greys_nothing(app, page):
    page.goto(app.url)
    wait_for_step(page, "live_loss", 0)
    # What Streamlit does to an element that a running update has not come to yet.
    shown = page.evaluate("""() => {
      const late = document.querySelector(".st-key-start").cloneNode();
      document.querySelector(".st-key-start").after(late);
      // An update may be running: the copy is not waiting for it, and fades at once.
      late.dataset.stale = false;
      late.style.transition = "none";
      late.style.opacity = 0.33;
      const greyed = getComputedStyle(late).opacity;
      late.dataset.stale = true;
      const kept = getComputedStyle(late).opacity;
      late.remove();
      return [greyed, kept];
    }""")
    assert shown == ["0.33", "1"]


def test_a_point_of_the_map_shows_its_picture(app, page):
    page.goto(app.url)
    page.wait_for_selector(".st-key-live_latent .nsewdrag")
    wait_for_step(page, "live_latent", 300)
    box = page.locator(".st-key-live_latent .nsewdrag").bounding_box()
    places = itertools.cycle(itertools.product(range(2, 9), range(2, 9)))

    def move_on() -> None:
        row, column = next(places)
        page.mouse.move(box["x"] + box["width"] * column / 10, box["y"] + box["height"] * row / 10)
        page.wait_for_timeout(30)

    waiting.until(page.locator(".ae-card-picture:visible").count, move_on, lambda: "no point showed a picture")


# What has no height still takes a gap, if it stands among what has some.
GAPS = """() => [...document.querySelectorAll(".stMain .stElementContainer")]
  .filter((element) => element.offsetWidth && !element.offsetHeight)
  .filter((element) => !["absolute", "fixed"].includes(getComputedStyle(element).position))
  .map((element) => element.className)"""
CUT = """() => {
  const measure = document.createElement("canvas").getContext("2d");
  const cut = [];
  for (const element of document.querySelectorAll("[data-testid=stSidebarUserContent] :is(p, input)")) {
    if (!element.offsetParent || element.value === "") continue;
    measure.font = getComputedStyle(element).font;
    const words = element.value === undefined ? element.textContent.split(/[\\s-]+/) : [];
    const wide = words.filter((word) => measure.measureText(word).width > element.clientWidth + 0.5);
    const whole = element.value !== undefined || getComputedStyle(element).whiteSpace.startsWith("nowrap");
    if (whole && element.scrollWidth > element.clientWidth + 1) wide.push(element.value ?? element.textContent);
    cut.push(...wide);
  }
  return cut;
}"""


def test_no_word_of_the_form_is_cut_however_narrow_the_sidebar(app, page):
    longest = "loss=mse&outliers=iqr&augmentation=shift_rotate&noise=salt_and_pepper&optimizer=rmsprop"
    page.goto(f"{app.url}/?variant=denoising&{longest}")
    page.click("[data-testid=stSidebarUserContent] summary:has-text('More settings')")
    page.wait_for_selector(".st-key-augmentation input:visible")
    for width in (100, 300, 450):
        page.evaluate(f"document.querySelector('[data-testid=stSidebar]').style.width = '{width}px'")
        page.wait_for_timeout(500)
        assert page.evaluate(CUT) == [], width


def test_on_a_phone_the_other_pages_are_one_press_away(app, chrome):
    with visitor(chrome, viewport={"width": 390, "height": 844}) as page:
        page.goto(app.url)
        for title in ("Compare", "Learn", "Train"):
            link = page.locator(f".st-key-pages a:has-text('{title}')")
            link.wait_for(state="visible")
            # In the bar at the top, as soon as the style sheet is there.
            page.wait_for_function("document.querySelector('.st-key-pages a')?.getBoundingClientRect().bottom < 60")
            link.click()
            page.wait_for_url(lambda url, title=title: ("/" + title.lower() in url) or title == "Train")
        page.set_viewport_size({"width": 1280, "height": 720})
        page.locator(".st-key-pages").wait_for(state="hidden")  # there Streamlit has its own


def test_the_page_fits_and_does_not_jump(app, chrome):
    """Four visitors look at the same time, each in another way."""
    with contextlib.ExitStack() as visits:
        pages = []
        for width, height in ((1280, 720), (390, 844)):
            for scheme in ("light", "dark"):
                viewport = {"width": width, "height": height}
                pages.append(visits.enter_context(visitor(chrome, viewport=viewport, color_scheme=scheme, **MOVING)))
                pages[-1].goto(app.url)
        for page in pages:
            wait_for_step(page, "live_grid", 0)
        pages[0].wait_for_timeout(500)
        before = [standing(page) for page in pages]
        for page in pages:
            assert page.evaluate(GAPS) == []
            assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]
            assert page.locator(".st-key-start button").bounding_box()["y"] < page.viewport_size["height"] / 3
        pages[0].wait_for_timeout(3000)
        assert [standing(page) for page in pages] == before


def standing(page) -> list[Any]:
    """Where the views of a page stand, and how large."""
    return [page.locator(f".st-key-{key}").bounding_box() for key in VIEWS]
