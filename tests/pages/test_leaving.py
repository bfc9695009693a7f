"""A button that leads to another page, pressed in a moment when the browser asks for the old page too."""

from types import SimpleNamespace

import pytest

from pages.ui import state


@pytest.fixture
def own(monkeypatch):
    one = SimpleNamespace(leave_for="", left_at=(0.0, False))
    clock = SimpleNamespace(now=100.0)
    one.clock = clock
    monkeypatch.setattr(state, "session", lambda: one)
    monkeypatch.setattr(state, "time", SimpleNamespace(monotonic=lambda: clock.now))
    return one


def test_a_wish_is_kept_until_its_page_is_reached_however_long_that_takes(own):
    assert state.leave("compare") == ""
    state.go_to(own, "explore")
    assert state.leave("compare") == "explore"
    own.clock.now += 10
    assert state.leave("compare") == "explore", "it was not reached yet"
    assert state.leave("explore") == ""


def test_what_was_asked_before_does_not_bring_the_old_page_back(own):
    state.go_to(own, "explore")
    assert state.leave("explore") == ""
    own.clock.now += 0.5
    assert state.leave("compare") == "explore"
    own.clock.now += state.LEAVE_SECONDS
    assert state.leave("compare") == "", "later it is a person who goes there"
    assert state.leave("compare") == ""
