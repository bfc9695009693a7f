"""Tables and arrays that people bring: the right values, said to the person, or one sentence on what is wrong."""

import gzip
import io
import struct
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.preprocessing import StandardScaler

from ae_core import data, variants
from ae_core.cli import experiment
from ae_core.errors import DataError, SettingError
from ae_core.settings import DataSpec, Settings
from ae_core.training import preprocessing
from tests.hostile import packed, refused, zipped

pytestmark = pytest.mark.usefixtures("alone")


RANDOM = np.random.default_rng(5)


MIXED = pd.DataFrame(
    {
        "id": np.arange(1, 61),
        "mass (kg)": np.round(RANDOM.normal(70, 9, 60), 3),
        "colour": RANDOM.choice(["red", "green", "blue"], 60),
        "steps": RANDOM.integers(0, 9000, 60),
        "name": [f"person {number}" for number in range(60)],
        "class": np.resize(["yes", "no"], 60),
    }
)


def brought(name: str, payload: bytes) -> data.Dataset:
    return data.load(data.store_upload(name, payload).name)


def together(dataset: data.Dataset) -> np.ndarray:
    """All rows in one order, whatever the split."""
    rows = np.concatenate([dataset.x_train, dataset.x_test]).reshape(-1, dataset.info.spec.size).astype(np.float64)
    return rows[np.lexsort(np.nan_to_num(rows, nan=-1e9).T)]


def check_mixed(dataset: data.Dataset) -> None:
    """The table above, whatever the kind of its file."""
    info = dataset.info
    names = [("mass", "kg", ""), *(("colour", "", one) for one in ("blue", "green", "red")), ("steps", "", "")]
    assert [(one.name, one.unit, one.category) for one in info.columns[:5]] == names
    assert info.label == "class" and info.spec == DataSpec((7,), unit_range=False)
    expected = pd.get_dummies(MIXED, columns=["colour", "class"], dtype=float)
    order = ["mass (kg)", "colour_blue", "colour_green", "colour_red", "steps", "class_no", "class_yes"]
    values = expected[order].to_numpy(np.float64)
    np.testing.assert_allclose(together(dataset), values[np.lexsort(values.T)], rtol=1e-7)
    labelled = dataset.labelled("auto")
    assert labelled.info.class_names == ("no", "yes") and labelled.x_train.shape == (48, 5)
    first = MIXED.set_index("steps")["class"]
    for rows, labels in ((labelled.x_train, labelled.y_train), (labelled.x_test, labelled.y_test)):
        assert [first[int(row[4])] for row in rows] == [labelled.info.class_names[one] for one in labels]
    assert np.bincount(labelled.y_test).tolist() == [6, 6], "each class gives its fifth"
    became = {one.name: one.became for one in info.understood}
    assert became == {
        "id": "counts_rows",
        "mass": "kept",
        "colour": "one_hot",
        "steps": "kept",
        "name": "many_texts",
        "class": "label",
    }
    assert info.note == "2 of 6 columns are left out."


def csv(frame: pd.DataFrame = MIXED, encoding: str = "utf-8", **ways: Any) -> bytes:
    return frame.to_csv(index=False, **ways).encode(encoding)


@pytest.mark.parametrize(
    ("name", "payload"),
    [
        ("a.csv", csv()),
        ("a.tsv", csv(sep="\t")),
        ("a.CSV", csv(sep=";", decimal=",")),
        ("a.data", csv(sep="|", lineterminator="\r\n")),
        ("quoted.csv", csv(quoting=1)),
        ("bom.csv", csv(encoding="utf-8-sig")),
        ("wide.csv", csv(encoding="utf-16")),
        ("packed.csv.gz", gzip.compress(csv())),
        ("zipped.zip", zipped({"folder/a.csv": csv(), "readme.md": b"hello"})),
    ],
    ids=lambda one: one if isinstance(one, str) else "",
)
def test_every_usual_way_to_write_a_table_gives_the_same_rows(name, payload):
    check_mixed(brought(name, payload))


def test_a_parquet_file_gives_the_same_rows():
    stream = io.BytesIO()
    MIXED.to_parquet(stream)
    check_mixed(brought("a.parquet", stream.getvalue()))


