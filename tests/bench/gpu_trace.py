"""What a profiler saw on the card: how often something was copied between it and the processor's memory.

TensorFlow and JAX write the same file, `*.xplane.pb`: a space of planes, one for each device, of lines of events. It is
read by hand, because the classes for it come with TensorFlow alone. Of each message only the few fields are looked at
that are named here; what stands between them is passed over.

References:
    https://github.com/openxla/xla, `xla/tsl/profiler/protobuf/xplane.proto`; the encoding:
    https://protobuf.dev/programming-guides/encoding/
"""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

PLANE = 1  # of a space
NAME, LINE, EVENT_NAMES = 2, 3, 4  # of a plane
EVENT = 4  # of a line
WHICH, OCCURRENCES = 1, 5  # of an event
VALUE = 2  # of an entry of a map
VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5  # how a field is written
CARD = "/device:GPU"
COPIES = ("MemcpyH2D", "MemcpyD2H")

Field = tuple[int, int | bytes]


def fields(message: bytes) -> Iterator[Field]:
    """Number and value of each field of a message; numbers of fixed length are left out.

    Raises:
        ValueError: If it is written in no way that is known.
    """
    at = 0
    while at < len(message):
        key, at = _varint(message, at)
        number, kind = key >> 3, key & 7
        if kind == VARINT:
            value, at = _varint(message, at)
            yield number, value
        elif kind == BYTES:
            length, at = _varint(message, at)
            yield number, message[at : at + length]
            at += length
        elif kind in (FIXED64, FIXED32):
            at += 8 if kind == FIXED64 else 4
        else:
            raise ValueError(f"A field must be of kind 0, 1, 2 or 5. Received: {kind}.")


def _varint(message: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = message[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at


def events(space: bytes, prefix: str = "") -> dict[str, Counter[str]]:
    """How often each event happened, by its name, on each plane of a profile.

    Args:
        space: What an `.xplane.pb` file holds.
        prefix: Of the names of planes that are wanted: the processor's has many more events than a card's.
    """
    found: dict[str, Counter[str]] = {}
    for plane in _messages(space, PLANE):
        name = _text(dict(fields(plane)).get(NAME, b""))
        if not name.startswith(prefix):
            continue
        names = {}
        for entry in _messages(plane, EVENT_NAMES):
            for named in _messages(entry, VALUE):
                here = dict(fields(named))
                names[here.get(WHICH, 0)] = _text(here.get(NAME, b""))
        seen = found.setdefault(name, Counter())
        for line in _messages(plane, LINE):
            for event in _messages(line, EVENT):
                here = dict(fields(event))
                times = here.get(OCCURRENCES, 1)
                seen[names.get(here.get(WHICH, 0), "")] += times if isinstance(times, int) else 1
    return found


def _messages(message: bytes, number: int) -> list[bytes]:
    return [value for field, value in fields(message) if field == number and isinstance(value, bytes)]


def _text(value: int | bytes) -> str:
    return value.decode(errors="replace") if isinstance(value, bytes) else ""


def copies(folder: Path) -> Counter[str] | None:
    """Copies between processor and card by direction, `COPIES`; None where the profiler saw no card.

    Args:
        folder: Where a profile was written.
    """
    files = [file.read_bytes() for file in folder.rglob("*.xplane.pb")]
    cards = [seen for file in files for seen in events(file, CARD).values()]
    if not cards:
        return None
    return Counter({way: sum(count for seen in cards for name, count in seen.items() if way in name) for way in COPIES})
