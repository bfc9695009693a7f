"""A press that the next request overtakes is done all the same."""

import pytest
from streamlit.runtime.state import SessionState
from streamlit.runtime.state.safe_session_state import SafeSessionState

from pages.ui.server import presses


class OvertakenError(Exception):
    """What Streamlit raises where it finds that another run of the script was asked for."""


def overtaken() -> None:
    raise OvertakenError


class Noting(SessionState):
    """A session that does something for a press, and looks into itself as a page's session is looked into."""

    def on_script_will_rerun(self, fresh_widget_states, **more):
        page["begun"] = True
        page["done"] = True


state = Noting()
page = SafeSessionState(state, overtaken)


def test_what_a_button_does_is_done_whatever_was_asked_for_meanwhile(monkeypatch: pytest.MonkeyPatch) -> None:
    usual = SafeSessionState.on_script_will_rerun
    monkeypatch.setattr(SafeSessionState, "on_script_will_rerun", usual)  # and comes back
    with pytest.raises(OvertakenError):  # where Streamlit does that no more, nothing needs to be done about it
        page.on_script_will_rerun(None)
    assert "begun" not in state
    presses.keep()
    page.on_script_will_rerun(None)
    assert "begun" in state
    assert "done" in state
    with pytest.raises(OvertakenError):
        page["later"] = True
