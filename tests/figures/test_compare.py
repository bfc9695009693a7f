"""Figures of several runs, against what they were made of."""

import base64
import io

import msgspec
import numpy as np
import plotly.graph_objects as go
import pytest
from PIL import Image
from scipy.spatial import procrustes

from ae_core.figures import compare
from ae_core.figures.latent import latent
from ae_core.figures.shared import short
from tests import demo

RUNS = [(demo.setup(run_id="one"), demo.snapshot(400)), (demo.setup(run_id="two"), demo.snapshot(1500))]
NAMES = ["first", "second"]


def valid(figure):
    go.Figure({key: value for key, value in figure.items() if key != "step"})
    return figure


@pytest.mark.parametrize("axis", ["epoch", "step", "seconds"])
def test_curves_share_an_axis(axis):
    figure = valid(compare.curves(RUNS, NAMES, "val_loss", axis))
    assert [trace["name"] for trace in figure["data"]] == NAMES
    assert len({trace["line"]["color"] for trace in figure["data"]}) == 2
    for trace, (_, snapshot) in zip(figure["data"], RUNS, strict=True):
        assert trace["x"][-1] == pytest.approx(snapshot.history[axis][-1])
        assert trace["y"][0] == pytest.approx(snapshot.history["val_loss"][0], rel=1e-5)


def unit_of(runs, quantity):
    return compare.curves(runs, NAMES, quantity)["layout"]["yaxis"]["title"]["text"].split("<br>")[1:]


def test_a_loss_has_the_unit_of_the_run_s_loss():
    entropy = [(msgspec.structs.replace(setup, loss_name="cross_entropy"), one) for setup, one in RUNS]
    for quantity in ("loss", "val_loss", "val_reconstruction"):
        assert unit_of(RUNS, quantity) == ["mean squared error per pixel"]
        assert unit_of(entropy, quantity) == ["cross-entropy per pixel (nats)"]
        assert unit_of([RUNS[0], entropy[1]], quantity) == ["in different units"]
        assert len(compare.units_of([RUNS[0], entropy[1]], quantity)) == 2
    assert unit_of(RUNS, "sparsity") == [], "a weighted penalty is no error of pixels"
    assert unit_of([demo.rows(), demo.rows()], "loss") == ["mean squared error per value"]
    lacks = msgspec.structs.replace(entropy[1][1], history={"epoch": [0.0], "step": [0], "seconds": [0.0]})
    assert unit_of([RUNS[0], (entropy[1][0], lacks)], "loss") == ["mean squared error per pixel"]


def test_kl_is_told_in_nats_per_image():
    snapshot = demo.snapshot(400)
    snapshot.history["val_kl"] = snapshot.history["val_sparsity"]
    figure = valid(compare.curves([(RUNS[0][0], snapshot)], NAMES[:1], "val_kl"))
    assert figure["layout"]["yaxis"]["title"]["text"] == "KL, validation (weighted, nats per image)"
    wanted = [784 * (value or 0) for value in snapshot.history["val_kl"]]
    np.testing.assert_allclose(figure["data"][0]["y"], wanted, rtol=1e-5)


def test_a_run_without_the_quantity_is_left_out():
    other = demo.snapshot(400)
    del other.history["sparsity"]
    figure = compare.curves([RUNS[0], (RUNS[1][0], other)], NAMES, "sparsity")
    assert [trace["name"] for trace in figure["data"]] == ["first"]


def test_the_same_images_stand_below_each_other():
    figure = valid(compare.reconstructions(RUNS, NAMES))
    picture, texts = figure["data"]
    sheet = np.asarray(Image.open(io.BytesIO(base64.b64decode(picture["source"].split(",")[1]))))
    strip, line = 28 + 1, 14
    assert sheet.shape[0] == 5 * strip + 3 * line
    grids = [np.asarray(Image.open(io.BytesIO(snapshot.grid.png)).convert("RGBA")) for _, snapshot in RUNS]
    wanted = [(0, "original"), (0, "reconstruction"), (0, "error"), (1, "reconstruction"), (1, "error")]
    for top, (grid, name) in zip(
        (line, 2 * line + strip, 2 * line + 2 * strip, 3 * line + 3 * strip, 3 * line + 4 * strip), wanted, strict=True
    ):
        row = demo.ROWS.index(name) * strip
        np.testing.assert_array_equal(sheet[top : top + 28], grids[grid][row : row + 28])
    titles = figure["layout"]["annotations"]
    assert [title["text"] for title in titles] == ["original", "first", "second"]
    tops = (0, line + strip, 2 * line + 3 * strip)
    assert all(top < title["y"] <= top + line for top, title in zip(tops, titles, strict=True)), "each above its strips"
    assert texts["text"] == [short(error) for _, snapshot in RUNS for error in snapshot.grid.errors]
    assert {*texts["y"][:10]} == {2 * line + strip + 27} and {*texts["y"][10:]} == {3 * line + 3 * strip + 27}


def sheet_of(figure):
    return Image.open(io.BytesIO(base64.b64decode(figure["data"][0]["source"].split(",")[1])))


