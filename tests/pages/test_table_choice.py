"""What the form says of a table before anything is trained on it, and the choice of its label column."""

import dataclasses
import re
from types import SimpleNamespace
from typing import Any
from unittest.mock import MagicMock

import pytest

from ae_core import data
from ae_core.data.built_in import INFOS
from ae_core.settings import DataSpec
from ae_core.variants import read_settings
from pages.ui.form import controls, facts
from pages.ui.form.form import Form
from pages.ui.words.language import spoken
from pages.ui.words.names import of_data

TABLE = b"id,mass (kg),colour,note,class\n" + b"".join(
    b"%d,%s,%s,text %d,%d\n"
    % (row, b"%.1f" % (row / 2) if row % 7 else b"NA", [b"red", b"blue"][row % 2], row, row % 3)
    for row in range(1, 41)
)


@pytest.fixture
def st(monkeypatch: pytest.MonkeyPatch) -> MagicMock:
    monkeypatch.setattr(controls, "st", made := MagicMock())
    monkeypatch.setattr(facts, "st", made)
    made.session_state = {}
    return made


@pytest.fixture
def info(alone) -> data.DataInfo:
    return data.store_upload("my table.csv", TABLE)


def test_the_page_says_what_was_understood_of_each_column(st, info):
    with spoken("en"):
        facts.show(info, read_settings({"dataset": info.name}))
        said = st.caption.mock_calls[0].args[0]
        assert "32 rows to learn from, 8 to test; 2 columns that become 3 numbers, values 0.5 to 20," in said
        assert "each column of numbers standardised to mean 0 and standard deviation 1." in said
        assert "5 values are unknown: the network is given the mean there" in said and "Classes: 0, 1, 2." in said
        shown = rows(st.html.mock_calls[0].args[0])
        assert [row[0] for row in shown] == ["id", "mass (kg)", "colour", "note", "class"]
        assert [row[1] for row in shown] == [
            "left out: it only counts the rows",
            "learnt from",
            "a column for each category",
            "left out: nearly every row has its own text",
            "names the classes",
        ]
        assert [row[2].partition(" ")[0] for row in shown] == ["numbers", "numbers", "categories", "texts", "numbers"]
        assert shown[1][2] == "numbers · 0.500 to 20.0 · 35 different · 5 unknown"
        facts.show(info, read_settings({"dataset": info.name, "label": "colour"}))
        shown = rows(st.html.mock_calls[1].args[0])
        assert shown[2][1] == "names the classes" and shown[4][1] == "learnt from"
        assert "Classes: blue, red." in st.caption.mock_calls[1].args[0]


def rows(table: str) -> list[list[str]]:
    """The cells' texts of each row below the head, a second line by itself."""
    body = table.partition("<tbody>")[2]
    return [[one for one in re.split(r"<[^>]*>", row) if one] for row in body.split("</tr>")[:-1]]


def test_numbers_of_one_are_said_as_such(st, alone):
    table = data.store_upload("a.csv", ("kind,n\n" + "\n".join(f"{'uvw'[n % 3]},{n}" for n in range(40))).encode())
    series = dataclasses.replace(INFOS["pumps"], spec=DataSpec((90, 1), unit_range=False))
    with spoken("en"):
        for info in (table, series, dataclasses.replace(table, unknown=1)):
            facts.show(info)
    said = [call.args[0] for call in st.caption.mock_calls]
    assert "1 column that becomes 3 numbers" in said[0] and "90 moments of 1 channel each" in said[1]
    assert "1 value is unknown: the network" in said[2]


def test_what_a_file_holds_is_translated_nowhere_and_all_else_is(st, alone):
    lines = "\n".join(f"text {n},{n * n}" for n in range(40))
    info = data.store_upload("students.csv", f"Name,Note\n{lines}".encode())
    with spoken("zh"):
        facts.show(info)
        facts.show(dataclasses.replace(INFOS["digits"], title="noise", name="mine"))
        assert of_data(INFOS["digits"]) != INFOS["digits"].title
    (note, said) = st.info.mock_calls[0].args[0], [call.args[0] for call in st.caption.mock_calls]
    assert re.search("[a-z]", note) is None and "rows" not in said[0] and "students.csv" in said[0]
    assert [row[0] for row in rows(st.html.mock_calls[0].args[0])] == ["Name", "Note"] and "noise" in said[1]


