"""A person who presses whatever can be pressed, hundreds of times; the suite presses each button once or twice."""

import random
from typing import Any

import pytest

from tests.browser import VIEWS, running_app, step_of, until, visitor

pytestmark = pytest.mark.browser

PRESSES = 300
LONG = "?variant=denoising&dataset=digits&epochs=500&batch_size=1&latent_dim=2"


def whole(page: Any) -> bool:
    """Whether the page has its status, its buttons and its three views."""
    return all(page.locator(f".st-key-{key}").count() == 1 for key in ("status", "start", "stop", *VIEWS))


def test_no_press_at_any_moment_empties_the_page(chrome: Any) -> None:
    chance = random.Random(0)
    with running_app() as app, visitor(chrome) as page:
        page.goto(f"{app.url}/{LONG}")
        for press in range(PRESSES):
            key = chance.choice(until(page, lambda: pressable(page), "no button can be pressed"))
            page.locator(f".st-key-{key} button").dispatch_event("click")  # it may be replaced this very moment
            page.wait_for_timeout(chance.uniform(0, 1500))
            until(page, lambda: whole(page), f"the page is not whole after press {press}, {key}")
        if "stop" in pressable(page):
            page.click(".st-key-stop button")
        until(page, lambda: page.locator(".st-key-start button:not([disabled])").count())
        assert step_of(page) >= 0


def pressable(page: Any) -> list[str]:
    """Keys of the buttons that can be pressed now."""
    keys = ("start", "pause", "step", "stop")
    return [key for key in keys if page.locator(f".st-key-{key} button:not([disabled])").count()]
