"""What a training can be told while it runs."""

from collections.abc import Callable, Mapping
from typing import Literal, get_args

from msgspec import Struct

from ae_core.training.control import Control

Word = Literal["pause", "resume", "step", "stop", "tune"]

WORDS: tuple[Word, ...] = get_args(Word)


class Command(Struct, frozen=True):
    """A word for a training.

    Args:
        word: `pause`, `resume`, `step` (one chunk of steps, then pause), `stop`, or `tune`.
        name: The rate that `tune` changes.
        value: Its new value.
    """

    word: Word
    name: str = ""
    value: float = 0.0

    def give(self, control: Control) -> None:
        """Says it to the training that listens to this control."""
        _SAY[self.word](control, self)


_SAY: Mapping[Word, Callable[[Control, Command], None]] = {
    "pause": lambda control, _: control.pause(),
    "resume": lambda control, _: control.resume(),
    "step": lambda control, _: control.step(),
    "stop": lambda control, _: control.stop(),
    "tune": lambda control, command: control.tune(command.name, command.value),
}
