"""What the form says of a table before anything is trained on it, and the choice of its label column."""

from types import SimpleNamespace
from typing import Any
from unittest.mock import MagicMock

import pytest

from ae_core import data
from ae_core.data.built_in import INFOS
from ae_core.variants import read_settings
from pages.ui.form import controls
from pages.ui.form.form import Form
from pages.ui.words.language import spoken

TABLE = b"id,mass (kg),colour,note,class\n" + b"".join(
    b"%d,%s,%s,text %d,%d\n"
    % (row, b"%.1f" % (row / 2) if row % 7 else b"NA", [b"red", b"blue"][row % 2], row, row % 3)
    for row in range(1, 41)
)


@pytest.fixture
def st(monkeypatch: pytest.MonkeyPatch) -> MagicMock:
    monkeypatch.setattr(controls, "st", made := MagicMock())
    made.session_state = {}
    return made


@pytest.fixture
def info(alone) -> data.DataInfo:
    return data.store_upload("my table.csv", TABLE)


def test_the_page_says_what_was_understood_of_each_column(st, info):
    with spoken("en"):
        controls._facts(info, read_settings({"dataset": info.name}))
        said = st.caption.mock_calls[0].args[0]
        assert "32 rows to learn from, 8 to test; 2 columns that become 3 numbers, values 0 to 20," in said
        assert "each column of numbers standardised to mean 0 and standard deviation 1." in said
        assert "5 values are unknown." in said and "Classes: 0, 1, 2." in said
        shown = st.dataframe.mock_calls[0].args[0]
        assert shown["Column"] == ["id", "mass (kg)", "colour", "note", "class"]
        assert shown["Kind"] == ["numbers", "numbers", "categories", "texts", "numbers"]
        assert (shown["Range"][1], shown["Unknown"][1]) == ("0.500 to 20.0", 5) and shown["Different"][1] == 35
        assert shown["What becomes of it"] == [
            "left out: it only counts the rows",
            "learnt from",
            "a column for each category",
            "left out: nearly every row has its own text",
            "names the classes",
        ]
        controls._facts(info, read_settings({"dataset": info.name, "label": "colour"}))
        shown = st.dataframe.mock_calls[1].args[0]["What becomes of it"]
        assert shown[2] == "names the classes" and shown[4] == "learnt from"
        assert "Classes: blue, red." in st.caption.mock_calls[1].args[0]


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


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("pumps", "3,000 series to learn from, 1,000 to test; 64 moments of 3 channels each, "),
        ("breast_cancer", "456 rows to learn from, 113 to test; 30 columns of numbers each, "),
        ("noise", "1,000 vectors to learn from, 500 to test; 100 numbers each, "),
    ],
)
def test_the_page_counts_what_there_is(st, alone, name, said):
    with spoken("en"):
        controls._facts(INFOS[name], read_settings({"dataset": name}))
    assert said in st.caption.mock_calls[0].args[0]
    assert "image" not in st.caption.mock_calls[0].args[0]
