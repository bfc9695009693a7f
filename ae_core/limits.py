"""Bounds that a host may set, each by a variable of the environment."""

import math
import os

from ae_core.errors import DataError, printable


def public() -> bool:
    """Whether strangers may come, which `AE_PUBLIC=1` says: then everything has a bound."""
    return os.environ.get("AE_PUBLIC", "") not in ("", "0")


def limit(name: str, default: float, where_public: float | None = None) -> float:
    """A number above 0 from the environment.

    Args:
        name: The variable.
        default: What holds where it is not set; infinity for no bound.
        where_public: What holds instead on a public host, by default the same.

    Raises:
        DataError: If it is set to something else.
    """
    given = os.environ.get(name)
    if not given:
        return where_public if where_public is not None and public() else default
    try:
        value = float(given)
    except ValueError:
        value = math.nan
    if not 0 < value < math.inf:
        raise DataError(f"{name} must be a number above 0. Received: {printable(given)!r}.")
    return value
