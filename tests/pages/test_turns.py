"""Who may have something computed next."""

import pytest

from pages.ui.live import turns
from pages.ui.live.turns import Turns


def test_a_free_place_goes_to_whoever_asks_while_nobody_waits() -> None:
    queue = Turns()
    assert queue.take("one", "here", free=1, busy=())
    assert not queue.take("two", "there", free=0, busy=())
    assert not queue.take("three", "here", free=1, busy={"here"}), "it has one"


def test_those_who_have_waited_longest_come_first() -> None:
    queue = Turns()
    for page in ("first", "second", "third"):
        assert not queue.take(page, f"of {page}", free=0, busy=())
    assert not queue.take("third", "of third", free=1, busy=())
    assert not queue.take("newest", "of newest", free=1, busy=())
    assert queue.take("second", "of second", free=2, busy=()), "there is a place for the first one too"
    assert queue.take("first", "of first", free=1, busy=())
    assert queue.take("third", "of third", free=1, busy=())


def test_who_has_a_place_keeps_nobody_else_waiting() -> None:
    queue = Turns()
    assert not queue.take("first", "here", free=0, busy=())
    assert not queue.take("second", "there", free=0, busy=())
    assert queue.take("second", "there", free=1, busy={"here"})


def test_however_many_pages_an_address_has_others_come_in_between() -> None:
    queue = Turns()
    for page in range(20):
        assert not queue.take(f"{page}", "greedy", free=0, busy=())
    assert not queue.take("honest", "other", free=0, busy=())
    served = []
    for _round in range(3):  # each page asks again whenever a place is free
        wanting = [*((f"{page}", "greedy") for page in range(20)), ("honest", "other"), ("ever new", "greedy")]
        served.append(next(page for page, address in wanting if queue.take(page, address, free=1, busy=())))
    assert served == ["0", "honest", "1"]


def test_an_address_has_no_more_than_so_many_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "MOST_WAITING", 3)
    queue = Turns()
    for page in range(10):
        assert not queue.take(f"{page}", "greedy", free=0, busy=())
    assert len(queue._waiting) == 3
    assert not queue.take("honest", "other", free=0, busy=()) and len(queue._waiting) == 4


def test_who_asks_no_more_or_leaves_has_lost_its_place(monkeypatch: pytest.MonkeyPatch) -> None:
    queue = Turns()
    for page in ("first", "second"):
        assert not queue.take(page, f"of {page}", free=0, busy=())
    queue.leave("first")
    assert queue.take("second", "of second", free=1, busy=())
    assert not queue.take("silent", "of silent", free=0, busy=())
    monkeypatch.setattr(turns, "TURN", 0.0)
    assert queue.take("late", "of late", free=1, busy=())


def test_pages_that_let_their_turn_pass_do_so_once_for_their_address() -> None:
    queue = Turns()
    for page in ("silent", "also silent"):
        assert not queue.take(page, "greedy", free=0, busy=())
    assert not queue.take("honest", "other", free=1, busy=())
    queue._waiting["greedy", "silent"].at -= turns.TURN
    assert queue.take("honest", "other", free=1, busy=())
