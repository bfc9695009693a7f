"""A lesson as a notebook: whole, and its cells run one after the other as plain Python."""

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from ae_core import lessons
from ae_core.script.compose import python_script
from ae_core.script.lesson_book import lesson_book
from tests.conftest import ROOT


@pytest.mark.slow(seconds=8)
def test_its_cells_train_and_measure_both_runs(capsys, monkeypatch):
    monkeypatch.chdir(ROOT / "assets" / "data")  # beside the file that it says it reads
    lesson = lessons.get("incompressible")
    small = [replace(one.with_seed(0), epochs=1, train_size=200) for one in lesson.experiments]
    book = json.loads(lesson_book(lesson, [python_script(one) for one in small]))
    code = ["".join(one["source"]) for one in book["cells"] if one["cell_type"] == "code"]
    assert code[0].startswith("prediction = "), "what is expected comes first"
    known: dict[str, Any] = {}
    for number, source in enumerate(code):
        exec(compile(source, f"cell {number}", "exec"), known)
    assert list(known["found"]) == [one.label for one in lesson.experiments]
    assert all(np.isfinite(value) for run in known["found"].values() for value in run.values())
    assert "error per pixel" in capsys.readouterr().out


@pytest.mark.parametrize("name", lessons.registry())
def test_every_lesson_is_a_notebook_with_question_and_reason(name):
    lesson = lessons.get(name)
    script = '"""What."""\n\n\n# %% Data\nx = 1\n\n\n# %% Training\nhistory = {}\n'
    book = json.loads(lesson_book(lesson, [script] * len(lesson.experiments), str.upper))
    assert (book["nbformat"], book["nbformat_minor"]) == (4, 5)
    for one in book["cells"]:
        more = {"execution_count", "outputs"} if one["cell_type"] == "code" else set()
        assert set(one) == {"id", "cell_type", "metadata", "source", *more}
    assert len({one["id"] for one in book["cells"]}) == len(book["cells"])
    texts = ["".join(one["source"]) for one in book["cells"] if one["cell_type"] == "markdown"]
    assert lesson.title.upper() in texts[0] and f"$${lesson.why.formula}$$" in texts[-1], "in the reader's language"
    assert sum(text.startswith("## ") for text in texts) == len(lesson.experiments) + 3
