"""Figures against what they were made of: decoded back, and held to Plotly's own schema."""

import base64
import io
import itertools
import json
import re
import subprocess
import sys
from typing import Any

import msgspec
import numpy as np
import plotly.graph_objects as go
import pytest
from PIL import Image

from ae_core import figures
from ae_core.figures.shared import short
from ae_core.messages import Setup, Snapshot
from tests import demo


def decoded(spec: dict[str, str]) -> np.ndarray:
    return np.frombuffer(base64.b64decode(spec["bdata"]), dtype="<" + spec["dtype"])


def curve(figure: figures.Figure, words: str) -> dict[str, Any]:
    return next(trace for trace in figure["data"] if words in trace.get("hovertemplate", ""))


def ends(figure: figures.Figure, axis: str) -> tuple[float, float]:
    options = figure["layout"][axis]["autorangeoptions"]
    return options["minallowed"], options["maxallowed"]


def every_figure(setup: Setup, snapshot: Snapshot, **more: Any) -> list[figures.Figure]:
    return [
        figures.loss(setup, snapshot, **more),
        figures.loss(setup, snapshot, logarithmic=True, **more),
        figures.latent(setup, snapshot, **more),
        figures.grid(setup, snapshot, **more),
    ]


@pytest.mark.parametrize("step", [0, 1, 37, 3000, 5000])
def test_plotly_accepts_every_figure_and_json_every_value(step: int) -> None:
    for figure in every_figure(demo.setup(), demo.snapshot(step)):
        go.Figure(figure)
        json.dumps(figure, allow_nan=False)


def test_curves_are_the_history_with_gaps_where_nothing_was_measured() -> None:
    snapshot = demo.snapshot(900)
    figure = figures.loss(demo.setup(), snapshot)
    for words, key, dash in [
        ("total loss, training", "loss", "solid"),
        ("total loss, validation", "val_loss", "dash"),
        ("reconstruction, validation", "val_reconstruction", "dash"),
        ("sparsity, training", "sparsity", "solid"),
    ]:
        trace = curve(figure, words)
        assert trace["line"]["dash"] == dash
        assert trace["customdata"] == snapshot.history["step"]
        assert [y is None for y in trace["y"]] == [y is None for y in snapshot.history[key]]
        wanted = [y for y in snapshot.history[key] if y is not None]
        np.testing.assert_allclose([y for y in trace["y"] if y is not None], wanted, rtol=1e-5)
    legend = [trace["name"] for trace in figure["data"] if trace.get("showlegend", True)]
    assert legend == [
        "total loss",
        "reconstruction",
        "sparsity",
        "training",
        "validation",
        "PCA, validation",
    ]


def test_a_term_that_is_known_in_nats_per_image_says_them() -> None:
    setup, snapshot = demo.setup(terms=["reconstruction", "kl"]), demo.snapshot(900)
    history = snapshot.history
    history["kl"], history["val_kl"] = history.pop("sparsity"), history.pop("val_sparsity")
    figure = figures.loss(setup, snapshot)
    trace = curve(figure, "KL, validation")
    assert trace["hovertemplate"].startswith("%{y:.4g} KL, validation (weighted: %{text})")
    number, unit = trace["text"][-1].split(" ", 1)
    assert unit == "nats per image"
    assert float(number) == pytest.approx(784 * (history["val_kl"][-1] or 0), rel=0.01)
    assert "text" not in curve(figure, "reconstruction, validation")
    go.Figure(figure)


def test_a_single_term_needs_two_curves_only() -> None:
    figure = figures.loss(demo.setup(terms=["reconstruction"]), demo.snapshot(900))
    assert [trace["name"] for trace in figure["data"]] == ["training", "validation", "PCA, validation"]


def test_the_line_of_pca_spans_the_axis_at_its_own_loss() -> None:
    figure = figures.loss(demo.setup(), demo.snapshot(900, pca_loss=0.0123))
    line = curve(figure, "PCA")
    np.testing.assert_allclose(line["y"], 0.0123, rtol=1e-5)
    assert (line["x"][0], line["x"][-1]) == ends(figure, "xaxis")
    assert line["line"]["dash"] == "dot"


def test_before_anything_is_measured_the_axis_has_no_negative_loss() -> None:
    later = demo.snapshot(900)
    begun = demo.snapshot(0, history={name: [] for name in later.history})
    modes = [figures.loss(demo.setup(), shown)["layout"]["yaxis"]["rangemode"] for shown in (begun, later)]
    assert modes == ["nonnegative", "normal"]


