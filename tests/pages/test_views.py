"""The live views are declared once: what is added to that table is drawn, streamed, exported and given its room."""

import inspect
import json
import re
from typing import Any, get_args

import msgspec
import pytest

from ae_core.engine.jobs import Shared, TrainingJob
from ae_core.figures import Figure, views
from ae_core.figures.shared import Json
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
    view = View("weight", "How heavy it is", weight, phone_height="7rem")
    for module in (views, drawn):
        monkeypatch.setattr(module, "VIEWS", (*VIEWS, view))
    return view


def test_the_public_element_keys_stay():
    assert {"live_loss", "live_latent", "live_grid", "live_panel"} <= {view.key for view in VIEWS}


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.name)
def test_a_figure_takes_by_name_what_its_view_says_it_needs(view):
    needed = set(inspect.signature(view.figure).parameters) - {"setup", "snapshot", "translate"}
    assert needed == set(view.needs) <= set(get_args(views.Need)) == set(PLAIN)


def frame(panel: str | None = None, cached=at_once, **given: Any) -> Json:
    return json.loads(drawn.frame(given.pop("setup", setup()), snapshot(), panel, cached, **given))


def test_a_view_is_shown_as_soon_as_it_has_what_it_needs():
    without = frame(setup=demo.setup(panels=[]))
    assert list(without["views"]) == [view.key for view in VIEWS if "panel" not in view.needs]
    assert list(frame("filters")["views"]) == [view.key for view in VIEWS]
    assert frame()["views"]["live_panel"]["layout"]["meta"]["view"] == "filters", "the first one where none is chosen"
    assert list(frame("<b>")["views"]) == [view.key for view in VIEWS], "one that the run does not have is none"


def test_a_frame_of_a_film_has_no_curves_because_one_figure_serves_all_frames():
    assert set(frame()["views"]) - set(frame(curves=False)["views"]) == {view.key for view in VIEWS if view.whole}
    assert frame()["point"]["step"] == snapshot().history["step"][-1]
    columns = {trace["meta"]["column"] for trace in frame()["views"]["live_loss"]["data"] if "meta" in trace}
    assert columns <= set(frame()["point"]) and {"loss", "val_loss"} <= columns


def test_what_one_view_needs_makes_no_other_one_new():
    made: dict[object, int] = {}

    def remember(key, build):
        made[key] = made.get(key, 0) + 1
        return build()

    two = demo.setup(panels=[FILTERS, msgspec.structs.replace(FILTERS, name="more")])
    shot = msgspec.structs.replace(
        snapshot(), panels={name: snapshot().panels["filters"] for name in ("filters", "more")}
    )
    for panel in ("filters", "more"):
        drawn.frame(two, shot, panel, remember)
    views = {key[0]: count for key, count in made.items() if isinstance(key, tuple) and key[0] != "frame"}
    assert views == {view.key: 1 if "panel" in view.needs else 2 for view in VIEWS}


def test_one_line_is_enough_for_a_view(added):
    said = frame()["views"][added.key]
    assert (said["step"], said["data"][0]["x"]) == (40, [40])
    assert added.heading in [heading for heading, _view, _given in views.all_of(setup())]
    assert ".st-key-live_weight .ae-live { height: 7rem; }" in views.phone_heights()


def test_the_style_sheets_leave_the_heights_to_the_declaration():
    sheets = "".join((style.static.ROOT / "assets" / name).read_text() for name in style.SHEETS)
    assert views.PHONE in sheets, "the same screens count as narrow"
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
