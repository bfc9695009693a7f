"""The live views are declared once: what is added to that table is drawn, streamed, exported and given its room."""

import inspect
import json
import re
from typing import get_args

import pytest

from ae_core.engine.jobs import Shared, TrainingJob
from ae_core.figures import Figure, views
from ae_core.figures.views import PLAIN, VIEWS, View
from ae_core.messages import PanelTitle, Pictures, Setup, Snapshot
from ae_core.variants import read_settings
from pages.ui import style
from pages.ui.live import drawn
from pages.ui.runs import exporting
from tests import demo

FILTERS = PanelTitle(name="filters", title="Filters", help="What each unit looks for.")


def setup() -> Setup:
    return demo.setup(panels=[FILTERS])


def snapshot() -> Snapshot:
    grid = demo.snapshot(40).grid
    picture = Pictures(png=grid.png, columns=grid.columns, rows=grid.rows, tile=grid.tile, gap=grid.gap)
    return demo.snapshot(40, panels={"filters": picture})


def at_once(key, build):
    return build()


def weight(setup: Setup, snapshot: Snapshot, translate=str) -> Figure:
    """A view that somebody adds."""
    return {"data": [{"type": "bar", "x": [snapshot.step]}], "layout": {"meta": {"label": translate("weight")}}}


@pytest.fixture
def added(monkeypatch) -> View:
    view = View("weight", "How heavy it is", weight, row=99, height="9rem", phone_height="7rem")
    for module in (views, drawn, style):
        monkeypatch.setattr(module, "VIEWS", (*VIEWS, view))
    return view


def test_the_public_element_keys_stay():
    assert {"live_loss", "live_latent", "live_grid", "live_panel"} <= {view.key for view in VIEWS}


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.name)
def test_a_figure_takes_by_name_what_its_view_says_it_needs(view):
    needed = set(inspect.signature(view.figure).parameters) - {"setup", "snapshot", "translate"}
    assert needed == set(view.needs) <= set(get_args(views.Need)) == set(PLAIN)


def test_a_view_is_shown_as_soon_as_it_has_what_it_needs():
    shown = {
        panel: drawn.payloads("", setup(), snapshot(), {**PLAIN, "panel": panel}, at_once)
        for panel in (None, "filters")
    }
    assert list(shown[None]) == [view.key for view in VIEWS if "panel" not in view.needs]
    assert list(shown["filters"]) == [view.key for view in VIEWS]
    assert "live_panel" not in shown[None]
    assert json.loads(shown["filters"]["live_panel"])["layout"]["meta"]["view"] == "filters"


def test_what_one_view_needs_makes_no_other_one_new():
    keys: list[object] = []

    def note(key, build):
        keys.append(key)

    for logarithmic in (False, True):
        drawn.payloads("", setup(), snapshot(), {"logarithmic": logarithmic, "panel": "filters"}, note)
    first, second = keys[: len(VIEWS)], keys[len(VIEWS) :]
    same = [one == other for one, other in zip(first, second, strict=True)]
    assert same == ["logarithmic" not in view.needs for view in VIEWS] and not all(same)


def test_one_line_is_enough_for_a_view(added):
    made = drawn.payloads("run", setup(), snapshot(), {"logarithmic": False, "panel": None}, at_once)
    said = json.loads(made[added.key])
    assert (said["step"], said["data"][0]["x"], said["of"]) == (40, [40], "run")
    rows = [[view.name for view in row] for row in views.rows()]
    assert rows[:2] == [["loss", "latent"], ["grid", "panel"]] and rows[-1] == ["weight"]
    assert added.heading in [heading for heading, _view, _given in views.all_of(setup())]
    wide, narrow = style.heights().split(style.PHONE)
    assert ".st-key-live_weight .ae-live { height: 9rem; }" in wide
    assert ".st-key-live_weight .ae-live { height: 7rem; }" in narrow


def test_the_style_sheets_leave_the_heights_to_the_declaration():
    sheets = "".join((style.static.ROOT / "assets" / name).read_text() for name in style.SHEETS)
    assert style.PHONE in sheets, "the same screens count as narrow"
    for view in VIEWS:
        assert not re.search(rf"{view.key}\W[^{{]*\{{[^}}]*height", sheets), view.key


def test_everything_of_a_run_is_exported(added):
    run = TrainingJob(read_settings({"variant": "vanilla", "dataset": "digits"}), "somebody", Shared())
    run.change(setup=setup(), snapshot=snapshot())
    page = exporting._html(run.view())
    headings = re.findall(r"<h2>(.*?)</h2>", page)
    assert headings == [*(heading for heading, _view, _given in views.all_of(setup())), "Settings"]
    assert {"Loss", "Code map", "Original and reconstruction", "Filters", "How heavy it is"} <= set(headings)
    assert page.count('Plotly.newPlot("figure-') == len(headings) - 1
