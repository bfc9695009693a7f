"""Waiting for what other threads, processes and browsers do."""

import time
from collections.abc import Callable
from typing import Any


def until(
    found: Callable[[], Any], seconds: float = 60.0, pause: Callable[[], Any] = lambda: time.sleep(0.01), why: str = ""
) -> Any:
    """Waits until something true is found, and gives it.

    Args:
        found: Looks once.
        seconds: Patience.
        pause: What is done between two looks.
        why: What a test that waited in vain says.
    """
    end = time.monotonic() + seconds
    while not (seen := found()):
        assert time.monotonic() < end, why or f"not within {seconds} s"
        pause()
    return seen
