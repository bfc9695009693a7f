"""Findings about what goes in and what comes out: for each a made-up run that calls it and healthy ones that do not."""

import numpy as np
import pytest
from msgspec.structs import replace

from ae_core.data import Column, DataInfo, Dataset, prepare
from ae_core.diagnosis import sweep
from ae_core.measuring import outliers
from ae_core.messages import ColumnTitle, Inputs, Outlier
from ae_core.settings import DataSpec
from ae_core.variants import read_settings
from tests.diagnosis.trainings import falling, found, mark, names, setup, snapshot

DIGITS = Inputs(offset=0.25, spread=0.26, widest=0.45, zeros=0.75, mean_mse=0.068)
TABLE = Inputs(offset=3.0, spread=1.5, widest=4.0, zeros=0.0, mean_mse=2.2)
FLAT = [*falling(30, end=0.068, start=0.07)]
LOST = {"test_mse": 0.0681, "pca_mse": 0.045}


def table(inputs=TABLE, **changes):
    """The setup of a run on vectors in their own units."""
    return setup(inputs=inputs, shape=[12], unit_range=False, input_size=12, code_size=2, **changes)


@pytest.mark.parametrize("given", [setup(inputs=DIGITS), table(), setup(inputs=None)])
def test_a_healthy_run_hears_nothing_of_it(given):
    numbers = {"test_mse": 0.0195, "turned_mse": 0.09}
    for count in range(0, 60, 3):
        assert names(given, snapshot(falling(count), numbers=numbers)) == []
        assert names(given, snapshot(falling(count), falling(count), numbers=numbers)) == []
    done = snapshot(falling(60), numbers=numbers | {"test_mse": 0.012}, state="done")
    assert names(replace(given, total_epochs=60), done) == ["better_than_pca"]


@pytest.mark.parametrize("offset", [0.0, 1.0, 1e6])
def test_examples_that_are_all_the_same_are_all_that_is_said(offset):
    same = Inputs(offset=offset, spread=1e-8 * offset, widest=1e-8 * offset, zeros=1.0, mean_mse=0.0)
    given = setup(inputs=same, settings={"learning_rate": 0.3})
    stopped = snapshot(falling(end=0.05, pace=0.6), numbers={"test_mse": 0.05, "pca_mse": 0.0, "active_units": 0.0})
    assert names(given, stopped) == ["alike"]
    assert "rate" not in found("alike", given, stopped).why
    assert names(given, snapshot([])) == ["alike"], "known from the beginning"
    nearly = replace(same, offset=1.0, spread=1e-5)
    assert "alike" not in names(setup(inputs=nearly), stopped)


def test_a_value_that_stretches_its_column_is_named():
    far = Outlier(column=1, value=1700.0, low=164.5, high=176.25, ranges=129.7)
    columns = [ColumnTitle(name="weight"), ColumnTitle(name="height")]
    given = table(replace(TABLE, outlier=far), columns=columns, settings={"scaling": "standardize"})
    finding = found("outlier", given, snapshot([]))
    assert finding.sentence == "The column height holds 1700, while half of its values lie between 164.5 and 176.25."
    assert "set “Outliers”" in finding.why
    tame = table(replace(TABLE, outlier=replace(far, ranges=15.0)), columns=columns)
    assert "outlier" not in names(tame, snapshot([]))


def test_the_farthest_value_of_a_table_is_found_in_its_own_units():
    random = np.random.default_rng(3)
    rows = np.stack([random.normal(4e4, 9e3, 400), random.normal(170, 9, 400), np.arange(400) % 2], axis=1)
    rows[7, 1], rows[9, 0], rows[11:, 2] = 1700.0, np.nan, 0.0  # half of the last one are the same: it has no range
    titles = (Column("income"), Column("height"), Column("seldom"))
    info = DataInfo("made", "Made", DataSpec((3,), False), 400, 40, (), "", "", "", columns=titles)
    made = Dataset(info, rows, np.zeros(400, np.int64), rows[:40], np.zeros(40, np.int64))
    settings = read_settings({"variant": "vanilla", "dataset": "made", "train_size": 400, "validation_share": 0.01})
    prepared = prepare(made, settings)
    far = outliers.farthest(prepared, [False, False, False])
    assert far is not None and far.column == 1 and far.value == pytest.approx(1700.0, rel=1e-5)
    assert 160 < far.low < 170 < far.high < 180 and far.ranges > 100
    assert outliers.farthest(prepared, [True, True, False]) is None


