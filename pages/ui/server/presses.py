"""A press that the next request overtakes is done all the same."""

from typing import Any

from streamlit.runtime.state.safe_session_state import SafeSessionState


def keep() -> None:
    """Has what a button does begin and end before anything else, whatever was asked for meanwhile.

    Before it does what a button does, and whenever that looks into the session, Streamlit looks whether another run of
    the script was asked for, and if so goes over to that one, which does not know of the press any more: of presses
    followed by a page's own wish to be drawn again, a fifth to a half was lost on a busy machine. So it does not look
    until the press is done; it looks again right after.
    """
    SafeSessionState.on_script_will_rerun = _undisturbed  # type: ignore[method-assign]


def _undisturbed(self: SafeSessionState, fresh_widget_states: Any, **more: Any) -> None:
    look = self._yield_callback
    object.__setattr__(self, "_yield_callback", _look_away)  # the class gives attributes to the page's session
    try:
        with self._lock:
            self._state.on_script_will_rerun(fresh_widget_states, **more)
    finally:
        object.__setattr__(self, "_yield_callback", look)


def _look_away() -> None:
    pass
