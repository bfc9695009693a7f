"""The Learn page, without a browser: what it says of each variant comes from the variant's file."""

import pytest
from streamlit.testing.v1 import AppTest

from ae_core import variants
from tests.conftest import ROOT
from tests.pages.visiting import shown, visit, wait

pytestmark = [pytest.mark.workers, pytest.mark.usefixtures("joined_engine")]


def learn(page: AppTest, part: str) -> None:
    """Opens a part of the Learn page."""
    page.switch_page("pages/learn.py").run()
    page.segmented_control("learn_part").set_value(part).run()


@pytest.fixture(scope="module")
def reader(joined_engine) -> AppTest:
    """The page of a visitor who reads about one variant after the other."""
    page = visit(dataset="digits")
    learn(page, "variants")
    return page


@pytest.mark.parametrize("name", list(variants.registry()))
def test_the_learn_page_is_made_from_the_variants_file(name, reader):
    page = reader.selectbox("variant").set_value(name).run()
    assert not page.exception and page.query_params["variant"] == name
    variant = variants.get(name)
    assert page.subheader[0].value == variant.title
    assert any(one.value == variant.idea for one in page.markdown)
    assert all(any(reference in one.value for one in page.markdown) for reference in variant.references)
    assert r"\hat{x}" in " ".join(one.value for one in page.latex)
    assert page.code[0].value == (ROOT / "ae_core" / "variants" / f"{name}.py").read_text(encoding="utf-8").strip()
    table = shown(page)
    assert all(f"<code>{setting}</code>" in table for setting in page.query_params if setting != "variant")


def test_the_form_leads_to_what_is_said_of_its_variant():
    page = visit(variant="sparse", dataset="digits")
    page.button("about_variant").click().run()
    assert page.session_state["session"].leave_for == "learn"
    page.switch_page("pages/learn.py").run()
    assert page.segmented_control("learn_part").value == "variants"
    assert page.subheader[0].value == variants.get("sparse").title
    page.switch_page("pages/train.py").run()
    assert page.selectbox("variant").value == "sparse"


def test_the_learn_page_draws_the_network_of_the_present_settings():
    page = visit(variant="stacked", dataset="digits", widths="9", latent_dim="3")
    learn(page, "variants")
    # 784·9 + 9, 9·3 + 3, and back: 3·9 + 9, 9·784 + 784.
    wait(page, lambda page: any("14,971 parameters" in one.value for one in page.caption))
    page.selectbox("variant").set_value("vanilla").run()
    assert page.query_params["variant"] == "vanilla"
    page.switch_page("pages/train.py").run()
    assert page.selectbox("variant").value == "vanilla"
    assert page.number_input("latent_dim").value == 3
