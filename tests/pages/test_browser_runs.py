"""Runs as a visitor deals with them: compared, varied, shared, taken away, brought back, in one running app."""

import asyncio
import csv
import io
import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from ae_core.runs import RunStore, StoredRun
from tests import stored
from tests.bench import visitor as without_browser
from tests.browser import (
    VIEWS,
    running_app,
    step_of,
    until,
    visitor,
    wait_for_step,
)
from tests.hostile import zipped
from tests.pages.comparing import bring, compare, figure_of, rows, tick, train, vary, wait_for_words
from tests.waiting import PATIENCE

pytestmark = pytest.mark.browser

TINY = "variant=vanilla&dataset=digits&latent_dim=2&epochs=4&train_size=600&seed=5&pace=full"

# Small steps: it must not end by itself, however slow the machine is with everything else.
LONG = "variant=denoising&dataset=digits&latent_dim=2&epochs=500&batch_size=1&seed=3&pace=slow"

COMPARE_VIEWS = ("live_curves", "live_images", "live_maps")


@pytest.fixture(scope="module")
def store(tmp_path_factory) -> RunStore:
    """What the app finds when it starts: a run that is done, and one whose process died."""
    made = RunStore(tmp_path_factory.mktemp("store"))
    stored.stored(made, 0, stored.TOTAL, origin="command line", title="Made elsewhere")
    stored.stored(made, 0, 500, ended=False, origin="command line", title="Cut off")
    return made


@pytest.fixture(scope="module")
def app(store):
    with running_app(AE_RUNS_DIR=str(store.folder)) as started:
        yield started


@pytest.fixture(scope="module")
def page(app, chrome) -> Iterator[Any]:
    """The tab of the person whose runs these are."""
    with visitor(chrome) as opened:
        yield opened


@pytest.fixture(scope="module")
def base(app, page, store) -> str:
    """Id of a run that this person trained."""
    known = {run.id for run in store.list_runs()}
    trained = train(app, page, TINY, "Done")
    assert {run.id for run in store.list_runs()} - known == {trained}, "a double click starts one run"
    return trained


def taken(page, press) -> tuple[str, bytes]:
    """Name and content of the file that a press brings."""
    with page.expect_download() as coming:
        press()
    return coming.value.suggested_filename, Path(coming.value.path()).read_bytes()


def places(page, keys: tuple[str, ...]) -> list[Any]:
    """Where the views stand on the page, wherever that is scrolled to."""
    scrolled = page.evaluate("document.querySelector('[data-testid=stMain]').scrollTop")
    boxes = [page.locator(f".st-key-{key}").bounding_box() for key in keys]
    return [box | {"y": round(box["y"] + scrolled, 2)} for box in boxes]


def resting_places(page, keys: tuple[str, ...]) -> list[Any]:
    """Where the views stand, once they have stood there for half a second."""
    found: list[Any] = [None]

    def rest() -> bool:
        page.wait_for_timeout(500)
        found.append(places(page, keys))
        return found[-1] == found[-2]

    until(page, rest)
    return found[-1]


def check_pictures(page, keys: tuple[str, ...], begin: str) -> None:
    """Each view can be saved as both kinds, and nothing moves."""
    for key in keys:
        page.wait_for_selector(f".st-key-{key} .ae-save button")
    before = resting_places(page, keys)
    for key in keys:
        view, buttons = page.locator(f".st-key-{key} .ae-live"), page.locator(f".st-key-{key} .ae-save button")
        assert buttons.all_inner_texts() == ["PNG", "SVG"]
        assert all("Save as" in button.get_attribute("aria-label") for button in buttons.all())
        assert buttons.first.bounding_box()["height"] >= 24, "a finger must hit it"
        lowest = max(box["y"] + box["height"] for button in buttons.all() if (box := button.bounding_box()))
        assert lowest <= view.bounding_box()["y"] + 1, "it covers the figure"

        name, content = taken(page, buttons.first.click)
        assert name.startswith(begin) and name.endswith(".png")
        picture = Image.open(io.BytesIO(content)).convert("RGB")
        assert picture.width == 1800
        shades = np.asarray(picture)
        assert (shades[2, 2] == 255).all() and shades.min() < 128, "dark on white"
        buttons.nth(1).focus()
        name, content = taken(page, lambda: page.keyboard.press("Enter"))
        assert name.startswith(begin) and name.endswith(".svg")
        drawing = ElementTree.fromstring(content.decode())
        assert drawing.tag.endswith("svg") and drawing.get("width") == "900"
        assert len(list(drawing.iter())) > 20
    assert places(page, keys) == before


