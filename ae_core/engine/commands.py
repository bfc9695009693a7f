"""What a training can be told while it runs."""

from collections.abc import Callable, Mapping
from typing import Literal, get_args

from msgspec import Struct

from ae_core.errors import EngineError
from ae_core.training.control import PACES, Control, Pace

Spoken = Literal["pause", "resume", "step", "stop", "tune", "pace"]
Word = Spoken | Literal["hurry", "leave"]

WORDS: tuple[Spoken, ...] = get_args(Spoken)
"""Those that a person may say."""


class Command(Struct, frozen=True):
    """A word for a training.

    Args:
        word: `pause`, `resume`, `step` (one chunk of steps, then pause), `stop`, `tune`, `pace`, `hurry`, or `leave`.
        name: The rate that `tune` changes, or the pace.
        value: Its new value; of `hurry` whether it is hurried now, 1 or 0.
    """

    word: Word
    name: str = ""
    value: float = 0.0

    def give(self, control: Control) -> None:
        """Says it to the training that listens to this control."""
        _SAY[self.word](control, self)


def pace_of(name: str) -> Pace:
    """The pace of that name.

    Raises:
        EngineError: If there is none.
    """
    for pace in PACES:
        if name == pace:
            return pace
    raise EngineError(f"pace must be one of {', '.join(PACES)}. Received: {name[:40]!r}.")


_SAY: Mapping[Word, Callable[[Control, Command], None]] = {
    "pause": lambda control, _: control.pause(),
    "resume": lambda control, _: control.resume(),
    "step": lambda control, _: control.step(),
    "stop": lambda control, _: control.stop(),
    "tune": lambda control, command: control.tune(command.name, command.value),
    "pace": lambda control, command: control.set_pace(pace_of(command.name)),
    "leave": lambda control, _: control.leave(),
    "hurry": lambda control, command: control.hurry(command.value > 0),
}
