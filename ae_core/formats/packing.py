"""Messages as gzipped JSON: bytes stand as base64 under the key `$bytes`, infinity and NaN under `$float`."""

import base64
import binascii
import json
import math
import zlib
from typing import Any

LARGEST_MESSAGE = 16 * 2**20  # bytes once unpacked
MOST_VALUES = 300_000  # in one message

_GZIP = 16 + zlib.MAX_WBITS


def pack(value: Any, digits: int | None = None) -> Any:
    """A message as JSON can hold it.

    Args:
        value: Nested dict, list, str, float, int, bool, None and bytes.
        digits: Decimal places that floats are rounded to. Default: they stay as they are.
    """
    if isinstance(value, float):
        if not math.isfinite(value):
            return {"$float": str(float(value))}
        return value if digits is None else round(value, digits)
    if isinstance(value, bytes):
        return {"$bytes": base64.b64encode(value).decode("ascii")}
    if isinstance(value, dict):
        return {key: pack(entry, digits) for key, entry in value.items()}
    if isinstance(value, (list, tuple)):
        return [pack(entry, digits) for entry in value]
    return value


def unpack(value: Any) -> Any:
    """The message that `pack` was given.

    Raises:
        ValueError: If what should be base64 or a number is not.
    """
    if isinstance(value, list):
        return [unpack(entry) for entry in value]
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
    return {key: unpack(entry) for key, entry in value.items()}


def plain(value: Any) -> Any:
    """Plain JSON that every tool reads: numbers that are not finite become None."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: plain(entry) for key, entry in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(entry) for entry in value]
    return value


def dump(message: Any) -> bytes:
    """A message as a gzip file of JSON.

    Most of a message is pictures as base64, in which no text repeats: counting letters alone takes their overhead back
    at a fraction of the time that the search for repeats takes.
    """
    text = json.dumps(pack(message), separators=(",", ":"), allow_nan=False).encode()
    packer = zlib.compressobj(1, zlib.DEFLATED, _GZIP, 9, zlib.Z_HUFFMAN_ONLY)
    return packer.compress(text) + packer.flush()


def load(payload: bytes, most: int = LARGEST_MESSAGE) -> Any:
    """The message in a gzip file of JSON.

    Args:
        payload: The file, whoever made it.
        most: Most bytes that it may unpack to.

    Raises:
        ValueError: If it is damaged, of another kind or too large.
    """
    try:
        return unpack(parse(unzip(payload, most)))
    except RecursionError as error:
        raise ValueError("The file is nested too deeply.") from error


def unzip(payload: bytes, most: int) -> bytes:
    """What a gzip file holds, if it is whole and not too much.

    Raises:
        ValueError: If it is damaged or too large.
    """
    opener = zlib.decompressobj(_GZIP)
    try:
        text = opener.decompress(payload, max(1, most))
    except zlib.error as error:
        raise ValueError("The file is not whole gzip.") from error
    if not opener.eof or opener.unused_data:
        raise ValueError("The file is not whole, or unpacks to too much.")
    return text


def parse(text: bytes) -> Any:
    """JSON from a file that nobody vouches for.

    Raises:
        ValueError: If it is no JSON, holds too many values, or is nested too deeply.
    """
    # Each value takes some hundred bytes of memory however short it is written, so they are counted first.
    if sum(text.count(mark) for mark in (b",", b"[", b"{")) > MOST_VALUES:
        raise ValueError(f"The file holds more than {MOST_VALUES:,} values.")
    try:
        return json.loads(text, parse_constant=_refuse)
    except RecursionError as error:
        raise ValueError("The file is nested too deeply.") from error


def _refuse(word: str) -> None:
    raise ValueError(f"{word} is no JSON.")
