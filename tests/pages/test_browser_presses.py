"""No press at any moment empties a page: nothing on it is drawn by a timer of Streamlit's."""

import ast
import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.bench.visitor import visitor as without_browser
from tests.browser import visitor
from tests.conftest import ROOT
from tests.pages.presses import press_at_random
from tests.waiting import PATIENCE

PRESSES = 40  # hundreds in `tests/soak`


def test_only_a_page_that_cannot_listen_is_drawn_by_a_timer():
    """A timed fragment and a whole run that write at the same time lose elements: the page goes blank for good."""
    found = []
    for path in sorted((ROOT / "pages").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.keyword) and node.arg == "run_every":
                found.append(path.name)
    assert found == ["stage.py"]


@pytest.mark.browser
def test_no_page_is_asked_to_draw_itself_again_by_a_timer(app):
    async def opened(page: str) -> int:
        async with without_browser(f"{app.url}/{page}") as one:
            await one.until(lambda: one.finished)
            return one.timers

    async def visit() -> list[int]:
        timers = []
        async with without_browser(app.url, "variant=vanilla&dataset=digits&epochs=500&batch_size=1") as one:
            await one.press("start")
            await one.until_said("Training")
            timers.append(one.timers)
            timers += [await opened("compare"), await opened("learn")]
            await one.press("stop")
            await one.until_said("Stopped")
            timers.append(one.timers)
        return timers

    with ThreadPoolExecutor(1) as aside:
        assert aside.submit(lambda: asyncio.run(visit())).result() == [0, 0, 0, 0]


@pytest.mark.browser
def test_no_press_at_any_moment_empties_a_page(app, chrome):
    press_at_random(app, chrome, seed=0, presses=PRESSES)


@pytest.mark.browser
def test_a_page_that_breaks_all_the_same_is_loaded_anew_once_and_says_so(app, chrome):
    with visitor(chrome) as page:
        page.goto(app.url)
        page.wait_for_selector(".st-key-status .ae-badge")
        page.evaluate("document.getElementById('root').replaceChildren()")
        page.wait_for_selector(".ae-reloaded", timeout=1000 * PATIENCE)
        assert "loaded anew" in page.inner_text(".ae-reloaded")
        page.wait_for_selector(".st-key-status .ae-badge")
        page.evaluate("document.getElementById('root').replaceChildren()")
        page.wait_for_timeout(4000)
        assert page.locator(".st-key-status").count() == 0, "not again and again"
