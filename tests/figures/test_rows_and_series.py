"""Rows of a table as strips, series as lines: what is seen is what the message holds."""

import base64
import json
import re
from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest
from msgspec.structs import replace

from ae_core.diagnosis import diagnose
from ae_core.errors import WrongValueError
from ae_core.figures import compare, grid, strips, views
from ae_core.figures.film import film
from ae_core.figures.shared import COLOURS, Json, short
from ae_core.formats import escape
from ae_core.measuring.wording import said_of
from ae_core.messages import Setup, Snapshot, decode, encode
from ae_core.runs.consistency import check_snapshot
from ae_core.settings import DataSpec
from tests import demo

SAYS_IMAGE = re.compile(r"\b(image|picture|pixel)s?\b", re.IGNORECASE)


def unpacked(spec: dict[str, str]) -> np.ndarray:
    return np.frombuffer(base64.b64decode(spec["bdata"]), "<" + spec["dtype"]).reshape(
        [int(length) for length in spec.get("shape", "-1").split(",")]
    )


def of_kind(figure: Json, kind: str) -> list[Json]:
    return [trace for trace in figure["data"] if trace["type"] == kind]


def test_a_strip_is_coloured_by_the_place_of_each_value_in_its_column() -> None:
    setup, snapshot = demo.rows()
    values = snapshot.grid.values
    assert values is not None
    figure = grid(setup, snapshot)
    go.Figure(figure)
    json.dumps(figure, allow_nan=False)
    originals, made = of_kind(figure, "heatmap")
    assert originals["x"][:3] == ["radius (mm)", "colour: red", "colour: blue"]
    assert len(set(originals["x"])) == 5 and not any("<" in name for name in originals["x"])
    low, high = np.frombuffer(values.ends, "<f4").reshape(2, -1)
    for trace, first, numbers in ((originals, 0, values.original), (made, 1, values.reconstruction)):
        shown = unpacked(trace["customdata"])[first::3]
        assert len(shown) == strips.MOST_ROWS
        np.testing.assert_allclose(shown, np.frombuffer(numbers, "<f4").reshape(-1, 5)[: len(shown)])
        np.testing.assert_allclose(
            unpacked(trace["z"])[first::3], np.clip((shown - low) / (high - low), 0, 1), atol=1e-6, equal_nan=True
        )


def test_unknown_cells_are_striped_and_what_fills_them_is_marked() -> None:
    figure = grid(*demo.rows())
    stripes, errors = of_kind(figure, "bar")
    shown = len(figure["layout"]["yaxis"]["tickvals"]) // 2
    assert stripes["marker"]["pattern"]["shape"] == "/"
    assert sorted(stripes["x"]) == ["nothing"] * shown + ["radius (mm)"]
    (dots,) = of_kind(figure, "scatter")
    assert dots["x"] == stripes["x"] and "filled in" in dots["hovertemplate"]
    assert errors["yaxis"] == "y2" and errors["y"] == [0.2, 0.9, 0.4, 0.6, None], "of what is never known there is none"
    assert [place for place, colour in enumerate(errors["marker"]["color"]) if colour == COLOURS[1]] == [1, 2, 3]
    assert figure["layout"]["annotations"][0]["text"].startswith("Worst columns: colour: red .900")


def test_rows_without_names_are_numbered_and_long_ones_are_curves() -> None:
    setup, snapshot = demo.rows()
    names = of_kind(grid(replace(setup, columns=[]), snapshot), "heatmap")[0]["x"]
    assert names == ["x1", "x2", "x3", "x4", "x5"]
    none = replace(snapshot, grid=replace(snapshot.grid, values=None))
    assert grid(setup, none)["data"][0]["type"] == "image", "a run of an earlier version"


