"""Training on some classes alone: who is meant, who is learnt from, and that nobody is seen twice."""

import dataclasses

import numpy as np
import pytest

from ae_core import data
from ae_core.data.classes import class_numbers, share
from ae_core.data.preparation import left_out, prepare
from ae_core.errors import SettingError
from ae_core.variants import read_settings

DIGITS = tuple("0123456789")
SHAPES = ("ellipse", "square", "a, b")


@pytest.mark.parametrize(
    ("normal", "names", "numbers"),
    [
        ("", DIGITS, ()),
        ("3", DIGITS, (3,)),
        (" 7, 3 ,3", DIGITS, (3, 7)),
        ("square", SHAPES, (1,)),
        ("square,0", SHAPES, (0, 1)),
        ("a, b", SHAPES, (2,)),
        ("10", tuple(map(str, range(1, 11))), (9,)),
    ],
)
def test_classes_have_names_or_numbers(normal, names, numbers):
    assert class_numbers(normal, names) == numbers


@pytest.mark.parametrize(
    ("normal", "names", "said"),
    [
        ("0", (), "normal must be empty for data without classes. Received: '0'."),
        ("0,12", DIGITS, "0, 1, 2, 3, 4, 5, 6, 7, 8, 9, separated by commas. Received: '12'."),
        ("0", tuple(map(str, range(1, 11))), "Received: '0'."),
        (",", DIGITS, "Received: ','."),
        ("circle", SHAPES, "Received: 'circle'."),
    ],
)
def test_what_is_no_class_is_refused_in_a_sentence(normal, names, said):
    with pytest.raises(SettingError, match=r"^normal must .*Received") as error:
        class_numbers(normal, names)
    assert said in str(error.value)


def test_only_normal_classes_are_learnt_from_and_no_example_has_two_parts():
    dataset = data.load("digits")
    rows = np.arange(len(dataset.x_train), dtype=np.float32)
    marked = np.broadcast_to(rows[:, None, None, None], dataset.x_train.shape)  # each example tells its number
    settings = read_settings({"dataset": "digits", "normal": "3,8", "validation_share": 0.2})
    numbered = dataclasses.replace(dataset, x_train=marked)
    found, whole = prepare(numbered, settings), dataset.y_train
    assert set(whole[found.x_train[:, 0, 0, 0].astype(int)]) == set(found.y_train) == {3, 8} == set(found.y_validation)
    others, labels = left_out(numbered, settings)
    assert set(labels) == set(range(10)) - {3, 8}
    parts = [one[:, 0, 0, 0].astype(int).tolist() for one in (found.x_train, found.x_validation, others)]
    assert len({*parts[0], *parts[1], *parts[2]}) == sum(map(len, parts))
    count = int(np.isin(whole, [3, 8]).sum())
    assert len(parts[0]) + len(parts[1]) == count
    assert len(parts[2]) == round(0.2 * (len(whole) - count)), "odd ones as frequent as in the data"
    np.testing.assert_array_equal(found.x_test, dataset.x_test)
    assert set(found.y_test) == set(range(10)), "the test set holds all classes"
    assert any("Learnt from the normal classes alone (3, 8)" in note for note in found.notes)
    few = prepare(numbered, dataclasses.replace(settings, train_size=100))
    assert len(few.x_train) + len(few.x_validation) == 100


def test_without_normal_classes_all_is_as_it_was():
    dataset, settings = data.load("digits"), read_settings({"dataset": "digits", "train_size": 300})
    order = np.random.default_rng(60_221_023).permutation(len(dataset.x_train))[:300]
    found = prepare(dataset, settings)
    np.testing.assert_array_equal(found.x_train, dataset.x_train[order[:270]])
    np.testing.assert_array_equal(found.x_validation, dataset.x_train[order[270:]])
    assert len(left_out(dataset, settings)[0]) == 0
    assert share("", DIGITS) == 1.0 and share("3,4", DIGITS) == 0.2 and share("3", ()) == 1.0


def test_too_few_examples_are_refused():
    dataset = data.load("digits")
    labels = np.where(dataset.y_train == 0, 1, dataset.y_train)
    labels[:5] = 0
    with pytest.raises(
        SettingError, match=r"normal must name classes with 20 training examples or more\. Received: '0'"
    ):
        prepare(dataclasses.replace(dataset, y_train=labels), read_settings({"dataset": "digits", "normal": "0"}))