def test_the_figures_of_a_run_are_saved_as_png_and_svg(page, base):
    for key in VIEWS:
        wait_for_step(page, key, 0)
    check_pictures(page, VIEWS, f"vanilla-{base}-")
    page.emulate_media(color_scheme="dark")  # the file is for paper all the same
    page.wait_for_timeout(500)
    check_pictures(page, VIEWS[:1], f"vanilla-{base}-")
    page.emulate_media(color_scheme="light")


def test_a_reload_fetches_no_large_file_again(page, base):
    page.reload()
    wait_for_step(page, "live_grid", 0)
    sizes = page.evaluate(
        "performance.getEntriesByType('resource').filter(one => /static.(plotly|javascript)-/.test(one.name))"
        ".map(one => one.transferSize)"
    )
    assert len(sizes) >= 2 and not any(sizes), "plotly.js has 4.8 MB"


def test_the_table_lists_filters_and_sorts(app, page, base):
    compare(app, page)
    names = rows(page)
    assert names[0] == "Plain on Digits" and set(names) == {"Plain on Digits", "Made elsewhere", "Cut off"}
    page.fill(".ae-runs input[type=search]", "cut off")
    assert rows(page) == ["Cut off"]
    page.fill(".ae-runs input[type=search]", "nothing has this")
    assert "No run has these words" in page.inner_text(".ae-runs tbody")
    page.fill(".ae-runs input[type=search]", "")
    heading = page.locator(".ae-runs th", has_text="Run")
    heading.click()
    assert rows(page) == sorted(names)
    heading.press("Enter")
    assert rows(page) == sorted(names, reverse=True)
    assert heading.get_attribute("aria-sort") == "descending"
    heading.click()
    assert rows(page) == names
    # Rows that are scrolled away pass below the headings, their boxes to tick too.
    above = """table => {
      table.style.maxHeight = "6rem";
      table.scrollTo(0, 30);
      const { x } = table.getBoundingClientRect(), { y, height } = table.querySelector("th").getBoundingClientRect();
      return [table.scrollTop, document.elementFromPoint(x + 5, y + height / 2).closest("thead")?.tagName];
    }"""
    assert page.eval_on_selector(".ae-runs .ae-table", above) == [30, "THEAD"]


def test_an_interrupted_run_says_so(app, page, base):
    compare(app, page)
    line = page.locator(".ae-runs tbody tr", has_text="Cut off")
    assert "Interrupted" in line.inner_text()
    tick(page, "Cut off")
    page.locator(".st-key-run_open button").first.click()
    wait_for_words(page, ".st-key-status", "Interrupted")
    assert "It was cut off when its process ended" in page.inner_text(".st-key-status")
    assert wait_for_step(page, "live_loss", 0) == 500


def test_two_runs_stand_side_by_side(app, page, base):
    compare(app, page)
    tick(page, "Plain on Digits", "Cut off")
    page.wait_for_selector(".st-key-live_curves [data-step]")
    with_both = "document.querySelector('.st-key-live_curves .ae-live-plot')?.data?.length === 2"
    page.wait_for_function(with_both)
    for word, last in (("Epoch", (4, 5)), ("Step", (None, 500)), ("Seconds", (None, 10))):
        page.locator("[data-testid=stButtonGroup] button", has_text=word).click()
        title = {"Epoch": "epoch", "Step": "step", "Seconds": "training time (s)"}[word]
        page.wait_for_function(
            "title => document.querySelector('.st-key-live_curves .ae-live-plot').layout.xaxis.title.text === title",
            arg=title,
        )
        drawn = figure_of(page, "live_curves")
        for along, end in zip(drawn["x"], last, strict=True):
            assert along[-1] > 0 and (end is None or along[-1] == pytest.approx(end))
    check_pictures(page, COMPARE_VIEWS, "compare-")


