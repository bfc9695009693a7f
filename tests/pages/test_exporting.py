"""What is made when a button of a run's downloads is pressed."""

import dataclasses
import io
from unittest.mock import MagicMock

import pytest
from PIL import Image, ImageSequence

from ae_core.engine.jobs import Shared, TrainingJob
from ae_core.errors import DataError
from ae_core.figures.film import KINDS
from ae_core.runs import RunStore
from ae_core.variants import read_settings
from pages.ui.form.form import Form
from pages.ui.runs import exporting
from pages.ui.state import Session
from pages.ui.words.language import language, spoken
from tests.stored import SETTINGS
from tests.whole_run import whole_run

pytestmark = pytest.mark.usefixtures("unsynced", "at_once")


def nobody() -> Session:
    return Session(Form(), "x" * 43, True)


class OnlyAStore:
    def __init__(self, store: RunStore):
        self.store = store


@pytest.mark.slow(seconds=6)
@pytest.mark.parametrize("kind", KINDS)
def test_a_film_has_the_frames_that_are_kept(store, monkeypatch, kind):
    monkeypatch.setattr(exporting, "engine", lambda: OnlyAStore(store))
    run = TrainingJob(read_settings(SETTINGS.to_dict()), "somebody", Shared())
    run.id = whole_run(store)
    made = exporting.guarded(nobody(), exporting._film(run.view(), kind))()
    assert isinstance(made, bytes)
    with Image.open(io.BytesIO(made)) as film:
        assert film.format == {"webp": "WEBP", "gif": "GIF"}[kind]
        assert len(list(ImageSequence.Iterator(film))) == len(store.open(run.id).snapshots())


def test_a_run_without_frames_says_so_on_its_page_and_becomes_no_file(store, monkeypatch):
    monkeypatch.setattr(exporting, "engine", lambda: OnlyAStore(store))
    run = TrainingJob(SETTINGS, "somebody", Shared())
    run.id = store.create(SETTINGS).id
    own, drawn = nobody(), []
    monkeypatch.setattr(exporting.redraw, "of_this_page", lambda: lambda: drawn.append(own.failure))
    with pytest.raises(DataError, match="nothing to show"):
        exporting.guarded(own, exporting._film(run.view(), "gif"))()
    assert drawn == ["This run has nothing to show yet."]


def test_nobody_is_told_where_on_the_host_a_file_lies():
    def fails() -> bytes:
        raise PermissionError(13, "Permission denied", "/srv/runs/secret/model.keras")

    own = nobody()
    with spoken("en"), pytest.raises(PermissionError):
        exporting.guarded(own, fails)()
    assert "Permission denied" in own.failure and "/srv" not in own.failure


def test_a_fault_that_nobody_has_thought_of_is_said_too(monkeypatch):
    own, drawn = nobody(), []
    monkeypatch.setattr(exporting.redraw, "of_this_page", lambda: lambda: drawn.append(own.failure))
    with spoken("en"), pytest.raises(ZeroDivisionError):
        exporting.guarded(own, lambda: b"" * (1 // 0))()
    assert drawn == ["The file could not be made because of a fault in the app; its log has the details."]


def test_a_file_is_made_in_the_language_of_the_page_that_offers_it():
    with spoken("de"):
        made = exporting.guarded(nobody(), language)
    assert made() == "de"


@pytest.mark.parametrize(("dataset", "gone"), [("digits", False), ("upload-00000000", True)])
def test_without_its_data_a_run_offers_no_script(dataset, gone, monkeypatch):
    monkeypatch.setattr(exporting, "st", st := MagicMock())
    monkeypatch.setattr(exporting.state, "session", nobody)
    run = TrainingJob(dataclasses.replace(SETTINGS, dataset=dataset), "somebody", Shared())
    with spoken("en"):
        exporting.export(run.view(), "run")
    scripts = [call for call in st.download_button.mock_calls if call.args[0] in ("Python", "Notebook")]
    assert [call.kwargs["disabled"] for call in scripts] == [gone, gone]
    said = [call.args[0] for call in st.markdown.mock_calls if call.args[0].startswith("**Script**")]
    assert ("is not here any more" in said[0]) == gone
