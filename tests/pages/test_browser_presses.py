"""No press at any moment empties a page: nothing on it is drawn by a timer of Streamlit's."""

import ast
import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest

from ae_core.runs import RunStore
from tests import stored
from tests.bench.visitor import visitor as without_browser
from tests.browser import running_app, visitor
from tests.conftest import ROOT
from tests.long import rest_is_long
from tests.pages.presses import press_at_random
from tests.waiting import PATIENCE

PRESSES = 10, 40  # hundreds in `tests/soak`

# Keeps the connections over which a page hears of runs.
KEEP_LINES = """window.lines = [];
window.WebSocket = class extends WebSocket {
  constructor(address, ...others) {
    super(address, ...others);
    if (String(address).includes("/live/")) window.lines.push(this);
  }
};"""
CLICK = "document.querySelector('.st-key-train_explore a').click()"
# Has the page hear something that only a run of its script can draw.
HEAR = """for (const one of window.lines) {
  const data = new TextEncoder().encode('{"token": "another"}').buffer;
  one.dispatchEvent(new MessageEvent("message", {data}));
}"""


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
@pytest.mark.parametrize("presses", rest_is_long(PRESSES, lambda count: count == min(PRESSES)))
def test_no_press_at_any_moment_empties_a_page(app, chrome, presses):
    press_at_random(app, chrome, seed=0, presses=presses)


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


@pytest.mark.browser
@pytest.mark.parametrize(
    "at_once", rest_is_long([f"{CLICK}; {HEAR}", f"{HEAR}; {CLICK}"], lambda script: script.startswith(CLICK))
)
def test_a_link_is_followed_although_something_is_heard_that_moment(chrome, tmp_path, at_once):
    """Streamlit takes a question of the page that is left for one to stay there."""
    run_id = stored.stored(RunStore(tmp_path), 0, stored.TOTAL, origin="command line")
    with running_app(AE_RUNS_DIR=str(tmp_path)) as app, visitor(chrome) as page:
        page.add_init_script(KEEP_LINES)
        page.goto(f"{app.url}/?run={run_id}")
        page.wait_for_selector(".st-key-train_explore a")
        page.wait_for_function("window.lines.some(one => one.readyState === WebSocket.OPEN)")
        page.wait_for_selector(".st-key-live_loss [data-step]")
        page.evaluate(at_once)
        page.wait_for_function("location.pathname === '/explore'")
        page.wait_for_timeout(1500)
        assert page.evaluate("location.pathname") == "/explore", "it came back"


@pytest.mark.browser
@pytest.mark.long
def test_the_browser_s_own_button_leads_back_although_something_is_heard_that_moment(chrome, tmp_path):
    run_id = stored.stored(RunStore(tmp_path), 0, stored.TOTAL, origin="command line")
    with running_app(AE_RUNS_DIR=str(tmp_path)) as app, visitor(chrome) as page:
        page.add_init_script(KEEP_LINES)
        page.goto(f"{app.url}/compare?run={run_id}")
        page.wait_for_selector(".ae-runs tbody td")
        page.get_by_role("link", name="Train").first.click()
        page.wait_for_function("window.lines.some(one => one.readyState === WebSocket.OPEN)")
        page.wait_for_selector(".st-key-live_loss [data-step]")
        page.evaluate(f"history.back(); addEventListener('popstate', () => {{ {HEAR} }})")
        page.wait_for_selector(".ae-runs tbody td")
        page.wait_for_timeout(2500)
        assert page.evaluate("location.pathname") == "/compare", "it came back"
        assert page.locator(".ae-runs tbody td").count()
