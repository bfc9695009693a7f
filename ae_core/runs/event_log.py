"""A run's curves as a log that TensorBoard reads.

The file is a row of records, each with its length and two checksums, and each holding one `Event` in the encoding of
Protocol Buffers. Both are small enough to be written here, so that neither TensorBoard nor TensorFlow is needed.
"""

import math
import struct
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

_COLUMNS = ("step", "epoch", "seconds")
_LARGEST = float(np.finfo(np.float32).max)
_POLYNOMIAL = 0x82F63B78  # CRC-32C (Castagnoli), bits reversed


def event_log(history: Mapping[str, list[Any]], begun: float) -> bytes:
    """Every curve as a series of scalars: `loss/training`, `loss/validation`, and so on for each term.

    Args:
        history: Columns of a run's history: `step`, `seconds` and the losses; validation losses begin with `val_`.
        begun: When the training began, in seconds since 1970.

    Returns:
        Content of a file; its name must contain `tfevents`.
    """
    records = [_record(_event(begun, 0, _text(3, "brain.Event:2")))]
    for name in history:
        if name not in _COLUMNS:
            tag = f"{name.removeprefix('val_')}/{'validation' if name.startswith('val_') else 'training'}"
            records += [_record(event) for event in _scalars(tag, history, name, begun)]
    return b"".join(records)


def _scalars(tag: str, history: Mapping[str, list[Any]], name: str, begun: float) -> Iterator[bytes]:
    for step, seconds, value in zip(history["step"], history["seconds"], history[name], strict=True):
        if value is not None:
            scalar = _text(1, tag) + b"\x15" + _single(value)  # Summary.Value: tag = 1, simple_value = 2
            summary = _block(1, scalar)  # Summary: value = 1
            yield _event(begun + seconds, int(step), _block(5, summary))  # Event: summary = 5


def _single(value: float) -> bytes:
    """A number of four bytes; of one that has grown beyond all bounds, infinity."""
    return struct.pack("<f", value if abs(value) <= _LARGEST or math.isnan(value) else math.copysign(math.inf, value))


def _event(wall_time: float, step: int, content: bytes) -> bytes:
    return b"\x09" + struct.pack("<d", wall_time) + b"\x10" + _number(step) + content  # wall_time = 1, step = 2


def _text(field: int, text: str) -> bytes:
    return _block(field, text.encode())


def _block(field: int, content: bytes) -> bytes:
    return bytes([field << 3 | 2]) + _number(len(content)) + content


def _number(value: int) -> bytes:
    """A number of any size, seven bits a byte, lowest first."""
    parts = []
    while value > 0x7F:
        parts.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*parts, value])


def _record(content: bytes) -> bytes:
    length = struct.pack("<Q", len(content))
    return length + _checksum(length) + content + _checksum(content)


def _checksum(content: bytes) -> bytes:
    value = 0xFFFFFFFF
    for byte in content:
        value = _TABLE[(value ^ byte) & 0xFF] ^ value >> 8
    value ^= 0xFFFFFFFF
    # Rotated and shifted, because a checksum of data that hold checksums would be weak.
    return struct.pack("<I", ((value >> 15 | value << 17) + 0xA282EAD8) & 0xFFFFFFFF)


def _table() -> list[int]:
    values = np.arange(256, dtype=np.uint32)
    for _ in range(8):
        values = np.where(values & 1, values >> 1 ^ _POLYNOMIAL, values >> 1).astype(np.uint32)
    return values.tolist()


_TABLE = _table()