def test_columns_of_lists_are_refused():
    stream = io.BytesIO()
    pd.DataFrame({"a": [[1, 2]] * 40, "b": np.arange(40)}).to_parquet(stream)
    refused("a.parquet", stream.getvalue(), r"must hold plain columns\. Received: 'a'")


@pytest.mark.slow(seconds=2)
def test_an_upload_of_a_table_is_read_in_a_process_of_its_own():
    info = data.store_upload_apart("a.csv", csv())
    check_mixed(data.load(info.name))
    assert info == data.catalogue()[info.name]
    with pytest.raises(DataError, match="must have rows of cells"):
        data.store_upload_apart("a.csv", b"\n\n")


def test_chinese_and_western_letters_are_read():
    frame = pd.DataFrame({"城市": np.resize(["北京", "上海"], 40), "值": np.arange(40) ** 2})
    for encoding in ("utf-8", "gbk", "gb18030"):
        info = brought("a.csv", csv(frame, encoding)).info
        assert [(one.name, one.category) for one in info.columns] == [("城市", "上海"), ("城市", "北京"), ("值", "")]
    frame = pd.DataFrame({"Größe": np.arange(40) ** 2, "Art": np.resize(["süß", "herb"], 40)})
    info = brought("b.csv", csv(frame, "cp1252")).info
    assert [(one.name, one.category) for one in info.columns] == [("Größe", ""), ("Art", "herb"), ("Art", "süß")]


def test_a_table_without_a_header_has_numbered_columns():
    values = RANDOM.normal(size=(30, 3))
    dataset = brought("a.csv", csv(pd.DataFrame(values), header=False))
    assert [one.name for one in dataset.info.columns] == ["x1", "x2", "x3"]
    np.testing.assert_allclose(together(dataset), values[np.lexsort(values.T)], rtol=1e-6)
    spaced = "\n".join("  ".join(f"{one:.9f}" for one in row) for row in values)
    read = together(brought("b.csv", spaced.encode()))
    np.testing.assert_allclose(read, values[np.lexsort(values.T)], rtol=1e-5, atol=1e-9)  # as many places are written
    mushrooms = "\n".join(np.resize(["p,x,s", "e,x,y", "e,b,s"], 30))
    assert len(brought("c.data", mushrooms.encode()).info.columns) == 6


@pytest.mark.parametrize("cell", ["", "NA", "?", "NaN", "null", " n/a ", "None"])
def test_cells_that_say_nothing_are_unknown(cell):
    lines = ["a,b,c", *(f"{number},{cell if number % 3 else number * 2},{'uv'[number % 2]}" for number in range(7, 37))]
    lines[5] = f"{cell},8,{cell}"
    dataset = brought("a.csv", "\n".join(lines).encode())
    rows = together(dataset)
    assert np.isnan(rows[:, 0]).sum() == 1 and np.isnan(rows[:, 1]).sum() == 20 - (1 if (7 + 4) % 3 else 0)
    assert np.isnan(rows[:, 2:]).all(axis=1).sum() == 1 and dataset.info.unknown == np.isnan(rows[:, :3]).sum()
    assert {one.name: one.unknown for one in dataset.info.understood}["a"] == 1


def test_columns_that_number_or_date_the_rows_are_left_out_and_that_is_said():
    days = pd.date_range("2023-12-20", periods=40)
    table = pd.DataFrame(
        {
            "sample": np.arange(1, 41),
            "x": np.arange(40.0),
            "day": days.strftime("%Y-%m-%d"),
            "moment": days.strftime("%d.%m.%Y 12:30"),
            "key": days.strftime("%Y%m%d").astype(int),
            "code": [f"v1.{number}" for number in range(40)],
            "from ten": np.arange(10, 50),
            "shuffled": RANDOM.permutation(40),
            "large": np.arange(20240101, 20240141),
            "year": np.resize(np.arange(1990, 2020), 40),
        }
    )
    dataset = brought("a.csv", table.to_csv(index=False).encode())
    became = {one.name: one.became for one in dataset.info.understood}
    assert became == dict.fromkeys(("sample", "x"), "counts_rows") | dict.fromkeys(
        ("day", "moment", "key"), "times"
    ) | {
        "code": "many_texts",
        **dict.fromkeys(("from ten", "large"), "counts_rows"),
        **dict.fromkeys(("shuffled", "year"), "kept"),
    }
    assert [one.name for one in dataset.info.columns] == ["shuffled", "year"]
    assert dataset.info.note == "8 of 10 columns are left out."


