"""What is marked `long`: it repeats at length, or with other variants, what the suite shows with a few."""

from collections.abc import Callable, Iterable
from typing import Any

import pytest


def rest_is_long(values: Iterable[Any], kept: Callable[[Any], bool]) -> list[Any]:
    """The parameters of a test, of which most are for `pytest -m long`.

    Args:
        values: All of them; a tuple stands for several parameters.
        kept: Says which ones are in the suite.
    """
    return [
        value
        if kept(value)
        else pytest.param(*(value if isinstance(value, tuple) else (value,)), marks=pytest.mark.long)
        for value in values
    ]
