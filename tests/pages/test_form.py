"""The form's rules, and what pages make of plain values. No Streamlit session here."""

import dataclasses
import itertools
import xml.etree.ElementTree as ElementTree
from types import SimpleNamespace
from typing import Any
from unittest.mock import MagicMock

import pytest

from ae_core import data, variants
from ae_core.data.built_in import INFOS
from ae_core.data.ranges import ValueRange
from ae_core.errors import SettingError
from ae_core.settings import DataSpec, Option, option_of
from ae_core.variants import read_settings
from pages.ui import state
from pages.ui.form import controls, diagram, facts, uses
from pages.ui.form.form import Form, from_address, to_address
from pages.ui.live import tiles
from pages.ui.words import units
from pages.ui.words.language import spoken
from tests import demo

VARIANTS = list(variants.registry())


@pytest.fixture(autouse=True)
def _own_folders(tmp_path, monkeypatch):
    monkeypatch.delenv("AE_DATA_DIR", raising=False)
    monkeypatch.setenv("AE_RUNS_DIR", str(tmp_path))


def another(option: Option, default: Any) -> Any:
    """An allowed value that is not the default."""
    if option.choices:
        return next(choice for choice in option.choices if choice != default)
    if isinstance(default, bool):
        return not default
    if isinstance(default, tuple):
        return (7, 5)
    if isinstance(default, str):
        return "sprites"
    assert option.low is not None
    return type(default)(option.low if option.low != default else option.high)


@pytest.mark.parametrize("name", VARIANTS)
def test_every_setting_survives_the_address(name):
    kind = variants.get(name).settings
    values = {one.name: another(option_of(one), one.default) for one in dataclasses.fields(kind)}
    settings = kind(**values)
    address = to_address(settings)
    assert set(address) == {"variant", *values}
    form, sentences = from_address(address)
    assert sentences == []
    assert {one: form.value(one) for one in values} == values
    assert form.variant == name


@pytest.mark.parametrize("name", VARIANTS)
def test_only_what_fits_half_a_row_has_a_neighbour(name):
    own: Any = SimpleNamespace(form=Form(name))
    names = [one for one in own.form.fields() if one != "dataset"]
    rows = controls._rows(own, names)
    assert sorted(itertools.chain(*rows)) == sorted(names)
    assert [row[0] for row in rows] == [one for one in names if one in {row[0] for row in rows}], "in their order"
    for row in rows:
        assert len(row) == 1 or not any(controls._is_wide(own, one) for one in row)
    assert sum(len(row) == 1 and not controls._is_wide(own, row[0]) for row in rows) <= 1, "none waits in vain"
    assert {"loss", "augmentation", "outliers"} <= {row[0] for row in rows if len(row) == 1}


def test_an_empty_tuple_survives_the_address():
    form, sentences = from_address({"variant": "stacked", "widths": ""})
    assert sentences == []
    assert form.value("widths") == ()


@pytest.mark.parametrize(
    ("name", "received", "allowed"),
    [
        ("latent_dim", "99999", "from 1 to 1024"),
        ("latent_dim", "many", "integer"),
        ("learning_rate", "nan", "from 0.000001 to 1"),
        ("optimizer", "adamw", "adam, sgd, rmsprop"),
        ("tied", "perhaps", "true or false"),
        ("dataset", "../etc", "digits"),
        ("colour", "red", "latent_dim"),
        ("variant", "magic", "vanilla"),
    ],
)
def test_a_wrong_address_gives_one_sentence_and_the_default(name, received, allowed):
    form, sentences = from_address({name: received, "seed": "7"})
    assert len(sentences) == 1
    assert name in sentences[0]
    assert allowed in sentences[0]
    assert name == "colour" or received in sentences[0]
    assert form.value("seed") == 7
    assert form.settings() == dataclasses.replace(variants.first_settings(), seed=7)


def test_other_peoples_uploads_are_not_named(monkeypatch):
    digits = data.catalogue()["digits"]
    monkeypatch.setattr(data, "catalogue", lambda: {"digits": digits, "upload-0a1b2c3d": digits})
    (sentence,) = from_address({"dataset": "nothing"})[1]
    assert "digits" in sentence
    assert "0a1b2c3d" not in sentence


def test_another_variant_keeps_what_was_chosen_and_brings_its_own_defaults():
    form = Form("vanilla")
    form.choose("seed", 3)
    form.choose("variant", "sparse")
    assert (form.value("latent_dim"), form.value("seed")) == (256, 3)
    form.choose("latent_dim", 3000)
    form.choose("sparsity_weight", 0.5)
    form.choose("variant", "vanilla")
    assert form.value("latent_dim") == 1024, "the nearest that this variant allows"
    form.choose("variant", "sparse")
    assert (form.value("latent_dim"), form.value("sparsity_weight")) == (3000, 0.5)


def test_a_text_that_cannot_be_read_stays_and_is_named():
    form = Form("stacked")
    form.choose("widths", "128, many")
    with pytest.raises(SettingError, match="widths must be"):
        form.settings()
    assert form.value("widths") == "128, many"
    form.choose("widths", "64,16")
    assert form.settings().to_dict()["widths"] == [64, 16]


@pytest.mark.parametrize(
    ("variant", "values", "named"),
    [
        ("convolutional", {"dataset": "noise"}, "dataset must hold images"),
        ("undercomplete", {"latent_dim": 784, "dataset": "digits"}, "latent_dim must be below 784"),
        ("vanilla", {"loss": "cross_entropy", "scaling": "standardize", "dataset": "digits"}, "loss must be"),
        ("vanilla", {"dataset": "upload-00000000"}, "dataset must be one of"),
    ],
)
def test_settings_that_do_not_fit_are_refused(variant, values, named):
    form = Form(variant)
    for name, value in values.items():
        form.choose(name, value)
    with pytest.raises(SettingError, match=named):
        form.settings()