def test_columns_and_unknown_cells_are_those_of_the_file(alone):
    kinds = [f"kind {number % 9}" if number % 5 else "" for number in range(60)]
    lines = ["id,a,kind,b", *(f"{number + 1},{number % 7}.5,{kind},{number % 4}" for number, kind in enumerate(kinds))]
    info = brought("a.csv", "\n".join(lines).encode()).info
    assert info.spec.size == 2 + 9 and info.variables == 3 and info.unknown == 12
    assert info.description == "60 rows of 4 columns."
    names = np.array([("a", "", ""), ("c", "", "u"), ("c", "", "v")])
    values = np.column_stack([np.arange(30.0) ** 2, *(np.resize([0.0, 1.0, np.nan], (30)) for _ in range(2))])
    (alone / "AE_DATA_DIR" / "kept.npz").write_bytes(packed(x_train=values, columns=names))
    kept = data.info("kept")
    assert kept.unknown == 10 and kept.description == "30 rows of 2 columns." and kept.spec.size == 3
    plain = data.store_upload("b.csv", ("a,b\n" + "\n".join(f"{n**3},{n * n}" for n in range(5, 35))).encode())
    assert plain.description == "30 rows of 2 columns." and plain.variables == plain.spec.size == 2


def test_numbers_of_all_kinds_are_read_right():
    numbers = np.array([*range(10, 39), 77])
    text = "a;b;c;d\n" + "\n".join(
        f"{number},5;1.{number:03d},25;{number}e3;{'true' if number % 2 else 'false'}" for number in numbers
    )
    rows = together(brought("a.csv", text.encode()))
    exact = np.stack([numbers + 0.5, 1000 + numbers + 0.25, numbers * 1e3, numbers % 2], 1)
    np.testing.assert_allclose(rows, exact[np.lexsort(exact.T)])
    thousands = "a,b\n" + "\n".join(f'"{number},000.5",{number}' for number in numbers)
    np.testing.assert_allclose(together(brought("b.csv", thousands.encode()))[:, 0], numbers * 1e3 + 0.5)


def test_a_few_words_among_numbers_count_as_unknown_and_that_is_said():
    cells = [str(number * 1.5) for number in range(40)]
    for broken, said in ((1, "1 cell among numbers is no number and counts"), (2, "2 cells among numbers are no numb")):
        cells[6 + broken] = "broken"
        rows = "\n".join(f"{cell},{place**2}.5" for place, cell in enumerate(cells))
        dataset = brought("a.csv", f"value,other\n{rows}".encode())
        assert said in dataset.info.note and dataset.info.unknown == broken
        assert np.isnan(together(dataset)[:, 0]).sum() == broken