def test_a_change_of_setting_leaves_a_line_and_its_words() -> None:
    layout = figures.loss(demo.setup(), demo.snapshot(900))["layout"]
    assert [(one["x0"], one["x1"]) for one in layout["shapes"]] == [(3.0, 3.0)]
    assert layout["annotations"][0]["text"] == "learning rate 0.001 → 0.01"
    marks = demo.snapshot(900).marks * 40
    crowded = figures.loss(demo.setup(), demo.snapshot(900, marks=marks))["layout"]
    assert len(crowded["shapes"]) == 40
    assert len(crowded["annotations"]) < 10


def test_a_diverged_run_is_drawn_as_gaps() -> None:
    snapshot = demo.snapshot(200)
    snapshot.history["loss"][-1] = float("nan")
    snapshot.history["reconstruction"][-1] = float("inf")
    snapshot.latent = np.full((demo.POINTS, 2), np.nan, "<f4").tobytes()
    snapshot.grid.errors[0] = float("nan")
    for figure in every_figure(demo.setup(), snapshot):
        json.dumps(figure, allow_nan=False)
    assert curve(figures.loss(demo.setup(), snapshot), "total loss, training")["y"][-1] is None


def test_a_logarithmic_axis_leaves_out_zero_and_forgets_a_linear_zoom() -> None:
    snapshot = demo.snapshot(200)
    snapshot.history["sparsity"][5] = 0.0
    linear = figures.loss(demo.setup(), snapshot)
    logarithmic = figures.loss(demo.setup(), snapshot, logarithmic=True)
    assert curve(linear, "sparsity, training")["y"][5] == 0.0
    assert curve(logarithmic, "sparsity, training")["y"][5] is None
    assert logarithmic["layout"]["yaxis"]["type"] == "log"
    assert linear["layout"]["yaxis"]["uirevision"] != logarithmic["layout"]["yaxis"]["uirevision"]


@pytest.mark.parametrize(
    ("loss_name", "shape", "unit"),
    [
        ("mse", [28, 28, 1], "mean squared error per pixel"),
        ("cross_entropy", [28, 28, 1], "cross-entropy per pixel (nats)"),
        ("mse", [100], "mean squared error per value"),
    ],
)
def test_the_loss_axis_states_its_unit(loss_name: str, shape: list[int], unit: str) -> None:
    figure = figures.loss(demo.setup(loss_name=loss_name, shape=shape), demo.snapshot(9))
    assert figure["layout"]["yaxis"]["title"]["text"] == unit


@pytest.mark.slow(seconds=1)
def test_the_epoch_axis_holds_the_present_and_moves_rarely() -> None:
    seen = []
    for step in range(0, 3001, 20):
        end = ends(figures.loss(demo.setup(), demo.snapshot(step)), "xaxis")[1]
        assert step / 100 <= end <= max(2.1 * step / 100, 0.2)
        seen.append(end)
    assert seen == sorted(seen)
    assert seen[-1] == 30
    assert len(set(seen)) < 20


def test_every_point_keeps_its_class_its_place_and_its_picture() -> None:
    setup, snapshot = demo.setup(), demo.snapshot(800)
    figure = figures.latent(setup, snapshot, atlas_url="app/static/atlas-1.png")
    points = np.frombuffer(snapshot.latent, "<f4").reshape(-1, 2)
    seen: list[int] = []
    for digit, trace in enumerate(figure["data"]):
        places = decoded(trace["customdata"])
        assert trace["name"] == str(digit)
        assert set(demo.digits()[1][places]) == {digit}
        np.testing.assert_array_equal(decoded(trace["x"]), points[places, 0])
        np.testing.assert_array_equal(decoded(trace["y"]), points[places, 1])
        seen.extend(places)
    assert sorted(seen) == list(range(demo.POINTS))
    atlas = figure["layout"]["meta"]["atlas"]
    assert atlas["url"] == "app/static/atlas-1.png"
    picture = np.asarray(Image.open(io.BytesIO(setup.atlas.png)))
    height, width = atlas["tile"]
    top, left = 777 // atlas["columns"] * height, 777 % atlas["columns"] * width
    tile = picture[top : top + height, left : left + width]
    np.testing.assert_allclose(tile / 255, demo.digits()[0][777], atol=0.01)


