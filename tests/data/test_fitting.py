"""A file that is to be scored: in its own order and with its own rows, however few, like the data of a run."""

import io
import re

import numpy as np
import pandas as pd
import pytest

from ae_core import data
from ae_core.data import fitting, tables
from ae_core.errors import DataError
from ae_core.formats import delimited
from tests.data.test_arrays import npy
from tests.hostile import picture, zipped

pytestmark = pytest.mark.usefixtures("alone")

RANDOM = np.random.default_rng(7)
STUDENTS = pd.DataFrame(
    {
        "id": np.arange(1001, 1061),
        "height": np.round(RANDOM.normal(170, 9, 60), 1),
        "city": RANDOM.choice(["上海", "Köln", "York"], 60),
        "income": RANDOM.integers(1000, 9000, 60),
        "class": np.resize(["yes", "no"], 60),
    }
)


def csv(frame: pd.DataFrame) -> bytes:
    return bytes(frame.to_csv(index=False).encode())


@pytest.fixture
def students(alone) -> data.DataInfo:
    return data.store_upload("students.csv", csv(STUDENTS))


def fit(frame: pd.DataFrame, info: data.DataInfo) -> data.Fitted:
    return fitting.fit("new.csv", csv(frame), info.name, "auto")


def test_a_test_example_of_a_table_knows_its_row_in_the_file(students):
    kept = data.load(students.name)
    assert kept.places_test is not None and len(kept.places_test) == len(kept.x_test) == 12
    heights = STUDENTS["height"].to_numpy()
    assert np.array_equal(kept.x_test[:, 0], heights[kept.places_test - 2]), "row 1 holds the names"
    labelled = kept.labelled("city")
    assert labelled.places_test is kept.places_test


def test_a_file_keeps_its_order_and_its_ids(students):
    found = fit(STUDENTS, students)
    assert found.rows is not None and found.rows.tolist() == list(range(2, 62))
    assert np.array_equal(found.examples[:, 0], STUDENTS["height"])
    assert found.examples.shape == (60, 5), "the label is not learnt from"
    assert found.identities["id"] == tuple(map(str, STUDENTS["id"])) and found.notes == ()
    again = fitting.unpacked(found.packed())
    assert np.array_equal(again.examples, found.examples) and again.rows is not None
    assert (again.rows.tolist(), again.identities) == (found.rows.tolist(), found.identities)


def test_one_row_is_enough_and_columns_are_found_by_name(students):
    one = STUDENTS.iloc[[4]][["income", "city", "height"]].assign(city="Wien", comment="new here")
    found = fit(one, students)
    assert found.examples.tolist() == [[STUDENTS["height"][4], 0, 0, 0, STUDENTS["income"][4]]]
    assert found.notes == (
        "Column city: Wien did not occur in the run's data, and counts as none of its categories.",
        "Not used, as the network has not learnt from it: comment.",
    )
    packed = fitting.fit("new.zip", zipped({"new.csv": csv(one)}), students.name, "auto")
    assert packed.examples.tolist() == found.examples.tolist() and packed.rows is not None
    unknown = fit(STUDENTS.iloc[:2].assign(height=np.nan), students)
    assert np.isnan(unknown.examples[:, 0]).all() and not np.isnan(unknown.examples[:, 1:]).any()


def test_a_row_of_which_nothing_is_known_is_told(students):
    """Nothing of it can be reconstructed wrongly: its error of 0 would make it the most normal of all."""
    three = STUDENTS[:3].copy()
    three.loc[1, ["height", "city", "income"]] = None
    found = fit(three, students)
    assert np.isnan(found.examples[1]).all()
    assert found.notes == ("Of one example nothing is known: its error is 0, which does not mean that it is normal.",)
    three.loc[2, ["height", "city", "income"]] = None
    assert fit(three, students).notes[0].startswith("Of 2 examples nothing is known")
    three.loc[1:, "income"] = 1
    assert fit(three, students).notes == ()


def test_a_column_is_found_by_the_whole_name_too_under_which_it_was_learnt(students, monkeypatch):
    volumes = STUDENTS.rename(columns={"height": "volume (m³)"})
    with monkeypatch.context() as earlier:  # an upload of a time in which this unit was not known
        earlier.setattr(tables, "_UNIT", re.compile("nothing"))
        old = data.store_upload("old.csv", csv(volumes))
    assert "volume (m³)" in [one.name for one in old.columns]
    found = fit(volumes, old)
    assert np.array_equal(found.examples[:, 0], STUDENTS["height"]) and found.notes == ()