@pytest.mark.parametrize(("rate", "last", "title"), [(50.0, 38 / 50, "time (s)"), (0.0, 38, "moment")])
def test_series_lie_over_one_another_on_their_time(rate: float, last: float, title: str) -> None:
    setup, snapshot = demo.series(rate=rate)
    values = snapshot.grid.values
    assert values is not None
    figure = grid(setup, snapshot)
    go.Figure(figure)
    json.dumps(figure, allow_nan=False)
    layout = figure["layout"]
    assert layout["xaxis"]["range"] == [0, pytest.approx(last)]
    bottom = [axis for name, axis in layout.items() if name.startswith("xaxis") and axis.get("title")]
    assert {axis["title"]["text"] for axis in bottom} == {title}
    assert [one["text"] for one in layout["annotations"]] == ["current (A)", "torque (N m)"]
    first = [trace for trace in of_kind(figure, "scatter") if trace["xaxis"] == "x1"]
    original = np.frombuffer(values.original, "<f4").reshape(-1, 20, 2)
    made = np.frombuffer(values.reconstruction, "<f4").reshape(-1, 20, 2)
    assert [trace["name"] for trace in first] == ["original", "reconstruction"]
    np.testing.assert_allclose(first[0]["y"], original[0, :, 0], rtol=1e-4)
    np.testing.assert_allclose(first[1]["y"], made[0, :, 0], rtol=1e-4)
    gaps = [trace for trace in figure["data"] if trace["xaxis"] == "x4"]
    stripes, grey, blue, dotted = gaps
    assert [place for place, y in enumerate(grey["y"]) if y is None] == [4, 5, 6, 7, 8]
    assert [place for place, y in enumerate(blue["y"]) if y is None] == [4, 5, 6, 7, 8]
    assert [place for place, y in enumerate(dotted["y"]) if y is not None] == [3, 4, 5, 6, 7, 8, 9]
    assert dotted["line"]["dash"] == "dot" and stripes["marker"]["pattern"]["shape"] == "/"
    assert [trace["name"] for trace in figure["data"] if trace["showlegend"]] == ["original", "reconstruction"]


def heads(figure: Json) -> list[str]:
    """The words above strips, or in the corners of panels."""
    return [one["text"] for one in figure["layout"]["annotations"]]


def test_rows_of_several_runs_stand_below_their_original_under_their_names() -> None:
    setup, snapshot = demo.rows()
    values, later = snapshot.grid.values, demo.rows(3000)[1]
    assert values is not None
    figure = compare.reconstructions([(setup, snapshot), (setup, later)], ["<first>", "second"])
    go.Figure(figure)
    json.dumps(figure, allow_nan=False)
    assert figure["layout"]["meta"]["plain"] and "runs: 2" in figure["layout"]["meta"]["label"]
    assert figure["layout"]["xaxis"]["categoryarray"][:2] == ["radius (mm)", "colour: red"], "the columns are named"
    first = escape.plotly("<first>")
    errors = [short(one.grid.errors[1]) for one in (snapshot, later)]
    assert {f"{first}, MSE {errors[0]}", f"second, MSE {errors[1]}", "original"} <= set(heads(figure))
    made = np.frombuffer(values.reconstruction, "<f4").reshape(-1, 5)
    wanted = {"original": np.frombuffer(values.original, "<f4").reshape(-1, 5), first: made, "second": made}
    for trace, (name, numbers) in zip(of_kind(figure, "heatmap"), wanted.items(), strict=True):
        assert f"({name})" in trace["hovertemplate"]
        shown, edges = unpacked(trace["customdata"]), trace["y"]
        places = [place for place, row in enumerate(shown) if np.isfinite(row).any()]
        np.testing.assert_allclose(shown[places], numbers[:3])
        above = {one["y"] for one in figure["layout"]["annotations"] if one["text"].split(", MSE")[0] == name}
        assert above == {edges[place] for place in places}, "each strip has its name above it"
    (stripes,), (dots,) = of_kind(figure, "bar"), of_kind(figure, "scatter")
    assert sorted(stripes["x"]) == ["nothing"] * 3 + ["radius (mm)"]
    assert sorted(dots["x"]) == sorted(2 * stripes["x"]), "both runs fill them"


@pytest.mark.parametrize(("count", "strips"), [(1, 6), (2, 9), (3, 8), (4, 10), (6, 7)])
def test_as_many_rows_are_compared_as_have_room(count: int, strips: int) -> None:
    figure = compare.reconstructions([demo.rows()] * count, [f"run {place}" for place in range(count)])
    upper = {one["y"] for one in figure["layout"]["annotations"]}
    assert len(upper) == len(heads(figure)) == strips
    assert min(np.diff(sorted(upper))) > 1.5, "there is room for a name between strips"