@pytest.mark.parametrize(
    "changes",
    [
        {"widest": 600.0, "spread": 180.0, "offset": 700.0},  # columns of a table
        {"offset": 2000.0},  # far from 0
        {"widest": 1e-3, "spread": 1e-3, "offset": 0.0},  # x / 255 / 255
        {"widest": 0.1, "spread": 0.1, "offset": 5.0},  # hardly differing
    ],
)
def test_values_that_are_not_scaled_are_to_be_standardised(changes):
    raw = replace(TABLE, **changes)
    stopped = snapshot(falling(end=0.05, pace=0.6), numbers={"test_mse": 900.0, "pca_mse": 2.0, "active_units": 0.0})
    wild = table(raw, settings={"learning_rate": 0.3})
    assert names(wild, stopped) == ["unscaled"]
    assert "“Scaling” to Standardize" in found("unscaled", wild, stopped).why
    assert "unscaled" not in names(replace(wild, settings=wild.settings | {"scaling": "standardize"}), stopped)
    assert "unscaled" in names(replace(wild, settings=wild.settings | {"scaling": "none"}), stopped)
    assert "unscaled" not in names(setup(inputs=raw), stopped), "images from 0 to 1"
    broken = found("not_finite", wild, replace(stopped, state="diverged", diverged_at=7))
    assert "Standardize" in broken.why and "rate" not in broken.why


def test_one_picture_for_all():
    given = setup(inputs=DIGITS, total_epochs=30)
    finding = found("same_picture", given, snapshot(FLAT, numbers=LOST))
    assert finding.tone == "warning"
    assert "test MSE 0.0681, that picture's 0.068" in finding.sentence
    assert "more “Epochs”" in finding.why
    assert "Batch size" not in finding.why, "100 steps an epoch"
    few = snapshot(FLAT * 5, numbers=LOST, step=150, state="done")
    small = found("same_picture", setup(inputs=DIGITS, total_epochs=150), few)
    assert "in 150 steps" in small.why and "a smaller “Batch size” (now 128)" in small.why
    dead = snapshot(FLAT, numbers=LOST | {"active_units": 0.0})
    assert "one value for every image" in found("same_picture", given, dead).why
    fast = setup(inputs=DIGITS, settings={"learning_rate": 0.1})
    assert "lower “Learning rate” (now 0.1)" in found("same_picture", fast, snapshot(FLAT, numbers=LOST)).why
    for harmless in (
        snapshot(FLAT, numbers=LOST | {"test_mse": 0.06}),
        snapshot(FLAT, numbers=LOST | {"pca_mse": 0.0679}),  # no code of this size can do more
        snapshot(FLAT, numbers=LOST, step=100),  # it begins
        snapshot(FLAT[:4], numbers=LOST),
    ):
        assert "same_picture" not in names(given, harmless)
    assert "same_picture" not in names(setup(inputs=None), snapshot(FLAT, numbers=LOST))


def test_what_the_share_of_right_pixels_is_worth():
    given = setup(inputs=DIGITS)
    assert "75 % of the pixels are black" in found("pixel_accuracy", given, snapshot(FLAT, numbers=LOST)).sentence
    assert "pixel_accuracy" not in names(setup(inputs=replace(DIGITS, zeros=0.2)), snapshot(FLAT, numbers=LOST))
    assert "pixel_accuracy" not in names(table(replace(DIGITS, zeros=0.9)), snapshot(FLAT, numbers=LOST)), "no pixels"


def test_a_penalty_that_leaves_nothing_to_learn():
    given = setup(("sparsity",), inputs=DIGITS, settings={"variant": "sparse", "sparsity_weight": 5.0})
    # Once the code is empty the penalty costs nothing any more.
    message = snapshot(FLAT, terms={"sparsity": [0.4, 0.05, *[1e-5] * 28]}, numbers=LOST | {"active_units": 0.0})
    finding = found("penalty_too_large", given, message)
    assert "Lower “Penalty β” from 5 to 0.5" in finding.why
    assert not {"dead_units", "penalty_dominates", "same_picture", "like_pca"} & set(names(given, message))
    cheap = snapshot(FLAT, terms={"sparsity": [1e-5] * 30}, numbers=LOST)
    assert "same_picture" in names(given, cheap), "not for the penalty's sake"
    assert "penalty_too_large" not in names(given, replace(message, numbers=message.numbers | {"test_mse": 0.03}))
    freed = replace(message, marks=[mark(10.0, "sparsity_weight", 5.0, 0.0)])
    assert "penalty_too_large" not in names(given, freed)