@pytest.mark.parametrize("count", [0, 1, 21, 200])
def test_without_classes_or_with_too_many_all_points_are_one_trace(count: int) -> None:
    setup = demo.setup(class_names=[f"class {index}" for index in range(count)])
    figure = figures.latent(setup, demo.snapshot(5))
    assert [len(decoded(trace["x"])) for trace in figure["data"]] == [demo.POINTS]
    assert not figure["layout"]["showlegend"]


def test_twenty_classes_look_different_from_each_other_and_the_same_in_every_snapshot() -> None:
    setup = demo.setup(class_names=[f"class {index}" for index in range(20)])
    looks = [
        [(trace["marker"]["color"], trace["marker"]["symbol"]) for trace in figures.latent(setup, one)["data"]]
        for one in (demo.snapshot(0), demo.snapshot(900))
    ]
    assert len(set(looks[0])) == 20
    assert looks[0] == looks[1]


def test_axes_of_the_map_say_what_they_are() -> None:
    plain = figures.latent(demo.setup(2), demo.snapshot(5, 2))["layout"]
    projected = figures.latent(demo.setup(8), demo.snapshot(5))["layout"]
    assert [plain[axis]["title"]["text"] for axis in ("xaxis", "yaxis")] == ["code 1", "code 2"]
    single = figures.latent(demo.setup(1), demo.snapshot(5))["layout"]
    assert [single[axis]["title"]["text"] for axis in ("xaxis", "yaxis")] == ["code 1", "–"]
    # A map that follows the one before is turned within its plane, so neither axis is a component.
    assert projected["yaxis"]["title"]["text"] == "principal plane of the code, up"


def test_the_map_holds_all_points_and_keeps_still_while_they_drift() -> None:
    generator = np.random.default_rng(0)
    cloud, ranges = generator.normal((5, 0), size=(demo.POINTS, 2)), []
    for _ in range(50):
        cloud += generator.normal(scale=0.003, size=cloud.shape)
        figure = figures.latent(demo.setup(), demo.snapshot(0, latent=cloud.astype("<f4").tobytes()))
        for axis, values in (("xaxis", cloud[:, 0]), ("yaxis", cloud[:, 1])):
            low, high = ends(figure, axis)
            assert low < values.min() < values.max() < high
            assert high - low < 1.4 * np.ptp(values)
        ranges.append(ends(figure, "xaxis"))
    assert len(set(ranges)) <= 4


def test_points_that_all_coincide_still_have_an_axis() -> None:
    latent = np.full((demo.POINTS, 2), 3.0, "<f4").tobytes()
    low, high = ends(figures.latent(demo.setup(), demo.snapshot(0, latent=latent)), "xaxis")
    assert low < 3 < high


def seen_by(colours: tuple[str, ...]) -> dict[str, np.ndarray]:
    """CIE L*a*b* of colours, for normal sight and three kinds of dichromats.

    Matrices: Machado, Oliveira & Fernandes, IEEE TVCG 15 (2009), severity 1.0; sRGB and Lab as in IEC 61966-2-1
    and CIE 15.
    """
    srgb = np.array([[int(one[place : place + 2], 16) / 255 for place in (1, 3, 5)] for one in colours])
    linear = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    eyes: dict[str, Any] = {
        "normal": np.eye(3),
        "protan": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
        "deutan": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
        "tritan": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
    }
    to_xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    seen = {}
    for eye, matrix in eyes.items():
        white = np.clip(linear @ np.transpose(matrix), 0, 1) @ to_xyz.T / to_xyz.sum(axis=1)
        root = np.where(white > 216 / 24389, np.cbrt(white), (24389 / 27 * white + 16) / 116)
        x, y, z = root.T
        seen[eye] = np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=1)
    return seen


def test_colours_are_told_apart_by_everyone_and_the_nearest_also_differ_in_shape() -> None:
    for eye, lab in seen_by(figures.COLOURS).items():
        for one, other in itertools.combinations(range(len(lab)), 2):
            distance = np.linalg.norm(lab[one] - lab[other])
            assert distance > (25 if eye == "normal" else 13), (eye, one, other)
            if distance < 18:
                assert one % len(figures.SYMBOLS) != other % len(figures.SYMBOLS), (eye, one, other)


def test_colours_stand_out_on_both_backgrounds() -> None:
    lightness = seen_by(figures.COLOURS)["normal"][:, 0]
    assert lightness.max() < 78  # the light theme's background has 100
    assert lightness.min() > 30  # the dark theme's has 7


