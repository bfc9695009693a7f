"""What presses at random take for a fault, on pages that are made up."""

import random
from typing import Any

import pytest

from tests.browser import VIEWS
from tests.pages import presses


class Page:
    """Stands somewhere with all its views, which bear a stamp or, drawn anew, none."""

    def __init__(self) -> None:
        self.where = "/"
        self.stamps: list[str | None] = [None] * len(VIEWS)

    def evaluate(self, script: str, *_given: Any) -> Any:
        """Answers the scripts of `presses`."""
        if script == presses.STAMP:
            self.stamps = [*VIEWS]
        return {presses.WHOLE: True, presses.STAMPED: self.stamps}.get(script, self.where)

    def locator(self, _selector: str) -> "Page":
        """Whatever is looked for, all of it is there."""
        return self

    def count(self) -> int:
        """As many as there are views."""
        return len(VIEWS)

    def wait_for_timeout(self, _milliseconds: float) -> None:
        """Time passes."""

    def draw(self, where: str) -> None:
        """A page is drawn, with views of its own."""
        self.where, self.stamps = where, [None] * len(VIEWS)


def walk(page: Page, *steps: tuple[Any, bool]) -> None:
    """Does one thing after the other; each says whether the views stay."""
    one = presses.Walk(page, None, random.Random(0))  # type: ignore[arg-type]
    for action, stays in steps:
        one.actions = lambda action=action, stays=stays: [("something", action, stays)]  # type: ignore[method-assign, misc]
        one.act()


def test_a_view_that_is_replaced_is_a_fault_but_not_where_a_pressed_link_comes_late(monkeypatch):
    monkeypatch.setattr(presses, "plight", lambda _page: "")
    page = Page()
    nothing, link = (lambda: None, True), (lambda: None, False)
    walk(page, nothing, nothing, link, (lambda: page.draw("/learn"), True), nothing)
    with pytest.raises(AssertionError, match="a view was replaced"):
        walk(page, nothing, (lambda: page.draw("/learn"), True))