def test_a_variational_code_is_blurred_on_purpose():
    given = setup(("kl",), inputs=DIGITS, total_epochs=30, settings={"variant": "variational", "kl_weight": 1.0})
    numbers = {"kl": 6.2, "kl_per_dimension": [3.0, 3.2], "test_mse": 0.041, "pca_mse": 0.045}
    done = snapshot(falling(30), terms={"kl": [0.008] * 30}, numbers=numbers, state="done")
    finding = found("blurred", given, done)
    assert "6.2 nats" in finding.sentence and "60 %" in finding.sentence
    assert "“β” (now 1)" in finding.why
    assert "blurred" not in names(given, replace(done, state="running"))
    assert "blurred" not in names(given, replace(done, numbers=done.numbers | {"test_mse": 0.012})), "sharp enough"
    free = replace(given, settings=given.settings | {"kl_weight": 0.0})
    assert "blurred" not in names(free, done)
    plain = snapshot(falling(30), numbers={"test_mse": 0.041, "pca_mse": 0.045}, state="done")
    assert "blurred" not in names(setup(inputs=DIGITS, total_epochs=30), plain)


def test_what_copies_anything_finds_no_anomaly():
    given = setup(inputs=DIGITS, total_epochs=30)
    done = snapshot(falling(30), numbers={"test_mse": 0.004, "turned_mse": 0.0046}, state="done")
    finding = found("copies", given, done)
    assert "MSE 0.0046 against 0.004" in finding.sentence and "anomaly" in finding.why
    for harmless in ({"turned_mse": 0.01}, {"turned_mse": None}, {"test_mse": 0.05, "turned_mse": 0.06}):
        assert "copies" not in names(given, replace(done, numbers=done.numbers | harmless))
    assert "copies" not in names(given, replace(done, state="running"))


def test_a_validation_loss_below_the_training_loss_is_no_mistake():
    checked = falling(30, pace=0.4)
    higher = snapshot(checked, 1.1 * checked)
    finding = found("validation_lower", setup(), higher)
    assert finding.tone == "info" and "no mistake" in finding.sentence
    assert "easier" in finding.why and "“Validation share”" in finding.why
    moved = setup(settings={"augmentation": "shift"})
    assert "“Augmentation”" in found("validation_lower", moved, higher).why
    slow = falling(30, pace=0.05)
    assert "knows more" in found("validation_lower", setup(), snapshot(slow, 1.1 * slow)).why
    for trained in (1.01 * checked, checked, 0.9 * checked):
        assert "validation_lower" not in names(setup(), snapshot(checked, trained))
    once = checked.copy()
    once[:15] *= 1.5
    assert "validation_lower" not in names(setup(), snapshot(checked, once)), "while it began"


def test_where_the_curve_of_a_sweep_bends():
    sizes = [2, 4, 8, 16, 32, 64]
    finding = sweep.bend(sizes, [0.05, 0.03, 0.012, 0.0075, 0.0068, 0.0066])
    assert finding is not None and finding.name == "bend"
    assert "at a code of 16" in finding.sentence and "98 %" in finding.sentence
    assert "From 16 to 64" in finding.why
    for sizes, errors in (
        ([2, 4, 8, 16], [0.05, 0.04, 0.03, 0.02]),  # it falls on
        ([2, 4, 8], [0.05, 0.01, 0.01]),  # too few to tell
        ([2, 4, 8, 16], [0.05, 0.0495, 0.049, 0.0489]),  # hardly any gain
        ([8, 9, 10, 11], [0.05, 0.02, 0.0101, 0.01]),  # too near one another
        ([2, 4, 8, 16, 32], [0.05, 0.03, 0.01, 0.0098, 0.2]),  # one has gone astray, or has only begun
    ):
        assert sweep.bend(sizes, errors) is None
