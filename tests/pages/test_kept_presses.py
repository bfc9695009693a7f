"""A press that the next request overtakes is done all the same."""

import importlib.util
from typing import Any

import pytest
from streamlit.runtime.state import SessionState, safe_session_state

from pages.ui.server import presses


class OvertakenError(Exception):
    """What Streamlit raises where it finds that another run of the script was asked for."""


def overtaken() -> None:
    raise OvertakenError


class Noting(SessionState):
    """A session that does something for a press, and looks into itself as a page's session is looked into."""

    page: Any = None

    def on_script_will_rerun(self, fresh_widget_states, **more):
        self.page["begun"] = True
        self.page["done"] = True


def test_what_a_button_does_is_done_whatever_was_asked_for_meanwhile(monkeypatch: pytest.MonkeyPatch) -> None:
    # A copy of Streamlit's class as it comes: an app that ran in this process has changed the other one.
    spec = importlib.util.find_spec(safe_session_state.__name__)
    assert spec is not None and spec.loader is not None
    copy = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(copy)
    monkeypatch.setattr(presses, "SafeSessionState", copy.SafeSessionState)
    state = Noting()
    state.page = page = copy.SafeSessionState(state, overtaken)
    with pytest.raises(OvertakenError):  # where Streamlit does that no more, nothing needs to be done about it
        page.on_script_will_rerun(None)
    assert "begun" not in state
    presses.keep()
    page.on_script_will_rerun(None)
    assert "begun" in state
    assert "done" in state
    with pytest.raises(OvertakenError):
        page["later"] = True
