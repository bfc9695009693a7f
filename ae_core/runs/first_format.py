"""Reads what earlier versions of this program have stored: messages and values as JSON.

Bytes stand there as base64 under the key `$bytes`, infinity and NaN under `$float`. Nothing is written so any more; a
run that is trained further is rewritten first, see `stored_messages.upgrade`.
"""

import binascii
import json
from typing import Any

MOST_VALUES = 300_000  # in one message


def unpack(text: bytes) -> Any:
    """Plain values and bytes from a JSON text, whoever wrote it.

    Raises:
        ValueError: If it is no such JSON, holds too many values, or is nested too deeply.
    """
    # Each value takes some hundred bytes of memory however short it is written, so they are counted first.
    if sum(text.count(mark) for mark in (b",", b"[", b"{")) > MOST_VALUES:
        raise ValueError(f"The file holds more than {MOST_VALUES:,} values.")
    try:
        return _unpacked(json.loads(text, parse_constant=_refuse))
    except RecursionError as error:
        raise ValueError("The file is nested too deeply.") from error


def _unpacked(value: Any) -> Any:
    if isinstance(value, list):
        return [_unpacked(entry) for entry in value]
    if not isinstance(value, dict):
        return value
    if "$bytes" in value:
        if not isinstance(value["$bytes"], str):
            raise ValueError("$bytes must be a text.")
        return binascii.a2b_base64(value["$bytes"], strict_mode=True)
    if "$float" in value:
        if value["$float"] not in ("nan", "inf", "-inf"):
            raise ValueError("$float must be nan, inf or -inf.")
        return float(value["$float"])
    return {key: _unpacked(entry) for key, entry in value.items()}


def _refuse(word: str) -> None:
    raise ValueError(f"{word} is no JSON.")
