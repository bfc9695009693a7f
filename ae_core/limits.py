"""Bounds that a host may set, each by a variable of the environment."""

import math
import os

from ae_core.errors import DataError, printable

LARGEST = 1e12
COUNTS = ("AE_MAX_RUNS_PER_OWNER", "AE_MAX_UPLOADS_PER_OWNER", "AE_MAX_SOCKETS", "AE_MAX_SOCKETS_PER_ADDRESS")
AMOUNTS = (
    "AE_RUNS_LIMIT_MB",
    "AE_RUNS_DAYS",
    "AE_MAX_RUNS_MB_PER_OWNER",
    "AE_MAX_UPLOADS_MB",
    "AE_MAX_UPLOADS_MB_PER_OWNER",
    "AE_UPLOADS_MB",
    "AE_MAX_RUN_MINUTES",
    "AE_MAX_RUN_MEMORY_MB",
)


def public() -> bool:
    """Whether strangers may come, which `AE_PUBLIC=1` says: then everything has a bound."""
    return os.environ.get("AE_PUBLIC", "") not in ("", "0")


def limit(name: str, default: float, where_public: float | None = None) -> float:
    """A number above 0 from the environment; of what is counted, see `COUNTS`, a whole one.

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
    if name in COUNTS and not (1 <= value <= LARGEST and value.is_integer()):
        raise DataError(f"{name} must be a whole number above 0. Received: {printable(given)!r}.")
    if not 0 < value <= LARGEST:
        raise DataError(f"{name} must be a number above 0, without a unit. Received: {printable(given)!r}.")
    return value


def check() -> None:
    """Reads all of them, so that who starts a server with a wrong one hears of it, and not its visitors.

    Raises:
        DataError: If one of them is wrong.
    """
    for name in (*COUNTS, *AMOUNTS):
        limit(name, math.inf)
