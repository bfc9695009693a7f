"""The film of a run: what is in its frames, how long they last, and what it makes of odd runs."""

import io
import itertools
from typing import Any

import numpy as np
import pytest
from msgspec.structs import replace
from PIL import Image, ImageDraw

from ae_core.figures.film import KINDS, LAST, SECONDS, Kind, film
from ae_core.figures.film.axes import steady_ranges, ticks
from ae_core.figures.film.scene import GRID, HEIGHT, MAP, VALUES, WIDTH, Scene
from ae_core.figures.film.values import STRIP
from ae_core.figures.film.words import can_be_drawn, drawable, fitting, width_of
from ae_core.figures.shared import COLOURS, GREY
from ae_core.formats.png_sheets import CIVIDIS
from ae_core.messages import ColumnTitle, Grid, Plane, Setup, Snapshot
from tests import demo

NOWHERE = "\U0010ffff"  # no font has it


def snapshots(count: int, size: int = 2, **changes: Any) -> list[Snapshot]:
    return [demo.snapshot(50 * place, size, **changes) for place in range(count)]


def frames_of(content: bytes) -> tuple[list[np.ndarray], list[int]]:
    """The pictures of a film, and how long each is seen."""
    with Image.open(io.BytesIO(content)) as opened:
        pictures, durations = [], []
        for place in range(getattr(opened, "n_frames", 1)):
            opened.seek(place)
            pictures.append(np.asarray(opened.convert("RGB")).astype(int))
            durations.append(opened.info.get("duration", 0))
        assert len(pictures) == 1 or opened.info["loop"] == 0, "it begins anew, for ever"
    return pictures, durations


def png(image: Image.Image) -> bytes:
    stream = io.BytesIO()
    image.save(stream, "PNG")
    return stream.getvalue()


def rgb(colour: str) -> np.ndarray:
    return np.array(tuple(bytes.fromhex(colour[1:])))