def test_tiles_of_the_grid_lie_where_hover_and_words_say() -> None:
    snapshot = demo.snapshot(700)
    figure = figures.grid(demo.setup(), snapshot)
    image, tiles, numbers = figure["data"]
    picture = np.asarray(Image.open(io.BytesIO(base64.b64decode(image["source"].split(",")[1]))))
    spots = [(x, y) for x, y, text in zip(tiles["x"], tiles["y"], tiles["text"], strict=True) if "original" in text]
    assert len(spots) == demo.COLUMNS
    for (x, y), wanted in zip(spots, demo.digits()[0], strict=False):
        left, top = round(x - 13.5), round(y - 13.5)
        np.testing.assert_allclose(picture[top : top + 28, left : left + 28] / 255, wanted, atol=0.01)
    axis = figure["layout"]["yaxis"]
    assert axis["ticktext"] == [
        "original",
        "corrupted",
        "reconstruction",
        "PCA",
        "error",
        "MSE",
        "MSE of PCA",
    ]
    shown = [float(text) for text in numbers["text"]]
    np.testing.assert_allclose(shown[: demo.COLUMNS], snapshot.grid.errors, rtol=0.05)
    np.testing.assert_allclose(shown[demo.COLUMNS :], snapshot.grid.pca_errors, rtol=0.05)
    assert numbers["x"] == [x for x, _ in spots] * 2
    assert set(numbers["y"]) == set(axis["tickvals"][-2:])
    assert min(numbers["y"]) > picture.shape[0]


def test_the_grid_of_a_run_without_noise_has_no_corrupted_row() -> None:
    snapshot = demo.snapshot(700)
    kept = [row.reshape(-1, 28, 28) for row in [demo.digits()[0][:10]] * 4]
    snapshot.grid = msgspec.structs.replace(
        snapshot.grid,
        rows=["original", "reconstruction", "pca", "error"],
        corrupted_errors=None,
        png=demo.mosaic(kept, 1),
    )
    figure = figures.grid(demo.setup(), snapshot)
    assert "corrupted" not in figure["layout"]["yaxis"]["ticktext"]
    assert f"MSE {snapshot.grid.errors[2]:.4g}" in figure["data"][1]["text"][12]


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (0.0, ".0000"),
        (0.00123, ".0012"),
        (0.0123, ".012"),
        (0.9, ".900"),
        (1.234, "1.23"),
        (41.26, "41.3"),
        (12345.0, "1e+04"),
        (0.99996, "1"),
        (999.7, "1e+03"),
        (float("inf"), "–"),
    ],
)
def test_errors_fit_under_a_tile(error: float, text: str) -> None:
    assert short(error) == text
    assert len(text) <= 5


def test_a_zoom_outlives_a_snapshot_but_not_the_run() -> None:
    for one, next_one, other in zip(
        every_figure(demo.setup(), demo.snapshot(10)),
        every_figure(demo.setup(), demo.snapshot(20)),
        every_figure(demo.setup(run_id="other"), demo.snapshot(20)),
        strict=True,
    ):
        assert one["layout"]["uirevision"] == next_one["layout"]["uirevision"]
        assert one["layout"]["uirevision"] != other["layout"]["uirevision"]


def test_every_word_goes_through_the_translation() -> None:
    spoken = {"name", "title", "text", "ticktext", "label", "word", "hovertemplate"}

    def strings(value: Any, heard: bool = False) -> list[str]:
        if isinstance(value, dict):
            return [text for key, one in value.items() for text in strings(one, heard or key in spoken)]
        if isinstance(value, list):
            return [text for one in value for text in strings(one, heard)]
        return [value] if heard and isinstance(value, str) else []

    for figure in every_figure(demo.setup(), demo.snapshot(900), translate=lambda text: f"¡{text}"):
        texts = [text for text in strings(figure) if re.search("[a-z]{4}", re.sub("<.*?>|%{.*?}", "", text))]
        assert len(texts) > 3
        assert [text for text in texts if "¡" not in text] == []


def test_a_full_map_costs_less_than_fifty_kilobytes() -> None:
    count = 2000
    setup = demo.setup(labels=(np.arange(count) % 10).astype(np.uint8).tobytes())
    latent = np.random.default_rng(0).normal(size=(count, 2)).astype("<f4").tobytes()
    assert len(json.dumps(figures.latent(setup, demo.snapshot(0, latent=latent)))) < 50_000


def test_drawing_loads_neither_screen_nor_network_libraries() -> None:
    code = (
        "import ae_core.figures, sys; print([m for m in ('streamlit','plotly','keras','sklearn') if m in sys.modules])"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert shown.strip() == "[]"
