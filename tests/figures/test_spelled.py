"""Series whose channels are letters: texts, read letter by letter."""

import json

import numpy as np
import plotly.graph_objects as go
from msgspec.structs import replace

from ae_core.figures import compare, grid
from ae_core.figures.film.scene import VALUES, Scene
from ae_core.figures.film.texts import BAR
from ae_core.figures.spelled import NOTHING, RIGHT, WIDEST, WRONG
from ae_core.messages import ColumnTitle, GridValues, Setup, Snapshot
from tests import demo

ALPHABET = ("a", "b", "<", "blank")
TEXTS = ("ab", "b<", "aaa")
MOMENTS = 4


def sure_of(texts: tuple[str, ...], share: float) -> np.ndarray:
    """Texts as a network gives them that is so sure of each letter, and finds the others alike."""
    places = [[ALPHABET.index(letter) for letter in text] + [3] * (MOMENTS - len(text)) for text in texts]
    rest = (1 - share) / (len(ALPHABET) - 1)
    return np.where(np.eye(len(ALPHABET))[np.array(places)] == 1, share, rest)


def run(read: tuple[str, ...], share: float = 0.7, step: int = 40) -> tuple[Setup, Snapshot]:
    """The messages of a run that reads these instead of `TEXTS`."""
    values = GridValues(
        original=sure_of(TEXTS, 1.0).astype("<f4").tobytes(),
        reconstruction=sure_of(read, share).astype("<f4").tobytes(),
        count=len(TEXTS),
        ends=np.array([[0] * 4, [1] * 4], "<f4").tobytes(),
        errors=np.full(4, 0.1, "<f4").tobytes(),
    )
    made = demo.snapshot(step)
    columns = [ColumnTitle(name="letter", category=one) for one in ALPHABET]
    setup = demo.setup(shape=[MOMENTS, len(ALPHABET)], input_size=MOMENTS * len(ALPHABET), columns=columns)
    return setup, replace(made, grid=replace(made.grid, values=values))


def test_letters_stand_below_those_of_the_original_and_bars_say_which_are_right_and_how_sure():
    setup, snapshot = run(("ab", "ba", "aab"))
    figure = grid(setup, snapshot)
    go.Figure(figure)
    original, right, wrong, read = figure["data"]
    assert original["text"] == [*"ab", NOTHING, NOTHING, "b", "&lt;", NOTHING, NOTHING, *"aaa", NOTHING]
    assert read["text"] == [*"ab", NOTHING, NOTHING, *"ba", NOTHING, NOTHING, *"aab", NOTHING]
    assert len(right["x"]) == 2 + 1 + 2 and len(wrong["x"]) == 2, "where both have ended there is no bar"
    np.testing.assert_allclose(right["width"] + wrong["width"], 0.7 * WIDEST, rtol=1e-2)
    assert wrong["hovertext"][0] == "a 70 %, b 10 %, &lt; 10 %"
    np.testing.assert_allclose(np.subtract(read["y"], original["y"]), 1, err_msg="a line below")
    assert "10 of 12 letters right, ab becomes ab;" in figure["layout"]["meta"]["label"]


def test_nothing_jumps_from_one_snapshot_to_the_next():
    first, last = (
        grid(*run(read, share, step))["layout"] for read, share, step in ((TEXTS, 0.4, 1), (("", "", ""), 1.0, 90))
    )
    assert {name: first[name] for name in ("xaxis", "yaxis", "margin")} == {
        name: last[name] for name in ("xaxis", "yaxis", "margin")
    }


def test_what_has_become_no_number_is_not_sure_of_anything():
    setup, snapshot = run(TEXTS)
    values = snapshot.grid.values
    assert values is not None
    nothing = replace(values, reconstruction=np.full(3 * MOMENTS * 4, np.nan, "<f4").tobytes())
    snapshot = replace(snapshot, grid=replace(snapshot.grid, values=nothing))
    figure = grid(setup, snapshot)
    json.dumps(figure, allow_nan=False)
    assert {width for trace in figure["data"] for width in trace.get("width", [])} == {0.0}
    Scene(setup, [snapshot], str).frame(0)


def test_a_letter_is_the_likeliest_one_also_where_a_network_goes_beyond_one():
    setup, snapshot = run(TEXTS)
    values = snapshot.grid.values
    assert values is not None
    beyond = np.where(np.eye(4)[[[0, 1, 3, 3], [1, 2, 3, 3], [0, 0, 0, 3]]] == 1, 1.3, 1.1).astype("<f4").tobytes()
    snapshot = replace(snapshot, grid=replace(snapshot.grid, values=replace(values, reconstruction=beyond)))
    original, right, wrong, read = grid(setup, snapshot)["data"]
    assert read["text"] == original["text"]
    assert len(right["x"]) == 2 + 2 + 3 and not wrong["x"], "the bar is that of the letter"
    assert set(right["width"]) == {WIDEST}
    assert right["hovertext"][1] == "b 100 %, a 100 %, &lt; 100 %", "it is told first"


def test_what_is_no_text_is_drawn_as_lines():
    setup, snapshot = run(TEXTS)
    assert {trace.get("mode") for trace in grid(setup, snapshot)["data"]} == {"text", None}
    words = [ColumnTitle(name="colour", category=one) for one in ("red", "blue", "green", "none")]
    several = [*setup.columns[:3], ColumnTitle(name="other", category="x")]
    plain = [ColumnTitle(name=one) for one in ALPHABET]
    for columns in (words, several, plain):
        assert {trace["mode"] for trace in grid(replace(setup, columns=columns), snapshot)["data"]} == {"lines"}
    values = snapshot.grid.values
    assert values is not None
    unknown = np.frombuffer(values.original, "<f4").copy()
    unknown[0] = np.nan
    gaps = replace(snapshot, grid=replace(snapshot.grid, values=replace(values, original=unknown.tobytes())))
    assert "text" not in {trace.get("mode") for trace in grid(setup, gaps)["data"]}


def test_texts_of_several_runs_stand_below_the_same_original():
    pairs = [run(("ab", "b<", "aaa")), run(("ab", "ba", "aab"))]
    figure = compare.reconstructions(pairs, ["first", "a name that is lon<ger than there is room for it"])
    go.Figure(figure)
    texts = [trace["text"] for trace in figure["data"] if trace["type"] == "scatter"]
    assert len(texts) == 3 and texts[0] == texts[1] != texts[2]
    assert figure["layout"]["yaxis"]["ticktext"][:3] == ["original", "first", "a name that is lon&lt;…"], (
        "a sign is whole"
    )


def test_a_film_has_the_letters_and_the_bars_of_its_page():
    pairs = [run(("ab", "b<", "aaa"), 1.0), run(("ab", "ba", "aab"), 1.0, 90)]
    setup = replace(pairs[0][0], class_names=[])
    scene = Scene(setup, [snapshot for _, snapshot in pairs], str)
    for place, wrong in enumerate((0, 2)):
        picture = np.asarray(scene.frame(place)).astype(int)[VALUES[1] : VALUES[3], VALUES[0] : VALUES[2]]
        for colour, count in ((RIGHT, 7 - wrong), (WRONG, wrong)):
            wanted = [int(colour[at : at + 2], 16) for at in (1, 3, 5)]
            seen = (np.abs(picture - wanted).max(axis=2) < 3).sum()
            each = WIDEST * (VALUES[2] - VALUES[0]) / 9 * BAR
            assert abs(seen - count * each) < 0.1 * each * max(count, 1), (place, colour)