WRONG = {
    "empty.csv": (b" ", "rows of cells"),
    "bytes.csv": (b"a,b\0\1\2" * 50, "text of rows"),
    "ragged.csv": (b"a,b\n" + b"1,2\n" * 30 + b"1,2,3,4\n", "2 cells in every row, .* line 32 with 4"),
    "longer.csv": (b"a,b\n1,2,3\n4\n", "Received: a row with more"),
    "open.csv": (b'a,b\n1,"2\n3,4\n', "Received: a quoted cell without an end"),
    "few.csv": (b"a,b\n1,2\n3,4\n", "20 rows or more"),
    "names.csv": (b"name\n" + b"\n".join(b"person %d" % one for one in range(40)), "column of numbers or categories"),
    "infinite.csv": (b"a,b\n" + b"1,inf\n" * 30, "column 'b' must hold finite numbers"),
    "wide.csv": (b",".join([b"1"] * 60_000), "at most 49,152 columns"),
    "damaged.parquet": (b"PAR1" + bytes(40) + b"PAR1", "whole .parquet"),
    "damaged.mat": (b"MATLAB 5.0 MAT-file" + bytes(200), "whole .mat|plain numbers"),
    "text.mat": (b"hello", "whole .mat"),
    "damaged.npy": (b"\x93NUMPY\1\0", "damaged"),
    "short-idx3-ubyte": (struct.pack(">BBBB3I", 0, 0, 8, 3, 30, 8, 8) + bytes(99), "as long as it states"),
    "other-idx3-ubyte": (b"hello, I am no such file", "MNIST's kind"),
    "labels-idx1-ubyte": (struct.pack(">BBBBI", 0, 0, 8, 1, 30) + bytes(30), "not labels alone"),
    "damaged-idx3-ubyte.gz": (b"\x1f\x8b" + bytes(50), "whole and unpack"),
    "damaged.csv.gz": (b"\x1f\x8b" + bytes(50), "whole and unpack"),
    "two.zip": (zipped({"a.csv": csv(), "b.csv": csv()}), "one table, or one whose name has train"),
    "test.zip": (zipped({"test.csv": csv()}), "rows to learn from"),
    "columns.zip": (zipped({"train.csv": csv(), "test.csv": csv(MIXED[["steps", "colour"]])}), "the same columns"),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_files_are_refused_in_one_sentence(name):
    payload, match = WRONG[name]
    refused(name, payload, match)


def test_what_cannot_be_learnt_from_is_left_out_and_the_reason_is_said():
    frame = MIXED[["steps"]].assign(
        time=1.7e12 + np.arange(60), empty=np.nan, same="one", when=pd.date_range("2026-01-01", periods=60), yes=True
    )
    stream = io.BytesIO()
    frame.to_parquet(stream)
    for name, payload in (("a.parquet", stream.getvalue()), ("a.csv", csv(frame))):
        info = brought(name, payload).info
        assert [one.name for one in info.columns] == ["steps", "yes"]
        became = {one.name: one.became for one in info.understood}
        assert became.pop("when") == "times"
        assert became == {
            "steps": "kept",
            "time": "too_large",
            "empty": "all_unknown",
            "same": "one_text",
            "yes": "kept",
        }
        assert info.note == "4 of 6 columns are left out."


def test_a_table_for_testing_stays_one():
    train, test = MIXED[:45], MIXED[45:]
    dataset = brought("a.zip", zipped({"my_train.csv": csv(train), "my_test.csv": csv(test)}))
    assert (len(dataset.x_train), len(dataset.x_test)) == (45, 15)
    np.testing.assert_allclose(dataset.x_train[:, 4], train["steps"])
    np.testing.assert_allclose(dataset.x_test[:, 4], test["steps"])


def test_columns_are_standardised_as_scikit_learn_does_and_categories_stay():
    dataset = brought("a.csv", csv())
    prepared = data.prepare(dataset, Settings())
    numbers, ones = [0, 4], [1, 2, 3]
    raw = dataset.labelled("auto").x_train
    order = np.random.default_rng(60_221_023).permutation(48)[:43]
    scaler = StandardScaler().fit(raw[order][:, numbers].astype(np.float64))
    seen = prepared.scaled(prepared.x_test)
    test = dataset.labelled("auto").x_test
    np.testing.assert_allclose(seen[:, numbers], scaler.transform(test[:, numbers]), rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(seen[:, ones], test[:, ones], atol=1e-6)
    assert prepared.spec == DataSpec((5,), unit_range=False) == dataset.info.seen(Settings())
    assert dataset.info.said(Settings())[0].endswith(
        "each column of numbers standardised to mean 0 and standard deviation 1"
    )
    plain = data.prepare(dataset, Settings(scaling="none"))
    np.testing.assert_allclose(plain.scaled(plain.x_test), test, rtol=1e-6)


def test_a_model_s_file_says_what_its_columns_are():
    settings_ = variants.read_settings({"dataset": data.store_upload("a.csv", csv()).name})
    dataset = data.load(settings_.dataset).labelled("auto")
    told = preprocessing.preprocessing(dataset.info, data.prepare(dataset, settings_), settings_)
    assert [(one.name, one.unit, one.category) for one in told.columns[:2]] == [
        ("mass", "kg", ""),
        ("colour", "", "blue"),
    ]
    assert len(told.columns) == len(told.scale) == len(told.offset) == 5 and told.scale[1:4] == [1, 1, 1]


def test_unknown_cells_do_not_spoil_what_is_known_of_their_columns():
    values = RANDOM.normal(5, 3, (200, 4))
    values[RANDOM.random(values.shape) < 0.3] = np.nan
    values[:, 3] = np.nan
    values[:2, 3] = 7
    dataset = brought("a.npz", packed(x_train=values, x_test=values, columns=np.array(list("abcd"))))
    assert dataset.info.unknown == 2 * np.isnan(values).sum()
    for outliers in ("keep", "zscore", "iqr"):
        prepared = data.prepare(dataset, Settings(outliers=outliers, validation_share=0.5))
        assert np.isfinite(prepared.scale).all() and np.isfinite(prepared.offset).all()
        if outliers == "keep":
            order = np.random.default_rng(60_221_023).permutation(200)[:100]
            expected = StandardScaler().fit(values[order][:, :3]).transform(values[:, :3])
            np.testing.assert_allclose(prepared.scaled(prepared.x_test)[:, :3], expected, rtol=1e-4, atol=1e-5)
            np.testing.assert_array_equal(np.isnan(prepared.x_test), np.isnan(values))
    plain = data.prepare(dataset, Settings(scaling="none"))
    np.testing.assert_allclose(plain.scaled(plain.x_test), values, rtol=1e-5)
    assert np.abs(np.nanmean(plain.x_train[:, :3], axis=0)).max() < 1e-5, "0 stands for the mean of what is learnt from"


def test_a_label_column_can_be_chosen():
    dataset = brought("a.csv", csv())
    info = dataset.info
    colours = dataset.labelled("colour")
    assert colours.info.class_names == ("blue", "green", "red") and colours.x_train.shape == (48, 4)
    assert colours.info == colours.info.labelled("colour") and colours.labelled("colour") is colours
    nothing = dataset.labelled("none")
    assert nothing.x_train.shape == (48, 7) and not nothing.y_train.any() and nothing.info.class_names == ()
    assert info.seen(Settings(label="colour")).shape == (4,) and info.seen(Settings(label="none")).shape == (7,)
    with pytest.raises(
        SettingError, match=r"^label must be auto, none, or one of the columns mass, colour, steps, class"
    ):
        info.seen(Settings(label="weight"))
    with pytest.raises(SettingError, match=r"^label must be auto, none for data without named columns"):
        data.info("digits").seen(Settings(label="weight"))
    numbers = brought("b.csv", csv(pd.DataFrame({"a": RANDOM.normal(size=40), "kind": np.resize([3, 5, np.nan], 40)})))
    assert numbers.labelled("kind").info.class_names == ("3", "5", "unknown")
    target = brought("d.csv", csv(pd.DataFrame({"a": RANDOM.normal(size=40), "target": np.resize([3, 5], 40)})))
    assert target.info.class_names == ("3", "5") == target.info.labelled("auto").class_names
    assert data.prepare(target, Settings()).y_test.tolist().count(1) == 4 and target.info == data.info(target.info.name)
    with pytest.raises(SettingError, match=r"^label must name a column with at most 255 values"):
        brought("c.csv", csv(pd.DataFrame({"a": np.arange(400) / 7, "b": np.arange(400) % 9}))).labelled("a")


def test_the_command_line_takes_a_table_and_its_label(tmp_path):
    import argparse

    (tmp_path / "mine.csv").write_bytes(csv())
    given_ = argparse.Namespace(
        variant="vanilla",
        dataset=str(tmp_path / "mine.csv"),
        epochs=None,
        latent_dim=None,
        seed=None,
        set=["label=colour"],
    )
    found = experiment.settings(given_)
    assert found.label == "colour" and data.prepare(data.load(found.dataset), found).spec.shape == (4,)
    given_.set = ["label=weight"]
    with pytest.raises(SettingError, match=r"^label must be"):
        experiment.settings(given_)
