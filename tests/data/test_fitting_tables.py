"""Cells, units and names of a table that is to be scored mean what they meant in the run's data, or it is said."""

import io

import numpy as np
import pandas as pd
import pytest

from ae_core import data
from ae_core.data import fitting, tables
from ae_core.errors import DataError
from tests.data.test_fitting import csv, fit
from tests.hostile import zipped

pytestmark = pytest.mark.usefixtures("alone")

RANDOM = np.random.default_rng(8)
PATIENTS = pd.DataFrame(
    {
        "id": [f"{place:03d}" for place in range(1, 61)],
        "mass (kg)": np.round(RANDOM.normal(70, 9, 60), 1),
        "rate": [f"{value}%" for value in RANDOM.integers(1, 60, 60)],
        "grade": np.resize(["01", "02", "A"], 60),
        "dose": np.resize(["10%", "20%", "much"], 60),
        "member": RANDOM.choice(["TRUE", "FALSE"], 60),
    }
)


@pytest.fixture
def patients(alone) -> data.DataInfo:
    return data.store_upload("patients.csv", csv(PATIENTS))


def unlike(found: data.Fitted) -> list[str]:
    return [note for note in found.notes if not note.startswith("Signs beside numbers")]


def test_ids_and_categories_stay_what_was_written(patients):
    whole = fit(PATIENTS, patients)
    assert whole.identities["id"] == tuple(PATIENTS["id"])
    first = fit(PATIENTS[:1], patients)
    assert np.array_equal(first.examples, whole.examples[:1]) and not unlike(first), "01 and 10 % alone are no numbers"
    gap = fit(PATIENTS[:3].assign(id=["12345678901234567890", None, "007"]), patients)
    assert gap.identities["id"] == ("12345678901234567890", "", "007")
    stripped = fit(PATIENTS[:2].assign(grade=[1, 2]), patients)
    assert np.array_equal(stripped.examples, whole.examples[:2]), "a spreadsheet has taken the zeros away"


def test_true_and_false_are_known_beside_unknown_cells_and_in_other_files(patients):
    whole = fit(PATIENTS[:4], patients).examples
    gapped = fit(PATIENTS[:4].assign(member=[*PATIENTS["member"][:3], None]), patients).examples
    assert np.isnan(gapped[3, -1]) and np.array_equal(gapped[:3], whole[:3])
    stream = io.BytesIO()
    PATIENTS[:4].to_parquet(stream)
    packed = fitting.fit("new.parquet", stream.getvalue(), patients.name, "auto")
    assert np.array_equal(packed.examples, whole) and packed.identities["id"] == tuple(PATIENTS["id"][:4])


def test_a_cell_that_is_no_number_is_told(patients):
    found = fit(PATIENTS[:4].assign(**{"mass (kg)": ["70", "heavy", "1,5", "71"]}), patients)
    assert np.isnan(found.examples[1:3, 0]).all()
    assert unlike(found) == ["2 cells are no numbers and count as unknown, in: mass."]
    assert unlike(fit(PATIENTS[:2].assign(rate=["5%", "?"]), patients)) == [], "that one is unknown, and says so"


def test_another_unit_is_told_and_the_right_one_is_taken(patients):
    grams = fit(PATIENTS[:2].rename(columns={"mass (kg)": "mass (g)"}), patients)
    said = "Column mass: the unit is g, in the run's data kg; its numbers stay what they are."
    assert unlike(grams) == [said]
    share = fit(PATIENTS[:2].assign(rate=0.35), patients)
    assert unlike(share) == [said.replace("mass", "rate").replace("is g", "is –").replace("kg", "%")]
    both = fit(PATIENTS[:2].assign(**{"mass (g)": 70_000.0})[["mass (g)", *PATIENTS]], patients)
    assert np.array_equal(both.examples[:, 0], PATIENTS["mass (kg)"][:2])
    assert unlike(both) == ["Not used, as the network has not learnt from it: mass (g)."]
    two = data.store_upload("two.csv", csv(PATIENTS.assign(**{"mass (g)": PATIENTS["id"]})))
    one = fit(PATIENTS[:2], two)
    assert np.array_equal(one.examples[:, 0], PATIENTS["mass (kg)"][:2]), "the other one was not learnt from"


def test_numbers_beyond_all_bounds_are_refused_with_their_column(patients, monkeypatch):
    with pytest.raises(
        DataError, match=r"column 'mass' must have values from -1e\+09 to 1e\+09\. Received: 1e\+308\.$"
    ):
        fit(PATIENTS[:2].assign(**{"mass (kg)": 1e308}), patients)
    monkeypatch.setattr(tables, "MOST_NUMBERS", 400)
    assert len(fit(PATIENTS[:40], patients).examples) == 40
    with pytest.raises(DataError, match="once each category has a column"):
        fit(PATIENTS, patients)


def test_several_tables_have_the_same_columns_and_rows_know_theirs(patients):
    parts = {"train.csv": csv(PATIENTS[:3]), "test.csv": csv(PATIENTS[3:5][[*PATIENTS][::-1]])}
    found = fitting.fit("new.zip", zipped(parts), patients.name, "auto")
    assert np.array_equal(found.examples, fit(PATIENTS[:5], patients).examples)
    assert found.rows is not None and found.rows.tolist() == [2, 3, 4, 2, 3]
    assert found.identities["file"] == ("train.csv",) * 3 + ("test.csv",) * 2
    parts["test.csv"] = csv(PATIENTS[3:5].drop(columns="rate"))
    with pytest.raises(DataError, match="must have the same columns in all of its tables"):
        fitting.fit("new.zip", zipped(parts), patients.name, "auto")
