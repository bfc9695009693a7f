"""The live views: in a real browser, fed by a real Streamlit; and the files that are served to them."""

import contextlib
import importlib
import io
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from pages.ui import static
from tests import demo, waiting
from tests.browser import MILLISECONDS, VIEWS, context_of, healthy, until
from tests.conftest import ROOT
from tests.long import rest_is_long

# A page as small as can be around the views: empty at first, then a snapshot at each tick until it is held.
SCRIPT = """
import pathlib
import streamlit as st
from ae_core.figures.views import PLAIN, VIEWS
from pages.ui import static, style
from pages.ui.live import component, settling
from tests import demo

static.FOLDER = pathlib.Path(__file__).parent / "static"
st.set_page_config(layout="wide")
style.inject()
setup = demo.setup()
url = static.atlas(setup.atlas.png)
held = st.toggle("Hold", key="hold")
logarithmic = st.toggle("Logarithmic", key="log")
ticks = st.session_state.setdefault("ticks", [0])

@st.fragment(run_every=0.3)
def tick():
    ticks[0] += not held
    step = (ticks[0] - 4) * 40
    given = {**PLAIN, "logarithmic": logarithmic, "atlas_url": url}
    shown = {view.key: None for view in VIEWS if view.ready(given)}
    if step >= 0:
        snapshot = demo.snapshot(step)
        shown = {view.key: view.draw(setup, snapshot, given) for view in VIEWS if view.key in shown}
    columns = st.columns(2)
    for place, (key, figure) in zip((columns[0], columns[1], st.container()), shown.items(), strict=True):
        with place:
            component.mount(key, component.payload(figure, step) if figure else None)

tick()
settling.settle()
"""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A running Streamlit with the script above, behind a base path as a proxy would give it."""
    folder = tmp_path_factory.mktemp("app")
    (folder / "script.py").write_text(SCRIPT)
    shutil.copytree(ROOT / ".streamlit", folder / ".streamlit")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", "script.py", "--server.headless=true"]
    command += [f"--server.port={port}", "--server.address=127.0.0.1", "--server.baseUrlPath=some/where"]
    with (folder / "log").open("w") as log:
        server = subprocess.Popen(
            command, cwd=folder, env=os.environ | {"PYTHONPATH": str(ROOT)}, stdout=log, stderr=log
        )
    url = f"http://127.0.0.1:{port}/some/where"
    try:
        waiting.until(lambda: healthy(url))
        yield f"{url}/"
    finally:
        server.terminate()
        server.wait()


@pytest.fixture
def open_page(chrome: Any, address: str) -> Iterator[Callable[..., Any]]:
    """Opens the page; whatever the browser complains of fails the test at its end."""
    complaints: list[str] = []

    def opened(traffic: list[int] | None = None, **options: Any) -> Any:
        def count(socket: Any) -> None:
            socket.on("framereceived", lambda frame: [] if traffic is None else traffic.append(len(frame)))

        size = {"viewport": {"width": 1280, "height": 900}}
        context, page = contexts.enter_context(context_of(chrome, size | options))
        context.set_default_timeout(MILLISECONDS)
        page.on("websocket", count)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.goto(address)
        return page

    with contextlib.ExitStack() as contexts:
        yield opened
    assert complaints == []


def view(page: Any, key: str) -> Any:
    return page.locator(f".st-key-{key} .ae-live")


def wait_for_step(page: Any, key: str, least: int) -> int:
    page.wait_for_function(
        "([key, least]) => +document.querySelector(`.st-key-${key} .ae-live`)?.dataset.step >= least", arg=[key, least]
    )
    return int(view(page, key).get_attribute("data-step"))


def hold(page: Any) -> None:
    """Stops the snapshots, and waits until none has come for over a second, whatever else the machine does."""
    page.get_by_text("Hold").click()
    shown: list[str | None] = []
    while len(shown) < 5 or len(set(shown[-5:])) > 1:
        page.wait_for_timeout(300)
        shown.append(view(page, "live_grid").get_attribute("data-step"))


def fits(one: Any, width: int) -> bool:
    """Whether a view lies inside a window of that width, and its picture fills it."""
    box, picture = one.bounding_box(), one.locator(".main-svg").first.bounding_box()
    return box["x"] >= 0 and box["x"] + box["width"] <= width and abs(picture["width"] - box["width"]) <= 1


def shown_range(page: Any, key: str) -> list[float]:
    return view(page, key).evaluate("e => e.querySelector('.js-plotly-plot').layout.xaxis.range.slice()")


@pytest.mark.browser
def test_views_change_in_place_and_keep_their_zoom(open_page: Callable[..., Any]) -> None:
    page = open_page()
    for key in VIEWS:
        wait_for_step(page, key, 100)
        view(page, key).evaluate("e => { e.stamp = 'same'; e.querySelector('.js-plotly-plot').stamp = 'same' }")
    # Held, for the axis may be twice as long before a drag has ended.
    hold(page)
    zoomed = {}
    for key in ("live_loss", "live_latent"):
        before = shown_range(page, key)
        box = page.locator(f".st-key-{key} .nsewdrag").bounding_box()
        page.mouse.move(box["x"] + 0.2 * box["width"], box["y"] + 0.2 * box["height"])
        page.mouse.down()
        page.mouse.move(box["x"] + 0.5 * box["width"], box["y"] + 0.7 * box["height"], steps=3)
        page.mouse.up()
        until(page, lambda key=key, before=before: shown_range(page, key) != before)  # type: ignore[misc]
        zoomed[key] = shown_range(page, key)
        assert before[0] < zoomed[key][0] < zoomed[key][1] < before[1]
    page.get_by_text("Hold").click()
    steps: dict[str, set[int]] = {key: set() for key in VIEWS}
    # Long enough for the snapshots to want other ends of both axes than when the person zoomed.
    for _ in range(12):
        for key in VIEWS:
            steps[key].add(wait_for_step(page, key, max(steps[key], default=0) + 1))
    for key in VIEWS:
        assert len(steps[key]) >= 12
        stamps = view(page, key).evaluate("e => [e.stamp, e.querySelector('.js-plotly-plot').stamp]")
        assert stamps == ["same", "same"], key
    assert {key: shown_range(page, key) for key in zoomed} == zoomed
    page.locator(".st-key-live_loss .nsewdrag").dblclick()
    until(page, lambda: shown_range(page, "live_loss")[1] > 2 * zoomed["live_loss"][1])


@pytest.mark.long
@pytest.mark.browser
def test_a_view_whose_script_was_lost_is_drawn_though_nothing_new_comes(chrome: Any, address: str) -> None:
    context = chrome.new_context()
    context.set_default_timeout(MILLISECONDS)
    page = context.new_page()
    lost = [True]
    page.route("**/plotly*", lambda route: route.abort() if lost[0] else route.continue_())
    page.goto(address)
    view(page, "live_loss").wait_for(state="attached")
    page.wait_for_timeout(3000)  # some snapshots have come
    hold(page)
    assert view(page, "live_loss").get_attribute("data-step") is None
    lost[0] = False
    for key in VIEWS:
        wait_for_step(page, key, 0)
    context.close()


@pytest.mark.browser
def test_room_and_words_for_screen_readers_are_kept_and_nothing_jumps(open_page: Callable[..., Any]) -> None:
    page = open_page()
    view(page, "live_grid").wait_for(state="attached")
    assert view(page, "live_grid").get_attribute("data-step") is None
    before = [view(page, key).bounding_box() for key in VIEWS]
    for key, words in zip(VIEWS, ("Loss curves at step", "10 held-out images", "Map of 1000 codes"), strict=True):
        wait_for_step(page, key, 40)
        assert view(page, key).get_attribute("role") == "figure"
        assert words in view(page, key).get_attribute("aria-label")
    assert [view(page, key).bounding_box() for key in VIEWS] == before
    assert all(box["height"] > 150 for box in before)


def shows(card: Any, number: int) -> bool:
    """Whether the picture on a card is that of this point."""
    shot = Image.open(io.BytesIO(card.locator(".ae-card-picture").screenshot())).convert("L")
    small = np.asarray(shot.resize((demo.TILE, demo.TILE)), np.float32)
    if not small.std():
        return False  # not painted yet
    return np.corrcoef(small.ravel(), demo.digits()[0][number].ravel())[0, 1] > 0.95


@pytest.mark.long
@pytest.mark.browser
def test_hovering_a_point_shows_its_own_picture(open_page: Callable[..., Any]) -> None:
    page = open_page()
    wait_for_step(page, "live_latent", 400)
    hold(page)
    latent = view(page, "live_latent")
    latent.scroll_into_view_if_needed()
    # Outermost points have no neighbour that could be nearer to the pointer.
    shown = np.frombuffer(demo.snapshot(int(latent.get_attribute("data-step"))).latent, "<f4").reshape(-1, 2)
    classes = [np.flatnonzero(demo.digits()[1] == digit) for digit in range(10)]
    outermost = [shown[places[shown[places, 0].argmax()]].tolist() for places in classes]
    spots = latent.evaluate(
        """(e, places) => {
            const {xaxis, yaxis} = e.querySelector('.js-plotly-plot')._fullLayout;
            return places.map(([x, y]) => [xaxis._offset + xaxis.d2p(x), yaxis._offset + yaxis.d2p(y)]);
        }""",
        outermost,
    )
    box = latent.bounding_box()
    seen = set()
    for x, y in spots:
        page.mouse.move(box["x"] + x + 1, box["y"] + y + 1)
        card = latent.locator(".ae-card")
        card.wait_for(state="visible")
        name, number = card.locator("b").inner_text(), int(re.findall(r"\d+", card.locator("span").inner_text())[0])
        assert name == str(demo.digits()[1][number])
        until(page, lambda card=card, number=number: shows(card, number), "another picture")  # type: ignore[misc]
        seen.add(name)
        page.mouse.move(box["x"] - 5, box["y"] - 5)
    assert len(seen) >= 8


@pytest.mark.long
@pytest.mark.browser
def test_a_tick_with_nothing_new_sends_next_to_nothing(open_page: Callable[..., Any]) -> None:
    traffic: list[int] = []
    page = open_page(traffic)
    wait_for_step(page, "live_grid", 100)

    def bytes_a_tick() -> float:
        # The page's own clock: on a busy machine two seconds can last longer.
        del traffic[:]
        begun = page.evaluate("performance.now()")
        page.wait_for_timeout(2000)
        return sum(traffic) / ((page.evaluate("performance.now()") - begun) / 300)

    moving = bytes_a_tick()
    hold(page)
    held = bytes_a_tick()
    assert 0 < held < 3000
    assert held < moving / 20


@pytest.mark.browser
def test_a_switch_of_theme_recolours_the_same_element(open_page: Callable[..., Any]) -> None:
    page = open_page(color_scheme="light")
    wait_for_step(page, "live_loss", 40)
    hold(page)
    read = "e => { const one = e.querySelector('.xtick text'); return getComputedStyle(one).fill }"
    light = view(page, "live_loss").evaluate(read)
    view(page, "live_loss").evaluate("e => { e.stamp = 'same' }")
    page.emulate_media(color_scheme="dark")
    until(page, lambda: view(page, "live_loss").evaluate(read) != light)
    dark = view(page, "live_loss").evaluate(read)
    assert max(map(int, re.findall(r"\d+", light))) < 100
    assert min(map(int, re.findall(r"\d+", dark)[:3])) > 150
    assert view(page, "live_loss").evaluate("e => e.stamp") == "same"


@pytest.mark.browser
@pytest.mark.parametrize("width", rest_is_long([360, 1280], lambda width: width == 360))
def test_views_fill_any_width_and_follow_a_turned_phone(open_page: Callable[..., Any], width: int) -> None:
    page = open_page(viewport={"width": width, "height": 720})
    wait_for_step(page, "live_grid", 40)
    hold(page)
    for size in (width, 700):
        page.set_viewport_size({"width": size, "height": 720})
        for key in VIEWS:
            until(page, lambda key=key, size=size: fits(view(page, key), size))  # type: ignore[misc]
        if size == 360:
            tops = [view(page, key).bounding_box()["y"] for key in VIEWS]
            assert tops == sorted(set(tops))  # one below the other


@pytest.mark.long
@pytest.mark.browser
def test_clicks_at_any_moment_replace_no_view(open_page: Callable[..., Any]) -> None:
    page = open_page()
    for key in VIEWS:
        wait_for_step(page, key, 40)
        view(page, key).evaluate("e => { e.stamp = 'same' }")
    kinds = set()
    for click in range(15):
        page.get_by_text("Logarithmic").click()
        page.wait_for_timeout(350 + 37 * click % 300)  # early, late and in the middle of a tick
        assert [view(page, key).evaluate("e => e.stamp") for key in VIEWS] == ["same"] * 3
        kinds.add(view(page, "live_loss").evaluate("e => e.querySelector('.ae-live-plot')._fullLayout.yaxis.type"))
    assert kinds == {"linear", "log"}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(static, "FOLDER", tmp_path / "static")
    return tmp_path / "static"


def test_plotly_and_the_modules_are_put_in_place_once_and_may_be_kept(folder: Path) -> None:
    plotly, modules = (folder / Path(address).name for address in (static.plotly(), static.modules()))
    assert plotly.read_bytes()[:200].find(b"plotly.js v") > 0
    source = ROOT / "assets" / "javascript"
    served = {path.relative_to(modules): path.read_bytes() for path in modules.rglob("*") if path.is_file()}
    assert served == {path.relative_to(source): path.read_bytes() for path in source.glob("*/*.js")}
    files = [plotly, *(modules / name for name in served)]
    first = [path.stat().st_ino for path in files]
    assert [folder / Path(address).name for address in (static.plotly(), static.modules())] == [plotly, modules]
    assert [path.stat().st_ino for path in files] == first
    # A browser keeps a file that nobody says more of for a tenth of the time since it was changed.
    assert all(time.time() - path.stat().st_mtime > 10 * 365 * 86_400 for path in files)
    sizes = [path.stat().st_size for path in files]
    for path in files:
        path.write_text("cut off")
    static.plotly(), static.modules()
    assert [path.stat().st_size for path in files] == sizes


def test_modules_of_one_version_never_meet_those_of_another(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = shutil.copytree(ROOT / "assets" / "javascript", tmp_path / "source")
    monkeypatch.setattr(static, "_JAVASCRIPT", source)
    first = static.modules()
    versions = [first]
    for place in range(static.MOST_VERSIONS):
        os.utime(folder / Path(versions[-1]).name, (1 + place, 1 + place))
        (source / "live" / "bytes.js").write_text(f"// {place}")
        versions.append(static.modules())
        assert (folder / Path(versions[-1]).name / "live" / "bytes.js").read_text() == f"// {place}"
    assert len(set(versions)) == len(versions)
    assert {path.name for path in folder.iterdir()} == {Path(address).name for address in versions[1:]}


def test_streamlit_finds_the_folder_when_it_starts(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "app", raising=False)
    importlib.import_module("app")  # as the server does it, before its start
    assert folder.is_dir()
    shutil.rmtree(folder)
    folder.write_text("a file where the folder should be")
    static.make_folder()


def test_a_loader_fetches_all_modules_of_a_folder_at_once_its_entry_first(folder: Path) -> None:
    script = static.loader("runs/mount.js", "more")
    assert '["mount.js", "html.js", "rows.js", "table.js"]' in script
    assert f"{static.modules()}/runs/${{name}}" in script
    assert 'entry.default(component, base, "more")' in script
    assert len(script) < 600, "it is part of every message"


def test_atlases_are_named_by_content_and_bounded_in_number(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(static, "MOST_ATLASES", 5)
    first = static.atlas(b"first")
    os.utime(folder / Path(first).name, (1, 1))
    for place in range(8):
        os.utime(folder / Path(static.atlas(b"%d" % place)).name, (100 + place, 100 + place))
    assert len(list(folder.iterdir())) == 5
    assert not (folder / Path(first).name).exists()
    assert static.atlas(b"7") == static.atlas(b"7") != static.atlas(b"6")
    assert static.atlas(b"7").startswith("app/static/atlas-")


def test_a_disk_that_refuses_costs_the_pictures_only(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    folder.write_text("a file where the folder should be")
    assert static.atlas(b"picture") == ""
    assert "could not be written" in caplog.text
