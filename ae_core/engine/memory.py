"""How much memory messages take."""

from typing import Any

from msgspec import Struct
from msgspec.structs import asdict


def weigh(value: Any, seen: set[int]) -> int:
    """About the bytes that a message takes in memory; what was `seen` before weighs nothing.

    Args:
        value: A message, a part of one, or several.
        seen: Identities of the bytes and texts that were weighed before; those of `value` are added.
    """
    if id(value) in seen:
        return 0
    if isinstance(value, bytes | str):
        seen.add(id(value))
        return len(value)
    if isinstance(value, Struct):
        return weigh(asdict(value), seen)
    if isinstance(value, dict):
        return sum(64 + weigh(one, seen) for one in value.values())
    if isinstance(value, list | tuple):
        # Long lists hold numbers: an object and a reference to it each.
        return 32 * len(value) if len(value) > 50 else sum(32 + weigh(one, seen) for one in value)
    return 32
