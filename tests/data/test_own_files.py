"""Files as people have them: dates beside decimal commas, headers of years, signs at numbers, pictures of all sizes."""

import io

import numpy as np
import pytest

from ae_core import data
from ae_core.errors import DataError
from ae_core.formats import written_numbers
from ae_core.formats.written_numbers import Written
from ae_core.settings import Settings
from tests.hostile import packed, picture, refused, zipped

pytestmark = pytest.mark.usefixtures("alone")


def brought(head: str, row, count: int = 40) -> data.DataInfo:
    return data.store_upload("a.csv", "\n".join([head, *(row(number) for number in range(count))]).encode())


def became(info: data.DataInfo) -> dict[str, str]:
    return {one.name: one.became for one in info.understood}


@pytest.mark.parametrize(
    ("cell", "decimal", "expected"),
    [
        ("1.132,18", ",", Written("1132.18", "")),
        ("1,132.18", ".", Written("1132.18", "")),
        ("-1 234", ".", Written("-1234", "")),
        ("1'234.5", ".", Written("1234.5", "")),
        ("12%", ".", Written("12", "%")),
        ("$2,361", ".", Written("2361", "$")),
        ("-€ 5", ".", Written("-5", "€")),
        ("1.234 €", ",", Written("1234", "€")),
        ("2,5e-3", ",", Written("2.5e-3", "")),
        *(
            (cell, ",", None)
            for cell in ("14.03.2024", "1.2.2024", "1.2.3", "030.123.456", "1.1234", "12.34", "1.2024")
        ),
        *((cell, ".", None) for cell in ("01/02/2024", "14-03-2024", "10:30", "1.2.3", "030 123 456", "030-1234")),
        *((cell, ".", None) for cell in ("+49 170 123", "1,23,456", "1 234,567", "$5 €", "", "5 apples", "%", "-")),
    ],
)
def test_a_cell_is_a_number_or_none(cell, decimal, expected):
    assert written_numbers.written(cell, decimal) == expected


def test_a_date_is_never_a_number():
    info = brought(
        "day;time;month;version;call;amount;few",
        lambda n: (
            f"{n % 28 + 1:02}.{n % 12 + 1:02}.{2000 + n};{n % 24}:{n:02};{n % 12 + 1}.{1950 + n};1.{n}.3;"
            f"030.123.{100 + n};{n % 3 + 1}.{n * 7 % 900 + 100},{n};0{n % 3 + 1}.01.2024"
        ),
    )
    assert became(info) == {
        **dict.fromkeys(("day", "time", "month", "few"), "times"),
        **dict.fromkeys(("version", "call"), "many_texts"),
        "amount": "kept",
    }
    (amount,) = (one for one in info.understood if one.name == "amount")
    assert (amount.least, amount.most) == (1100.0, 3366.38)
    assert became(brought("month;b", lambda n: f"{n % 12 + 1}.{1950 + n};{n * n}.5"))["month"] == "times"


@pytest.mark.parametrize("end", ["", "."])
@pytest.mark.parametrize("mark", [";", ","])
def test_a_day_of_a_year_is_no_number_unless_all_may_be_decimals(mark, end):
    def row(n):
        day = f"{n % 28 + 1:02}.{n % 12 + 1:02}{end}"
        return mark.join((day, f"{n % 20 + 10}.{n % 9 + 1:02}", f"0.{n}", f"{n},5" if mark == ";" else f"{n}.5"))

    info = brought(mark.join(("day", "price", "share", "size")), row)
    assert became(info) == {"day": "times", "price": "kept", "share": "kept", "size": "kept"}
    assert [one.least for one in info.understood] == [None, 10.01, 0.0, 0.5]


def test_a_column_with_the_other_decimal_mark_is_one_of_numbers():
    info = brought("point;comma;groups", lambda n: f"0.{n % 7};{n % 9},{n};{n % 3 + 1}.{100 + n * n % 800},5")
    assert [(one.became, one.least) for one in info.understood] == [("kept", 0.0), ("kept", 0.0), ("kept", 1100.5)]


@pytest.mark.parametrize("mark", [";", ","])
def test_a_cell_that_can_be_read_in_one_way_says_how_the_others_are_read(mark):
    cells = ["0,5", *(f"{1 + place % 8},{place % 8 * 100 + 112}" for place in range(39))]
    one_way = brought(f"point{mark}comma", lambda n: f'{n % 7}.25{mark}"{cells[n]}"')
    comma = one_way.understood[1]
    assert (comma.became, comma.least, comma.most, comma.unknown) == ("kept", 0.5, 8.812, 0)
    assert "may part thousands" not in one_way.note


@pytest.mark.parametrize(
    ("head", "cell", "said"),
    [
        (
            "a;b",
            "{n};1.{n}00",
            "In numbers such as 1.100 the mark may part thousands or decimals; that one was read as 1.1.",
        ),
        (
            "a,b",
            '{n}.5,"1,{n}00"',
            "In numbers such as 1,100 the mark may part thousands or decimals; that one was read as 1100.",
        ),
        (
            "a;b",
            "{n}.5;1,{n}00",
            "In numbers such as 1,100 the mark may part thousands or decimals; that one was read as 1100.",
        ),
        ("a,b", "{n},1.{n}00", ""),
        ("a;b", "{n};1.{n}00,5", ""),
        ("a;b", "{n};1.{n}50.000", ""),
    ],
)
def test_numbers_that_may_mean_two_things_are_told(head, cell, said):
    info = brought(head, lambda n: cell.format(n=1 + n * n % 9))
    assert [one.became for one in info.understood] == ["kept"] * 2
    assert info.note == said