def test_under_what_was_wrong_with_a_file_nothing_is_said_of_another(st, info):
    with spoken("en"):
        controls._upload(SimpleNamespace(upload_problem="It must have rows. Received: none."))  # type: ignore[arg-type]
    names = [call[0] for call in st.mock_calls]
    assert names.index("error") > names.index("expander().__exit__"), "it is seen where the field is folded away"
    with spoken("en"):
        facts.show(info)
        facts.show(info, noted=False)
    assert info.note and len(st.info.mock_calls) == 1


def test_the_label_column_is_chosen_among_those_that_can_name_classes(st, info):
    own: Any = SimpleNamespace(form=Form(), unsure=False)
    own.form.choose("dataset", info.name)
    with spoken("en"):
        controls.label_select(own, info)
        given = st.selectbox.mock_calls[0]
        assert given.args[1] == ["auto", "none", "mass", "colour", "class"] and st.session_state["label"] == "auto"
        assert [given.kwargs["format_func"](name) for name in given.args[1][:3]] == [
            "Automatic: class",
            "None: learn from all",
            "mass",
        ]
        own.form.choose("label", "colour")
        assert own.form.settings().label == "colour"
        st.reset_mock()
        own.form.choose("label", None)
        controls.label_select(own, INFOS["digits"])
        assert not st.selectbox.mock_calls, "pictures have no columns"


def test_where_no_column_is_called_a_label_those_that_may_be_one_are_named(st, alone):
    cells = "\n".join(f"{n * n},{'ab'[n % 2]},{'xyz'[n % 3]},{n % 4}" for n in range(40))
    own: Any = SimpleNamespace(form=Form(), unsure=False)
    for names, said in {
        "size,species,*island*,count": ["species, \\*island\\*."],
        "size,species,class,count": [],
    }.items():
        st.reset_mock()
        info = data.store_upload(f"{len(said)}.csv", f"{names}\n{cells}".encode())
        own.form.choose("dataset", info.name)
        with spoken("en"):
            controls.label_select(own, info)
        assert [call.args[0].partition("choose it: ")[2] for call in st.caption.mock_calls] == said
    own.form.choose("label", "none")
    st.reset_mock()
    controls.label_select(own, info)
    assert not st.caption.mock_calls, "whoever has chosen needs no advice"


def test_columns_are_left_out_by_name(st, info):
    own: Any = SimpleNamespace(form=Form(), unsure=False)
    own.form.choose("dataset", info.name)
    with spoken("en"):
        controls.leave_out(own, info)
        given = st.multiselect.mock_calls[0]
        assert given.args[1] == ["mass", "colour"] and st.session_state["leave_out"] == []
        own.form.choose("leave_out", "colour")
        assert own.form.settings().leave_out == "colour"
        controls.leave_out(own, info)
        assert st.session_state["leave_out"] == ["colour"]
        facts.show(info, own.form.settings())
        assert rows(st.html.mock_calls[-1].args[0])[2][1] == "left out: you chose so"
        own.form.choose("leave_out", "colour,weight")
        controls.leave_out(own, info)
        assert st.multiselect.mock_calls[-1].args[1] == ["mass", "colour", "weight"], "it can be taken away"
        st.reset_mock()
        own.form.choose("leave_out", None)
        controls.leave_out(own, INFOS["digits"])
        assert not st.multiselect.mock_calls, "pictures have no columns"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("pumps", "3,000 series to learn from, 1,000 to test; 64 moments of 3 channels each, "),
        ("breast_cancer", "456 rows to learn from, 113 to test, each with 30 columns of numbers, "),
        ("noise", "1,000 vectors to learn from, 500 to test; 100 numbers each, "),
    ],
)
def test_the_page_counts_what_there_is(st, alone, name, said):
    with spoken("en"):
        facts.show(INFOS[name], read_settings({"dataset": name}))
    assert said in st.caption.mock_calls[0].args[0]
    assert "image" not in st.caption.mock_calls[0].args[0]
