"""Nothing but a keyboard: a run is started, paused and gone through, its plane explored, a lesson answered."""

import functools

import pytest

from tests.browser import step_of, until, visitor, wait_for_step

pytestmark = pytest.mark.browser

LONG = "?variant=denoising&dataset=digits&epochs=500&batch_size=1&latent_dim=2&seed=5"
MOST = 150  # stops of the longest way from one part of a page to another
AT = "(selector) => document.activeElement?.closest(selector) !== null"
# What the keyboard is at, unless one can see that it is there: by its own outline, or by what Streamlit draws around.
UNSEEN = """() => {
  const here = document.activeElement;
  if (!here || here === document.body || here.matches("[data-testid=stMain]")) return "";
  for (let one = here, far = 0; one && far < 4; one = one.parentElement, far++) {
    const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(one);
    if ((outlineStyle !== "none" && parseFloat(outlineWidth) > 0) || boxShadow !== "none") return "";
  }
  return here.closest("[class*=ae-], [class*=st-key-live], a") ? here.outerHTML.slice(0, 200) : "";
}"""
HEARD = """() => {
  const place = document.querySelector(".ae-heard[role=status]");
  window.heard = [place.textContent];
  const note = () => window.heard.push(place.textContent);
  new MutationObserver(note).observe(place, {childList: true, characterData: true, subtree: true});
}"""
# Whether each view tells what it shows, of the frame that it shows.
SENTENCES = """() => {
  const [loss, map] = ["loss", "latent"].map((name) => document.querySelector(`.st-key-live_${name} [data-step]`));
  const told = loss.getAttribute("aria-label").startsWith(`Loss curves at step ${loss.dataset.step},`);
  return told && /10 classes, 1-NN accuracy 0\\.\\d/.test(map.getAttribute("aria-label"));
}"""
# What of the map is seen: of its first axis the length and the middle, and classes that are taken away.
SEEN = """() => {
  const {layout, _fullData} = document.querySelector(".st-key-live_latent .js-plotly-plot");
  const [low, high] = layout.xaxis.range;
  const hidden = _fullData.filter((one) => one.visible === "legendonly").map((one) => one.name);
  return {length: high - low, middle: (low + high) / 2, hidden};
}"""
ASKED = "document.querySelector('.st-key-predict input').value"


def tab_to(page, selector: str) -> None:
    """Goes on with the tab key until the keyboard is at something, seen at each stop."""
    for _stop in range(MOST):
        page.keyboard.press("Tab")
        unseen = page.evaluate(UNSEEN)
        assert not unseen, unseen
        if page.evaluate(AT, selector):
            return
    raise AssertionError(f"The keyboard does not come to {selector}.")


def wait_for_status(page, word: str) -> None:
    page.wait_for_function(f"document.querySelector('.st-key-status')?.innerText.startsWith('{word}')")


def code(page) -> str:
    return page.get_attribute(".st-key-decoded [data-code]", "data-code")


def is_elsewhere(page, before: str) -> bool:
    """Whether another code is looked at than before."""
    return code(page) != before


def test_keys_alone_are_enough_and_changes_are_read_aloud(app, chrome):
    with visitor(chrome) as page:
        page.goto(f"{app.url}/{LONG}")
        page.wait_for_selector(".st-key-live_grid [data-step]")
        page.evaluate(HEARD)
        tab_to(page, ".st-key-start button")
        page.keyboard.press("Enter")
        wait_for_status(page, "Training")
        wait_for_step(page, "live_loss", 200)
        tab_to(page, ".st-key-pause button")
        page.keyboard.press("Enter")
        wait_for_status(page, "Paused")
        page.wait_for_function(SENTENCES)  # a last frame may be on its way
        tab_to(page, ".st-key-live_latent .ae-chart-tools")
        wide = page.evaluate(SEEN)
        for key in ("+", "Shift+ArrowRight"):
            page.keyboard.press(key)
        for _place in range(3 + 3):
            page.keyboard.press("ArrowRight")
        page.keyboard.press("Enter")  # the fourth class goes
        page.wait_for_selector(".ae-chart-tools :focus[aria-pressed=false]")
        near = page.evaluate(SEEN)
        assert near["length"] == pytest.approx(wide["length"] / 1.5) and near["hidden"] == ["3"]
        assert near["middle"] == pytest.approx(wide["middle"] + 0.2 * near["length"])
        tab_to(page, ".ae-track input")
        last = step_of(page)
        page.keyboard.press("ArrowLeft")
        earlier = f"Number(document.querySelector('.st-key-live_loss [data-step]').dataset.step) < {last}"
        page.wait_for_function(earlier)
        page.wait_for_timeout(600)  # so long after the last frame Plotly draws the whole figure anew
        assert page.evaluate(SEEN) == near, "another frame is looked at in the same way"
        tab_to(page, ".ae-head")
        page.keyboard.press("Enter")
        page.wait_for_selector(".ae-head[aria-pressed=true]")
        page.keyboard.press("Escape")
        tab_to(page, ".st-key-stop button")
        page.keyboard.press("Enter")
        wait_for_status(page, "Stopped")
        page.wait_for_function("window.heard.at(-1).startsWith('Stopped')")
        heard = page.evaluate("window.heard")
        words = [text.split(".")[0] for text in heard]
        steered = ["Training", "Paused", "Stopped"]
        assert [word for word in words if word in steered] == steered
        assert len(heard) < 12, "not each frame is read aloud"

        tab_to(page, "[data-testid=stPopover]")
        page.keyboard.press("Enter")
        page.wait_for_selector("[data-testid=stPopoverBody]")
        page.keyboard.press("Escape")
        page.wait_for_selector("[data-testid=stPopoverBody]", state="hidden")
        tab_to(page, ".st-key-train_explore a")
        page.keyboard.press("Enter")
        page.wait_for_selector(".st-key-decoded [data-code]")
        for place, key in ((".st-key-plane canvas", "ArrowRight"), (".ae-unit input", "ArrowRight")):
            tab_to(page, place)
            before = code(page)
            page.keyboard.press(key)
            until(page, functools.partial(is_elsewhere, page, before))
        tab_to(page, ".ae-samples")
        before = code(page)
        page.keyboard.press("ArrowRight")
        until(page, functools.partial(is_elsewhere, page, before))

        page.goto(f"{app.url}/learn?lesson=incompressible")
        page.wait_for_selector(".st-key-predict input")
        tab_to(page, ".st-key-predict input")
        before = page.evaluate(ASKED)
        page.keyboard.press("ArrowRight")
        until(page, lambda: page.evaluate(ASKED) != before)