def test_series_of_several_runs_lie_on_the_original_in_the_colours_of_their_curves() -> None:
    pairs, names = [demo.series(), demo.series(3000)], ["first", "second"]
    figure = compare.reconstructions(pairs, names)
    go.Figure(figure)
    json.dumps(figure, allow_nan=False)
    assert heads(figure) == ["current (A)", "torque (N m)"]
    told = [trace for trace in figure["data"] if trace["showlegend"]]
    assert [trace["name"] for trace in told] == ["original", *names]
    curves = {trace["name"]: trace["line"]["color"] for trace in compare.curves(pairs, names)["data"]}
    assert {trace["name"]: trace["line"]["color"] for trace in told[1:]} == curves
    titles = [axis["title"]["text"] for name, axis in figure["layout"].items() if "axis" in name and "title" in axis]
    assert titles == ["time (s)"]


def test_a_run_that_has_learnt_from_other_columns_is_left_out() -> None:
    setup, snapshot = demo.rows()
    other = replace(setup, columns=demo.COLUMN_TITLES[::-1])
    figure = compare.reconstructions([(setup, snapshot), (other, snapshot)], ["first", "other"])
    assert len(of_kind(figure, "heatmap")) == 2 and not any("other" in text for text in heads(figure))
    without = replace(snapshot, grid=replace(snapshot.grid, values=None))
    figure = compare.reconstructions([(setup, snapshot), (setup, without)], ["first", "of an earlier version"])
    assert len(of_kind(figure, "heatmap")) == 2
    figure = compare.reconstructions([(setup, without), (setup, snapshot)], ["of an earlier version", "second"])
    assert figure["data"][0]["type"] == "image", "both have pictures"


@pytest.mark.parametrize("made", [demo.rows, demo.series])
def test_axes_stay_where_they_are_through_a_run(made: Any) -> None:
    def axes(step: int) -> Json:
        layout = grid(*made(step))["layout"]
        return {name: axis for name, axis in layout.items() if re.match("[xy]axis", name)}

    assert axes(0) == axes(3000)


@pytest.mark.slow(seconds=1)
@pytest.mark.parametrize("made", [demo.rows, demo.series])
def test_no_figure_and_no_finding_speaks_of_images(made: Any) -> None:
    setup, snapshot = made(3000, panels=[])
    texts: list[str] = []

    def hear(text: str) -> str:
        texts.append(text)
        return text

    for _heading, view, given in views.all_of(setup):
        view.draw(setup, snapshot, given, hear)
    pairs = [(setup, snapshot)] * 2
    for draw in (compare.curves, compare.reconstructions, compare.maps):
        draw(pairs, ["a", "b"], translate=hear)
    film(setup, [snapshot], "webp", hear)
    ended = replace(snapshot, state="done", numbers=snapshot.numbers | {"test_mse": 0.9, "pca_mse": 0.5, "kl": 1.0})
    for one in (snapshot, ended):
        diagnose(setup, one, hear)
    assert len(texts) > 20
    # A language may have no sentence about rows; then that about images is asked for as well, after the other one.
    noun = DataSpec(tuple(setup.shape)).noun
    assert [text for text in texts if SAYS_IMAGE.search(text) and said_of(noun, text) not in texts] == []


@pytest.mark.parametrize("made", [demo.rows, demo.series])
def test_values_that_do_not_fit_their_run_are_refused(made: Any) -> None:
    setup, snapshot = made()
    assert decode(encode(snapshot)) == snapshot
    _checked(setup, snapshot)
    for name in ("original", "reconstruction", "ends", "errors"):
        values = replace(snapshot.grid.values, **{name: b"1234"})
        with pytest.raises(WrongValueError, match=rf"grid\.values\.{name}"):
            _checked(setup, replace(snapshot, grid=replace(snapshot.grid, values=values)))
    with pytest.raises(WrongValueError, match="as examples are images"):
        _checked(demo.setup(), snapshot)


def _checked(setup: Setup, snapshot: Snapshot) -> None:
    check_snapshot(setup, snapshot, "snapshot")
