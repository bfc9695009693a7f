"""A variant is one file: put beside the others it is found, trained, measured, exported and offered by the form."""

import dataclasses
import importlib
import shutil
import sys
from pathlib import Path

import pytest

from ae_core import variants
from ae_core.errors import SettingError
from ae_core.recordings import demonstrations
from ae_core.script import script_for
from ae_core.training import session
from pages.ui.form.form import Form, from_address, to_address
from pages.ui.live import recorded
from tests.variants import test_contract as contract

FILE = Path(__file__).with_name("one_file.py")
NAME = "short"


FOUND = (variants.registry, variants.metrics)


def _forget() -> None:
    for found in FOUND:
        found.cache_clear()
    sys.modules.pop(f"{variants.__name__}.{NAME}", None)


@pytest.fixture(autouse=True)
def _beside_the_others(tmp_path, monkeypatch):
    shutil.copy(FILE, tmp_path / f"{NAME}.py")
    monkeypatch.setattr(variants, "__path__", [*variants.__path__, str(tmp_path)])
    importlib.invalidate_caches()
    _forget()
    yield
    _forget()


def test_it_is_found_and_its_settings_are_checked():
    assert NAME in variants.registry()
    settings = variants.read_settings({"variant": NAME, "price": "0.5", "latent_dim": "7"})
    assert (settings.latent_dim, settings.to_dict()["price"]) == (7, 0.5)
    with pytest.raises(SettingError, match=r"^price must be a number from 0 to 10"):
        variants.read_settings({"variant": NAME, "price": 11})
    assert demonstrations.settings_of(NAME).epochs == 20


@pytest.mark.slow(seconds=8)
def test_it_keeps_the_contract_of_all_variants(tmp_path):
    contract.test_it_says_what_it_is(NAME)
    contract.test_shapes(NAME, (9, 9, 1))
    contract.test_every_setting_at_both_bounds_builds(NAME)
    contract.test_wrong_settings_are_refused_by_name(NAME)
    contract.test_a_tuned_rate_is_one_that_the_settings_call_live(NAME)
    contract.test_layers_are_described(NAME)
    trained = contract.train(NAME)
    contract.test_loss_falls_on_held_out_images(trained)
    contract.test_loss_is_the_sum_of_its_terms(trained)
    contract.test_the_same_seed_gives_the_same_numbers(NAME, trained)
    contract.test_save_and_load_give_the_same_outputs(NAME, tmp_path)


def test_what_it_measures_has_words():
    metric = variants.metrics()["code_length"]
    assert (metric.title, metric.unit, metric.better) == ("Code length", "", "")
    variants.check_numbers(NAME, ["test_mse", "code_length"])


def test_a_number_without_words_ends_its_training_with_a_sentence(monkeypatch):
    mute = dataclasses.replace(variants.get(NAME), metrics=())
    monkeypatch.setattr(variants, "registry", lambda: {NAME: mute})
    settings = contract.small(NAME, epochs=1)
    with pytest.raises(ValueError, match=r"The variant short must declare in its metrics .* Received: code_length\."):
        session.train(settings, emit=lambda message: None)


def test_two_variants_cannot_mean_different_things_by_one_name(monkeypatch):
    other = dataclasses.replace(variants.get(NAME).metrics[0], title="Something else")
    registry = {**variants.registry(), "other": dataclasses.replace(variants.get(NAME), name="other", metrics=(other,))}
    monkeypatch.setattr(variants, "registry", lambda: registry)
    with pytest.raises(ValueError, match=r"The metric code_length must mean one thing\. Received: another in other\."):
        variants.metrics()


def test_its_script_is_written():
    settings = variants.read_settings({"variant": NAME, "dataset": "digits", "epochs": 1})
    script = script_for(settings.to_dict())["python"]
    compile(script, "script.py", "exec")
    assert "ae_core" not in script
    assert "add_loss" in script


def test_the_form_offers_it_and_says_that_it_has_no_recording():
    form = Form(variant=NAME, chosen={"price": "0.2", "dataset": "digits"})
    settings = form.settings()
    again, sentences = from_address(to_address(settings))
    assert sentences == []
    assert again.settings() == settings
    assert recorded.choose(NAME) is None
