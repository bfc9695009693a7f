"""Which of the chosen runs stand side by side."""

from types import SimpleNamespace
from typing import Any
from unittest.mock import MagicMock

from ae_core.errors import DataError
from pages.ui.runs import comparing
from pages.ui.words.language import spoken
from tests import demo, stored


def test_runs_on_other_data_are_named_and_the_others_stand_side_by_side(store, monkeypatch):
    on = {"first": "digits", "*second*": "mnist_5k", "third": "digits"}
    runs = [store.open(stored.stored(store, title=title)) for title in on]
    views = {
        run.id: SimpleNamespace(
            id=run.id, setup=demo.setup(settings={"variant": "sparse", "dataset": data}), snapshot=demo.snapshot(40)
        )
        for run, data in zip(runs, on.values(), strict=True)
    }
    together: list[str] = []
    monkeypatch.setattr(comparing, "st", st := MagicMock())
    monkeypatch.setattr(
        comparing, "engine", lambda: SimpleNamespace(run=lambda run_id: SimpleNamespace(view=lambda: views[run_id]))
    )
    monkeypatch.setattr(comparing, "mine", lambda own: runs)
    monkeypatch.setattr(comparing, "_curves", lambda pairs, names: None)
    monkeypatch.setattr(comparing, "_side_by_side", lambda pairs, names: together.extend(names))
    own: Any = SimpleNamespace(compared=[run.id for run in runs])
    with spoken("en"):
        comparing._views(own)
    assert together == ["first", "third"]
    (said,) = (str(call.args[0]) for call in st.caption.mock_calls)
    assert said.endswith(r"not among the images and maps below: \*second\*.")


def test_a_disk_that_does_not_say_which_runs_there_are_is_said(monkeypatch):
    def refuse(own: object, fresh: bool) -> None:
        raise DataError("The stored runs cannot be read at present (Stale file handle).")

    monkeypatch.setattr(comparing, "mine", refuse)
    monkeypatch.setattr(comparing, "st", st := MagicMock())
    with spoken("zh"):
        comparing.show(MagicMock())
    (said,) = (str(call.args[0]) for call in st.error.mock_calls)
    assert "Stale file handle" in said and not said.isascii(), "an empty table would say that all is lost"
