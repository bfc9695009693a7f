"""Looks at a PNG file that nobody vouches for, without decoding its pixels."""

import struct
import zlib

from ae_core.errors import WrongValueError
from ae_core.messages import MOST_PNG

MOST_SIDE = 8192
MOST_PIXELS = 16_000_000


def png_size(payload: bytes, where: str) -> tuple[int, int]:
    """Width and height of a PNG file, of which all but the compressed pixels is checked.

    Raises:
        WrongValueError: If it is damaged, too large, or holds more than a picture.
    """
    problem = WrongValueError(where, f"be a whole plain PNG of at most {MOST_SIDE} pixels a side", b"")
    if payload[:8] != b"\x89PNG\r\n\x1a\n" or len(payload) > MOST_PNG:
        raise problem
    at, kinds, header = 8, [], b""
    while at + 12 <= len(payload):
        (length,) = struct.unpack(">I", payload[at : at + 4])
        chunk = payload[at + 4 : at + 8 + length]
        if payload[at + 8 + length : at + 12 + length] != struct.pack(">I", zlib.crc32(chunk)):
            raise problem
        kinds.append(chunk[:4])
        header = header or chunk[4:]
        at += 12 + length
    known = {b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"}
    if at != len(payload) or not set(kinds) <= known or b"IDAT" not in kinds or kinds.count(b"IHDR") != 1:
        raise problem
    if kinds[0] != b"IHDR" or kinds[-1] != b"IEND" or kinds.count(b"IEND") != 1 or len(header) != 13:
        raise problem
    width, height, *rest = struct.unpack(">IIBBBBB", header)
    if (
        not (0 < width <= MOST_SIDE and 0 < height <= MOST_SIDE and width * height <= MOST_PIXELS)
        or rest[2:] != [0] * 3
    ):
        raise problem
    return width, height