def with_grid(run, **changes):
    setup, snapshot = run
    return setup, msgspec.structs.replace(snapshot, grid=msgspec.structs.replace(snapshot.grid, **changes))


def test_what_an_imported_run_s_grid_lacks_is_left_out_and_the_rest_goes_on():
    strip, line = 28 + 1, 14
    for rows, strips, titles in (
        ([one if one != "error" else "heat" for one in demo.ROWS], 4, ["original", "first", "second"]),
        ([f"row {place}" for place in range(len(demo.ROWS))], 3, ["original", "first"]),
    ):
        figure = valid(compare.reconstructions([RUNS[0], with_grid(RUNS[1], rows=rows)], NAMES))
        assert [title["text"] for title in figure["layout"]["annotations"]] == titles
        assert sheet_of(figure).height == strips * strip + len(titles) * line
    figure = valid(compare.reconstructions([RUNS[0], with_grid(RUNS[1], tile=[14, 14], gap=0)], NAMES))
    assert [title["text"] for title in figure["layout"]["annotations"]] == ["original", "first"]
    bare = with_grid(RUNS[0], rows=[f"row {place}" for place in range(len(demo.ROWS))])
    assert valid(compare.reconstructions([bare], NAMES[:1]))["layout"]["annotations"] == []


@pytest.mark.parametrize("count", [1, 3, 4, 6])
def test_maps_do_not_lie_on_each_other(count):
    layout = valid(compare.maps([RUNS[0]] * count, ["name"] * count))["layout"]
    boxes = [
        (*layout[f"xaxis{suffix}"]["domain"], *layout[f"yaxis{suffix}"]["domain"])
        for suffix in ["", *map(str, range(2, count + 1))]
    ]
    for place, (left, right, bottom, top) in enumerate(boxes):
        assert 0 <= left < right <= 1 and 0 <= bottom < top < 1, "and there is room for the name above"
        for other in boxes[:place]:
            assert left >= other[1] or other[0] >= right or top <= other[2] or bottom >= other[3]


def test_maps_are_aligned_as_scipy_does_it():
    random = np.random.default_rng(0)
    target = random.standard_normal((50, 2))
    turned = 3 * target @ np.array([[0.6, 0.8], [0.8, -0.6]]) + 5 + 0.1 * random.standard_normal((50, 2))
    ours = compare.align(turned, target)
    fixed, moved, _ = procrustes(target, turned)

    def correlation(a, b):
        return np.corrcoef(a.ravel(), b.ravel())[0, 1]

    assert correlation(ours, fixed) == pytest.approx(correlation(moved, fixed), abs=1e-6)
    assert correlation(ours, fixed) > 0.99
    assert correlation(turned - turned.mean(axis=0), fixed) < 0.9, "it was not aligned before"


def test_maps_of_one_cloud_lie_on_each_other():
    figure = valid(compare.maps([RUNS[0], RUNS[1]], NAMES))
    points = [
        np.frombuffer(base64.b64decode(trace["x"]["bdata"]), "<f4") for trace in figure["data"][:2]
    ]  # the second is the first, grown
    np.testing.assert_allclose(points[0], points[1], atol=1e-3)


def test_maps_have_the_classes_of_the_live_map_in_their_legend():
    setup, snapshot = RUNS[0]
    many = msgspec.structs.replace(setup, class_names=[f"<{place}>" for place in range(12)])
    labels = np.frombuffer(setup.labels, np.uint8)
    for one in (setup, many):
        figure = valid(compare.maps([(one, snapshot), RUNS[1]], NAMES))
        live = {trace["name"]: trace["marker"] for trace in latent(one, snapshot)["data"]}
        told = {trace["name"]: trace["marker"] for trace in figure["data"] if trace.get("showlegend", True)}
        assert figure["layout"]["showlegend"] and list(told) == list(live)
        for name, marker in live.items():
            assert (told[name]["color"], told[name]["symbol"]) == (marker["color"], marker["symbol"])
        for trace in figure["data"][:2]:
            for point in (0, 7, 40):
                marker = list(live.values())[labels[point]]
                looks = trace["marker"]["color"][point], trace["marker"]["symbol"][point]
                assert looks == (marker["color"], marker["symbol"]), "points look as their class does"
    for names in ([], ["one"], [str(place) for place in range(40)]):
        bare = compare.maps([(msgspec.structs.replace(setup, class_names=names), snapshot)], NAMES[:1])
        assert not bare["layout"]["showlegend"] and len(bare["data"]) == 1
        assert len(set(bare["data"][0]["marker"]["color"])) == 1, "as on the live map"


def test_a_sweep_shows_error_against_the_setting():
    figure = valid(compare.sweep([2, 4, 8, 16], [0.04, 0.03, 0.02, 0.01], [0.05, 0.04, 0.03, 0.02], "Latent size"))
    assert figure["layout"]["xaxis"]["type"] == "log"
    assert figure["data"][1]["y"] == [0.05, 0.04, 0.03, 0.02]
    assert compare.sweep([0.1, 0.2], [1, 2], [1, 1], "Noise")["layout"]["xaxis"]["type"] == "linear"