@pytest.mark.slow(seconds=1)
@pytest.mark.parametrize("kind", KINDS)
def test_each_snapshot_is_a_frame_and_the_last_one_stays(kind: Kind) -> None:
    pictures, durations = frames_of(film(demo.setup(2), snapshots(5), kind))
    assert len(pictures) == 5
    assert {picture.shape for picture in pictures} == {(HEIGHT, WIDTH, 3)} and 1000 <= WIDTH <= 1200
    assert durations == [300, 300, 300, 300, LAST]
    assert np.mean(pictures[0]) > 180, "dark on white"
    for one, other in itertools.pairwise(pictures):
        status = np.s_[:44, WIDTH // 2 :]
        assert np.abs(one[status] - other[status]).max() > 100, "the step and the loss are written in it"
        title = np.s_[:44, : WIDTH // 3]
        assert np.abs(one[title] - other[title]).max() < 60, "what stays the same stays where it is"


@pytest.mark.slow(seconds=3)
@pytest.mark.parametrize("kind", KINDS)
def test_a_long_run_keeps_its_ends_and_a_bounded_number_of_frames(kind: Kind) -> None:
    setup = demo.setup(2)
    tiny = demo.snapshot(50, 2)
    most = 40  # instead of MOST_FRAMES, which take long to be packed
    given = [demo.snapshot(0, 2), *[tiny] * (2 * most), demo.snapshot(900, 2)]
    taken: list[int] = []

    class Noted(Scene):
        def __init__(self, setup: Setup, chosen: list[Snapshot], translate: Any):
            taken.extend(one.step for one in chosen)
            super().__init__(setup, chosen[:: len(chosen) - 1], translate)

        def frame(self, place: int) -> Image.Image:
            return super().frame(min(place, 1))

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("ae_core.figures.film.Scene", Noted)
        patched.setattr("ae_core.figures.film.MOST_FRAMES", most)
        content = film(setup, given, kind)
    assert len(taken) == most and (taken[0], taken[-1]) == (0, 900)
    assert sum(frames_of(content)[1]) == pytest.approx(1000 * SECONDS + LAST, rel=0.05)


def test_a_point_is_where_its_code_is_in_the_colour_of_its_class() -> None:
    setup = demo.setup(2)
    labels = np.frombuffer(setup.labels, np.uint8)
    codes = np.zeros((demo.POINTS, 2), "<f4")
    chosen = [int(np.flatnonzero(labels == digit)[0]) for digit in range(10)]
    corners = [(-8, -8), (8, 8), (-8, 8), (8, -8), (0, 6), (0, -6), (6, 0), (-6, 0), (4, 4), (-4, 4)]
    codes[chosen] = corners
    scene = Scene(setup, [demo.snapshot(50, 2, latent=codes.tobytes())], str)
    picture = np.asarray(scene.frame(0)).astype(int)
    (low_x, high_x), (low_y, high_y) = scene.x[0], scene.y[0]
    left, upper, right, lower = MAP
    for digit, (x, y) in enumerate(corners):
        across = left + (x - low_x) / (high_x - low_x) * (right - left)
        down = lower - (y - low_y) / (high_y - low_y) * (lower - upper)
        assert scene.point(0, chosen[digit]) == pytest.approx((across, down))
        np.testing.assert_array_equal(picture[int(down), int(across)], rgb(COLOURS[digit]))
        beside = picture[int(down), int(across) + 9]
        assert beside.min() > 200, "and nowhere else"


@pytest.mark.parametrize("kind", KINDS)
def test_colours_and_pictures_survive_the_file(kind: Kind) -> None:
    setup = demo.setup(2, class_names=["a", "b"], labels=bytes(demo.POINTS))
    codes = np.full((demo.POINTS, 2), np.nan, "<f4")
    offsets = np.linspace(-0.04, 0.04, 80)  # a patch of points, which a lossy file keeps
    codes[:160, 0] = [*(offsets), *(offsets + 1)]
    codes[:160, 1] = [*offsets[::-1], *(offsets + 1)]
    codes[160:170] = 0
    codes[170:180] = 1
    one = demo.snapshot(50, 2, latent=codes.tobytes())
    scene = Scene(setup, [one, one], str)
    pictures, _ = frames_of(film(setup, [one, demo.snapshot(100, 2, latent=one.latent)], kind))
    across, down = scene.point(0, 165)
    np.testing.assert_allclose(pictures[1][int(down), int(across)], rgb(COLOURS[0]), atol=45)
    scaled = np.asarray(Image.open(io.BytesIO(one.grid.png)).convert("RGB").resize((432, 216)), float)
    shown = pictures[1][GRID[1] : GRID[1] + 216, GRID[0] : GRID[0] + 432]
    assert np.corrcoef(scaled[:80].ravel(), shown[:80].ravel())[0, 1] > 0.8, "originals are in it"


def test_the_plane_lies_where_its_codes_are() -> None:
    codes = np.random.default_rng(0).uniform(0, 8, (demo.POINTS, 2)).astype("<f4")
    codes[2:] = np.nan
    codes[:2] = [(0, 0), (8, 8)]
    plane = Plane(png=png(Image.new("L", (15, 15), 255)), columns=15, tile=(1, 1), x=(2.0, 4.0), y=(1.0, 7.0))
    scene = Scene(demo.setup(2), [demo.snapshot(50, 2, latent=codes.tobytes(), plane=plane)], str)
    picture = np.asarray(scene.frame(0)).astype(int)

    def at(x: float, y: float) -> np.ndarray:
        (low_x, high_x), (low_y, high_y) = scene.x[0], scene.y[0]
        left, upper, right, lower = MAP
        across = left + (x - low_x) / (high_x - low_x) * (right - left)
        return picture[int(lower - (y - low_y) / (high_y - low_y) * (lower - upper)), int(across)]

    for inside in ((2.2, 1.2), (3.7, 6.8), (3.1, 3.7)):
        assert at(*inside)[0] < 240, inside
    for outside in ((1.7, 3.7), (4.3, 3.7), (3.1, 0.6), (3.1, 7.4)):
        np.testing.assert_array_equal(at(*outside), 255)


def test_axes_stay_while_the_cloud_fits_and_fills_them() -> None:
    clouds = [np.array([-size, size]) for size in (1.0, 1.1, 1.15, 4.0, 3.8, 3.9, 1.0, np.nan)]
    found = steady_ranges(clouds)
    assert found[0] == found[1] and found[3] == found[4] == found[5] and found[6] == found[7]
    assert len(set(found)) == 3
    for cloud, (low, high) in zip(clouds[:-1], found, strict=False):
        assert low < cloud.min() < cloud.max() < high


@pytest.mark.parametrize(("low", "high"), [(-1.0, 1.0), (0.0, 0.003), (-44.0, 14.0), (1e-9, 2e-9), (-1e6, 3e6)])
def test_ticks_are_few_round_numbers_inside(low: float, high: float) -> None:
    found = ticks(low, high)
    assert 2 <= len(found) <= 7
    assert all(low - 1e-12 <= value <= high + 1e-12 for value in found)
    assert np.allclose(np.diff(found), found[1] - found[0])


def waves() -> tuple[Setup, Snapshot]:
    """A run on vectors, whose pictures are wide and low, and which has no classes."""
    sheet = png(Image.new("L", (10 * 57 - 1, 3 * 29 - 1), 90))
    grid = Grid(
        png=sheet,
        columns=10,
        rows=["original", "reconstruction", "pca"],
        tile=(28, 56),
        gap=1,
        errors=[0.1] * 10,
        pca_errors=[0.2] * 10,
    )
    return demo.setup(8, shape=[100], class_names=[]), demo.snapshot(50, grid=grid)


def colours() -> tuple[Setup, Snapshot]:
    """A run on colour images, with a plane in colours."""
    sheet = png(Image.new("RGBA", (10 * 33 - 1, 5 * 33 - 1), (200, 30, 60, 255)))
    one = demo.snapshot(50, 2)
    grid = Grid(
        png=sheet,
        columns=10,
        rows=["original", "corrupted", "reconstruction", "pca", "error"],
        tile=(32, 32),
        gap=1,
        errors=[0.1] * 10,
        pca_errors=[0.2] * 10,
    )
    plane = Plane(
        png=png(Image.new("RGB", (15, 15), (0, 200, 0))), columns=15, tile=(1, 1), x=(-9.0, 9.0), y=(-9.0, 9.0)
    )
    twenty = demo.setup(2, class_names=[f"a class with quite a long name {place}" for place in range(20)])
    return twenty, demo.snapshot(50, 2, grid=grid, plane=plane, latent=one.latent)


@pytest.mark.slow(seconds=1)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("made", [waves, colours], ids=["waves", "colours"])
def test_vectors_colours_and_many_classes_are_drawn(made: Any, kind: Kind) -> None:
    setup, one = made()
    (picture,), _ = frames_of(film(setup, [one], kind))
    assert picture.shape == (HEIGHT, WIDTH, 3)
    middle = picture[GRID[1] + 8, GRID[0] + 20]
    assert np.abs(middle - 255).max() > 50, "the sheet is there"


def words_of(setup: Setup, shown: list[Snapshot]) -> list[str]:
    """All that is written in the last frame of a film."""
    drawn: list[str] = []

    def note(draw: Any, place: Any, text: str, *rest: Any, **more: Any) -> None:
        drawn.append(text)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(ImageDraw.ImageDraw, "text", note)
        Scene(setup, shown, str).frame(len(shown) - 1)
    return drawn


def test_rows_are_strips_with_the_names_of_their_columns() -> None:
    setup, snapshot = demo.rows()
    written = words_of(setup, [snapshot])
    assert written.count("original") == written.count("reconstruction") == 3
    assert {"radius", "red", "blue", "<b>weight…", "nothing"} <= set(written)
    values = snapshot.grid.values
    assert values is not None
    assert f"{np.frombuffer(values.original, '<f4')[0]:.4g}" in written, "of few columns the values are told"
    picture = np.asarray(Scene(setup, [snapshot], str).frame(0)).astype(int)
    blue, middle = VALUES[0] + (VALUES[2] - VALUES[0]) * 0.44, VALUES[1] + STRIP // 2
    share = (np.frombuffer(values.original, "<f4")[2] - 0) / 1  # between the ends of that column
    wanted = [np.interp(4 * share, range(5), channel) for channel in CIVIDIS.T]
    np.testing.assert_allclose(picture[middle, int(blue)], wanted, atol=2)
    short = replace(setup, columns=[ColumnTitle(name=name, unit="mm") for name in "abcde"])
    assert "a (mm)" in words_of(short, [snapshot]), "with its unit where there is room"


def test_series_are_lines_with_the_names_and_units_of_their_channels() -> None:
    setup, snapshot = demo.series()
    written = words_of(setup, [snapshot])
    assert {"original", "reconstruction", "current", "(A)", "torque", "(N m)", "time (s)", "0.6"} <= set(written)
    without_rate, one = demo.series(rate=0.0)
    assert "moment" in words_of(without_rate, [one])
    picture = np.asarray(Scene(setup, [snapshot], str).frame(0)).astype(int)
    panels = picture[VALUES[1] + 30 : VALUES[3] - 40, VALUES[0] : VALUES[2]].reshape(-1, 3)
    for colour in (GREY, COLOURS[0]):
        assert (np.abs(panels - rgb(colour)).max(axis=1) < 3).sum() > 100, "both lines are drawn"


@pytest.mark.slow(seconds=1)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("made", [demo.rows, demo.series])
def test_a_film_of_rows_or_series_moves_and_one_of_an_earlier_version_has_pictures(made: Any, kind: Kind) -> None:
    setup, first = made(0)
    _, last = made(3000)
    other = replace(last.grid.values, reconstruction=last.grid.values.original)
    last = replace(last, grid=replace(last.grid, values=other))
    pictures, _ = frames_of(film(setup, [first, last], kind))
    box = np.s_[VALUES[1] : VALUES[3], VALUES[0] : VALUES[2]]
    assert np.abs(pictures[0][box] - pictures[1][box]).max() > 50
    without = replace(first, grid=replace(first.grid, values=None))
    assert "corrupted" in words_of(setup, [without, last]) and "corrupted" not in words_of(setup, [first, last])


@pytest.mark.slow(seconds=1)
@pytest.mark.parametrize("kind", KINDS)
def test_names_that_the_font_cannot_draw_become_numbers_and_labels_stay_english(kind: Kind) -> None:
    setup = demo.setup(2, class_names=[NOWHERE, "dog", "cafe", *map(str, range(3, 10))])
    drawn: list[str] = []

    def note(draw: Any, place: Any, text: str, *rest: Any, **more: Any) -> None:
        drawn.append(text)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(ImageDraw.ImageDraw, "text", note)
        Scene(setup, snapshots(2), lambda text: NOWHERE + text).frame(1)
    assert {"0", "dog", "cafe", "code 1", "training", "reconstruction"} <= set(drawn)
    assert not [text for text in drawn if NOWHERE in text or "步" in text]
    film(setup, snapshots(1), kind)


def test_labels_are_translated_and_fit() -> None:
    translate = drawable({"code 1": "Code eins", "step": NOWHERE}.get)  # type: ignore[arg-type]
    assert (translate("code 1"), translate("step")) == ("Code eins", "step")
    assert not can_be_drawn(NOWHERE)
    assert can_be_drawn("size, 1,234 … -0.5")
    short = fitting("a name that is much too long", 14, 80)
    assert short.endswith("…") and width_of(short, 14) <= 80 and len(short) > 5
    assert fitting("short", 14, 80) == "short"


@pytest.mark.slow(seconds=1)
def test_a_run_that_went_astray_has_a_film() -> None:
    lost = demo.snapshot(100, 2, latent=np.full((demo.POINTS, 2), np.nan, "<f4").tobytes())
    lost.history["loss"] = [float("nan")] * len(lost.history["loss"])
    lost.grid.errors[0] = float("nan")
    assert len(frames_of(film(demo.setup(2), [demo.snapshot(0, 2), lost], "gif"))[0]) == 2
    assert len(frames_of(film(demo.setup(2), [lost], "gif"))[0]) == 1


def test_bad_input_is_refused() -> None:
    with pytest.raises(ValueError, match="kind must be one of webp, gif\\. Received: 'mp4'"):
        film(demo.setup(2), snapshots(1), "mp4")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="at least one frame"):
        film(demo.setup(2), [], "gif")
