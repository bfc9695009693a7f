"""Waiting for what other threads, processes and browsers do."""

import time
from collections.abc import Callable
from typing import Any

PATIENCE = 180.0  # seconds: no machine is so busy, and only a test that fails waits for so long


def until(
    found: Callable[[], Any],
    pause: Callable[[], Any] = lambda: time.sleep(0.01),
    why: Callable[[], str] = lambda: "it did not happen",
) -> Any:
    """Waits until something true is found, and gives it.

    Args:
        found: Looks once.
        pause: What is done between two looks.
        why: Tells what a test that waited in vain says.
    """
    end = time.monotonic() + PATIENCE
    while not (seen := found()):
        assert time.monotonic() < end, f"After {PATIENCE:.0f} s: {why()}"
        pause()
    return seen
