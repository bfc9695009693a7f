"""The files of MNIST, `.idx`: big-endian numbers behind the lengths of their axes."""

import math
import re
import struct

import numpy as np

from ae_core.errors import DataError
from ae_core.formats import gzipped, npz_headers
from ae_core.formats.archive import megabytes

NAME = re.compile(r"idx\d-ubyte(\.gz)?$|\.idx(\.gz)?$", re.IGNORECASE)
"""How the name of such a file ends."""

_KINDS = {8: "u1", 9: "i1", 11: ">i2", 12: ">i4", 13: ">f4", 14: ">f8"}


def read(payload: bytes, label: str) -> np.ndarray:
    """The numbers of an `.idx` file, packed with gzip or not.

    Args:
        payload: The file.
        label: Its name for messages.

    Raises:
        DataError: If it is damaged or too large.
    """
    if payload[:2] == b"\x1f\x8b":
        try:
            payload = gzipped.unpack(payload, npz_headers.MAX_RAW_BYTES)
        except ValueError as error:
            most = megabytes(npz_headers.MAX_RAW_BYTES)
            raise DataError(
                f"{label} must be whole and unpack to at most {most}. Received: one that is damaged or larger."
            ) from error
    kind, axes = (payload[2], payload[3]) if payload[:2] == b"\0\0" and len(payload) > 4 else (0, 0)
    start = 4 + 4 * axes
    if kind not in _KINDS or not 1 <= axes <= 4 or len(payload) < start:
        raise DataError(f"{label} must be a file of MNIST's kind, idx. Received: another, or a damaged one.")
    shape = struct.unpack(f">{axes}I", payload[4:start])
    dtype = np.dtype(_KINDS[kind])
    if len(payload) - start != math.prod(shape) * dtype.itemsize:
        raise DataError(f"{label} must be as long as it states. Received: another length.")
    values = np.frombuffer(payload, dtype, offset=start).reshape(shape)
    return values.astype(dtype.newbyteorder("="), copy=False)
