"""The form, the address and the other pages, against the real engine and without a browser."""

import os
import subprocess
import sys

import pytest

from ae_core import variants
from pages.ui import state
from tests.conftest import ROOT
from tests.pages.visiting import buttons, sentences, visit

pytestmark = [pytest.mark.workers, pytest.mark.usefixtures("joined_engine")]


def test_the_first_page_offers_an_experiment():
    page = visit()
    assert buttons(page) == {"start": True, "pause": False, "step": False, "stop": False}
    assert page.selectbox("variant").options == [variant.title for variant in variants.registry().values()]
    assert page.number_input("latent_dim").value == 2
    assert (page.query_params["variant"], page.query_params["dataset"]) == ("stacked", "mnist_5k")
    assert page.selectbox("dataset").options[:2] == ["MNIST (5,000 images)", "MNIST"], "the whole is one choice away"
    assert "run" not in page.query_params
    assert sentences(page) == ""


def test_a_use_is_one_press():
    page = visit()
    page.pills("use").set_value("odd").run()
    assert (page.query_params["normal"], page.query_params["variant"]) == ("0", "stacked")
    assert page.text_input("normal").value == "0" and page.selectbox("variant").value == "stacked"
    assert "every other digit should stand out" in " ".join(one.value for one in page.caption)
    page.text_input("normal").set_value("").run()
    assert page.pills("use").value is None, "it is not what the form says any more"
    assert "normal" not in page.query_params


def test_what_a_browser_may_have_missed_is_told_again(monkeypatch):
    page = visit(variant="sparse")
    own = page.session_state["session"]
    page.run()
    assert own.unsure, "in the first moments, however often the script runs"
    monkeypatch.setattr(state, "SEED_SECONDS", 0.0)
    page.run()
    assert not own.unsure and own.form.variant == "sparse", "else what is being typed would be overwritten"


def test_the_address_and_the_widgets_say_the_same():
    page = visit(variant="denoising", noise="masking", noise_factor="0.25", widths="64,32", seed="7", dataset="sprites")
    assert page.slider("noise_factor").value == 0.25
    assert page.selectbox("noise").value == "masking"
    assert page.text_input("widths").value == "64,32"
    assert page.number_input("seed").value == 7
    page.number_input("latent_dim").set_value(5)
    page.toggle("tied").set_value(True)
    page.run()
    address = page.query_params
    again = visit(**address)
    assert again.query_params == address
    assert (address["latent_dim"], address["tied"], address["noise_factor"]) == ("5", "true", "0.25")
    assert again.number_input("latent_dim").value == 5
    assert again.toggle("tied").value is True


def test_a_wrong_address_is_answered_with_sentences_and_the_app_goes_on():
    page = visit(variant="sparse", latent_dim="99999", colour="red", run="nobody", dataset="digits")
    said = sentences(page)
    for wanted in ("latent_dim must be an integer from 1 to 4096", "256 is used instead", "'colour'", "not kept"):
        assert wanted in said
    assert page.number_input("latent_dim").value == 256
    assert buttons(page)["start"]
    assert set(page.query_params).isdisjoint({"colour", "run"})
    page.number_input("epochs").set_value(3).run()
    assert sentences(page) == "", "said once, until something is chosen"


def test_wrong_text_is_refused_with_a_sentence_and_kept():
    page = visit(variant="stacked", dataset="digits")
    page.text_input("widths").set_value("12, many").run()
    assert "widths must be at most 6 comma-separated entries" in sentences(page)
    assert page.text_input("widths").value == "12, many"
    assert not buttons(page)["start"]
    page.text_input("widths").set_value("12").run()
    assert sentences(page) == ""
    assert buttons(page)["start"]
    assert page.query_params["widths"] == "12"


def test_data_that_do_not_fit_the_variant_are_refused():
    page = visit(variant="convolutional", dataset="noise")
    assert "dataset must hold images" in sentences(page)
    assert not buttons(page)["start"]
    assert any("Nothing can be compressed" in one.value for one in page.info)


def test_another_variant_shows_its_own_settings_and_keeps_the_common_ones():
    page = visit(dataset="digits")
    page.number_input("seed").set_value(11).run()
    page.selectbox("variant").set_value("sparse").run()
    assert page.number_input("sparsity_weight").value == 0.001
    assert page.number_input("seed").value == 11
    assert page.number_input("latent_dim").value == 256
    page.selectbox("variant").set_value("denoising").run()
    assert page.slider("noise_factor").value == 0.5
    assert "sparsity_weight" not in page.query_params


VISIT_ALL = """
import sys
from streamlit.testing.v1 import AppTest
page = AppTest.from_file("app.py", default_timeout=180).run()
failed = []
for name in sys.argv[1:]:
    page.switch_page(name).run()
    failed += [f"{name}: {one.message}" for one in page.exception]
from pages.ui import shared
shared.engine().close()
loaded = {"tensorflow", "keras", "jax", "sklearn", "pandas"} & {name.partition(".")[0] for name in sys.modules}
sys.exit(f"failed: {failed}, loaded: {loaded}" if failed or loaded else 0)
"""


def test_every_page_opens_and_the_web_process_loads_no_tensorflow():
    pages = [f"pages/{path.name}" for path in sorted((ROOT / "pages").glob("*.py"))]
    starts_its_own = {name: value for name, value in os.environ.items() if name != "AE_SCHEDULER"}
    done = subprocess.run(
        [sys.executable, "-c", VISIT_ALL, *pages],
        cwd=ROOT,
        env=starts_its_own,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