def test_numbers_as_text():
    assert [units.number(value) for value in (0.0123456, 1.5, 12.34, 123.4, 1234.5, 2e-6)] == [
        "0.0123",
        "1.50",
        "12.3",
        "123",
        "1,234",
        "2.00e-06",
    ]
    assert [units.number(value) for value in (None, float("nan"), 0)] == ["–", "–", "0.00"]
    assert [units.percent(value) for value in (0.931, 1, None)] == ["93.1 %", "100 %", "–"]
    assert [units.duration(value) for value in (0.4, 40, 125, 4200, None)] == [
        "0 s",
        "40 s",
        "2 min 05 s",
        "1 h 10 min",
        "–",
    ]
    assert [units.ordinal(place) for place in (1, 2, 3, 4, 11, 12, 13, 21, 112)] == [
        "1st",
        "2nd",
        "3rd",
        "4th",
        "11th",
        "12th",
        "13th",
        "21st",
        "112th",
    ]


def test_the_diagram_shows_every_layer_with_shape_and_parameters():
    layers = [
        ("encoder", "InputLayer", [6], 0, None),
        ("encoder", "Dense", [2], 14, "relu"),
        ("decoder", "InputLayer", [2], 0, None),
        ("decoder", "Dense", [6], 18, "sigmoid"),
    ]
    names = ("part", "type", "output_shape", "parameters", "activation")
    description = {
        "layers": [dict(zip(names, layer, strict=True)) for layer in layers],
        "parameters": 32,
        "input_shape": [6],
        "code_shape": [2],
        "corruption": "salt_and_pepper",
    }
    picture = ElementTree.fromstring(diagram.network(description))
    bars = [one for one in picture.iter() if one.tag == "rect"]
    words = " ".join(picture.itertext())
    assert [bar.get("class") for bar in bars] == ["ae-net-input", "ae-net-noise", "ae-net-code", "ae-net-decoder"]
    assert float(bars[2].get("width", 0)) < float(bars[0].get("width", 0)) == float(bars[3].get("width", 0))
    for wanted in ("Input", "salt and pepper", "Dense, relu", "14 parameters", "Dense, sigmoid", "18 parameters"):
        assert wanted in words


def test_the_time_left_alone_gives_way_to_a_dash_beside_an_earlier_frame():
    with spoken("en"):
        said = tiles.tiles(demo.setup(), demo.snapshot(900))
    assert said.count("ae-now") == said.count("ae-then") == 1
    assert '<span>Time left</span><b class="ae-now">31 s</b><b class="ae-then">–</b>' in said


def test_a_note_is_text_not_markup():
    assert tiles.notes(demo.setup(notes=["<b>", "two"])) == '<div class="ae-note">&lt;b&gt;<br>two</div>'
    assert tiles.notes(None) == tiles.notes(demo.setup(notes=[])) == '<div class="ae-note"></div>'


def test_what_was_not_possible_is_said_for_a_while_and_no_longer_than_it_holds(monkeypatch):
    now = [100.0]
    monkeypatch.setattr(state.time, "monotonic", lambda: now[0])
    own = state.Session(Form(), "token", True)
    assert own.refusal("running") == ""
    own.failure = "The queue is full."
    assert own.refusal("running") == own.refusal("running") == "The queue is full."
    assert own.refusal("done") == own.failure == "", "the run it was about has gone on"
    own.failure = "The queue is full."
    assert own.refusal() != ""
    now[0] += state.REFUSAL_SECONDS - 1
    own.failure = "Something else."
    assert own.refusal() == "Something else."
    now[0] += state.REFUSAL_SECONDS - 1
    assert own.refusal() == "Something else."
    now[0] += 2
    assert own.refusal() == ""


@pytest.mark.parametrize(
    ("scaling", "said"),
    [
        ("unit", "8×8×1, values 0 to 16, scaled to 0 to 1."),
        ("none", "8×8×1, values 0 to 16, as they are."),
        ("standardize", "8×8×1, values 0 to 16, each standardised to mean 0 and standard deviation 1."),
    ],
)
def test_the_page_says_what_becomes_of_the_values(scaling, said, monkeypatch):
    monkeypatch.setattr(facts, "st", st := MagicMock())
    eights = dataclasses.replace(INFOS["digits"], spec=DataSpec((8, 8, 1)), values=ValueRange(0, 16, 0, 16))
    with spoken("en"):
        facts.show(eights, read_settings({"scaling": scaling}))
    assert said in st.caption.mock_calls[0].args[0]


@pytest.mark.parametrize("name", uses.USES)
def test_every_use_is_an_experiment_that_the_form_can_hold(name):
    form = Form("vanilla", {"latent_dim": 3})
    assert uses.now(form) is None
    form.adopt(uses.USES[name].settings)
    assert form.settings() == uses.USES[name].settings
    assert uses.now(form) == name
    assert uses.now(from_address(to_address(form.settings()))[0]) == name, "its address too"
    form.choose("seed", 7)
    assert uses.now(form) is None


def test_a_class_that_is_none_is_refused_in_the_form():
    form, sentences = from_address({"variant": "vanilla", "dataset": "digits", "normal": "11"})
    assert sentences == []
    with pytest.raises(SettingError, match=r"normal must name some of the classes 0, 1, .* Received: '11'\."):
        form.settings()
    form.choose("normal", "")
    assert form.settings().normal == ""
