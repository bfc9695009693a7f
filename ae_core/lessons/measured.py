"""What a lesson has measured of one of its runs."""

from msgspec import Struct


class Measured(Struct, kw_only=True, frozen=True):
    """Numbers of one run, and what it made of pictures.

    Args:
        numbers: By name, see `numbers.of_run`.
        picture: What the lesson's `look` shows, a PNG file; empty if it has none.
    """

    numbers: dict[str, float]
    picture: bytes = b""
