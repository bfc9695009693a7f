"""What can go wrong, in one sentence for a person: its message names what is wrong, what is allowed, what came."""

import errno
from typing import Any

DISK_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class SettingError(ValueError):
    """A setting that is wrong. The message is one sentence: its name, what is allowed, what was received."""


class DataError(ValueError):
    """Data that cannot be had or used. The message is one sentence for a person."""


class DivergedError(ArithmeticError):
    """A training whose numbers are no numbers any more, or too large to be measured. The message says which."""


class EngineError(RuntimeError):
    """Something the engine cannot do. The message is one sentence for a person."""


class WarmingError(EngineError):
    """No worker is ready yet; in a moment one is."""


class WrongValueError(ValueError):
    """A value that is not what its place asks for. The message is one sentence without the name of the file.

    Args:
        where: The name of the place.
        must: What the value must do or be.
        received: The value.
        name: Whether it is about a name in that place.
    """

    def __init__(self, where: str, must: str, received: Any, name: bool = False) -> None:
        super().__init__(where, must, received, name)
        self.where, self.must, self.received, self.name = where, must, received, name

    def __str__(self) -> str:
        simple = isinstance(self.received, (str, int, float, bool, type(None)))
        shown = printable(str(self.received)) if simple else type(self.received).__name__
        return f"{'a name in ' * self.name}{self.where} must {self.must}. Received: {shown}."


def disk_reason(error: OSError) -> str:
    """Says in words why a file could not be written. Where it would have stood is for the log, not for a visitor."""
    if error.errno in DISK_FULL:
        return "the disk is full"
    if error.errno == errno.ENOENT:
        return "its folder is gone"
    return f"the disk cannot be written ({error.strerror or type(error).__name__})"


def printable(text: str, longest: int = 60) -> str:
    """A foreign text made safe to show: printable characters only, and not many of them."""
    return "".join(character for character in text if character.isprintable())[:longest]