def test_what_cannot_be_scored_names_the_column(students):
    with pytest.raises(DataError, match=r"Missing: height, city\.$"):
        fit(STUDENTS.drop(columns=["height", "city"]), students)
    with pytest.raises(DataError, match=r"column 'height' must hold numbers.* Received: 'tall'\.$"):
        fit(STUDENTS.assign(height="tall"), students)
    with pytest.raises(DataError, match=r"shape 28×28×1, as those of the run\. Received: rows of a table\.$"):
        fit(STUDENTS, data.info("digits"))


def test_arrays_and_pictures_need_no_more_than_one(students):
    info = data.store_upload("rows.npy", packed := npy(RANDOM.normal(size=(40, 3))))
    found = fitting.fit("rows.npy", packed, info.name, "auto")
    assert found.rows is None and np.array_equal(found.examples, np.load(io.BytesIO(packed)).astype(np.float32))
    assert fitting.fit("one.npy", npy(np.ones((1, 3))), info.name, "auto").examples.tolist() == [[1, 1, 1]]
    with pytest.raises(DataError, match=r"Missing: x3\.$"):
        fitting.fit("one.npy", npy(np.ones((1, 2))), info.name, "auto")
    shown = fitting.fit("one.zip", zipped({"a/cat.png": picture("red")}), "digits", "auto")
    assert shown.identities == {"file": ("a/cat.png",)} and len(shown.examples) == 1


def test_pictures_of_another_range_are_seen_as_the_network_saw_its_own(alone):
    def npz(images: np.ndarray) -> bytes:
        np.savez(stream := io.BytesIO(), x_train=images)
        return stream.getvalue()

    def scored(images: np.ndarray, info: data.DataInfo) -> data.Fitted:
        return fitting.fit("new.npz", npz(images), info.name, "auto")

    shares = RANDOM.random((40, 8, 8)).astype(np.float32)
    whole = np.rint(shares * 255).astype(np.uint8)
    of_shares, of_bytes = (data.store_upload("a.npz", npz(one)) for one in (shares, whole))
    of_words = data.store_upload("a.npz", npz(np.rint(shares * 65535).astype(np.uint16)))
    for images, info, expected, ends in (
        (whole, of_shares, shares, "0 to 255 were read as 0 to 1"),
        (whole.astype(np.float64), of_shares, shares, "0 to 255 were read as 0 to 1"),
        (shares, of_bytes, shares * 255, "0 to 1 were read as 0 to 255"),
        (shares, of_words, shares * 65535, "0 to 1 were read as 0 to 65535"),
        (whole, of_words, shares * 65535, "0 to 255 were read as 0 to 65535"),
    ):
        found = scored(images[:3], info)
        assert np.allclose(found.examples[..., 0], expected[:3], rtol=0, atol=0.6 / 255 * max(expected.max(), 1))
        assert found.notes == (f"Values {ends}, the range of the run's data.",)
    for images, info in ((whole // 4, of_bytes), (shares / 9, of_shares), (whole * 0, of_bytes), (whole, of_bytes)):
        found = scored(images[:3], info)
        assert np.array_equal(found.examples[..., 0], images[:3]) and found.notes == (), "dark ones are dark"
    for images, info in ((np.minimum(whole, 1), of_bytes), (shares * 9, of_shares), (shares - 3, of_shares)):
        assert "lie far from those of the run's data, 0" in scored(images[:3], info).notes[0]


def test_a_picture_alone_is_what_it_was_among_the_others(alone):
    parts = {f"{place}.png": picture("red" if place % 2 else "gray", (40, 40)) for place in range(30)}
    small = {"small.png": picture("gray", (20, 10))}
    info = data.store_upload("all.zip", zipped(parts | small))
    assert info.spec.shape == (32, 32, 3)
    for one in (small, {"0.png": parts["0.png"]}):
        alone = fitting.fit("one.zip", zipped(one), info.name, "auto").examples
        together = fitting.fit("all.zip", zipped(one | parts), info.name, "auto")
        assert np.array_equal(alone[0], together.examples[together.identities["file"].index(next(iter(one)))])


def test_rows_are_counted_as_a_spreadsheet_counts_them():
    def rows(text: str, count: int) -> list[int]:
        return delimited.row_numbers(text, delimited.form_of(text, "The file"), count)

    assert rows("a,b\n1,2\n3,4\n5,6\n", 3) == [2, 3, 4]
    assert rows("1,2\n3,4\n", 2) == [1, 2], "no names"
    assert rows("\na,b\n1,2\n\n3,4\n\n", 2) == [3, 5], "blank lines are rows, too"
    assert rows('a,b\n1,"x\ny"\n\n3,z\n', 2) == [2, 4], "a cell over two lines is one row"
