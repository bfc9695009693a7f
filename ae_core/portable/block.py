"""Many arrays in one block of float32 numbers, and the bytes that hold the block behind its description.

The bytes: length of the JSON text (uint32), the text, filled up with spaces to a multiple of 4, then the numbers
(float32). Everything is little-endian, as all browsers have it.
"""

import struct

import numpy as np

from ae_core.portable.description import Array, Description, encode

HALF = np.dtype("<f2")
LENGTH = struct.Struct("<I")
ALIGNMENT = 4


class Block:
    """Arrays, one behind the other."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._count = 0

    @property
    def nbytes(self) -> int:
        """Bytes so far."""
        return self._count * ALIGNMENT

    def add(self, values: np.ndarray) -> Array:
        """Puts an array behind the others, and says where it lies.

        Args:
            values: ndarray of any shape; its numbers become float32.
        """
        place = Array(self._count, list(values.shape))
        self._parts.append(np.ascontiguousarray(values, "<f4").tobytes())
        self._count += values.size
        return place

    def pack(self, description: Description) -> bytes:
        """Description and numbers as bytes."""
        text = encode(description)
        text += b" " * (-(LENGTH.size + len(text)) % ALIGNMENT)
        return b"".join([LENGTH.pack(len(text)), text, *self._parts])


def halved(content: bytes) -> bytes:
    """A packed network with numbers of half precision, for a file that is to be small."""
    head = _head(content)
    return content[:head] + np.frombuffer(content, "<f4", offset=head).astype(HALF).tobytes()


def whole(content: bytes) -> bytes:
    """What browsers are sent of a network that `halved` made small.

    Raises:
        ValueError: If it is no such thing.
    """
    head = _head(content)
    return content[:head] + np.frombuffer(content, HALF, offset=head).astype("<f4").tobytes()


def _head(content: bytes) -> int:
    """Where the numbers of a packed network begin."""
    if len(content) < LENGTH.size or LENGTH.unpack_from(content)[0] > len(content) - LENGTH.size:
        raise ValueError(f"A network must have its description before its numbers. Received: {len(content):,} bytes.")
    head: int = LENGTH.size + LENGTH.unpack_from(content)[0]
    return head
