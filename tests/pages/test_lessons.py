"""How a lesson's end is told: by the numbers of its own runs, also where they came out otherwise."""

from collections.abc import Iterator
from unittest.mock import MagicMock

import pytest

from ae_core import lessons
from ae_core.formats import escape
from ae_core.lessons.lesson import Values
from ae_core.lessons.measured import Measured
from pages.ui.lessons import outcome, theory, words
from pages.ui.live import recorded
from pages.ui.progress import MOST_LESSONS, Progress, Shelf, Taken
from pages.ui.words.language import spoken


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Iterator[MagicMock]:
    """Stands for Streamlit in all rooms of the lessons."""
    st = MagicMock()
    for room in (outcome, theory, words):
        monkeypatch.setattr(room, "st", st)
    with spoken("en"):
        yield st


def html(st: MagicMock) -> str:
    return " ".join(str(arguments[0]) for name, arguments, _named in st.mock_calls if name.endswith("html"))


def end(st: MagicMock, name: str, predicted: float, *runs: Values) -> str:
    outcome.show(
        lessons.get(name), Taken(predicted=predicted, seed=3, found=[Measured(numbers=dict(run)) for run in runs])
    )
    return html(st)


def areas(zeros: float, ones: float) -> list[Values]:
    rest = {"normal_error": 0.01, "odd_error": 0.02}
    return [{"area": zeros, **rest}, {"area": ones, **rest}]


def test_what_was_claimed_and_expected_is_told_with_its_numbers(told):
    said = end(told, "which_is_odd", 1, *areas(0.99, 0.26))
    assert "You were right." in said and "You expected" not in said
    assert "99 %" in said and "26 %" in said
    assert '<td class="ae-right">0.260</td>' in said
    assert "seed 3" in str(told.caption.call_args)


def test_what_came_out_otherwise_is_said(told):
    said = end(told, "which_is_odd", 1, *areas(0.99, 0.97))
    assert "It came out otherwise than you expected." in said and "works both times" in said
    assert "You expected: “For zeros yes; ones slip through”. The right answer was: “" in said


def test_a_number_that_was_expected_stands_beside_the_measured_one(told):
    noise, digits = {"mse": 0.9, "mean_mse": 1.0, "pca_mse": 0.9}, {"mse": 0.01, "mean_mse": 0.1, "pca_mse": 0.01}
    said = end(told, "incompressible", 40.0, noise, digits)
    assert "You expected 40 %; measured: 90.0 %." in said
    assert "<b>Measured.</b>" in said


def test_a_number_without_a_meaning_is_a_dash(told):
    assert outcome.written(float("nan"), "percent") == "–"
    assert [outcome.written(0.256, unit) for unit in ("", "percent", "degrees", "count")] == [
        "0.256",
        "25.6 %",
        "0.26°",
        "0",
    ]


def test_theory_and_words_are_told(told):
    own = MagicMock()
    theory.show(own)
    told.text_input.return_value = "  CODEBOOK"
    words.show(own)
    said = html(told)
    assert "Denoising" in said and "Gibbs sampling" in said
    assert 'href="?lesson=dictionary"' in said and "Backpropagation</th>" not in said.split("ae-glossary")[1]
    told.text_input.return_value = "no such word"
    words.show(own)
    assert "No word" in str(told.caption.call_args)


@pytest.mark.parametrize("name", lessons.registry())
def test_what_is_revealed_of_the_recorded_runs_follows_from_their_numbers(told, name):
    lesson, runs = lessons.get(name), recorded.of_lesson(name)
    outcome.show(lesson, Taken(predicted=1.0, recorded=True, found=[measured for _film, measured in runs]))
    facts = lesson.facts([measured.numbers for _film, measured in runs])
    came = lesson.outcome(facts)
    assert came.claimed, "a recording shows what the lesson claims"
    assert escape.html(came.said.format(**facts)) in html(told)
    assert "recorded runs, seed 0" in str(told.caption.call_args)
    assert html(told).count("<figure>") == (len(runs) if lesson.look is not None else 0)


def test_a_question_says_of_its_networks_what_they_are():
    dense, sliding = (measured.numbers["parameters"] for _film, measured in recorded.of_lesson("sliding_filters"))
    assert sliding < 0.9 * dense and "which has fewer parameters" in lessons.get("sliding_filters").question
    depth = lessons.get("depth")
    layers = {len(getattr(one.with_seed(0), "widths", ())) + 1 for one in depth.experiments}
    assert layers == {1, 3} and depth.title == "One layer or three" and "the other has three" in depth.question


def came(lesson: str) -> Progress:
    """Somebody who has predicted something in a lesson."""
    found = Progress()
    taken = found.of(lesson)
    taken.said, taken.predicted = True, 1.0
    return found


def test_progress_is_a_persons_own_and_is_forgotten_where_many_others_came():
    shelf = Shelf(most=2)
    mine = came("copying")
    shelf.keep("a" * 43, mine)
    assert shelf.of("a" * 43) is mine, "after a reload"
    assert shelf.of("b" * 43) is None
    shelf.keep("b" * 43, came("cloud"))
    shelf.keep("a" * 43, mine)
    shelf.keep("c" * 43, came("cloud"))
    assert shelf.of("a" * 43) is mine and shelf.of("b" * 43) is None, "who was here last is kept"


def test_whoever_only_looks_takes_nobodys_place():
    shelf, mine = Shelf(most=2), came("copying")
    shelf.keep("a" * 43, mine)
    for number in range(9):
        looked = Progress()
        looked.of("copying")
        shelf.keep(f"{number}" * 43, looked)
    assert shelf.of("a" * 43) is mine


def test_a_person_keeps_what_they_did_and_only_so_much_of_it():
    progress = came("copying")
    first = progress.of("copying")
    for number in range(100):
        progress.of(f"copying;epochs:{number}")
    assert progress.of("copying") is first and len(progress.taken) == 1, "what was only looked at is let go"
    for number in range(100):
        progress.of(f"cloud;epochs:{number}").said = True
    assert len(progress.taken) == MOST_LESSONS
