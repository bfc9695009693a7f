"""Columns of a table and channels of a series that a person leaves out: as if the file had never had them."""

import numpy as np
import pytest

from ae_core import data
from ae_core.data import fitting
from ae_core.data.columns import in_one_text, names_in
from ae_core.errors import DataError, SettingError
from ae_core.settings import Settings
from tests.data.test_fitting import STUDENTS, csv

pytestmark = pytest.mark.usefixtures("alone")

COMMA = "height, sitting"
INCOMES = STUDENTS["income"].where(STUDENTS.index % 9 > 0)


@pytest.fixture
def students(alone) -> data.Dataset:
    table = STUDENTS.assign(**{COMMA: STUDENTS["height"] / 2, "income": INCOMES})
    return data.load(data.store_upload("students.csv", csv(table)).name)


def test_names_in_a_text_are_read_as_they_were_written():
    for names in ((), ("a",), ("a", "b c"), (COMMA, 'say "a"', "标签"), ('"', ",")):
        assert names_in(in_one_text(names)) == names
    assert names_in(' a ,"b, c",, a') == ("a", "b, c")


def test_it_is_as_if_the_file_had_never_had_them(students):
    left = Settings(leave_out=in_one_text(["city", COMMA]))
    without = data.store_upload("few.csv", csv(STUDENTS.assign(income=INCOMES).drop(columns="city")))
    expected = data.load(without.name).chosen(Settings())
    found = students.chosen(left)
    assert [one.name for one in found.info.columns] == [one.name for one in expected.info.columns]
    assert found.info.spec == expected.info.spec == students.info.seen(left)
    np.testing.assert_array_equal(found.x_test, expected.x_test)
    np.testing.assert_array_equal(found.y_test, expected.y_test)
    ours, theirs = data.prepare(students, left), data.prepare(expected, Settings())
    np.testing.assert_array_equal(ours.scaled(ours.x_train), theirs.scaled(theirs.x_train))
    assert data.prepare(found, left).spec == ours.spec, "what is chosen already is chosen once"
    assert found.chosen(left).info == found.info


def test_the_least_and_the_most_that_is_told_are_of_what_is_learnt_from(students):
    assert students.info.said(Settings())[2] == STUDENTS["income"].max()
    assert students.info.said(Settings(leave_out="income"))[2] == STUDENTS["height"].max()


def test_a_label_may_be_left_out_too_and_still_names_the_classes(students):
    info = students.info.chosen(Settings(leave_out="class,height"))
    assert info.class_names == ("no", "yes") and info.left_out == ("class", "height")
    nobody = students.chosen(Settings(leave_out="class,height", label="none"))
    assert nobody.info.class_names == () and nobody.x_train.shape[1] == 5
    assert nobody.chosen(Settings(leave_out="class,height", label="none")).info == nobody.info


def test_channels_of_a_series_are_left_out_and_what_has_no_names_has_none():
    found = data.load("pumps").chosen(Settings(leave_out="current"))
    assert found.info.spec.shape == (64, 2) == found.x_test.shape[1:]
    np.testing.assert_array_equal(found.x_test, data.load("pumps").x_test[..., [0, 2]])
    with pytest.raises(SettingError, match=r"^leave_out must name some of vibration, current, pressure"):
        data.info("pumps").seen(Settings(leave_out="current, speed"))
    for name in ("digits", "noise"):
        with pytest.raises(
            SettingError, match=r"^leave_out must be empty for data without named columns\. Received: 'a'"
        ):
            data.info(name).seen(Settings(leave_out="a"))


def test_something_must_be_left(students):
    names = list(students.info.variable_places())
    with pytest.raises(SettingError, match=r"^leave_out must leave something to learn from"):
        students.info.seen(Settings(leave_out=in_one_text(names)))
    with pytest.raises(SettingError, match=r"Received: 'weight'\.$"):
        students.info.seen(Settings(leave_out="height,weight"))


@pytest.mark.slow(seconds=1)
def test_a_file_to_be_scored_need_not_have_them_and_they_tell_its_rows(students):
    rows = STUDENTS.drop(columns="income")
    found = fitting.fit("new.csv", csv(rows), students.info.name, "auto", f'income,"{COMMA}",city')
    assert found.examples.shape == (60, 1) and found.notes == ()
    assert np.array_equal(found.examples[:, 0], STUDENTS["height"])
    assert found.identities["city"] == tuple(STUDENTS["city"]) and "income" not in found.identities
    with pytest.raises(DataError, match=r"Missing: income\."):
        fitting.fit("new.csv", csv(rows), students.info.name, "auto", f'"{COMMA}"')
    with pytest.raises(DataError, match=r"^leave_out must name some"):
        fitting.fit("new.csv", csv(rows), students.info.name, "auto", "weight")
    apart = fitting.unpacked(
        fitting.fit_apart("new.csv", csv(rows), students.info.name, "auto", f'income,"{COMMA}",city')
    )
    assert np.array_equal(apart.examples, found.examples)