def test_a_twin_and_a_sweep_change_one_setting(app, page, base, store):
    compare(app, page)
    known = {run.id for run in store.list_runs()}
    tick(page, "Plain on Digits")
    vary(page, "0")  # not allowed: a sentence, and it goes when the value is changed
    problem = page.locator(".st-key-variations [data-testid=stAlert]")
    problem.wait_for()
    assert "Latent size must be" in problem.inner_text()
    vary(page, "3; 4")
    problem.wait_for(state="detached")

    def finished() -> list[StoredRun]:
        made = [run for run in store.list_runs() if run.id not in known]
        return made if len(made) == 2 and all(run.state == "done" for run in made) else []

    made = until(page, finished)
    first = store.open(base)
    for run in made:
        changed = {name for name, value in run.settings.items() if first.settings[name] != value}
        assert changed == {"latent_dim"} and run.twin_of == base
    assert sorted(run.settings["latent_dim"] for run in made) == [3, 4] and len({run.sweep for run in made}) == 1
    page.wait_for_selector(".st-key-live_sweep [data-step='3']")
    drawn = figure_of(page, "live_sweep")
    assert drawn["names"] == ["autoencoder", "PCA, same code size"] and drawn["x"] == [[2, 3, 4]] * 2
    sizes = ["Latent size 2", "Latent size 3", "Latent size 4"]
    assert figure_of(page, "live_images")["texts"] == ["original", *sizes]
    assert figure_of(page, "live_curves")["names"] == figure_of(page, "live_maps")["texts"] == sizes


def test_everything_of_a_run_can_be_taken_away_and_brought_back(app, page, base, store, tmp_path):
    page.goto(f"{app.url}/?run={base}")
    page.click(".st-key-train_export button")
    files = {}
    for part in (
        "whole.keras",
        "encoder.keras",
        "decoder.keras",
        "experiment.py",
        "experiment.ipynb",
        "curves.csv",
        "events.out.tfevents.run",
        "figures.html",
        "run.zip",
    ):
        key = f"[class*='st-key-train_{part.replace('.', '-')}'] button"
        name, files[part] = taken(page, lambda key=key: page.click(key))
        assert name == f"vanilla-{base}-{part}"
    page.keyboard.press("Escape")
    check_models(files, tmp_path)
    compile(files["experiment.py"], "experiment.py", "exec")
    assert json.loads(files["experiment.ipynb"])["nbformat"] == 4
    curves = list(csv.DictReader(io.StringIO(files["curves.csv"].decode())))
    assert float(curves[-1]["epoch"]) == 4 and float(curves[-1]["loss"]) < float(curves[0]["loss"])
    assert b"loss/validation" in files["events.out.tfevents.run"]
    html = files["figures.html"].decode()
    assert html.count('Plotly.newPlot("figure-') >= 3 and "src=" not in html.rpartition("<body>")[2]

    compare(app, page)
    known = {run.id for run in store.list_runs()}
    page.locator("[data-testid=stExpander] summary").click()
    bring(page, "hostile.zip", zipped({"run.json": b'{"format": 1, "owner": "<b>me</b>"}', "../../evil": b"x"}))
    page.wait_for_selector("[data-testid=stExpander] [data-testid=stAlert]")
    said = page.inner_text("[data-testid=stExpander] [data-testid=stAlert]")
    assert "\n" not in said.strip() and said.strip().endswith(".") and "evil" not in page.inner_text(".ae-runs")
    assert {run.id for run in store.list_runs()} == known, "nothing has changed"
    bring(page, "run.zip", files["run.zip"])
    # A browser first takes the old file away, which is a run of the page of its own, without the sentence.
    (new,) = until(page, lambda: {run.id for run in store.list_runs()} - known)
    page.wait_for_selector("[data-testid=stExpander] [data-testid=stAlert]", state="detached")
    brought = store.open(new)
    first = store.open(base)
    assert (brought.origin, brought.settings, brought.step) == ("imported", first.settings, first.step)
    page.wait_for_selector(f".ae-runs input[data-id='{new}']:checked")
    wait_for_step(page, "live_curves", 0)


def check_models(files: dict[str, bytes], folder: Path) -> None:
    import keras

    loaded = {}
    for part in ("whole", "encoder", "decoder"):
        path = folder / f"{part}.keras"
        path.write_bytes(files[path.name])
        loaded[part] = keras.saving.load_model(path, compile=False)
    images = np.random.default_rng(0).random((2, *loaded["whole"].input_shape[1:]), np.float32)
    code = np.asarray(loaded["encoder"](images))
    assert code.shape == (2, 2)
    np.testing.assert_allclose(loaded["decoder"](code), loaded["whole"](images), atol=1e-5)


