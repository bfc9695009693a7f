"""Bytes in a gzip file, whose checksum tells whether they are whole."""

import zlib

_GZIP = 16 + zlib.MAX_WBITS


def pack(content: bytes) -> bytes:
    """A gzip file. Most of a message is PNG, which does not shrink: it is not compressed, in a tenth of the time."""
    packer = zlib.compressobj(0, zlib.DEFLATED, _GZIP)
    return packer.compress(content) + packer.flush()


def unpack(payload: bytes, most: int) -> bytes:
    """What a gzip file holds, if it is whole and not too much.

    Args:
        payload: The file, whoever made it.
        most: Most bytes that it may unpack to.

    Raises:
        ValueError: If it is damaged or too large.
    """
    opener = zlib.decompressobj(_GZIP)
    try:
        content = opener.decompress(payload, max(1, most))
    except zlib.error as error:
        raise ValueError("The file is not a complete gzip file.") from error
    if not opener.eof or opener.unused_data:
        raise ValueError("The file is not whole, or unpacks to too much.")
    return content