@pytest.mark.parametrize(
    ("head", "row", "names"),
    [
        ("country,2019,2020,2021", lambda n: f"c{n},{n * 3 % 7},{n * 5 % 11}.5,{n * n}", "country 2019 2020 2021"),
        ("2019,2020,2021", lambda n: f"{n * 3 % 7},{n * 5 % 11}.5,{n * n}", "2019 2020 2021"),
        ("place,2020", lambda n: f"c{n % 4},{n * n % 900}", "place 2020"),
        ("0,1,2,3", lambda n: f"{n % 5}.5,{n * n},{n % 7}.1,{n % 3}", "0 1 2 3"),
        ("id,400.5,402.5,404.5", lambda n: f"s{n},{n % 5}.5,{n * n},{n % 7}.1", "id 400.5 402.5 404.5"),
        ("RI,Na,Mg", lambda n: f"{n % 5}.5,{n * n},{n % 7}.1", "RI Na Mg"),
        ("score,score,other", lambda n: f"{'uvw'[n % 3]},{'xyz'[n % 3]},{'ab'[n % 2]}", "score|score (2)|other"),
        ("3,1,2", lambda n: f"{n % 5},{n % 7},{n % 3}", ""),
        ("u,3,1", lambda n: f"{'uvw'[n % 3]},{n % 7},{n % 3}", ""),
        ("1,2,3,4", lambda n: f"{n % 5},{n % 5 + 1},{n % 5 + 2},{n % 5 + 3}", ""),
        ("ann,2005", lambda n: f"p{n},{1940 + n * 7 % 60}", ""),
        ("p,x,s", lambda n: f"{'pe'[n % 2]},{'xyz'[n % 3]},{'sf'[n % 2]}", ""),
    ],
)
def test_a_header_is_told_from_data_and_what_was_done_is_said(head, row, names):
    info = brought(head, row)
    found = [one.name for one in info.understood]
    missing = "No header was found, so the columns are named x1, x2 and so on."
    rows = info.train_count + info.test_count
    if names:
        assert found == names.split("|" if "|" in names else " ") and rows == 40 and missing not in info.note
    else:
        assert found == [f"x{place}" for place in range(1, len(found) + 1)] and rows == 41 and missing in info.note
    assert ("A column name that comes again is numbered, such as 'score (2)'." in info.note) == head.startswith("score")


def test_a_header_alone_has_no_rows():
    refused("a.csv", b"a,b,c\n", r"must have rows below its header\. Received: a header alone\.")


def test_a_column_that_counts_is_left_out_whatever_its_name():
    info = brought(
        "编号,three,back,gap,half,y", lambda n: f"{1000 + n},{7 + 3 * n},{-n},{n + (n > 20)},{n / 2},{n % 3}"
    )
    assert became(info) == dict.fromkeys(("编号", "three", "back"), "counts_rows") | {
        "gap": "kept",
        "half": "kept",
        "y": "label",
    }


@pytest.mark.parametrize("name", ["label", "Klasse", "Kategorie", "Etikett", "类别", "标签", "类"])
def test_a_label_column_is_found_by_its_name(name):
    assert brought(f"a,{name}", lambda n: f"{n * n},{n % 3}").label == name


def test_signs_at_numbers_are_units_and_empty_columns_are_named():
    info = brought(
        "a,share,price,rent (warm),few,mixed",
        lambda n: (
            f'{n * n},{n % 13}%,"$2,{n * n % 600 + 300}",1 {n * n % 700 + 200} €,'
            f"{n if n % 10 == 0 else ''},{n}{'%€'[n % 2]}"
        ),
    )
    assert [(one.name, one.unit) for one in info.columns[:5]] == [
        ("a", ""),
        ("share", "%"),
        ("price", "$"),
        ("rent (warm)", ""),
        ("few", ""),
    ]
    (share,) = (one for one in info.understood if one.name == "share")
    assert (share.kind, share.least, share.most) == ("numbers", 0, 12) and became(info)["mixed"] == "many_texts"
    assert "Signs beside numbers were read as units: $, %, €." in info.note
    assert "1 column is learnt from although more than four fifths of the cells are empty." in info.note


def test_what_became_of_pictures_is_said():
    wide, high = picture((255, 0, 0), (64, 20)), picture(90, (20, 64), mode="L")
    info = data.store_upload("a.zip", zipped({f"{n}.png": (wide, high)[n % 2] for n in range(30)}))
    assert info.description == "30 images of 64×64 pixels, in colour."
    assert info.note == (
        "Pictures with sides of 20 to 64 pixels were scaled to fit 64×64 pixels, and filled up with the colour of "
        "their upper left corner. 15 grey pictures have three channels now, as others have colour."
    )
    same = data.store_upload("b.zip", zipped({f"{n}.png": picture(n, (28, 28), mode="L") for n in range(30)}))
    assert same.note == ""


def test_series_of_different_lengths_are_refused_with_advice():
    series = np.empty(30, object)
    series[:] = [np.arange(5 + number % 3.0) for number in range(30)]
    stream = io.BytesIO()
    np.savez(stream, x_train=series)
    with pytest.raises(DataError, match="different lengths; fill the shorter ones with NaN at the end"):
        data.store_upload("a.npz", stream.getvalue())
    assert data.store_upload("b.npz", packed(x_train=np.full((30, 9, 2), 0.5))).note == ""


def test_values_are_told_of_the_columns_that_are_learnt_from(alone):
    table = "height,kind\n" + "".join(f"{150 + 7 * row % 40},{'ab'[row % 2]}\n" for row in range(40))
    info = data.store_upload("kinds.csv", table.encode())
    assert info.said(Settings(label="kind"))[1:] == (150.0, 189.0), "and not of the 0 and 1 of a category"
    assert info.said(Settings(label="nothing"))[1:] == (150.0, 189.0), "a wrong label is said elsewhere"
