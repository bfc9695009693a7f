"""Numbers on the command line: `argparse` refuses them in its own words."""

import sys
from collections.abc import Callable
from typing import TypeVar

Number = TypeVar("Number", int, float)


def number(kind: Callable[[str], Number], low: Number, high: Number, name: str = "") -> Callable[[str], Number]:
    """A type for an argument: a number from `low` to `high`.

    Args:
        kind: `int` or `float`.
        low: The least that is allowed.
        high: The most.
        name: What it is called where it is refused; by default with both ends.
    """

    def read(text: str) -> Number:
        """The number that was written."""
        value = kind(text)
        if not low <= value <= high:
            raise ValueError(text)
        return value

    read.__name__ = name or f"number from {low} to {high}"  # so that argparse says: invalid number from 1 to 100 value
    return read


whole = number(int, 0, sys.maxsize, "whole number")
