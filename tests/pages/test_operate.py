"""The host's page: for nobody without the token, and with an end for each run."""

import pytest
from streamlit.testing.v1 import AppTest

from ae_core.engine import Engine
from ae_core.runs import RunStore
from ae_core.variants import read_settings
from pages.ui.runs import operating
from tests.conftest import ROOT
from tests.waiting import PATIENCE

TOKEN = "a long random word"


@pytest.fixture
def engine(store: RunStore, unsynced: None, monkeypatch: pytest.MonkeyPatch) -> Engine:
    """An engine without workers, in which one run waits."""
    one = Engine(store=store)
    one.submit(read_settings({"variant": "vanilla", "dataset": "digits"}), "somebody")
    monkeypatch.setattr(operating, "engine", lambda: one)
    monkeypatch.setattr(operating, "WAIT_SECONDS", 0.0)
    return one


def visit() -> AppTest:
    return AppTest.from_file(str(ROOT / "pages" / "operate.py"), default_timeout=PATIENCE).run()


@pytest.mark.slow(seconds=1)
def test_without_a_token_in_the_environment_there_is_nothing(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(operating.TOKEN, raising=False)
    page = visit()
    assert not page.exception and not page.text_input and not page.button and not page.text


@pytest.mark.slow
def test_whoever_knows_the_token_sees_and_ends_a_run(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(operating.TOKEN, TOKEN)
    (job,) = engine.jobs()
    page = visit()
    assert not page.button and job.id not in str(page), "nothing is told before"
    for wrong in ("", "a long", TOKEN.upper(), "geheim ü"):
        page.text_input("operator_token").set_value(wrong).run()
        assert not page.button and not page.exception
    page.text_input("operator_token").set_value(TOKEN).run()
    assert not page.exception
    assert any(job.id in one.value and job.owner[:8] in one.value for one in page.text)
    page.button(f"halt_{job.id}").click().run()
    assert job.state == "stopped" and "The host of this app" in (job.error or "")
    assert any("Nothing trains or waits" in one.value for one in page.text)