def test_a_run_is_shared_watched_and_handed_on_once(app, store, chrome):
    with visitor(chrome) as page, visitor(chrome) as first, visitor(chrome) as second:
        run_id = train(app, page, LONG, "Training")
        page.click(".st-key-share button")
        watch = page.locator("[data-testid=stCode]").first.inner_text().strip()
        assert watch == f"{app.url}/?run={run_id}"
        heard: list[str] = []
        first.on("websocket", lambda opened: opened.on("framereceived", lambda frame: heard.append(opened.url)))
        first.goto(watch)
        seen = wait_for_step(first, "live_loss", 0)
        wait_for_step(first, "live_loss", seen)  # it is live
        first.context.set_offline(True)
        wait_for_words(first, ".st-key-status", "The connection is lost")
        first.context.set_offline(False)
        wait_for_step(first, "live_loss", step_of(first))
        until(first, lambda: "The connection is lost" not in first.inner_text(".st-key-status"))
        assert any(f"/live/{run_id}" in url for url in heard), "over a connection of its own"
        first.get_by_role("link", name="Compare").click()
        first.wait_for_selector(".ae-runs tbody td")
        first.wait_for_timeout(1000)  # what was on its way has come
        heard.clear()
        first.get_by_role("link", name="Train").click()
        again = "a page that was left and opened again hears of its run again"
        until(first, lambda: any(f"/live/{run_id}" in url for url in heard), again)
        with (
            connect(f"{app.url.replace('http', 'ws')}/live/{run_id[::-1]}") as unknown,
            pytest.raises(ConnectionClosed),
        ):
            unknown.recv(timeout=PATIENCE)
        assert "You are watching" in first.inner_text(".st-key-status")
        assert all(first.is_disabled(f".st-key-{key} button") for key in ("pause", "step", "stop"))

        page.locator(".st-key-offer_control button").click()
        page.wait_for_selector("[data-testid=stCode]:has-text('take=')")
        offer = page.locator("[data-testid=stCode]:has-text('take=')").inner_text().strip()
        assert offer.startswith(f"{watch}&take=")
        for one in (first, second):
            one.goto(offer)
            one.wait_for_selector(".st-key-take_control button")
            assert one.is_disabled(".st-key-stop button"), "to open the address alone changes nothing"
        first.click(".st-key-take_control button")
        first.wait_for_selector(".st-key-stop button:not([disabled])")
        second.click(".st-key-take_control button")
        wait_for_words(second, ".st-key-status", "does not hold any more")
        page.keyboard.press("Escape")
        wait_for_words(page, ".st-key-status", "You are watching")
        assert page.is_disabled(".st-key-stop button") and second.is_disabled(".st-key-stop button")
        first.dblclick(".st-key-stop button")  # as many people press everything
        for one in (first, page, second):
            wait_for_words(one, ".st-key-status", "Stopped")  # and what was not possible is not said any longer

        def all_see_the_last_step() -> bool:
            return {step_of(one) for one in (first, page, second)} == {store.open(run_id).step}

        until(page, all_see_the_last_step)


@pytest.mark.long
def test_a_visitor_without_a_browser_sees_the_same(app, base):
    """`tests/bench` counts on it: fifty browsers would leave nothing of the processor."""

    async def visit() -> tuple[int, int]:
        async with without_browser.visitor(app.url, f"run={base}") as one:
            await one.until_said("Done")
            await one.until_seen()
            # What was seen may not be drawn to its end; but then comes a while in which nothing is drawn.
            end, drawn = time.monotonic() + PATIENCE, -1
            while one.finished != drawn and time.monotonic() < end:
                drawn = one.finished
                await asyncio.sleep(3)
            return one.steps[-1][0], one.finished - drawn

    with ThreadPoolExecutor(1) as aside:  # this thread's event loop is the browser's
        step, again = aside.submit(lambda: asyncio.run(visit())).result()
    assert step == 4 * (540 // 128), "the last of this run: epochs, images to learn from, batch size"
    assert again == 0, "a page on which nothing moves any more is not drawn again"
