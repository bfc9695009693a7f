"""Tables as nobody would write them on purpose: odd cells, doubled names, damage."""

import io
import sys

import numpy as np
import pandas as pd
import pytest
import scipy.io
from hypothesis import HealthCheck, given, settings, strategies

from ae_core.data import bringing, tables, uploads
from ae_core.errors import DataError
from ae_core.formats import delimited, frames
from tests.data.test_arrays import PICTURES, hdf5, idx, mat
from tests.data.test_tables import MIXED, csv
from tests.hostile import refused

pytestmark = pytest.mark.usefixtures("alone")


CELL = strategies.one_of(
    strategies.text(strategies.characters(blacklist_categories=["Cs", "Cc"]), max_size=6),
    strategies.floats(allow_nan=False, allow_infinity=False).map(repr),
    strategies.integers(-(10**6), 10**6).map(str),
    strategies.sampled_from(["", "NA", "?", '"', "1,5", "1.000,5", "true", "#"]),
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    strategies.lists(strategies.lists(CELL, min_size=1, max_size=4), min_size=1, max_size=30),
    strategies.sampled_from([",", ";", "\t", "|", " "]),
)
def test_odd_tables_are_read_or_refused_in_one_sentence(rows, mark):
    payload = ("\n".join(mark.join(row) for row in rows * 25)[:20_000]).encode()
    try:
        arrays = uploads.converted(payload, "The upload", "a.csv")
    except DataError as error:
        assert "\n" not in str(error) and len(str(error)) < 350
        return
    assert arrays["x_train"].dtype.kind == "f" and not np.isinf(arrays["x_train"]).any()
    assert len(arrays["columns"]) == arrays["x_train"].shape[1]


@settings(max_examples=40, deadline=None)
@given(
    strategies.lists(
        strategies.tuples(strategies.floats(-1e8, 1e8), strategies.integers(-(10**8), 10**8)), min_size=20, max_size=30
    ),
    strategies.sampled_from([(",", "."), (";", ","), ("\t", "."), (";", "."), ("|", ".")]),
)
def test_numbers_are_what_was_written(rows, marks):
    frame = pd.DataFrame(rows, columns=["number", "whole"])
    delimiter, decimal = marks
    read = frames.read_csv(frame.to_csv(index=False, sep=delimiter, decimal=decimal).encode(), "The upload")
    np.testing.assert_array_equal(read.frame.to_numpy(np.float64), frame.to_numpy(np.float64))


def test_names_come_once_each_and_take_work_in_proportion():
    names = ["a", "a (2)", "a", "a", "a (4)", "", "a", "b", "b"]
    expected = ["a", "a (2)", "a (3)", "a (4)", "a (4) (2)", "x6", "a (5)", "b", "b (2)"]
    assert delimited.shown_names(names, len(names)) == expected
    assert delimited.shown_names((), 3) == ["x1", "x2", "x3"]
    lines = 0

    def count(frame, event, _argument):
        nonlocal lines
        lines += event == "line" and frame.f_code is delimited.shown_names.__code__
        return count

    before = sys.gettrace()
    sys.settrace(count)
    try:
        found = delimited.shown_names(["a"] * 2000, 2000)
    finally:
        sys.settrace(before)
    assert len(set(found)) == 2000 and found[-1] == "a (2000)"
    assert lines < 20 * 2000, "some lines for each name, not for each pair of them"


def test_a_table_of_too_many_columns_is_refused_before_they_get_names(monkeypatch):
    monkeypatch.setattr(frames, "MOST_COLUMNS", 5)
    monkeypatch.setattr(frames, "shown_names", lambda *_: pytest.fail("names were made"))
    line = ",".join("a" * 6)
    parquet = io.BytesIO()
    MIXED.to_parquet(parquet)
    for read in (
        lambda: frames.read_csv(f"{line}\n{line}\n".encode(), "It"),
        lambda: frames.read_parquet(parquet.getvalue(), "It"),
    ):
        with pytest.raises(DataError, match="5 columns"):
            read()


def test_whatever_a_library_raises_the_file_is_damaged(monkeypatch):
    def broken(*_arguments, **_named):
        raise UnboundLocalError("cannot access local variable")

    monkeypatch.setattr(scipy.io, "whosmat", broken)
    refused("a.mat", mat(X=np.zeros((30, 3))), "must be a whole .mat file. Received: a damaged one")
    parquet = io.BytesIO()
    MIXED.to_parquet(parquet)
    monkeypatch.setattr("pyarrow.parquet.ParquetFile", broken)
    refused("a.parquet", parquet.getvalue(), "must be a whole .parquet file. Received: a damaged one")


def test_units_are_taken_from_names():
    names = ["mass (kg)", "speed [m/s]", "area (mean)", "t (°C)", "price ($)", "x (a) (b)", "temp (C)", "temp (F)"]
    assert tables.names_and_units(names) == [
        ("mass", "kg"),
        ("speed", "m/s"),
        ("area (mean)", ""),
        ("t", "°C"),
        ("price", "$"),
        ("x (a) (b)", ""),
        ("temp (C)", ""),
        ("temp (F)", ""),
    ]


@pytest.mark.parametrize(
    "unit",
    [
        "m³/h",
        "m²",
        "W/m²",
        "kg/m³",
        "m/s²",
        "kWh",
        "MWh",
        "mAh",
        "kVA",
        "Nm",
        "mbar",
        "mmHg",
        "psi",
        "GW",
        "nm",
        "kΩ",
        "μm",
        "µS/cm",
        "lx",
        "kcal",
        "1/min",
        "°C/min",
        "‰",
    ],
)
def test_a_unit_in_round_brackets_is_one_however_it_is_raised_or_scaled(unit):
    assert tables.names_and_units([f"flow ({unit})"]) == [("flow", unit)]


@pytest.mark.parametrize("word", ["mean", "max", "total", "left", "new", "old", "raw", "std", "sum", "log", "1", "2"])
def test_a_word_in_round_brackets_is_no_unit(word):
    assert tables.names_and_units([f"flow ({word})"]) == [(f"flow ({word})", "")]


@pytest.mark.slow(seconds=1)
def test_random_damage_never_gives_anything_but_a_sentence():
    random = np.random.default_rng(0)
    wholes = {
        "a.csv": csv(),
        "a.mat": mat(X=random.normal(size=(30, 3))),
        "b.mat": hdf5(X=random.normal(size=(30, 3))),
        "a-idx3-ubyte": idx(PICTURES[:20]),
    }
    stream = io.BytesIO()
    MIXED.to_parquet(stream)
    wholes["a.parquet"] = stream.getvalue()
    for name, whole in wholes.items():
        for _ in range(40):
            payload = bytearray(whole)
            for at in random.integers(0, len(payload), random.integers(1, 6)):
                payload[at] = random.integers(0, 256)
            try:
                bringing.read(name, bytes(payload), "The upload")
            except DataError as error:
                assert "\n" not in str(error) and len(str(error)) < 350
