"""Every page for everybody: nothing that axe-core finds serious, in light and dark; twice as large; text set wide."""

import functools
from collections.abc import Iterator

import pytest

from tests.browser import until, visitor
from tests.node_tools import node_modules
from tests.pages.conftest import HOST

pytestmark = [pytest.mark.browser, pytest.mark.node]

BAD = ("serious", "critical")
# What Streamlit's own widgets bring and what no style sheet can mend: rule and element, and why it may stay.
STREAMLITS = {
    ("scrollable-region-focusable", "stCode"): "Chromium, Firefox and Safari 18.4 let the keyboard reach what scrolls.",
}
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
LOOK = """async (options) => {
  const { violations } = await axe.run(document, { resultTypes: ["violations"], ...options });
  return violations.flatMap(({ id, impact, nodes }) => nodes.map(({ target, html, failureSummary }) => {
    const element = document.querySelector(target.at(-1));
    const test = element?.closest("[data-testid]")?.dataset.testid ?? "";
    const frame = element?.closest("pre")?.closest("[data-testid=stCode]") ? "stCode" : test;
    return { id, impact, frame, said: `${target} ${html.slice(0, 200)} ${failureSummary}` };
  }));
}"""
# What would scroll sideways, and texts of which a part is cut off for good: those with a title say the rest, the
# sentences of the findings open, and what is only read aloud has no room by intention.
NARROW = """() => {
  const SAID = "[title], .ae-findings, .katex, [data-testid=stIconMaterial]";
  const found = [];
  for (const one of [document.documentElement, ...document.querySelectorAll(".stMain, main")]) {
    const [wide, room] = [one.scrollWidth, one.clientWidth];
    if (wide > room) found.push(`${one.tagName} is ${wide} wide of ${room}`);
  }
  for (const one of document.querySelectorAll(".stMain *, main *")) {
    const style = getComputedStyle(one);
    const text = [...one.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.textContent.trim());
    const cut = text && style.overflowX === "hidden" && one.scrollWidth > one.clientWidth + 1;
    if (!cut || !one.checkVisibility() || style.clipPath !== "none" || one.closest(SAID)) continue;
    found.push(`${one.className}: ${one.textContent}`);
  }
  return found;
}"""
# Words of a legend on which Plotly's tools lie.
COVERED = """() => [...document.querySelectorAll(".js-plotly-plot")].flatMap((plot) => {
  const tools = plot.querySelector(".modebar-group")?.getBoundingClientRect();
  return [...plot.querySelectorAll(".legendtext")].filter((word) => {
    const { left, right, top, bottom } = word.getBoundingClientRect();
    return tools?.width && left < tools.right && right > tools.left && top < tools.bottom && bottom > tools.top;
  }).map((word) => word.textContent);
})"""
WIDE_TEXT = "* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important; }"


def settled(page) -> None:
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")
    page.wait_for_function("!document.querySelector('[data-testid=stSkeleton], [aria-busy=true]')")


def go(page, title: str) -> None:
    page.locator("[data-testid=stTopNavLink]", has_text=title).click()


def every_page(page, url: str) -> Iterator[str]:
    """Goes through them all, and tells the name of each."""
    page.goto(f"{url}/?variant=sparse&dataset=digits&latent_dim=2&epochs=2")
    page.wait_for_selector(".st-key-live_grid [data-step]")
    yield "train"
    page.click(".st-key-start button:not([disabled])")
    page.wait_for_function("document.querySelector('.st-key-status')?.innerText.includes('Done')")
    page.wait_for_selector(".ae-odd header")
    yield "a run that has ended"
    go(page, "Explore")
    page.wait_for_selector(".st-key-decoded [data-code]")
    yield "explore"
    go(page, "Compare")
    page.wait_for_selector(".ae-runs td input")
    page.check(".ae-runs td input")
    page.wait_for_selector("[class*=st-key-live_images] [data-step]")
    yield "compare"
    go(page, "Learn")
    page.wait_for_selector(".st-key-lesson_film [data-step]")
    page.click(".st-key-hall button")
    phone = page.locator(".st-key-lesson_predict a[href*='/hall/']")
    phone.wait_for()
    address = phone.get_attribute("href")
    yield "lesson"
    for part, seen in (("Variants", "[data-testid=stCode]"), ("Theory", ".katex"), ("Words", ".ae-glossary")):
        page.click(f".st-key-learn_part button:has-text('{part}')")
        page.wait_for_selector(seen)
        yield part
    page.goto(f"{url}/operate")
    page.fill(".st-key-operator_token input", HOST)
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Workers").wait_for()
    yield "operate"
    page.goto(address)
    page.wait_for_selector("button[type=submit]")
    yield "phone"


def test_nothing_serious_is_found_and_nothing_is_cut_off(app, chrome):
    axe = (node_modules() / "axe-core" / "axe.min.js").read_text()
    found, excused, narrow = [], set(), []
    with visitor(chrome, bypass_csp=True) as page:
        for name in every_page(page, app.url):
            if name != "phone":
                settled(page)
            page.evaluate(f"() => {{ if (!window.axe) {{ {axe} }} }}")
            for colours in ("light", "dark"):
                page.emulate_media(color_scheme=colours)
                if name != "phone":
                    until(page, functools.partial(shows, page, colours))
                    settled(page)
                only = RULES if colours == "light" else ["color-contrast"]
                for one in page.evaluate(LOOK, {"runOnly": only}):
                    if (one["id"], one["frame"]) in STREAMLITS:
                        excused.add((one["id"], one["frame"]))
                    elif one["impact"] in BAD:
                        found.append(f"{name}, {colours}: {one['id']}: {one['said']}")
            if name == "a run that has ended":  # whose legend has six words
                for width in (1366, 1920):
                    page.set_viewport_size({"width": width, "height": width * 9 // 16})
                    page.wait_for_timeout(300)
                    narrow += [f"{name}, {width} wide, below tools: {one}" for one in page.evaluate(COVERED)]
            page.set_viewport_size({"width": 640, "height": 360})
            page.wait_for_timeout(300)
            narrow += [f"{name}: {one}" for one in page.evaluate(NARROW)]
            wide = page.add_style_tag(content=WIDE_TEXT)
            narrow += [f"{name}, set wide: {one}" for one in page.evaluate(NARROW)]
            wide.evaluate("one => one.remove()")
            page.set_viewport_size({"width": 1280, "height": 720})
    assert not found, "\n".join(found)
    assert not narrow, "\n".join(narrow)
    assert excused == set(STREAMLITS), "an excuse that is no longer needed"


def shows(page, colours: str) -> bool:
    """Whether Streamlit shows a theme, which follows the device's."""
    return page.evaluate("getComputedStyle(document.querySelector('.stApp')).colorScheme") == colours
